//! The rule book, exercised: each rule refuses one deviation by its own name, and the same request without the deviation succeeds.
//!
//! A new rule needs a case, or `every_rule_has_a_case` fails. Add it to the file of its topic, in the order of `Rule::ALL`: the name
//! of the rule, how its refusal shows, and a request in which `side.of(control, deviation)` says the one thing that differs:
//!
//! ```text
//! ScopeIsKnown, Refused("invalid_scope"), |server, side|
//!     token(server, "web", &[GRANT, ("scope", side.of("api:read", "bogus"))]);
//! ```
//!
//! What has to happen before the request goes into an `async { … }` that ends with it. Each side has a fresh server of its own, the demonstration.

mod assertions;
mod authorization;
mod client_assertions;
mod client_authentication;
mod codes;
mod devices;
mod exchanges;
mod grants;
mod interaction;
mod logout;
mod pushed_requests;
mod refresh_tokens;
mod registration;
mod request_objects;
mod requests;
mod resources;
mod scope;

use std::sync::Arc;

use grantspec_reference::Server;
use grantspec_reference::faults::{self, Seam};
use grantspec_reference::rules::Rule;
use grantspec_reference::store::BoxFuture;
use http::StatusCode;

use crate::support::{Answer, Browser, ISSUER, KEYS, config, get, strict};

/// The cases, in the order of the rule book.
const CASES: &[&[Case]] = &[
    requests::CASES,
    client_authentication::CASES,
    client_assertions::CASES,
    grants::CASES,
    assertions::CASES,
    scope::CASES,
    authorization::CASES,
    request_objects::CASES,
    pushed_requests::CASES,
    interaction::CASES,
    logout::CASES,
    codes::CASES,
    devices::CASES,
    exchanges::CASES,
    refresh_tokens::CASES,
    registration::CASES,
    resources::CASES,
];

/// One rule, and a request that deviates from it or does not.
pub struct Case {
    rule: Rule,
    shows: Shows,
    ask: for<'a> fn(&'a Server, Side) -> BoxFuture<'a, Answer>,
}

/// How a refusal shows, and with it what success is.
pub enum Shows {
    /// JSON with this `error`, and the rule in `error_uri`. Success is 200, or 201 where something is made.
    Refused(&'static str),
    /// A redirect to the client with this `error`, and the rule in `error_uri`. Success is a redirect that brings what was asked for.
    Returned(&'static str),
    /// A page with this status that names the rule. Success is a page with 200, or a redirect without an error.
    Shown(StatusCode),
    /// `"active": false`, for introspection does not say why (RFC 7662 §2.2): that it was this rule shows when its gate is open.
    Inactive,
    /// As a refusal by another rule, so that a stranger does not learn which of the two it was: that it was this one shows when its gate is open.
    As(&'static str, Rule),
}

/// Which of the two requests of a case is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Control,
    Deviation,
}

impl Side {
    /// The one thing that differs.
    pub fn of<T>(self, control: T, deviation: T) -> T {
        match self {
            Side::Control => control,
            Side::Deviation => deviation,
        }
    }
}

/// Writes a list of cases: `Rule, Shows, |server, side| request;`
macro_rules! cases {
    ($( $rule:ident, $shows:expr, |$server:ident, $side:ident| $request:expr; )*) => {
        &[$( $crate::rule_book::Case {
            rule: grantspec_reference::rules::Rule::$rule,
            shows: $shows,
            ask: |$server, $side| Box::pin(async move { $request.await }),
        }, )*]
    };
}

use cases;

/// Ask for authorization with these deviations, log in as alice and allow, as far as either is asked.
pub async fn authorize(server: &Server, client_id: &str, deviations: &[(&str, &str)]) -> Answer {
    Browser::new(server).authorize(client_id, deviations).await
}

fn all() -> impl Iterator<Item = &'static Case> {
    CASES.iter().copied().flatten()
}

#[test]
fn every_rule_has_a_case() {
    let exercised = |rule: &Rule| all().any(|case| case.rule == *rule);
    let forgotten: Vec<&Rule> = Rule::ALL.iter().filter(|rule| !exercised(rule)).collect();
    assert!(forgotten.is_empty(), "tests/it/rule_book/ has no case for {forgotten:?}");
}

#[tokio::test]
async fn every_rule_refuses_its_deviation() {
    each(|case| Box::pin(deviates(case))).await;
}

#[tokio::test]
async fn every_rule_lets_its_control_pass() {
    each(|case| Box::pin(succeeds(case, strict(), Side::Control))).await;
}

/// Try every case, and name all that fail rather than the first.
async fn each(attempt: fn(&'static Case) -> BoxFuture<'static, ()>) {
    let mut failed = Vec::new();
    for case in all() {
        if tokio::spawn(attempt(case)).await.is_err() {
            failed.push(case.rule);
        }
    }
    assert!(failed.is_empty(), "what each of these did is above: {failed:?}");
}

async fn deviates(case: &'static Case) {
    let server = strict();
    let answer = (case.ask)(&server, Side::Deviation).await;
    match case.shows {
        Shows::Refused(error) => answer.is_refused(error, case.rule),
        Shows::Returned(error) => answer.is_returned(error, case.rule),
        Shows::Shown(status) => answer.is_shown(status, case.rule),
        Shows::Inactive => {
            assert_eq!(answer.json(), serde_json::json!({ "active": false }), "{:?}", case.rule);
            succeeds(case, ungated(case.rule), Side::Deviation).await;
        }
        Shows::As(error, rule) => {
            answer.is_refused(error, rule);
            succeeds(case, ungated(case.rule), Side::Deviation).await;
        }
    }
    let explained = get(&server, &format!("/rules/{}", case.rule.name())).await;
    assert_eq!(explained.status, StatusCode::OK, "what is refused is explained");
}

/// The server that does not ask this rule.
fn ungated(rule: Rule) -> Server {
    faults::server(config(), Arc::clone(&KEYS), &[&Seam::Gate(rule, None)]).unwrap()
}

async fn succeeds(case: &'static Case, server: Server, side: Side) {
    let answer = (case.ask)(&server, side).await;
    let is_redirect = answer.status == StatusCode::SEE_OTHER;
    let success = match case.shows {
        Shows::Refused(_) | Shows::As(..) => answer.status.is_success(),
        Shows::Returned(_) => is_redirect && brings_something(&answer),
        Shows::Shown(_) => answer.status == StatusCode::OK || (is_redirect && answer.returned("error").is_none()),
        Shows::Inactive => answer.status == StatusCode::OK && answer.json()["active"] == true,
    };
    assert!(success, "{:?}, {side:?}: {answer:?}", case.rule);
}

/// A code or a token, at the client.
fn brings_something(answer: &Answer) -> bool {
    !answer.location().starts_with(ISSUER)
        && ["code", "access_token", "id_token"].iter().any(|name| answer.returned(name).is_some())
}
