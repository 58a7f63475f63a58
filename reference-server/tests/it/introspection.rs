//! The introspection endpoint.

use grantspec_reference::rules::Rule;
use serde_json::json;

use crate::support::{ISSUER, bare, disable_alice, form_request, get, pass, post, refresh, send, strict, tokens};

#[tokio::test]
async fn living_tokens_are_described() {
    let server = strict();
    for client in ["web", "spa"] {
        let answer = tokens(&server, client).await;
        let described = post(&server, "/introspect", "web", &[("token", &answer.member("access_token"))]).await.json();
        assert_eq!(described["active"], true);
        assert_eq!(described["client_id"], client);
        assert_eq!(described["sub"], "user-alice");
        assert_eq!(described["iss"], ISSUER);
        assert_eq!(described["scope"], "openid profile api:read");
        assert_eq!(described["token_type"], "Bearer");
        assert!(described["exp"].is_u64() && described["iat"].is_u64());
    }
}

#[tokio::test]
async fn hints_do_not_matter() {
    let server = strict();
    let answer = tokens(&server, "web").await;
    for name in ["access_token", "refresh_token"] {
        for hint in ["access_token", "refresh_token", "nonsense"] {
            let parameters =
                [("token", &*answer.member(name)), ("token_type_hint", hint)].map(|(n, v)| (n, v.to_owned()));
            let parameters: Vec<(&str, &str)> = parameters.iter().map(|(n, v)| (*n, v.as_str())).collect();
            assert_eq!(post(&server, "/introspect", "web", &parameters).await.json()["active"], true);
        }
    }
}

#[tokio::test]
async fn of_dead_tokens_nothing_is_said() {
    let server = strict();
    let nothing = json!({ "active": false });
    let ask = async |token: &str| post(&server, "/introspect", "web", &[("token", token)]).await.json();
    assert_eq!(ask("garbage").await, nothing);

    let first = tokens(&server, "web").await;
    refresh(&server, "web", &first.member("refresh_token"), &[]).await.is_token();
    assert_eq!(ask(&first.member("refresh_token")).await, nothing);
    assert_eq!(ask(&first.member("access_token")).await["active"], true);
    disable_alice(&server, true).await;
    assert_eq!(ask(&first.member("access_token")).await, nothing);
    disable_alice(&server, false).await;
    pass(&server, 3600);
    assert_eq!(ask(&first.member("access_token")).await, nothing);
}

#[tokio::test]
async fn a_refresh_token_is_described_to_its_owner_only() {
    let server = strict();
    let value = tokens(&server, "web").await.member("refresh_token");
    let ask = async |client: &str| post(&server, "/introspect", client, &[("token", &value)]).await.json();
    assert_eq!(ask("web").await["active"], true);
    assert_eq!(ask("service").await, json!({ "active": false }));
}

#[tokio::test]
async fn whoever_asks_authenticates() {
    let server = strict();
    bare(&server, "/introspect", &[("token", "x")]).await.is_refused("invalid_client", Rule::ClientIsKnown);
    bare(&server, "/introspect", &[("token", "x"), ("client_id", "web")])
        .await
        .is_refused("invalid_client", Rule::ConfidentialClientAuthenticates);
    post(&server, "/introspect", "spa", &[("token", "x")])
        .await
        .is_refused("invalid_client", Rule::ClientMayIntrospect);
    post(&server, "/introspect", "web", &[]).await.is_refused("invalid_request", Rule::ParameterIsPresent);
    get(&server, "/introspect?token=x").await.is_refused("invalid_request", Rule::RequestIsPost);
    let wrong = form_request("/introspect").header("authorization", "Basic d2ViOng=").body("token=x".into()).unwrap();
    send(&server, wrong).await.is_refused("invalid_client", Rule::ClientSecretMatches);
}
