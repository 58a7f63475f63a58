//! Where access tokens are to be used: RFC 8707.

use grantspec_reference::Server;
use grantspec_reference::rules::Rule;
use serde_json::{Value, json};

use crate::request_object::request_object;
use crate::support::{
    Answer, Browser, ISSUER, bear, claims, device, encode, issuer_assertion, poll, post, redeem, refresh, strict, token,
};

const ALICE: [(&str, &str); 3] = [("grant_type", "password"), ("username", "alice"), ("password", "alice-pw")];
const ELSEWHERE: (&str, &str) = ("resource", "https://elsewhere.example/");

fn api() -> String {
    format!("{ISSUER}/api")
}

fn backend() -> String {
    format!("{ISSUER}/backend")
}

fn audience(answer: &Answer) -> Value {
    claims(&answer.is_token().member("access_token"))["aud"].clone()
}

/// A device code that alice has allowed.
async fn allowed_device(server: &Server) -> String {
    let waits = device(server, "tv", "api:read").await;
    Browser::new(server).connect(&waits.member("user_code"), "allow").await;
    waits.member("device_code")
}

#[tokio::test]
async fn a_token_is_for_what_was_asked_for_in_every_grant() {
    let server = strict();
    let (api, backend) = (api(), backend());
    for (asked, aud) in [
        (vec![], json!(api)),
        (vec![("resource", "")], json!(api)),
        (vec![("resource", backend.as_str())], json!(backend)),
        (vec![("resource", &backend), ("resource", &api), ("resource", &backend)], json!([backend, api])),
    ] {
        let own = [&[("grant_type", "client_credentials")], &asked[..]].concat();
        let answer = token(&server, "web", &own).await;
        assert_eq!(audience(&answer), aud);
        let described = post(&server, "/introspect", "web", &[("token", &answer.member("access_token"))]).await;
        assert_eq!(described.json()["aud"], aud);

        let by_password = token(&server, "legacy", &[&ALICE[..], &asked].concat()).await;
        assert_eq!(audience(&by_password), aud);
        assert_eq!(audience(&refresh(&server, "legacy", &by_password.member("refresh_token"), &[]).await), aud);
        let assertion = issuer_assertion(&server, json!({}), json!({}));
        assert_eq!(audience(&bear(&server, &assertion, &asked).await), aud);
        let code = Browser::new(&server).code("web", &asked).await;
        assert_eq!(audience(&redeem(&server, "web", &code, &[]).await), aud);
        let implicit = [&[("response_type", "token")], &asked[..]].concat();
        let returned = Browser::new(&server).authorize("browser", &implicit).await.returned("access_token");
        assert_eq!(claims(&returned.unwrap())["aud"], aud);
    }
    let device_code = allowed_device(&server).await;
    assert_eq!(audience(&poll(&server, "tv", &device_code).await), api);
}

#[tokio::test]
async fn what_is_unknown_is_refused_in_every_grant_and_spends_nothing() {
    let server = strict();
    let refused = |answer: Answer| answer.is_refused("invalid_target", Rule::TargetsAreKnown);
    refused(token(&server, "web", &[("grant_type", "client_credentials"), ELSEWHERE]).await);
    refused(token(&server, "legacy", &[&ALICE[..], &[ELSEWHERE]].concat()).await);
    let assertion = issuer_assertion(&server, json!({}), json!({ "jti": "once" }));
    refused(bear(&server, &assertion, &[ELSEWHERE]).await);
    bear(&server, &assertion, &[]).await.is_token();
    let code = Browser::new(&server).code("web", &[]).await;
    refused(redeem(&server, "web", &code, &[ELSEWHERE]).await);
    let granted = redeem(&server, "web", &code, &[]).await;
    refused(refresh(&server, "web", &granted.is_token().member("refresh_token"), &[ELSEWHERE]).await);
    refresh(&server, "web", &granted.member("refresh_token"), &[]).await.is_token();
    let device_code = allowed_device(&server).await;
    let polling = [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", &device_code)];
    refused(token(&server, "tv", &[&polling[..], &[ELSEWHERE]].concat()).await);
    poll(&server, "tv", &device_code).await.is_token();

    let answer = Browser::new(&server).open("web", &[ELSEWHERE]).await;
    answer.is_returned("invalid_target", Rule::TargetsAreKnown);
    let fragment = format!("{}#fragment", api());
    let answer = Browser::new(&server).open("web", &[("resource", &fragment)]).await;
    answer.is_returned("invalid_target", Rule::TargetsAreKnown);
}

#[tokio::test]
async fn a_token_request_takes_a_part_and_the_refresh_token_keeps_all() {
    let server = strict();
    let (api, backend) = (api(), backend());
    let both = [("resource", api.as_str()), ("resource", &backend)];
    let code = Browser::new(&server).code("web", &both).await;
    let part = redeem(&server, "web", &code, &both[1..]).await;
    assert_eq!(audience(&part), json!(backend));
    let whole = refresh(&server, "web", &part.member("refresh_token"), &[]).await;
    assert_eq!(audience(&whole), json!([api, backend]));
    let other_part = refresh(&server, "web", &whole.member("refresh_token"), &both[..1]).await;
    assert_eq!(audience(&other_part), json!(api));

    let code = Browser::new(&server).code("web", &both[1..]).await;
    redeem(&server, "web", &code, &both).await.is_refused("invalid_target", Rule::ResourceWithinGrant);
    let granted = redeem(&server, "web", &code, &[]).await;
    let value = granted.is_token().member("refresh_token");
    refresh(&server, "web", &value, &both[..1]).await.is_refused("invalid_target", Rule::ResourceWithinGrant);
    assert_eq!(audience(&refresh(&server, "web", &value, &both[1..]).await), json!(backend));
}

#[tokio::test]
async fn a_request_object_names_one_or_several() {
    let server = strict();
    let (api, backend) = (api(), backend());
    for resource in [json!(backend), json!([api, backend])] {
        let object = request_object(&server, json!({}), json!({ "resource": resource }));
        let asked = [("client_id", "web-key"), ("response_type", "code"), ("scope", "openid"), ("request", &object)];
        let mut browser = Browser::new(&server);
        let first = browser.get(&format!("/authorize?{}", encode(&asked))).await;
        let code = browser.follow(first).await.returned("code").unwrap();
        assert_eq!(audience(&redeem(&server, "web-key", &code, &[]).await), resource);
    }
}

#[tokio::test]
async fn the_user_is_told_where_the_access_is_to_be_used() {
    let server = strict();
    let backend = backend();
    for (asked, told) in [(vec![("resource", backend.as_str())], true), (Vec::new(), false)] {
        let mut browser = Browser::new(&server);
        let login = browser.open("web", &asked).await.location().to_owned();
        let consent = browser.answer(&login, &[("username", "alice"), ("password", "alice-pw")]).await;
        let page = browser.get(consent.location()).await;
        assert!(page.body.contains("Allow access?") && page.body.contains(&backend) == told, "{}", page.body);
    }
}
