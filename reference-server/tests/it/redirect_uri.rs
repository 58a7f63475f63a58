//! Redirect URIs: equal strings, and the one exception.

use grantspec_reference::Server;
use grantspec_reference::rules::Rule;
use http::StatusCode;
use std::sync::Arc;

use crate::support::{
    Browser, CALLBACK, CALLBACK_OF_CODE_ONLY, CALLBACK_WITH_QUERY, KEYS, OTHER_CALLBACK, config, redeem, strict,
};

#[tokio::test]
async fn anything_but_the_registered_string_is_refused() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let near_misses = [
        "http://127.0.0.1:8765/cb/",
        "http://127.0.0.1:8765/CB",
        "http://127.0.0.1:8765/cb?x=1",
        "http://127.0.0.1:8765/cb#",
        "http://127.0.0.1:8765/cb/../cb",
        "http://127.0.0.1:8765/c%62",
        "http://user@127.0.0.1:8765/cb",
        "http://127.0.0.1/cb",
        "http://127.0.0.1:8766/cb",
        "http://localhost:8765/cb",
        "https://127.0.0.1:8765/cb",
        "HTTP://127.0.0.1:8765/cb",
        "http://127.0.0.1:8765/query",
        CALLBACK_OF_CODE_ONLY,
    ];
    for uri in near_misses {
        let answer = browser.open("web", &[("redirect_uri", uri)]).await;
        answer.is_shown(StatusCode::BAD_REQUEST, Rule::RedirectUriIsRegistered);
    }
    browser.code("web", &[("redirect_uri", OTHER_CALLBACK)]).await;
}

#[tokio::test]
async fn a_native_client_chooses_its_port_and_nothing_else() {
    let server = strict();
    let mut browser = Browser::new(&server);
    for uri in ["http://127.0.0.1:1/cb", "http://127.0.0.1/cb", "http://127.0.0.1:65535/other"] {
        let code = browser.code("spa", &[("redirect_uri", uri)]).await;
        redeem(&server, "spa", &code, &[("redirect_uri", uri)]).await.is_token();
    }
    for uri in [
        "http://localhost:8765/cb",
        "http://127.0.0.1:99999/cb",
        "http://127.0.0.1:8765@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:+80/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:1/cb?x",
        "http://[::1]:8765/cb",
    ] {
        let answer = browser.open("spa", &[("redirect_uri", uri)]).await;
        answer.is_shown(StatusCode::BAD_REQUEST, Rule::RedirectUriIsRegistered);
    }
}

#[tokio::test]
async fn the_query_of_a_registered_one_stays() {
    let server = strict();
    let answer = Browser::new(&server).authorize("web", &[("redirect_uri", CALLBACK_WITH_QUERY)]).await;
    assert!(answer.location().starts_with(&format!("{CALLBACK_WITH_QUERY}&code=")));
    let code = answer.returned("code").unwrap();
    redeem(&server, "web", &code, &[("redirect_uri", CALLBACK_WITH_QUERY)]).await.is_token();
}

#[tokio::test]
async fn a_single_one_may_be_left_out_in_plain_oauth_and_its_query_stays() {
    let mut config = config();
    config.clients[0].redirect_uris = vec![format!("{CALLBACK}?tenant=a%20b")];
    let server = Server::new(config, Arc::clone(&KEYS)).unwrap();
    let mut browser = Browser::new(&server);

    let answer = browser.authorize("web", &[("redirect_uri", ""), ("scope", "api:read")]).await;
    assert!(answer.location().starts_with(&format!("{CALLBACK}?tenant=a%20b&code=")));
    let code = answer.returned("code").unwrap();
    redeem(&server, "web", &code, &[("redirect_uri", "")]).await.is_token();

    browser.open("web", &[("redirect_uri", "")]).await.is_shown(StatusCode::BAD_REQUEST, Rule::RedirectUriIsGiven);
}
