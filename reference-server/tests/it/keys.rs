//! What tokens are signed with, and what becomes of a key that was replaced.

use std::sync::{Arc, LazyLock};

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use grantspec_reference::rules::Rule;
use grantspec_reference::tokens::jwk::JwkSet;
use grantspec_reference::tokens::jwt::{Jwt, VerificationKeys};
use grantspec_reference::tokens::{Algorithm, Map};
use grantspec_reference::{Config, Keys, Server};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::registration::{registered, token_of};
use crate::support::{
    Answer, Browser, CALLBACK, ISSUER, KEYS, VERIFIER, claims, config, get, header, pass, redeem, send, strict, tell,
    token, tokens,
};

/// Keys to rotate to, where the control API is not what is asked about: making them is slow.
static NEXT: LazyLock<Arc<Keys>> = LazyLock::new(|| Arc::new(Keys::generate()));

/// A server whose client `web` has these algorithms.
fn server(access_token: Algorithm, id_token: Algorithm) -> Server {
    let mut config = config();
    let web = config.clients.iter_mut().find(|client| client.client_id == "web").unwrap();
    (web.access_token_signing_alg, web.id_token_signed_response_alg) = (access_token, id_token);
    Server::new(config, Arc::clone(&KEYS)).unwrap()
}

/// What a client does with the published key set.
async fn verify(server: &Server, jwt: &str) -> Option<Map> {
    let jwks = JwkSet::parse(&get(server, "/jwks").await.json()).unwrap();
    let verified = Jwt::parse(jwt).ok()?.verify(VerificationKeys::Public(&jwks), &Algorithm::ASYMMETRIC);
    verified.ok().map(|verified| verified.claims)
}

