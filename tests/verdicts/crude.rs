//! Servers that answer everything in one way: no check passes, and a run says that it could not judge.

use std::sync::Arc;
use std::time::{Duration, Instant};

use grantspec::catalogue::catalogue;
use grantspec::lab::Setting;
use grantspec::lab::http::Http;
use grantspec::profile::Profile;
use grantspec::run::{Options, Outcome, Paths, Selection, Summary, judge};
use grantspec::target::Target;
use grantspec::target::doctor::SetupError;
use grantspec::verdict::Verdict;
use serde_json::json;
use tokio::net::TcpListener;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::server::{PATIENT, TOKEN, outcomes, refusal, target, token};

/// A server with one answer.
async fn always(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// The same target with every endpoint that there can be, all of them crude, so that every check has something to ask.
fn whole(issuer: &str) -> Target {
    let mut target = target(issuer);
    let at = |path: &str| Some(format!("{issuer}/{path}"));
    target.metadata.url = format!("{issuer}/metadata");
    target.metadata.oidc = true;
    target.metadata.authorization_endpoint = at("authorize");
    target.metadata.jwks_uri = at("jwks");
    target.metadata.introspection_endpoint = at("introspect");
    target.metadata.revocation_endpoint = at("revoke");
    target.metadata.userinfo_endpoint = at("userinfo");
    target
}

/// The whole catalogue, without a set-up proof before it.
async fn of_everything(issuer: &str, deadline: Duration) -> Vec<Outcome> {
    outcomes(whole(issuer), catalogue(), Profile::Oidc, deadline).await
}

/// A whole run.
async fn run(issuer: &str, deadline: Duration) -> Result<Summary, Vec<SetupError>> {
    let options = Options {
        jobs: 16,
        profile: Profile::Oidc,
        selection: Selection::default(),
        paths: Paths::All,
        policies: false,
    };
    let setting = Arc::new(Setting::new(whole(issuer), Http::new(deadline), 1, 4));
    judge(setting, catalogue(), &options, &mut |_| {}).await
}

#[track_caller]
fn nothing_passes_and_nothing_breaks(outcomes: &[Outcome]) {
    assert!(!outcomes.is_empty());
    for outcome in outcomes {
        let at = format!("{} [{}]", outcome.check.id, outcome.cell);
        assert_ne!(outcome.verdict, Verdict::Pass, "{at} passes");
        let error = outcome.error.as_deref().unwrap_or_default();
        assert!(!error.starts_with("the check broke") && !error.starts_with("no verdict"), "{at}: {error}");
    }
}

#[track_caller]
fn has_a_remedy(errors: &[SetupError], cause: &str) {
    let told = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(told.contains(cause), "{told}");
    assert!(!errors.is_empty() && errors.iter().all(|error| error.remedy.len() > 20), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_answers_everything_with_a_token_passes_nothing() {
    let answer = token(&json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "active": true }));
    let server = always(answer).await;
    nothing_passes_and_nothing_breaks(&of_everything(&server.uri(), PATIENT).await);

    let summary = run(&server.uri(), PATIENT).await.expect("its one client gets its token, so the run begins");
    nothing_passes_and_nothing_breaks(&summary.outcomes);
    assert_eq!(summary.exit_code(false), 1, "it serves requests that must be refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_everything_passes_nothing_and_cannot_be_judged() {
    let server = always(refusal(400, "invalid_request")).await;
    nothing_passes_and_nothing_breaks(&of_everything(&server.uri(), PATIENT).await);
    has_a_remedy(&run(&server.uri(), PATIENT).await.expect_err("nothing is proven"), "invalid_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_fails_with_a_page_passes_nothing_and_cannot_be_judged() {
    let server = always(ResponseTemplate::new(500).set_body_raw("<!doctype html><h1>Oops</h1>", "text/html")).await;
    nothing_passes_and_nothing_breaks(&of_everything(&server.uri(), PATIENT).await);
    has_a_remedy(&run(&server.uri(), PATIENT).await.expect_err("nothing is proven"), "500");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_sends_everybody_elsewhere_passes_nothing_and_cannot_be_judged() {
    let server = always(ResponseTemplate::new(302).insert_header("location", "/elsewhere")).await;
    nothing_passes_and_nothing_breaks(&of_everything(&server.uri(), PATIENT).await);
    has_a_remedy(&run(&server.uri(), PATIENT).await.expect_err("nothing is proven"), "302");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_answers_with_an_empty_body_passes_nothing_and_cannot_be_judged() {
    for status in [200, 204, 400] {
        let server = always(ResponseTemplate::new(status)).await;
        nothing_passes_and_nothing_breaks(&of_everything(&server.uri(), PATIENT).await);
        has_a_remedy(&run(&server.uri(), PATIENT).await.expect_err("nothing is proven"), &status.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_answers_is_left_after_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let silent = format!("http://{}", listener.local_addr().expect("it has one"));
    let deadline = Duration::from_millis(150);

    let began = Instant::now();
    has_a_remedy(&run(&silent, deadline).await.expect_err("nothing is proven"), "no answer within 150ms");
    assert!(began.elapsed() < PATIENT, "one client, one request, one deadline: {:?}", began.elapsed());

    let began = Instant::now();
    let outcomes = of_everything(&silent, deadline).await;
    nothing_passes_and_nothing_breaks(&outcomes);
    assert!(began.elapsed() < PATIENT * 2, "a dead server is given up: {:?}", began.elapsed());
    assert!(outcomes.iter().any(|outcome| outcome.error.as_deref().is_some_and(|says| says.starts_with("not asked"))));
}
