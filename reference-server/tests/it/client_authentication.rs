//! Client authentication at the token endpoint.

use grantspec_reference::Server;
use grantspec_reference::rules::Rule;
use http::StatusCode;

use crate::support::{Answer, bare, basic, encode, form_request, secret_of, send, strict, token};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

async fn with_header(server: &Server, authorization: &str, more: &[(&str, &str)]) -> Answer {
    let parameters = [&[GRANT], more].concat();
    let request = form_request("/token").header("authorization", authorization);
    send(server, request.body(encode(&parameters).into()).unwrap()).await
}

#[tokio::test]
async fn each_client_authenticates_by_its_own_method() {
    let server = strict();
    for client in ["web", "web-post", "service", "odd+client"] {
        token(&server, client, &[GRANT]).await.is_token();
    }
}

#[tokio::test]
async fn a_wrong_secret_is_refused_with_a_challenge() {
    let server = strict();
    for wrong in ["", "x", "web-secret-4f1c0d8e7b2a95636d3", "WEB-SECRET-4F1C0D8E7B2A95636D3E"] {
        let answer = with_header(&server, &basic("web", wrong), &[]).await;
        answer.is_refused("invalid_client", Rule::ClientSecretMatches);
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.header("www-authenticate").starts_with("Basic realm="));
    }
    bare(&server, "/token", &[GRANT, ("client_id", "web-post"), ("client_secret", "wrong")])
        .await
        .is_refused("invalid_client", Rule::ClientSecretMatches);
}

#[tokio::test]
async fn an_unknown_or_unnamed_client_is_refused() {
    let server = strict();
    with_header(&server, &basic("nobody", "x"), &[]).await.is_refused("invalid_client", Rule::ClientIsKnown);
    bare(&server, "/token", &[GRANT]).await.is_refused("invalid_client", Rule::ClientIsKnown);
    bare(&server, "/token", &[GRANT, ("client_id", "nobody")]).await.is_refused("invalid_client", Rule::ClientIsKnown);
}

#[tokio::test]
async fn a_confidential_client_cannot_just_name_itself() {
    let server = strict();
    for client_id in ["web", "web-post"] {
        let answer = bare(&server, "/token", &[GRANT, ("client_id", client_id)]).await;
        answer.is_refused("invalid_client", Rule::ConfidentialClientAuthenticates);
    }
}

#[tokio::test]
async fn another_method_than_the_registered_one_is_refused() {
    let server = strict();
    let secret = secret_of("web");
    bare(&server, "/token", &[GRANT, ("client_id", "web"), ("client_secret", &secret)])
        .await
        .is_refused("invalid_client", Rule::ClientUsesItsMethod);
    with_header(&server, &basic("web-post", &secret_of("web-post")), &[])
        .await
        .is_refused("invalid_client", Rule::ClientUsesItsMethod);
    with_header(&server, &basic("spa", "x"), &[]).await.is_refused("invalid_client", Rule::ClientUsesItsMethod);
}

#[tokio::test]
async fn two_methods_are_refused() {
    let server = strict();
    let (header, secret) = (basic("web", &secret_of("web")), secret_of("web"));
    with_header(&server, &header, &[("client_secret", &secret)])
        .await
        .is_refused("invalid_request", Rule::OneAuthenticationMethod);
    with_header(&server, &header, &[("client_assertion", "x.y.z")])
        .await
        .is_refused("invalid_client", Rule::OneAuthenticationMethod);
}

#[tokio::test]
async fn a_client_id_beside_the_header_has_to_agree() {
    let server = strict();
    let header = basic("web", &secret_of("web"));
    with_header(&server, &header, &[("client_id", "web")]).await.is_token();
    with_header(&server, &header, &[("client_id", "service")])
        .await
        .is_refused("invalid_request", Rule::ClientIdAgrees);
}

#[tokio::test]
async fn an_unreadable_header_is_refused_even_when_the_body_is_right() {
    let server = strict();
    for header in ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer abc", "Digest x=y", "Basic JXp6Ong="] {
        let answer = with_header(&server, header, &[("client_id", "web")]).await;
        answer.is_refused("invalid_client", Rule::CredentialsAreWellFormed);
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let twice = form_request("/token")
        .header("authorization", basic("web", &secret_of("web")))
        .header("authorization", basic("web", &secret_of("web")));
    send(&server, twice.body(encode(&[GRANT]).into()).unwrap())
        .await
        .is_refused("invalid_client", Rule::CredentialsAreWellFormed);
}

#[tokio::test]
async fn a_secret_in_the_url_is_refused() {
    let server = strict();
    let request = form_request("/token?client_secret=x").header("authorization", basic("web", &secret_of("web")));
    send(&server, request.body(encode(&[GRANT]).into()).unwrap())
        .await
        .is_refused("invalid_request", Rule::CredentialsNotInQuery);
}

#[tokio::test]
async fn the_scheme_has_any_case() {
    let header = basic("web", &secret_of("web")).replace("Basic", "bAsIc");
    with_header(&strict(), &header, &[]).await.is_token();
}
