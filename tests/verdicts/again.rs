//! A cell that came out badly beside others is asked again alone; which of the two outcomes counts.

use std::sync::atomic::{AtomicBool, Ordering};

use grantspec::profile::Profile;
use grantspec::run::Outcome;
use grantspec::verdict::Verdict;
use serde_json::json;
use wiremock::ResponseTemplate;

use super::server::{TOKEN, asked, but_for_valid, good_token, refusal, serving, target, token};

/// The outcome of a check, of a server that answers its first valid request like this, and the others as it should.
async fn at_first(first: impl Fn() -> ResponseTemplate + Send + Sync + 'static, check: &str) -> Outcome {
    let asked_before = AtomicBool::new(false);
    let answer = move || if asked_before.swap(true, Ordering::Relaxed) { good_token() } else { first() };
    let server = serving(but_for_valid(answer)).await;
    asked(target(&server.uri()), check, Profile::OAuth2).await
}

fn note(outcome: &Outcome) -> &str {
    outcome.note.as_deref().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_refused_or_broke_at_counts_by_the_second_asking_and_is_told() {
    for first in [|| refusal(400, "invalid_grant"), || ResponseTemplate::new(500)] {
        let outcome = at_first(first, "client-credentials/token").await;
        assert_eq!(outcome.verdict, Verdict::Pass, "{outcome:?}");
        assert!(note(&outcome).starts_with("beside other requests: expected a token response; got"), "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_gave_stands_though_it_does_not_happen_again() {
    let wrong = || token(&json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": "300" }));
    let outcome = at_first(wrong, "token/members").await;
    assert_eq!(outcome.verdict, Verdict::Fail, "{outcome:?}");
    assert_eq!(note(&outcome), "beside other requests; asked alone: pass");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_every_time_needs_no_note() {
    let server = serving(but_for_valid(|| refusal(400, "invalid_grant"))).await;
    let outcome = asked(target(&server.uri()), "client-credentials/token", Profile::OAuth2).await;
    assert_eq!((outcome.verdict, note(&outcome)), (Verdict::Fail, ""), "{outcome:?}");
}
