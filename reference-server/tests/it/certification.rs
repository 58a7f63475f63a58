//! The preset `oidc-certification`, as an outside suite would drive it: clients that register themselves, no PKCE, every response
//! type in every response mode.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use grantspec_reference::config::Preset;
use grantspec_reference::rules::Rule;
use grantspec_reference::{Config, Server};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Browser, ISSUER, KEYS, basic, claims, encode, form_request, get, hidden, send, strict};

/// Response type, its `grant_types` in a registration, and what comes back.
#[rustfmt::skip]
const RESPONSE_TYPES: [(&str, &[&str], &[&str]); 7] = [
    ("code",                &["authorization_code"],             &["code"]),
    ("token",               &["implicit"],                       &["access_token"]),
    ("id_token",            &["implicit"],                       &["id_token"]),
    ("id_token token",      &["implicit"],                       &["id_token", "access_token"]),
    ("code id_token",       &["authorization_code", "implicit"], &["code", "id_token"]),
    ("code token",          &["authorization_code", "implicit"], &["code", "access_token"]),
    ("code id_token token", &["authorization_code", "implicit"], &["code", "id_token", "access_token"]),
];

const SUITE: &str = "https://suite.example/test/callback";
const MODES: [&str; 3] = ["query", "fragment", "form_post"];

fn server() -> Server {
    Server::new(Config::demo(ISSUER).preset(Preset::OidcCertification), Arc::clone(&KEYS)).unwrap()
}

async fn registered(server: &Server, response_type: &str, grant_types: &[&str], method: &str) -> Value {
    let body = json!({
        "application_type": "web", "redirect_uris": [SUITE],
        "response_types": [response_type], "grant_types": grant_types, "token_endpoint_auth_method": method,
    });
    let request = Request::post("/register").header("content-type", "application/json");
    let answer = send(server, request.body(Bytes::from(body.to_string())).unwrap()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()
}

/// No challenge, and the rest as it should be.
fn asking<'a>(response_type: &'a str, mode: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("response_type", response_type),
        ("response_mode", mode),
        ("redirect_uri", SUITE),
        ("scope", "openid profile"),
        ("code_challenge", ""),
        ("code_challenge_method", ""),
    ]
}

/// A member of the response, in whichever way it came.
fn returned(answer: &Answer, mode: &str, name: &str) -> Option<String> {
    if mode == "form_post" {
        return answer.body.contains(&format!("name=\"{name}\"")).then(|| hidden(&answer.body, name));
    }
    assert_eq!(answer.location().contains('#'), mode == "fragment", "{}", answer.location());
    answer.returned(name)
}

#[tokio::test]
async fn every_response_type_is_answered_in_every_mode_without_pkce() {
    let server = server();
    for (response_type, grant_types, brings) in RESPONSE_TYPES {
        for method in ["client_secret_basic", "client_secret_post"] {
            let client = registered(&server, response_type, grant_types, method).await;
            let client_id = client["client_id"].as_str().unwrap();
            for mode in MODES {
                let mut browser = Browser::new(&server);
                if mode == "query" && response_type != "code" {
                    let answer = browser.open(client_id, &asking(response_type, mode)).await;
                    answer.is_shown(StatusCode::BAD_REQUEST, Rule::ResponseModeFits);
                    continue;
                }
                let answer = browser.authorize(client_id, &asking(response_type, mode)).await;
                for name in ["code", "id_token", "access_token"] {
                    let came = returned(&answer, mode, name);
                    assert_eq!(came.is_some(), brings.contains(&name), "{response_type} by {mode}: {name}: {answer:?}");
                }
                assert_eq!(returned(&answer, mode, "error"), None);
                if let Some(code) = returned(&answer, mode, "code") {
                    let tokens = redeem(&server, &client, &code).await;
                    assert_eq!(claims(&tokens.is_token().member("id_token"))["aud"], client_id, "{}", tokens.body);
                }
            }
        }
    }
}

