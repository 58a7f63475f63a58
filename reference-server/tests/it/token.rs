//! The token endpoint, before any grant.

use bytes::Bytes;
use grantspec_reference::rules::Rule;
use http::{Request, StatusCode};

use crate::support::{basic, encode, form_request, get, secret_of, send, strict, token};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn a_success_is_json_that_nobody_keeps() {
    let answer = token(&strict(), "web", &[GRANT]).await;
    answer.is_token();
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("pragma"), "no-cache");
    assert_eq!(answer.member("token_type"), "Bearer");
    assert!(answer.json()["expires_in"].is_u64());
}

#[tokio::test]
async fn only_post_is_served() {
    for method in ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"] {
        let request = Request::builder().method(method).uri("/token?grant_type=client_credentials").body(Bytes::new());
        let answer = send(&strict(), request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.header("allow"), "POST");
        answer.is_refused("invalid_request", Rule::RequestIsPost);
    }
}

#[tokio::test]
async fn only_forms_are_read() {
    for content_type in ["application/json", "multipart/form-data", "text/plain", "application/x-www-form-urlencodedx"]
    {
        let request = Request::post("/token").header("content-type", content_type).body(encode(&[GRANT]).into());
        send(&strict(), request.unwrap()).await.is_refused("invalid_request", Rule::BodyIsForm);
    }
    let request = Request::post("/token")
        .header("content-type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8")
        .header("authorization", basic("web", &secret_of("web")));
    send(&strict(), request.body(encode(&[GRANT]).into()).unwrap()).await.is_token();
}

#[tokio::test]
async fn broken_encoding_is_refused() {
    for body in ["grant_type=%zz", "grant_type=client_credentials&x=%f", "x=%ff", "%=1"] {
        let request = form_request("/token").header("authorization", basic("web", &secret_of("web")));
        let answer = send(&strict(), request.body(body.into()).unwrap()).await;
        answer.is_refused("invalid_request", Rule::FormIsWellFormed);
    }
}

#[tokio::test]
async fn a_repeated_parameter_is_refused_unless_it_may_be_or_is_unknown() {
    let server = strict();
    token(&server, "web", &[GRANT, GRANT]).await.is_refused("invalid_request", Rule::ParameterNotRepeated);
    let twice = [GRANT, ("scope", "api:read"), ("scope", "api:read")];
    token(&server, "web", &twice).await.is_refused("invalid_request", Rule::ParameterNotRepeated);
    for name in ["audience", "something_else"] {
        token(&server, "web", &[GRANT, (name, "https://a.example"), (name, "https://b.example")]).await.is_token();
    }
}

#[tokio::test]
async fn an_empty_parameter_is_absent_and_an_unknown_one_ignored() {
    let server = strict();
    token(&server, "web", &[GRANT, ("scope", "")]).await.is_token();
    token(&server, "web", &[GRANT, ("foo", "bar")]).await.is_token();
    token(&server, "web", &[("grant_type", "")]).await.is_refused("invalid_request", Rule::GrantTypeIsPresent);
}

#[tokio::test]
async fn the_grant_type_is_present_known_and_permitted() {
    let server = strict();
    token(&server, "web", &[]).await.is_refused("invalid_request", Rule::GrantTypeIsPresent);
    for name in ["nonsense", "Client_Credentials", "implicit", "hybrid", "urn:ietf:params:oauth:grant-type:nonsense"] {
        token(&server, "web", &[("grant_type", name)])
            .await
            .is_refused("unsupported_grant_type", Rule::GrantTypeIsSupported);
    }
    token(&server, "code-only", &[GRANT]).await.is_refused("unauthorized_client", Rule::ClientMayUseGrant);
    token(&server, "service", &[("grant_type", "authorization_code"), ("code", "x")])
        .await
        .is_refused("unauthorized_client", Rule::ClientMayUseGrant);
    token(&server, "code-only", &[("grant_type", "refresh_token"), ("refresh_token", "x")])
        .await
        .is_refused("unauthorized_client", Rule::ClientMayUseGrant);
}

#[tokio::test]
async fn there_is_nothing_elsewhere() {
    assert_eq!(get(&strict(), "/nowhere").await.status, StatusCode::NOT_FOUND);
    let request = Request::post("/jwks").body(Bytes::new()).unwrap();
    assert_eq!(send(&strict(), request).await.status, StatusCode::METHOD_NOT_ALLOWED);
}