async fn rotate(server: &Server) -> Answer {
    tell(server, "/_/keys", r#"{"rotate": true}"#).await
}

fn kids(answer: &Answer) -> Vec<String> {
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn tokens_are_signed_as_their_client_registered() {
    for algorithm in Algorithm::ASYMMETRIC {
        let server = server(algorithm, algorithm);
        let answer = tokens(&server, "web").await;
        let (access_token, id_token) = (answer.member("access_token"), answer.member("id_token"));
        for (jwt, typ) in [(&access_token, "at+jwt"), (&id_token, "JWT")] {
            assert_eq!(header(jwt)["alg"], algorithm.as_str());
            assert_eq!(header(jwt)["typ"], typ);
            assert!(verify(&server, jwt).await.is_some(), "{algorithm}");
        }
        let whole = digest(if algorithm == Algorithm::EdDsa { &SHA512 } else { &SHA256 }, access_token.as_bytes());
        let half = &whole.as_ref()[..whole.as_ref().len() / 2];
        assert_eq!(claims(&id_token)["at_hash"], URL_SAFE_NO_PAD.encode(half), "{algorithm}");
    }
}

#[tokio::test]
async fn userinfo_is_signed_for_a_client_that_registered_for_it() {
    let server = strict();
    let userinfo = async |access_token: &str| {
        let request = Request::get("/userinfo").header("authorization", format!("Bearer {access_token}"));
        send(&server, request.body(Bytes::new()).unwrap()).await
    };
    for algorithm in Algorithm::ASYMMETRIC {
        let client = registered(&server, &json!({ "userinfo_signed_response_alg": algorithm })).await;
        assert_eq!(client["userinfo_signed_response_alg"], algorithm.as_str());
        let client_id = client["client_id"].as_str().unwrap();
        let code = Browser::new(&server).code(client_id, &[]).await;
        let redeem = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let access_token = token_of(&server, &client, &redeem).await.member("access_token");
        let answer = userinfo(&access_token).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/jwt"));
        assert!(answer.header("cache-control").contains("no-store"));
        let kid = header(&answer.body)["kid"].clone();
        assert_eq!(header(&answer.body)["alg"], algorithm.as_str());
        let claims = verify(&server, &answer.body).await.unwrap_or_else(|| panic!("{algorithm}: {answer:?}"));
        for (claim, value) in [("iss", ISSUER), ("aud", client_id), ("sub", "user-alice"), ("name", "Alice Adams")] {
            assert_eq!(claims[claim], value, "{algorithm}");
        }
        assert!(!claims.contains_key("nonce"));
        assert!(kids(&get(&server, "/jwks").await).contains(&kid.as_str().unwrap().to_owned()));
        // RFC 8725 §3.11: it is no ID token.
        let hinted = Browser::new(&server).open("web", &[("id_token_hint", &answer.body)]).await;
        hinted.is_returned("invalid_request", Rule::IdTokenHintIsOwn);
        // What is refused stays a refusal, which nobody signs.
        assert_eq!(userinfo("garbage").await.header("content-type"), "application/json");
    }
    let plain = userinfo(&tokens(&server, "web").await.member("access_token")).await;
    assert_eq!(plain.header("content-type"), "application/json");
}

#[tokio::test]
async fn what_is_left_out_is_es256_and_rs256() {
    let answer = tokens(&strict(), "web").await;
    assert_eq!(header(&answer.member("access_token"))["alg"], "ES256");
    assert_eq!(header(&answer.member("id_token"))["alg"], "RS256");
}

#[tokio::test]
async fn nothing_is_signed_with_a_secret() {
    for member in ["access_token_signing_alg", "id_token_signed_response_alg", "userinfo_signed_response_alg"] {
        for (alg, status) in [("HS256", 400), ("none", 400), ("PS256", 200)] {
            let client = format!(
                r#"{{"client_id": "new", "secret": "a-secret-of-sixteen", "grant_types": ["client_credentials"], "{member}": "{alg}"}}"#
            );
            let answer = tell(&strict(), "/_/clients", &client).await;
            assert_eq!(answer.status, status, "{member} {alg}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn the_key_set_has_one_public_key_for_each_algorithm() {
    let server = strict();
    let answer = get(&server, "/jwks").await;
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    let algorithms: Vec<&str> = keys.iter().map(|key| key["alg"].as_str().unwrap()).collect();
    assert_eq!(algorithms, ["RS256", "ES256", "PS256", "EdDSA"]);
    assert!(keys.iter().all(|key| key["use"] == "sig" && key.get("d").is_none()));
    let mut kids = kids(&answer);
    kids.sort();
    kids.dedup();
    assert_eq!(kids.len(), keys.len());

    let metadata = get(&server, "/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["id_token_signing_alg_values_supported"], serde_json::json!(algorithms));
}

#[tokio::test]
async fn an_old_key_is_published_while_a_token_of_it_lives() {
    let server = strict();
    let old = kids(&get(&server, "/jwks").await);
    let before = tokens(&server, "web").await;
    let answer = rotate(&server).await;
    assert_eq!(answer.status, StatusCode::OK);
    let listed = answer.json()["keys"].as_array().unwrap().clone();
    assert_eq!(listed.len(), 8);
    assert!(listed[..4].iter().all(|key| key["signs"] == true && key["published_until"] == Value::Null));
    assert!(listed[4..].iter().all(|key| key["signs"] == false && key["published_until"].is_u64()));

    let after = tokens(&server, "web").await;
    for member in ["access_token", "id_token"] {
        assert_ne!(header(&before.member(member))["kid"], header(&after.member(member))["kid"]);
        for answer in [&before, &after] {
            assert!(verify(&server, &answer.member(member)).await.is_some(), "{member}");
        }
    }

    pass(&server, 3590);
    let access_token = before.member("access_token");
    assert!(verify(&server, &access_token).await.is_some());
    pass(&server, 20);
    assert!(verify(&server, &access_token).await.is_none());
    let now = kids(&get(&server, "/jwks").await);
    assert_eq!(now.len(), 4);
    assert!(now.iter().all(|kid| !old.contains(kid)));
    assert!(verify(&server, &after.member("access_token")).await.is_some());
}

#[tokio::test]
async fn a_key_that_signed_nothing_goes_at_once() {
    let server = strict();
    rotate(&server).await;
    assert_eq!(kids(&get(&server, "/_/keys").await), kids(&get(&server, "/jwks").await));
    assert_eq!(kids(&get(&server, "/jwks").await).len(), 4);
    let before = kids(&get(&server, "/jwks").await);
    tell(&server, "/_/keys", r#"{"rotate": false}"#).await;
    assert_eq!(kids(&get(&server, "/jwks").await), before);
    assert_eq!(tell(&server, "/_/keys", r#"{"turn": true}"#).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_hint_of_any_age_and_algorithm_is_known() {
    for algorithm in Algorithm::ASYMMETRIC {
        let server = server(Algorithm::Es256, algorithm);
        let hint = tokens(&server, "web").await.member("id_token");
        server.keys.rotate(Arc::clone(&NEXT));
        pass(&server, 100_000);
        Browser::new(&server).code("web", &[("id_token_hint", &hint)]).await;

        let (message, _) = hint.rsplit_once('.').unwrap();
        let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 64]));
        let answer = Browser::new(&server).open("web", &[("id_token_hint", &forged)]).await;
        answer.is_returned("invalid_request", Rule::IdTokenHintIsOwn);
    }
}

#[tokio::test]
async fn an_access_token_is_no_hint() {
    let server = server(Algorithm::Rs256, Algorithm::Rs256);
    let code = Browser::new(&server).code("web", &[]).await;
    let answer = redeem(&server, "web", &code, &[]).await;
    Browser::new(&server).code("web", &[("id_token_hint", &answer.member("id_token"))]).await;
    let answer = Browser::new(&server).open("web", &[("id_token_hint", &answer.member("access_token"))]).await;
    answer.is_returned("invalid_request", Rule::IdTokenHintIsOwn);
}

#[tokio::test]
async fn keys_are_rotated_for_one_server_and_while_it_works() {
    let one = Arc::new(strict());
    let other = Server::new(Config::demo("http://127.0.0.1:1"), Arc::clone(&KEYS)).unwrap();
    let before = kids(&get(&other, "/jwks").await);
    let busy = tokio::spawn({
        let one = Arc::clone(&one);
        async move {
            for _ in 0..40 {
                let jwt = token(&one, "web", &[("grant_type", "client_credentials")]).await.member("access_token");
                assert!(verify(&one, &jwt).await.is_some());
                tokio::task::yield_now().await;
            }
        }
    });
    for keys in [&NEXT, &KEYS, &NEXT] {
        one.keys.rotate(Arc::clone(keys));
        tokio::task::yield_now().await;
    }
    busy.await.unwrap();
    assert_eq!(kids(&get(&other, "/jwks").await), before);
}
