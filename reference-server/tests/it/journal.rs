//! The journal: what was asked, what came of it, and no secret.

use grantspec_reference::{Config, Server};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    Browser, ISSUER, KEYS, asking, bare, device, get, redeem, refresh, secret_of, send, strict, tell, token,
};

async fn journal(server: &Server) -> Vec<Value> {
    let answer = get(server, "/_/requests").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.json()["requests"].as_array().unwrap().clone()
}

async fn last(server: &Server) -> Value {
    journal(server).await.last().unwrap().clone()
}

#[tokio::test]
async fn it_says_what_was_asked_and_what_came_of_it() {
    let server = strict();
    let now = server.clock.now();
    let parameters = [("grant_type", "client_credentials"), ("scope", "api:read"), ("hunter2", "x")];
    token(&server, "web-post", &parameters).await.is_token();
    let entry = last(&server).await;
    assert!(entry["time"].as_u64().unwrap() >= now);
    assert_eq!(
        (&entry["number"], &entry["method"], &entry["path"], &entry["status"]),
        (&json!(1), &json!("POST"), &json!("/token"), &json!(200))
    );
    assert_eq!(entry["authorization"], Value::Null);
    assert_eq!((entry.get("error"), entry.get("rule")), (None, None));
    let shown = json!([
        { "in": "body", "name": "grant_type", "value": "client_credentials" },
        { "in": "body", "name": "scope", "value": "api:read" },
        { "in": "body" },
        { "in": "body", "name": "client_id", "value": "web-post" },
        { "in": "body", "name": "client_secret" },
    ]);
    assert_eq!(entry["parameters"], shown);

    token(&server, "web", &[("grant_type", "client_credentials"), ("scope", "bogus")]).await;
    let entry = last(&server).await;
    assert_eq!(
        (&entry["number"], &entry["authorization"], &entry["status"]),
        (&json!(2), &json!("Basic"), &json!(400))
    );
    assert_eq!((&entry["error"], &entry["rule"]), (&json!("invalid_scope"), &json!("scope-is-known")));
}

#[tokio::test]
async fn a_refusal_is_told_in_whatever_shape_it_leaves() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let told = async || {
        let entry = last(&server).await;
        (entry["status"].clone(), entry["error"].clone(), entry["rule"].clone())
    };
    browser.open("web", &[("scope", "api:write")]).await;
    assert_eq!(told().await, (json!(303), json!("invalid_scope"), json!("scope-within-client")));
    browser.open("web", &[("scope", "api:write"), ("response_mode", "form_post")]).await;
    assert_eq!(told().await, (json!(200), json!("invalid_scope"), json!("scope-within-client")));
    browser.open("web", &[("redirect_uri", "http://127.0.0.1:8765/nowhere")]).await;
    assert_eq!(told().await, (json!(400), json!("invalid_request"), json!("redirect-uri-is-registered")));
    get(&server, "/userinfo?access_token=x").await;
    assert_eq!(told().await, (json!(400), json!("invalid_request"), json!("bearer-token-in-header")));

    let login = browser.open("web", &[]).await.location().to_owned();
    browser.answer(&login, &[("username", "alice"), ("password", "wrong")]).await;
    assert_eq!(told().await, (json!(401), json!("access_denied"), json!("password-matches")));
    Browser::new(&server).get(&login).await;
    assert_eq!(told().await, (json!(403), json!("access_denied"), json!("interaction-belongs-to-browser")));
    browser.find_device("BCDF-GHJK").await;
    assert_eq!(told().await, (json!(400), json!("access_denied"), json!("user-code-is-open")));
}

#[tokio::test]
async fn no_secret_is_in_it() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let code = browser.code("web-post", &[]).await;
    let tokens = redeem(&server, "web-post", &code, &[]).await;
    refresh(&server, "web-post", &tokens.member("refresh_token"), &[]).await.is_token();
    let asked = device(&server, "tv-box", "openid").await;
    browser.connect(&asked.member("user_code"), "allow").await;
    let bearer = format!("Bearer {}", tokens.member("access_token"));
    let userinfo = Request::get("/userinfo").header("authorization", &bearer).body(bytes::Bytes::new()).unwrap();
    send(&server, userinfo).await;
    get(&server, &format!("/userinfo?{}", tokens.member("access_token"))).await; // not even as the name of a parameter
    bare(&server, "/token", &[("grant_type", "password"), ("username", "alice"), ("password", "alice-pw")]).await;
    let page = browser.open("web", &[("prompt", "login")]).await.location().to_owned();
    browser.get(&page).await;

    let journal = get(&server, "/_/requests").await.body;
    let nonce = asking("web", &[]).into_iter().find(|(name, _)| name == "nonce").unwrap().1;
    let interaction = page.rsplit_once('=').unwrap().1.to_owned();
    for secret in [
        code,
        tokens.member("access_token"),
        tokens.member("refresh_token"),
        tokens.member("id_token"),
        secret_of("web-post"),
        asked.member("device_code"),
        asked.member("user_code"),
        "alice-pw".to_owned(),
        nonce,
        interaction,
        "grantspec_session".to_owned(),
    ] {
        assert!(!journal.contains(&secret), "{secret}: {journal}");
    }
    assert!(journal.contains("\"code\"") && journal.contains("\"password\""), "that they were sent is in it");
}

#[tokio::test]
async fn it_remembers_so_much_and_can_be_emptied() {
    let server = strict();
    for _ in 0..1005 {
        get(&server, "/jwks").await;
    }
    let full = journal(&server).await;
    assert_eq!((full.len(), &full[0]["number"]), (1000, &json!(6)));

    let delete = Request::delete("/_/requests").body(bytes::Bytes::new()).unwrap();
    assert_eq!(send(&server, delete).await.json(), json!({ "requests": [] }));
    get(&server, "/jwks").await;
    assert_eq!(last(&server).await["number"], 1006, "the numbers go on");
    assert_eq!(tell(&server, "/_/requests", r#"{"clear": false}"#).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(tell(&server, "/_/requests", r#"{"clear": true}"#).await.status, StatusCode::OK);
    assert!(journal(&server).await.is_empty(), "and what is asked of the control is not in it");
    let elsewhere = Request::delete("/_/clients").body(bytes::Bytes::new()).unwrap();
    assert_eq!(send(&server, elsewhere).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn what_is_long_is_cut() {
    let server = strict();
    get(&server, &format!("/{}?scope={}", "p".repeat(500), "s".repeat(500))).await;
    let entry = last(&server).await;
    assert_eq!(entry["path"].as_str().unwrap().len(), 200);
    assert_eq!(entry["parameters"][0]["value"].as_str().unwrap().len(), 200);
}

#[tokio::test]
async fn without_control_there_is_none() {
    let server = Server::new(Config::demo(ISSUER), KEYS.clone()).unwrap();
    get(&server, "/jwks").await;
    assert_eq!(get(&server, "/_/requests").await.status, StatusCode::NOT_FOUND);
}
