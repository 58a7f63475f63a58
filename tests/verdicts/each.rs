//! One check, and each verdict that it can earn; one clause, and what each profile makes of it; each reason of a skip.

use std::time::Duration;

use grantspec::check::{Answer, Ask, BoxFuture, Check, Stop};
use grantspec::lab::Lab;
use grantspec::profile::Profile;
use grantspec::run::Outcome;
use grantspec::target::{Abilities, Client, Hook};
use grantspec::verdict::Verdict;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::server::{
    PATIENT, TOKEN, asked, but_for_strangers, but_for_valid, check, good, outcomes, refusal, serving, target, token,
};

/// The check that is shown with every verdict.
const MEMBERS: &str = "token/members";

/// What the check says of a server that answers a valid request with this token response.
async fn of_members(body: Value, profile: Profile) -> Outcome {
    let server = serving(but_for_valid(move || token(&body))).await;
    asked(target(&server.uri()), MEMBERS, profile).await
}

fn clause(outcome: &Outcome) -> &'static str {
    outcome.finding.as_ref().map_or("", |finding| finding.clause)
}

fn reason(outcome: &Outcome) -> &'static str {
    outcome.reason.as_ref().map_or("", |(reason, _)| reason.name())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_what_it_should_passes() {
    let server = serving(good).await;
    let outcome = asked(target(&server.uri()), MEMBERS, Profile::OAuth2).await;
    assert_eq!(outcome.verdict, Verdict::Pass, "{outcome:?}");
    assert!(outcome.transcript.is_empty(), "a pass needs no evidence");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_must_fails() {
    let outcome =
        of_members(json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": "300" }), Profile::OAuth2)
            .await;
    assert_eq!((outcome.verdict, clause(&outcome)), (Verdict::Fail, "rfc6749/5.1/expires-in"));
    assert!(!outcome.transcript.is_empty(), "a finding carries its evidence");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_should_warns() {
    let outcome = of_members(json!({ "access_token": TOKEN, "token_type": "Bearer" }), Profile::OAuth2).await;
    assert_eq!((outcome.verdict, clause(&outcome)), (Verdict::Warn, "rfc6749/5.1/expires-in-present"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_clause_of_a_document_outside_the_profile_is_information() {
    let body = json!({ "access_token": TOKEN, "token_type": "mac", "expires_in": 300, "id_token": "e30.e30." });
    let outcome = of_members(body.clone(), Profile::OAuth2).await;
    assert_eq!((outcome.verdict, clause(&outcome)), (Verdict::Info, "oidc-core/3.1.3.3/bearer"));
    assert_eq!(outcome.level, None);
    let inside = of_members(body, Profile::Oidc).await;
    assert_eq!((inside.verdict, clause(&inside)), (Verdict::Fail, "oidc-core/3.1.3.3/bearer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_refusal_with_a_wrong_error_code_breaks_the_clause_on_the_code_only() {
    for (profile, verdict) in [(Profile::OAuth2, Verdict::Warn), (Profile::Bcp { oidc: false }, Verdict::Fail)] {
        let server = serving(but_for_strangers(|| refusal(400, "invalid_scope"))).await;
        let outcome = asked(target(&server.uri()), "client-auth/wrong-secret", profile).await;
        assert_eq!((outcome.verdict, clause(&outcome)), (verdict, "rfc6749/5.2/invalid-client"), "{profile:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_that_buys_a_token_breaks_the_clause_at_stake() {
    let body = json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": 300 });
    let server = serving(but_for_strangers(move || token(&body))).await;
    let outcome = asked(target(&server.uri()), "client-auth/wrong-secret", Profile::OAuth2).await;
    assert_eq!((outcome.verdict, clause(&outcome)), (Verdict::Fail, "rfc6749/4.4.2/client-authenticated"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_client_for_the_cell_it_is_a_skip() {
    let server = serving(good).await;
    let outcome = asked(target(&server.uri()), "code/redeemed-twice", Profile::OAuth2).await;
    assert_eq!((outcome.verdict, reason(&outcome)), (Verdict::Skip, "no-client"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_ability_it_is_a_skip() {
    let server = serving(good).await;
    let outcome = asked(target(&server.uri()), "code/lifetime", Profile::OAuth2).await;
    assert_eq!((outcome.verdict, reason(&outcome)), (Verdict::Skip, "no-ability"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_advertised_is_a_skip() {
    let server = serving(good).await;
    let outcome = asked(target(&server.uri()), "introspection/unknown-token-inactive", Profile::OAuth2).await;
    assert_eq!((outcome.verdict, reason(&outcome)), (Verdict::Skip, "not-advertised"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_user_it_is_a_skip() {
    let server = serving(good).await;
    let mut target = target(&server.uri());
    target.metadata.authorization_endpoint = Some(format!("{}/authorize", server.uri()));
    let web = Client {
        id: "web".to_owned(),
        grants: vec!["authorization_code".to_owned()],
        redirect_uris: vec!["http://127.0.0.1/cb".to_owned()],
        ..target.clients[0].clone()
    };
    target.clients.push(web);
    let outcome = asked(target, "code/redeemed-twice", Profile::OAuth2).await;
    assert_eq!((outcome.verdict, reason(&outcome)), (Verdict::Skip, "no-user"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_of_the_server_that_takes_the_question_away_is_a_skip() {
    let server = MockServer::start().await;
    let lives = ResponseTemplate::new(200).set_body_json(json!({ "active": true }));
    Mock::given(path("/introspect")).respond_with(lives).mount(&server).await;
    let unlimited = token(&json!({ "access_token": TOKEN, "token_type": "Bearer" }));
    Mock::given(path("/token")).respond_with(unlimited).mount(&server).await;
    let mut target = target(&server.uri());
    target.metadata.introspection_endpoint = Some(format!("{}/introspect", server.uri()));
    let clock = Hook { url: format!("{}/clock", server.uri()), body: "{seconds}".to_owned() };
    target.abilities = Abilities { advance_time: Some(clock), ..Abilities::default() };
    let outcome = asked(target, "access-token/lives-as-told", Profile::OAuth2).await;
    assert_eq!((outcome.verdict, reason(&outcome)), (Verdict::Skip, "policy"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_that_fails_is_a_skip() {
    for status in [400, 429, 503] {
        let server = serving(but_for_valid(move || refusal(status, "invalid_scope"))).await;
        for id in [MEMBERS, "client-auth/wrong-secret"] {
            let outcome = asked(target(&server.uri()), id, Profile::OAuth2).await;
            assert_eq!((outcome.verdict, reason(&outcome)), (Verdict::Skip, "prerequisite"), "{id} at {status}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_question_is_no_finding() {
    for status in [429, 503] {
        let server = serving(but_for_strangers(move || refusal(status, "slow_down"))).await;
        let outcome = asked(target(&server.uri()), "client-auth/wrong-secret", Profile::OAuth2).await;
        assert_eq!((outcome.verdict, reason(&outcome)), (Verdict::Skip, "prerequisite"), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_connection_is_an_error() {
    let server = MockServer::start().await;
    let drop = |_: &wiremock::Request| std::io::Error::other("gone");
    Mock::given(method("POST")).respond_with_err(drop).mount(&server).await;
    let outcome = asked(target(&server.uri()), MEMBERS, Profile::OAuth2).await;
    assert_eq!(outcome.verdict, Verdict::Error);
    assert!(outcome.error.is_some_and(|says| says.contains("no readable answer")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_after_the_deadline_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let silent = format!("http://{}", listener.local_addr().expect("it has one"));
    let outcomes = outcomes(target(&silent), &[check(MEMBERS)], Profile::OAuth2, Duration::from_millis(100)).await;
    let asked: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.verdict != Verdict::Skip).collect();
    assert!(!asked.is_empty());
    for outcome in asked {
        assert_eq!(outcome.verdict, Verdict::Error);
        assert!(outcome.error.as_deref().is_some_and(|says| says.contains("no answer within 100ms")), "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_at_the_address_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let gone = format!("http://{}", listener.local_addr().expect("it has one"));
    drop(listener);
    let outcome = asked(target(&gone), MEMBERS, Profile::OAuth2).await;
    assert_eq!(outcome.verdict, Verdict::Error);
    assert!(outcome.error.is_some_and(|says| says.contains("cannot connect")));
}

/// A check that asks nothing, and answers like this.
fn answering(ask: for<'a> fn(&'a Lab) -> BoxFuture<'a, Answer>) -> Check {
    Check { id: "own/answer", ask: Ask::Code(ask), ..check(MEMBERS) }
}

async fn outcome_of(check: Check) -> Outcome {
    let server = serving(good).await;
    let outcomes = outcomes(target(&server.uri()), &[check], Profile::OAuth2, PATIENT).await;
    outcomes.into_iter().find(|outcome| outcome.verdict != Verdict::Skip).expect("the cell of the client was asked")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_names_a_clause_of_others_is_our_error() {
    let stray = answering(|_| Box::pin(async { Err(Stop::finding("rfc6749/4.1.2/code-single-use", "a", "b")) }));
    let outcome = outcome_of(stray).await;
    assert_eq!(outcome.verdict, Verdict::Error);
    assert!(outcome.error.is_some_and(|says| says.contains("by which this check does not judge")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_panics_is_our_error_and_touches_no_other() {
    let broken = answering(|_| Box::pin(async { panic!("a check broke on purpose") }));
    let server = serving(good).await;
    let outcomes = outcomes(target(&server.uri()), &[broken, check(MEMBERS)], Profile::OAuth2, PATIENT).await;
    let with =
        |verdict| outcomes.iter().filter(move |outcome| outcome.verdict == verdict).map(|outcome| outcome.check.id);
    assert!(with(Verdict::Error).eq(["own/answer"]));
    assert!(with(Verdict::Pass).eq([MEMBERS]));
}
