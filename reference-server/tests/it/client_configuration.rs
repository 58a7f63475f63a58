//! The client configuration endpoint: RFC 7592.

use std::sync::Arc;

use grantspec_reference::rules::Rule;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::registration::{as_update, json_request, manage, registered, text, token_of};
use crate::support::{Browser, CALLBACK, ISSUER, VERIFIER, config, is_active, strict};

#[tokio::test]
async fn a_client_reads_what_is_registered_its_secret_included() {
    let server = strict();
    let client = registered(&server, &json!({ "client_name#ja": "クライアント" })).await;
    let answer = manage(&server, Method::GET, &client, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("cache-control").contains("no-store"));
    assert_eq!(answer.json(), client);
    token_of(&server, &answer.json(), &[("grant_type", "client_credentials")])
        .await
        .is_refused("unauthorized_client", Rule::ClientMayUseGrant);
}

#[tokio::test]
async fn nobody_manages_a_client_without_its_token() {
    let server = strict();
    let (client, other) = (registered(&server, &json!({})).await, registered(&server, &json!({})).await);
    let uri = text(&client, "registration_client_uri");
    let nobody = format!("{ISSUER}/register/nobody");
    let of_configuration = format!("{ISSUER}/register/web");
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let ask = async |uri: &str, token: &str| {
            json_request(&server, method.clone(), uri, Some(token), &as_update(&client, &json!({}))).await
        };
        let without = json_request(&server, method.clone(), &uri, None, &json!({})).await;
        assert_eq!((without.status, without.body.as_str()), (StatusCode::UNAUTHORIZED, ""));
        let token = text(&client, "registration_access_token");
        for (uri, token) in [
            (&uri, &text(&other, "registration_access_token")),
            (&uri, &text(&client, "client_secret")),
            (&nobody, &token),
            (&of_configuration, &token),
        ] {
            let answer = ask(uri, token).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {uri}");
            answer.is_refused("invalid_token", Rule::RegistrationAccessTokenMatches);
            assert!(answer.header("www-authenticate").starts_with("Bearer "));
        }
        let in_query = format!("{uri}?access_token={token}");
        json_request(&server, method.clone(), &in_query, None, &json!({}))
            .await
            .is_refused("invalid_request", Rule::BearerTokenInHeader);
    }
    let answer = manage(&server, Method::POST, &client, &json!({})).await;
    assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, PUT, DELETE"));
    assert_eq!(manage(&server, Method::GET, &client, &Value::Null).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_update_takes_the_place_of_what_was_registered() {
    let server = strict();
    let client =
        registered(&server, &json!({ "contacts": ["a@c.example"], "scope": "openid", "client_name#fr": "Un" })).await;
    let update = json!({
        "client_id": client["client_id"], "client_secret": client["client_secret"], "redirect_uris": ["https://c.example/new"],
        "grant_types": ["client_credentials", "authorization_code"], "client_name": "New",
    });
    let answer = manage(&server, Method::PUT, &client, &update).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let updated = answer.json();
    assert_eq!(updated["redirect_uris"], json!(["https://c.example/new"]));
    assert_eq!(updated["client_name"], "New");
    assert_eq!(updated["scope"], config().registration.scopes.join(" "), "left out is deleted, and has its default");
    assert!(updated.get("contacts").is_none() && updated.get("client_name#fr").is_none());
    for name in
        ["client_id", "client_secret", "client_id_issued_at", "registration_client_uri", "registration_access_token"]
    {
        assert_eq!(updated[name], client[name], "{name}");
    }
    assert_eq!(manage(&server, Method::GET, &client, &Value::Null).await.json(), updated);

    // It acts at once, and the secret is the old one.
    token_of(&server, &client, &[("grant_type", "client_credentials")]).await.is_token();
    Browser::new(&server)
        .open(&text(&client, "client_id"), &[])
        .await
        .is_shown(StatusCode::BAD_REQUEST, Rule::RedirectUriIsRegistered);
}

#[tokio::test]
async fn a_scope_that_is_taken_back_is_not_served_any_more() {
    let server = strict();
    let client = registered(&server, &json!({ "grant_types": ["authorization_code", "refresh_token"] })).await;
    let client_id = text(&client, "client_id");
    let redeem = async |code: &str| {
        let form = [("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
        token_of(&server, &client, &[&[("grant_type", "authorization_code")], &form[..]].concat()).await
    };
    let refresh = async |value: &str, scope: &str| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", value), ("scope", scope)];
        token_of(&server, &client, &form).await
    };
    let mut browser = Browser::new(&server);
    let first = redeem(&browser.code(&client_id, &[]).await).await;
    assert_eq!(first.is_token().member("scope"), "openid profile api:read");
    let (waiting, hopeless) =
        (browser.code(&client_id, &[]).await, browser.code(&client_id, &[("scope", "api:read")]).await);

    let narrower = as_update(&client, &json!({ "scope": "openid" }));
    assert_eq!(manage(&server, Method::PUT, &client, &narrower).await.status, StatusCode::OK);
    let late = redeem(&waiting).await;
    assert_eq!(late.is_token().member("scope"), "openid");
    redeem(&hopeless).await.is_refused("invalid_scope", Rule::ScopeWithinClient);
    let value = first.member("refresh_token");
    refresh(&value, "api:read").await.is_refused("invalid_scope", Rule::ScopeWithinClient);
    let second = refresh(&value, "").await;
    assert_eq!(second.is_token().member("scope"), "openid");

    manage(&server, Method::PUT, &client, &as_update(&client, &json!({}))).await;
    let third = refresh(&second.member("refresh_token"), "").await;
    assert_eq!(third.is_token().member("scope"), "openid profile api:read");
}

#[tokio::test]
async fn a_page_that_waits_rests_on_what_is_registered() {
    let moved = json!({ "redirect_uris": ["https://c.example/new"] });
    let without_codes = json!({ "grant_types": ["client_credentials"], "response_types": [] });
    let narrower = json!({ "scope": "openid" });
    for (update, on_login, decision) in [
        (&json!({}), false, "allow"),
        (&json!({}), true, "allow"),
        (&moved, false, "allow"),
        (&moved, false, "deny"),
        (&moved, true, "allow"),
        (&without_codes, false, "allow"),
        (&narrower, true, "allow"),
    ] {
        let server = strict();
        let client = registered(&server, &json!({})).await;
        let mut browser = Browser::new(&server);
        let login = browser.open(&text(&client, "client_id"), &[]).await.location().to_owned();
        let alice = [("username", "alice"), ("password", "alice-pw")];
        let replace = async || {
            let answer = manage(&server, Method::PUT, &client, &as_update(&client, update)).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        };
        if on_login {
            replace().await;
        }
        let mut answer = browser.answer(&login, &alice).await;
        if answer.status == StatusCode::SEE_OTHER && answer.location().starts_with(ISSUER) {
            let consent = answer.location().to_owned();
            replace().await;
            answer = browser.answer(&consent, &[("decision", decision)]).await;
        }
        match update {
            update if *update == moved => answer.is_shown(StatusCode::BAD_REQUEST, Rule::RedirectUriIsRegistered),
            update if *update == without_codes => {
                answer.is_returned("unauthorized_client", Rule::ClientMayUseResponseType);
            }
            update if *update == narrower => answer.is_returned("invalid_scope", Rule::ScopeWithinClient),
            _ => assert!(answer.returned("code").is_some(), "{answer:?}"),
        }
    }
}

#[tokio::test]
async fn an_update_that_is_none_changes_nothing() {
    let server = strict();
    let client = registered(&server, &json!({})).await;
    let other = registered(&server, &json!({})).await;
    let cases = [
        (json!({ "client_id": other["client_id"] }), Rule::UpdateNamesItsClient),
        (json!({ "client_id": null }), Rule::UpdateNamesItsClient),
        (json!({ "client_secret": "of-my-own-choice" }), Rule::UpdateKeepsSecret),
        (json!({ "client_secret": other["client_secret"] }), Rule::UpdateKeepsSecret),
        (json!({ "client_secret": 1 }), Rule::UpdateKeepsSecret),
        (json!({ "registration_access_token": client["registration_access_token"] }), Rule::UpdateIsMetadataOnly),
        (json!({ "registration_client_uri": client["registration_client_uri"] }), Rule::UpdateIsMetadataOnly),
        (json!({ "client_secret_expires_at": 0 }), Rule::UpdateIsMetadataOnly),
        (json!({ "client_id_issued_at": 0 }), Rule::UpdateIsMetadataOnly),
        (json!({ "grant_types": [] }), Rule::GrantTypesCanBeHeld),
    ];
    for (members, rule) in cases {
        let answer = manage(&server, Method::PUT, &client, &as_update(&client, &members)).await;
        answer.is_refused("invalid_client_metadata", rule);
    }
    assert_eq!(manage(&server, Method::GET, &client, &Value::Null).await.json(), client);
    assert_eq!(manage(&server, Method::PUT, &client, &as_update(&client, &json!({}))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_authentication_method_brings_another_secret() {
    let server = strict();
    let client = registered(&server, &json!({})).await;
    let to = |method: &str| as_update(&client, &json!({ "token_endpoint_auth_method": method }));

    let public = manage(&server, Method::PUT, &client, &to("none")).await.json();
    assert!(public.get("client_secret").is_none());
    let mut back = to("client_secret_post");
    back.as_object_mut().unwrap().remove("client_secret");
    let posting = manage(&server, Method::PUT, &client, &back).await.json();
    assert_ne!(posting["client_secret"], client["client_secret"]);
    assert_eq!(posting["client_secret_expires_at"], 0);
}

#[tokio::test]
async fn a_deleted_client_takes_along_whatever_it_was_granted() {
    let server = strict();
    let client = registered(&server, &json!({ "grant_types": ["authorization_code", "client_credentials"] })).await;
    let client_id = text(&client, "client_id");
    let access_token = token_of(&server, &client, &[("grant_type", "client_credentials")]).await.member("access_token");
    let code = Browser::new(&server).code(&client_id, &[]).await;
    assert!(is_active(&server, "web", &access_token).await);

    let answer = manage(&server, Method::DELETE, &client, &Value::Null).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NO_CONTENT, ""));
    assert!(answer.header("cache-control").contains("no-store"));
    assert!(!is_active(&server, "web", &access_token).await);
    token_of(&server, &client, &[("grant_type", "authorization_code"), ("code", &code)])
        .await
        .is_refused("invalid_client", Rule::ClientIsKnown);
    Browser::new(&server).open(&client_id, &[]).await.is_shown(StatusCode::BAD_REQUEST, Rule::ClientIsKnown);
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        manage(&server, method, &client, &as_update(&client, &json!({})))
            .await
            .is_refused("invalid_token", Rule::RegistrationAccessTokenMatches);
    }
}

#[tokio::test]
async fn what_reaches_the_store_after_its_client_was_deleted_is_dead() {
    let server = strict();
    let client = registered(&server, &json!({ "grant_types": ["client_credentials"], "response_types": [] })).await;
    let held = server.store.client(&text(&client, "client_id")).await.unwrap().unwrap();
    manage(&server, Method::DELETE, &client, &Value::Null).await;

    let lineage = grantspec_reference::tokens::mint::new_lineage();
    let grant = Arc::new(grantspec_reference::model::Grant::to_client(lineage, &held, held.scopes.clone()));
    let path = grantspec_reference::model::Path::ClientCredentials;
    let minted = server.mint(path, &held, &grant).await.unwrap().into_body();
    assert!(!is_active(&server, "web", minted["access_token"].as_str().unwrap()).await);
    assert!(!server.store.replace_client((*held).clone()).await.unwrap());
    assert!(!server.store.delete_client(&held.client_id).await.unwrap());
}
