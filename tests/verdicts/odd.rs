//! One odd answer in an otherwise good server: judged as what it is, wherever the check meets it, and nothing panics.

use std::time::Instant;

use grantspec::catalogue::catalogue;
use grantspec::profile::Profile;
use grantspec::run::Outcome;
use grantspec::verdict::Verdict;
use serde_json::json;
use wiremock::ResponseTemplate;

use super::server::{
    Asked, PATIENT, SECRET, TOKEN, asked, but_for_strangers, but_for_valid, good, outcomes, refusal, serving, target,
    token,
};

const WRONG_SECRET: &str = "client-auth/wrong-secret";
const ERROR_RESPONSE: &str = "rfc6749/5.2/error-response";
const JSON: &str = "rfc6749/5.1/json";

/// An odd answer: what it is, the answer, the verdict, and the clause that it breaks.
type Odd = (&'static str, ResponseTemplate, Verdict, &'static str);

fn raw(status: u16, body: &[u8], media_type: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, media_type)
}

/// Ways to refuse a wrong secret.
#[rustfmt::skip]
fn refusals() -> Vec<Odd> {
    let json = "application/json";
    vec![
        ("200 with an error",          refusal(200, "invalid_client"),                                   Verdict::Fail, ERROR_RESPONSE),
        ("a page with 500",            raw(500, b"<h1>Oops</h1>", "text/html"),                          Verdict::Fail, ERROR_RESPONSE),
        ("a page with 400",            raw(400, b"<h1>Bad</h1>", "text/html"),                           Verdict::Fail, ERROR_RESPONSE),
        ("a redirect",                 ResponseTemplate::new(302).insert_header("location", "/login"),   Verdict::Fail, ERROR_RESPONSE),
        ("nothing with 204",           ResponseTemplate::new(204),                                       Verdict::Fail, ERROR_RESPONSE),
        ("nothing with 400",           ResponseTemplate::new(400),                                       Verdict::Fail, ERROR_RESPONSE),
        ("a list",                     raw(400, b"[\"invalid_client\"]", json),                          Verdict::Fail, ERROR_RESPONSE),
        ("an error that is a number",  raw(400, b"{\"error\": 42}", json),                               Verdict::Fail, ERROR_RESPONSE),
        ("half an object",             raw(400, b"{\"error\": \"invalid_cl", json),                      Verdict::Fail, ERROR_RESPONSE),
        ("bytes that are no text",     raw(400, b"\xff\xfe\x80", json),                                  Verdict::Fail, ERROR_RESPONSE),
        ("404",                        refusal(404, "invalid_client"),                                   Verdict::Fail, ERROR_RESPONSE),
        ("another code",               refusal(400, "access_denied"),                                    Verdict::Warn, "rfc6749/5.2/invalid-client"),
        ("another code with 401",      refusal(401, "unauthorized_client"),                              Verdict::Warn, "rfc6749/5.2/invalid-client"),
        ("the code twice, first one right", raw(400, b"{\"error\":\"invalid_client\",\"error\":\"invalid_client\"}", json), Verdict::Pass, ""),
        ("401 without a challenge",    refusal(401, "invalid_client"),                                   Verdict::Pass, ""),
        ("too many requests",          refusal(429, "invalid_client"),                                   Verdict::Skip, ""),
    ]
}

/// Ways to answer a valid request, and what `token/json` says of each.
#[rustfmt::skip]
fn successes() -> Vec<Odd> {
    let json = "application/json";
    let members = format!("access_token={TOKEN}&token_type=bearer&expires_in=300");
    let text = json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": 300 }).to_string();
    vec![
        ("a form",                     raw(200, members.as_bytes(), "application/x-www-form-urlencoded"), Verdict::Fail, JSON),
        ("JSON that is called text",   raw(200, text.as_bytes(), "text/plain"),                          Verdict::Fail, JSON),
        ("a page",                     raw(200, b"<h1>Welcome</h1>", "text/html"),                       Verdict::Fail, JSON),
        ("half an object",             raw(200, &text.as_bytes()[..40], json),                           Verdict::Fail, JSON),
        ("a list",                     raw(200, format!("[{text}]").as_bytes(), json),                   Verdict::Fail, JSON),
        ("nothing",                    ResponseTemplate::new(200),                                       Verdict::Fail, JSON),
        ("bytes that are no text",     raw(200, b"\xff\xfe\x80", json),                                  Verdict::Fail, JSON),
        ("201",                        raw(201, text.as_bytes(), json),                                  Verdict::Fail, "rfc6749/5.1/status-200"),
        ("JSON with a charset",        raw(200, text.as_bytes(), "application/json; charset=UTF-8"),     Verdict::Pass, ""),
        ("200 with an error",          refusal(200, "invalid_scope"),                                    Verdict::Pass, ""),
        ("a redirect",                 ResponseTemplate::new(307).insert_header("location", "/login"),   Verdict::Skip, ""),
        ("an overloaded server",       ResponseTemplate::new(503),                                       Verdict::Skip, ""),
    ]
}

