//! The catalogue is in order, and seams of all kinds act together.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use http::{Request, Response, StatusCode};
use serde_json::Value;

use super::{Fault, Seam, fakes, faults, server, variations};
use crate::config::Config;
use crate::server::Server;
use crate::tokens::Keys;

const CLIENT_CREDENTIALS: &str = "grant_type=client_credentials";

static KEYS: LazyLock<Arc<Keys>> = LazyLock::new(|| Arc::new(Keys::generate()));

#[test]
fn every_entry_has_a_name_of_its_own_in_kebab_case_and_a_sentence() {
    let faults = faults().iter().map(|fault| (fault.id, fault.says));
    let variations = variations().iter().map(|variation| (variation.id, variation.says));
    let fakes = fakes().iter().map(|fake| (fake.id, fake.says));
    let mut seen = HashSet::new();
    for (id, says) in faults.chain(variations).chain(fakes) {
        assert!(seen.insert(id), "{id} is there twice");
        let is_kebab =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        assert!(id.split('-').all(is_kebab), "{id} is not in kebab case");
        assert!(says.len() > 10 && says.ends_with('.'), "{id} has no sentence");
    }
}

#[test]
fn every_fault_breaks_a_clause_and_claims_checks_under_a_profile() {
    for Fault { id, clause, caught_by, profile, seams, .. } in faults() {
        assert_eq!(clause.split('/').count(), 3, "{id}");
        assert!(caught_by.iter().all(|check| check.split('/').count() == 2), "{id}");
        assert!(!caught_by.is_empty() && !seams.is_empty(), "{id}");
        assert!(["oauth2", "oidc", "bcp", "identityserver"].contains(profile), "{id}");
    }
}

/// Whether a fault shows.
type Shows = fn(&Seen) -> bool;

/// A fault of each kind of seam, and how to see that it acts.
const KINDS: &[(&str, Shows)] = &[
    ("any-secret", |seen| seen.wrong_secret == StatusCode::OK),
    ("empty-secret", |seen| seen.empty_secret == StatusCode::OK),
    ("expires-in-as-string", |seen| seen.expires_in.is_string()),
    ("unknown-code-crashes", |seen| seen.unknown_code == StatusCode::INTERNAL_SERVER_ERROR),
    ("no-store-missing", |seen| !seen.forbids_caching),
    ("code-lives-an-hour", |seen| seen.code_lifetime == 3600),
];

/// What was seen of a server from outside, and of its configuration.
struct Seen {
    wrong_secret: StatusCode,
    empty_secret: StatusCode,
    unknown_code: StatusCode,
    expires_in: Value,
    forbids_caching: bool,
    code_lifetime: u64,
}

#[tokio::test]
async fn faults_of_any_two_seams_are_both() {
    let strict = look(&with(&[])).await;
    for (at, (one, shows_one)) in KINDS.iter().enumerate() {
        assert!(!shows_one(&strict), "{one} shows in the strict server");
        for (other, shows_other) in &KINDS[at + 1..] {
            for ids in [[*one, *other], [*other, *one]] {
                let seen = look(&with(&ids)).await;
                assert!(shows_one(&seen), "{one} is lost beside {other}");
                assert!(shows_other(&seen), "{other} is lost beside {one}");
            }
        }
    }
}

fn with(ids: &[&str]) -> Server {
    let find = |id: &&str| faults().iter().find(|fault| fault.id == *id).expect("the fault exists");
    let seams: Vec<&Seam> = ids.iter().flat_map(|id| find(id).seams).collect();
    server(Config::demo("http://127.0.0.1:9400"), Arc::clone(&KEYS), &seams).unwrap()
}

async fn look(server: &Server) -> Seen {
    let config = Config::demo("http://127.0.0.1:9400");
    let secret = |id: &str| {
        let client = config.clients.iter().find(|client| client.client_id == id);
        client.and_then(|client| client.secret.clone()).expect("a demo client with a secret")
    };
    let good = post(server, "service", &secret("service"), CLIENT_CREDENTIALS).await;
    let body: Value = serde_json::from_slice(good.body()).unwrap_or_default();
    let code = "grant_type=authorization_code&code=unknown";
    Seen {
        wrong_secret: post(server, "service", "wrong", CLIENT_CREDENTIALS).await.status(),
        empty_secret: post(server, "service", "", CLIENT_CREDENTIALS).await.status(),
        unknown_code: post(server, "web", &secret("web"), code).await.status(),
        expires_in: body["expires_in"].clone(),
        forbids_caching: good.headers().get(CACHE_CONTROL).is_some_and(|value| value == "no-store"),
        code_lifetime: server.config.lifetimes.code,
    }
}

async fn post(server: &Server, id: &str, secret: &str, body: &'static str) -> Response<Bytes> {
    let request = Request::post("/token")
        .header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Bytes::from_static(body.as_bytes()))
        .expect("a well-formed request");
    server.answer(request).await
}