async fn redeem(server: &Server, client: &Value, code: &str) -> Answer {
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let mut parameters = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", SUITE)];
    let mut request = form_request("/token");
    if client["token_endpoint_auth_method"] == "client_secret_basic" {
        request = request.header("authorization", basic(id, secret));
    } else {
        parameters.extend([("client_id", id), ("client_secret", secret)]);
    }
    send(server, request.body(encode(&parameters).into()).unwrap()).await
}

#[tokio::test]
async fn a_challenge_that_is_sent_still_counts() {
    let server = server();
    let client = registered(&server, "code", &["authorization_code"], "client_secret_basic").await;
    let client_id = client["client_id"].as_str().unwrap();
    let mut browser = Browser::new(&server);
    let plain = "a-plain-challenge-that-is-its-own-verifier-0123456789";
    for (challenge, method) in [(plain, "plain"), (plain, ""), (crate::support::CHALLENGE, "S256")] {
        let mut asked = asking("code", "query");
        asked.retain(|(name, _)| !name.starts_with("code_challenge"));
        asked.extend([("code_challenge", challenge), ("code_challenge_method", method)]);
        let answer = browser.authorize(client_id, &asked).await;
        let code = answer.returned("code").unwrap_or_else(|| panic!("{answer:?}"));
        redeem(&server, &client, &code).await.is_refused("invalid_grant", Rule::VerifierMatches);
    }
}

#[tokio::test]
async fn the_strict_preset_is_strict_with_the_same_clients() {
    let server = Server::new(Config::demo(ISSUER), Arc::clone(&KEYS)).unwrap();
    for (response_type, grant_types, brings) in RESPONSE_TYPES {
        let client = registered(&server, response_type, grant_types, "client_secret_basic").await;
        let client_id = client["client_id"].as_str().unwrap();
        let answer = Browser::new(&server).authorize(client_id, &asking(response_type, "fragment")).await;
        if brings.contains(&"code") {
            answer.is_returned("invalid_request", Rule::ChallengeIsPresent);
        } else {
            assert!(answer.location().starts_with(&format!("{SUITE}#")));
            assert_eq!(answer.returned("error"), None);
        }
    }
}

#[tokio::test]
async fn request_uris_are_ignored_and_a_request_by_reference_is_not_supported() {
    let server = server();
    let asked = json!({ "redirect_uris": [SUITE], "request_uris": ["https://suite.example/test/request#hash"] });
    let client = crate::registration::registered(&server, &asked).await;
    assert!(client.get("request_uris").is_none(), "{client}");
    let by_reference = [("request_uri", "https://suite.example/test/request#hash"), ("redirect_uri", SUITE)];
    let answer = Browser::new(&server).open(client["client_id"].as_str().unwrap(), &by_reference).await;
    answer.is_returned("request_uri_not_supported", Rule::RequestUriIsOwn);
}

#[tokio::test]
async fn old_clients_meet_no_algorithm_that_they_cannot_know() {
    let kinds = async |server: &Server| -> BTreeSet<String> {
        let keys = get(server, "/jwks").await.json();
        keys["keys"].as_array().unwrap().iter().map(|key| key["kty"].as_str().unwrap().to_owned()).collect()
    };
    let named = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(kinds(&server()).await, named(&["EC", "RSA"]));
    assert_eq!(kinds(&strict()).await, named(&["EC", "OKP", "RSA"]));

    let metadata = get(&server(), "/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["id_token_signing_alg_values_supported"], json!(["RS256", "ES256", "PS256"]));
    for member in ["id_token_signed_response_alg", "userinfo_signed_response_alg"] {
        for (server, status) in [(server(), StatusCode::BAD_REQUEST), (strict(), StatusCode::CREATED)] {
            let body = json!({ "redirect_uris": [SUITE], member: "EdDSA" });
            let request = Request::post("/register").header("content-type", "application/json");
            let answer = send(&server, request.body(Bytes::from(body.to_string())).unwrap()).await;
            assert_eq!(answer.status, status, "{}", answer.body);
        }
    }
}