fn clause(outcome: &Outcome) -> &'static str {
    outcome.finding.as_ref().map_or("", |finding| finding.clause)
}

/// No check breaks on the answer, and none calls it an error of the environment.
#[track_caller]
fn nothing_breaks(what: &str, outcomes: &[Outcome]) {
    if let Some(outcome) = outcomes.iter().find(|outcome| outcome.verdict == Verdict::Error) {
        panic!("{what}: {} [{}]: {}", outcome.check.id, outcome.cell, outcome.error.as_deref().unwrap_or_default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_judged_by_its_form() {
    for (what, answer, verdict, broken) in refusals() {
        let server = serving(but_for_strangers(move || answer.clone())).await;
        let outcome = asked(target(&server.uri()), WRONG_SECRET, Profile::OAuth2).await;
        assert_eq!((outcome.verdict, clause(&outcome)), (verdict, broken), "{what}: {:?}", outcome.finding);
        nothing_breaks(what, &outcomes(target(&server.uri()), catalogue(), Profile::OAuth2, PATIENT).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_is_judged_by_its_form() {
    for (what, answer, verdict, broken) in successes() {
        let server = serving(but_for_valid(move || answer.clone())).await;
        let outcome = asked(target(&server.uri()), "token/json", Profile::OAuth2).await;
        assert_eq!((outcome.verdict, clause(&outcome)), (verdict, broken), "{what}: {:?}", outcome.finding);
        let all = outcomes(target(&server.uri()), catalogue(), Profile::OAuth2, PATIENT).await;
        nothing_breaks(what, &all);
        let grant = all.iter().find(|o| o.check.id == "client-credentials/token" && o.verdict != Verdict::Skip);
        let is_token =
            ["201", "JSON that is called text", "JSON with a charset", "an overloaded server"].contains(&what);
        assert!(is_token || grant.is_some_and(|o| o.verdict == Verdict::Fail), "{what} counts as a token: {grant:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_occurs_twice_is_found() {
    let body =
        format!("{{\"access_token\":\"{TOKEN}\",\"token_type\":\"Bearer\",\"expires_in\":300,\"expires_in\":9}}");
    let server = serving(but_for_valid(move || raw(200, body.as_bytes(), "application/json"))).await;
    let outcome = asked(target(&server.uri()), "token/members-once", Profile::OAuth2).await;
    assert_eq!((outcome.verdict, clause(&outcome)), (Verdict::Fail, "rfc6749/3.2/response-not-repeated"));
    let finding = outcome.finding.expect("it fails");
    assert!(finding.actual.contains("expires_in"), "{finding}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_without_a_challenge_breaks_the_clause_on_challenges_only() {
    let server = serving(but_for_strangers(|| refusal(401, "invalid_client"))).await;
    let outcome = asked(target(&server.uri()), "client-auth/challenge", Profile::OAuth2).await;
    assert_eq!((outcome.verdict, clause(&outcome)), (Verdict::Fail, "rfc6749/5.2/challenge"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_of_the_token_endpoint_is_not_followed() {
    let answer = |asked: &Asked| match asked.path.as_str() {
        "/token" => ResponseTemplate::new(307).insert_header("location", "/other"),
        _ => good(asked),
    };
    let server = serving(answer).await;
    outcomes(target(&server.uri()), catalogue(), Profile::OAuth2, PATIENT).await;
    let received = server.received_requests().await.expect("the server takes down what it is asked");
    assert!(received.iter().any(|request| request.url.path() == "/token"));
    let followed: Vec<&str> =
        received.iter().map(|request| request.url.path()).filter(|path| *path == "/other").collect();
    assert!(followed.is_empty(), "credentials went where the server pointed: {} times", followed.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_answer_is_cut_off_and_is_an_error() {
    let mut body = json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": 300 });
    body["padding"] = "x".repeat(16 * 1024 * 1024).into();
    let body = body.to_string().into_bytes();
    let server = serving(but_for_valid(move || raw(200, &body, "application/json"))).await;
    let began = Instant::now();
    let outcome = asked(target(&server.uri()), "token/members", Profile::OAuth2).await;
    assert_eq!(outcome.verdict, Verdict::Error, "{:?}", outcome.finding);
    assert!(outcome.error.as_deref().is_some_and(|says| says.contains("longer than")), "{:?}", outcome.error);
    assert!(began.elapsed() < PATIENT * 2, "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn long_and_strange_values_are_taken_as_they_are() {
    for access_token in ["a".repeat(8192), "\u{1f511} \u{0}\u{7f}\"\\".to_owned(), format!("{SECRET}\r\nx: y")] {
        let answer = token(&json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": 300 }));
        let server = serving(but_for_valid(move || answer.clone())).await;
        nothing_breaks(
            "a strange token",
            &outcomes(target(&server.uri()), catalogue(), Profile::OAuth2, PATIENT).await,
        );
    }
}
