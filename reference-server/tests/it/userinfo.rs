//! The userinfo endpoint.

use bytes::Bytes;
use grantspec_reference::Server;
use grantspec_reference::rules::Rule;
use http::{Request, StatusCode};

use crate::support::{
    Answer, Browser, disable_alice, encode, form_request, get, pass, redeem, refresh, send, strict, token, tokens,
};

async fn ask(server: &Server, method: &str, token: &str) -> Answer {
    let request = Request::builder().method(method).uri("/userinfo").header("authorization", format!("Bearer {token}"));
    send(server, request.body(Bytes::new()).unwrap()).await
}

#[tokio::test]
async fn claims_follow_the_scope() {
    let server = strict();
    let access_token = tokens(&server, "web").await.member("access_token");
    for method in ["GET", "POST"] {
        let answer = ask(&server, method, &access_token).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.member("sub"), "user-alice");
        assert_eq!(answer.member("name"), "Alice Adams");
        assert!(answer.json().get("email").is_none());
    }
    let code = Browser::new(&server).code("spa", &[("scope", "openid email")]).await;
    let access_token = redeem(&server, "spa", &code, &[]).await.member("access_token");
    assert!(!access_token.contains('.'), "the access tokens of spa are opaque");
    let answer = ask(&server, "GET", &access_token).await;
    assert_eq!(answer.json()["email_verified"], true);
    assert!(answer.json().get("name").is_none());
}

#[tokio::test]
async fn no_token_is_asked_for_without_an_error_code() {
    let answer = get(&strict(), "/userinfo").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.header("www-authenticate").starts_with("Bearer realm="));
    assert!(!answer.header("www-authenticate").contains("error"));
}

#[tokio::test]
async fn bad_tokens_are_invalid() {
    let server = strict();
    let answer = tokens(&server, "web").await;
    for bad in ["garbage", &answer.member("id_token"), &answer.member("refresh_token")] {
        let refused = ask(&server, "GET", bad).await;
        refused.is_refused("invalid_token", Rule::BearerTokenIsLive);
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(refused.header("www-authenticate").contains("error=\"invalid_token\""));
    }
    let access_token = answer.member("access_token");
    disable_alice(&server, true).await;
    ask(&server, "GET", &access_token).await.is_refused("invalid_token", Rule::UserIsActive);
    disable_alice(&server, false).await;
    pass(&server, 3600);
    ask(&server, "GET", &access_token).await.is_refused("invalid_token", Rule::BearerTokenIsLive);
}

#[tokio::test]
async fn it_takes_a_user_and_openid() {
    let server = strict();
    let own = token(&server, "web", &[("grant_type", "client_credentials")]).await.member("access_token");
    let refused = ask(&server, "GET", &own).await;
    refused.is_refused("insufficient_scope", Rule::BearerTokenSpeaksForUser);
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    let first = tokens(&server, "web").await.member("refresh_token");
    let narrow = refresh(&server, "web", &first, &[("scope", "api:read")]).await.member("access_token");
    ask(&server, "GET", &narrow).await.is_refused("insufficient_scope", Rule::UserinfoNeedsOpenid);
}

#[tokio::test]
async fn the_token_travels_once_and_not_in_the_url() {
    let server = strict();
    let access_token = tokens(&server, "web").await.member("access_token");
    get(&server, &format!("/userinfo?access_token={access_token}"))
        .await
        .is_refused("invalid_request", Rule::BearerTokenInHeader);
    let twice = form_request("/userinfo")
        .header("authorization", format!("Bearer {access_token}"))
        .body(encode(&[("access_token", &access_token)]).into());
    send(&server, twice.unwrap()).await.is_refused("invalid_request", Rule::BearerTokenInHeader);
}
