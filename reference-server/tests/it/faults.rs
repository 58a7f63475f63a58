//! The seams: each fault shows, and two of them compose.

use std::collections::HashSet;
use std::sync::Arc;

use grantspec_reference::Server;
use grantspec_reference::faults::{self, Seam};
use grantspec_reference::model::Path;
use grantspec_reference::rules::Rule;

use crate::support::{Browser, KEYS, basic, config, encode, form_request, redeem, send, token};

fn with(ids: &[&str]) -> Server {
    let seams: Vec<&Seam> =
        ids.iter().flat_map(|id| faults::faults().iter().find(|fault| fault.id == *id).unwrap().seams).collect();
    faults::server(config(), Arc::clone(&KEYS), &seams).unwrap()
}

#[test]
fn ids_are_unique_and_every_fault_says_what_it_is() {
    let ids: HashSet<&str> = faults::faults().iter().map(|fault| fault.id).collect();
    assert_eq!(ids.len(), faults::faults().len());
    for fault in faults::faults() {
        assert!(fault.says.ends_with('.') && !fault.caught_by.is_empty() && !fault.seams.is_empty(), "{}", fault.id);
    }
}

#[tokio::test]
async fn two_compose() {
    let server = with(&["any-secret", "no-store-missing"]);
    let request = form_request("/token").header("authorization", basic("web", "wrong"));
    let answer = send(&server, request.body(encode(&[("grant_type", "client_credentials")]).into()).unwrap()).await;
    answer.is_token();
    assert_eq!(answer.header("cache-control"), "");
}

#[tokio::test]
async fn a_gate_opens_on_its_path_only() {
    let seams = [Seam::Gate(Rule::VerifierMatches, Some(Path::AuthorizationCode))];
    let server = faults::server(config(), Arc::clone(&KEYS), &seams.iter().collect::<Vec<_>>()).unwrap();
    let code = Browser::new(&server).code("web", &[]).await;
    redeem(&server, "web", &code, &[("code_verifier", &"x".repeat(50))]).await.is_token();

    let seams = [Seam::Gate(Rule::VerifierMatches, Some(Path::CodeToken))];
    let server = faults::server(config(), Arc::clone(&KEYS), &seams.iter().collect::<Vec<_>>()).unwrap();
    let code = Browser::new(&server).code("web", &[]).await;
    redeem(&server, "web", &code, &[("code_verifier", &"x".repeat(50))])
        .await
        .is_refused("invalid_grant", Rule::VerifierMatches);
}

#[tokio::test]
async fn the_control_of_any_verifier_passes_too() {
    let server = with(&["any-verifier"]);
    let code = Browser::new(&server).code("web", &[]).await;
    redeem(&server, "web", &code, &[]).await.is_token();
    token(&with(&[]), "web", &[("grant_type", "client_credentials")]).await.is_token();
}
