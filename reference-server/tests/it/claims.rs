//! Claims that are asked for one by one, and the hints that go with a request.

use grantspec_reference::rules::Rule;
use grantspec_reference::{Config, Server, UserConfig};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Browser, ISSUER, KEYS, claims, config, get, hidden, redeem, refresh, send, strict};

const ALICE: &[(&str, &str)] = &[("username", "alice"), ("password", "alice-pw")];
const BOB: &[(&str, &str)] = &[("username", "bob"), ("password", "bob-pw")];

async fn userinfo(server: &Server, access_token: &str) -> Value {
    let request = Request::get("/userinfo").header("authorization", format!("Bearer {access_token}"));
    let answer = send(server, request.body(bytes::Bytes::new()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()
}

/// The token response of `web` for a request with these claims and nothing but `openid`.
async fn tokens_with(server: &Server, claims: &Value) -> Answer {
    let wishes = claims.to_string();
    let code = Browser::new(server).code("web", &[("scope", "openid"), ("claims", &wishes)]).await;
    redeem(server, "web", &code, &[]).await
}

#[tokio::test]
async fn single_claims_come_where_they_were_asked_for_and_nowhere_else() {
    let server = strict();
    let wishes = json!({
        "id_token": { "given_name": null, "auth_time": { "essential": true }, "unheard_of": { "essential": true } },
        "userinfo": { "email": { "essential": true }, "address": null, "family_name#ja-Hani-JP": null },
        "unknown_place": { "gender": null },
    });
    let answer = tokens_with(&server, &wishes).await;
    let id_token = claims(&answer.is_token().member("id_token"));
    assert_eq!(id_token["given_name"], "Alice");
    assert!(id_token["auth_time"].is_u64());
    for absent in ["email", "address", "gender", "unheard_of", "family_name"] {
        assert!(id_token.get(absent).is_none(), "{absent}");
    }
    let told = userinfo(&server, &answer.member("access_token")).await;
    assert_eq!(told["email"], "alice@example.com");
    assert_eq!(told["address"]["country"], "Exampleland");
    let mut names: Vec<&String> = told.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["address", "email", "sub"]);

    // What was asked for stays asked for when the grant is refreshed.
    let refreshed = refresh(&server, "web", &answer.member("refresh_token"), &[]).await;
    assert_eq!(claims(&refreshed.member("id_token"))["given_name"], "Alice");
    assert_eq!(userinfo(&server, &refreshed.member("access_token")).await["email"], "alice@example.com");
}

#[tokio::test]
async fn a_claim_with_another_value_is_left_out() {
    let server = strict();
    for (wish, told) in [
        (json!({ "value": "Alice" }), true),
        (json!({ "values": ["Bob", "Alice"] }), true),
        (json!({ "value": "Bob" }), false),
        (json!({ "values": ["Bob"], "essential": true }), false),
        (json!({ "purpose": "a member that nobody knows" }), true),
    ] {
        let answer = tokens_with(&server, &json!({ "id_token": { "given_name": wish } })).await;
        assert_eq!(claims(&answer.is_token().member("id_token")).get("given_name").is_some(), told, "{wish}");
    }
}

#[tokio::test]
async fn nobody_gets_around_their_registration() {
    let mut config = config();
    config.clients[0].scopes = vec!["openid".to_owned(), "email".to_owned()];
    let server = Server::new(config, KEYS.clone()).unwrap();
    let wishes = json!({ "userinfo": { "email": null, "phone_number": null }, "id_token": { "name": null } });
    let answer = tokens_with(&server, &wishes).await;
    let told = userinfo(&server, &answer.is_token().member("access_token")).await;
    assert_eq!(told["email"], "alice@example.com");
    assert!(told.get("phone_number").is_none());
    assert!(claims(&answer.member("id_token")).get("name").is_none());
}

#[tokio::test]
async fn the_user_is_asked_about_single_claims_as_about_scopes() {
    let server = strict();
    let mut browser = Browser::new(&server);
    browser.code("web", &[("scope", "openid")]).await;
    assert!(browser.open("web", &[("scope", "openid")]).await.returned("code").is_some());
    let wish = [("scope", "openid"), ("claims", r#"{"userinfo":{"phone_number":null}}"#)];
    let consent = browser.open("web", &wish).await.location().to_owned();
    assert!(browser.get(&consent).await.body.contains("telephone number"));
    browser.answer(&consent, &[("decision", "allow")]).await;
    assert!(browser.open("web", &wish).await.returned("code").is_some(), "it is remembered");
}

#[tokio::test]
async fn what_is_no_claims_request_is_refused() {
    let server = strict();
    let mut browser = Browser::new(&server);
    for malformed in [
        "nonsense",
        "[]",
        "\"email\"",
        r#"{"id_token":["email"]}"#,
        r#"{"id_token":null}"#,
        r#"{"userinfo":{"email":true}}"#,
        r#"{"userinfo":{"email":{"essential":"yes"}}}"#,
        r#"{"userinfo":{"email":{"values":"a@example.com"}}}"#,
    ] {
        let answer = browser.open("web", &[("claims", malformed)]).await;
        answer.is_returned("invalid_request", Rule::ClaimsAreWellFormed);
    }
    browser.code("web", &[("claims", "{}")]).await;
}

#[tokio::test]
async fn claims_from_userinfo_need_an_access_token() {
    let server = strict();
    let wish = ("claims", r#"{"userinfo":{"email":null}}"#);
    let mut browser = Browser::new(&server);
    let answer = browser.open("browser", &[("response_type", "id_token"), wish]).await;
    answer.is_returned("invalid_request", Rule::UserinfoClaimsComeWithAToken);
    for (client, response_type) in [("browser", "id_token token"), ("hybrid", "code id_token"), ("web", "code")] {
        let answer = browser.authorize(client, &[("response_type", response_type), wish]).await;
        assert_eq!(answer.returned("error"), None, "{response_type}");
    }
    let answer =
        browser.authorize("browser", &[("response_type", "id_token"), ("claims", r#"{"id_token":{"email":null}}"#)]);
    assert_eq!(claims(&answer.await.returned("id_token").unwrap())["email"], "alice@example.com");
}

#[tokio::test]
async fn a_requested_sub_is_answered_for_that_user_or_not_at_all() {
    let server = strict();
    for wish in [
        r#"{"id_token":{"sub":{"value":"user-alice"}}}"#,
        r#"{"id_token":{"sub":{"values":["user-nobody","user-alice"]}}}"#,
        r#"{"userinfo":{"sub":{"value":"user-alice"}}}"#,
    ] {
        let silently = [("claims", wish), ("prompt", "none")];
        let mut alice = Browser::new(&server);
        alice.code("web", &[]).await;
        assert!(alice.open("web", &silently).await.returned("code").is_some());

        let mut bob = Browser::new(&server);
        let login = bob.open("web", &[]).await.location().to_owned();
        bob.answer(&login, BOB).await;
        bob.open("web", &silently).await.is_returned("login_required", Rule::SubjectIsRequested);
        let login = bob.open("web", &silently[..1]).await.location().to_owned();
        assert!(login.contains("/login"), "bob is logged in, and alice is asked for");
        bob.answer(&login, BOB).await.is_returned("login_required", Rule::SubjectIsRequested);
        let login = bob.open("web", &silently[..1]).await.location().to_owned();
        assert!(bob.answer(&login, ALICE).await.returned("code").is_some());
    }
    let nobody = [("claims", r#"{"id_token":{"sub":{"value":"user-nobody"}}}"#)];
    let mut browser = Browser::new(&server);
    browser.authorize("web", &nobody).await.is_returned("login_required", Rule::SubjectIsRequested);
}

#[tokio::test]
async fn acr_is_told_to_whoever_asks_and_promised_to_nobody_who_needs_another() {
    let server = strict();
    let acr = get(&server, "/.well-known/openid-configuration").await.json()["acr_values_supported"][0].clone();
    let own = acr.as_str().unwrap();
    let essential =
        |value: &str| json!({ "id_token": { "acr": { "essential": true, "values": [value] } } }).to_string();
    let voluntary = json!({ "id_token": { "acr": { "values": ["level-9"] } } }).to_string();
    for asked in [("acr_values", "level-9"), ("acr_values", own), ("claims", &voluntary), ("claims", &essential(own))] {
        let code = Browser::new(&server).code("web", &[asked]).await;
        let id_token = redeem(&server, "web", &code, &[]).await.member("id_token");
        assert_eq!(claims(&id_token)["acr"], acr, "{asked:?}");
    }
    let code = Browser::new(&server).code("web", &[]).await;
    let id_token = redeem(&server, "web", &code, &[]).await.member("id_token");
    assert!(claims(&id_token).get("acr").is_none(), "nobody asked");

    let answer = Browser::new(&server).open("web", &[("claims", &essential("level-9"))]).await;
    answer.is_returned("access_denied", Rule::AcrCanBeMet);
}

#[tokio::test]
async fn hints_help_and_never_stand_in_the_way() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let hint = [("login_hint", "bob \"the\" <builder>"), ("ui_locales", "xx"), ("claims_locales", "fr-CA fr")];
    let login = browser.open("web", &hint).await.location().to_owned();
    let page = browser.get(&login).await.body;
    assert!(page.contains("value=\"bob &#34;the&#34; &#60;builder&#62;\""), "{page}");
    assert!(browser.answer(&login, ALICE).await.location().contains("/consent"), "a hint binds nobody");

    let login = browser.open("web", &[]).await.location().to_owned();
    assert!(login.contains("/consent"));
    for prompt in ["select_account", "select_account consent"] {
        let login = browser.open("web", &[("prompt", prompt)]).await.location().to_owned();
        assert!(login.starts_with(&format!("{ISSUER}/login")), "{prompt}");
        let consent = browser.answer(&login, BOB).await.location().to_owned();
        assert!(browser.get(&consent).await.body.contains("<strong>Bob Brown</strong>"));
        assert!(!hidden(&browser.get(&consent).await.body, "csrf").is_empty());
    }
}

#[tokio::test]
async fn each_scope_tells_its_claims() {
    let server = strict();
    let expected = [
        ("openid profile", "birthdate", 14),
        ("openid email", "email_verified", 2),
        ("openid address", "address", 1),
        ("openid phone", "phone_number_verified", 2),
        ("openid profile email address phone", "phone_number", 19),
    ];
    for (scope, claim, count) in expected {
        let code = Browser::new(&server).code("web", &[("scope", scope)]).await;
        let access_token = redeem(&server, "web", &code, &[]).await.member("access_token");
        let told = userinfo(&server, &access_token).await;
        assert!(told.get(claim).is_some(), "{scope}");
        assert_eq!(told.as_object().unwrap().len(), count + 1, "{scope} and sub");
    }
}

#[test]
fn a_claim_that_nobody_could_ask_for_is_a_mistake_in_the_configuration() {
    let server_with = |claim: &str| {
        let mut users: Vec<UserConfig> = config().users;
        users[0].claims.insert(claim.to_owned(), json!("x"));
        Server::new(Config { users, ..config() }, KEYS.clone())
    };
    assert!(server_with("nickname").is_ok());
    for claim in ["shoe_size", "email", "sub"] {
        assert!(server_with(claim).err().unwrap().to_string().contains(claim));
    }
}
