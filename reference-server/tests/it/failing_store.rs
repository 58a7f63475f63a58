//! A store that fails: every endpoint says so in its own shape, once for each verb that it uses, and nothing of the reason is told.

mod store;
mod stories;

use std::collections::BTreeSet;
use std::sync::Arc;

use grantspec_reference::Server;
use http::StatusCode;

use self::store::{FAILURE, Failing, VERBS};
use self::stories::{STORIES, Shape, Story};
use crate::support::{Answer, send, strict};

/// A server of the demonstration, on a store that can fail.
fn server() -> (Server, Arc<Failing>) {
    let mut server = strict();
    let failing = Arc::new(Failing::over(Arc::clone(&server.store)));
    server.store = Arc::clone(&failing) as _;
    (server, failing)
}

/// What a story asks of the store with its last request, when all is well.
async fn verbs_of(story: &Story) -> Vec<&'static str> {
    let (server, failing) = server();
    let request = (story.prepare)(&server).await;
    failing.count_from_here();
    let answer = send(&server, request).await;
    assert!(answer.status.as_u16() < 500, "{}: {answer:?}", story.name);
    failing.calls()
}

fn assert_failed(story: &Story, verb: &str, answer: &Answer) {
    let told = format!("{}, where {verb} fails: {answer:?}", story.name);
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{told}");
    assert!(!answer.body.contains(FAILURE) && !format!("{:?}", answer.headers).contains(FAILURE), "{told}");
    assert!(answer.headers.get("location").is_none() && answer.headers.get("set-cookie").is_none(), "{told}");
    match story.shape {
        Shape::Json => {
            assert_eq!(answer.member("error"), "server_error", "{told}");
            assert_eq!(answer.json().as_object().unwrap().len(), 2, "the code and a sentence, no more: {told}");
            assert_eq!(answer.header("cache-control"), "no-store", "{told}");
        }
        Shape::Page => {
            assert!(answer.body.contains("<code>server_error</code>"), "{told}");
            assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{told}");
        }
        Shape::Plain => assert_eq!(answer.body, "The server failed.\n", "{told}"),
    }
}

#[tokio::test]
async fn a_failing_store_is_an_error_of_the_server_and_says_no_more() {
    let mut failed = BTreeSet::new();
    for story in STORIES {
        for (at, verb) in verbs_of(story).await.into_iter().enumerate() {
            let (server, failing) = server();
            let request = (story.prepare)(&server).await;
            failing.fail_at(at);
            assert_failed(story, verb, &send(&server, request).await);
            failed.insert(verb);
        }
    }
    let never: Vec<&&str> = VERBS.iter().filter(|verb| !failed.contains(**verb)).collect();
    assert!(never.is_empty(), "tests/it/failing_store/stories.rs has no story that uses {never:?}");
}

#[test]
fn the_store_of_these_tests_has_every_verb() {
    let (_, forwarded) = include_str!("../../src/store/mod.rs").split_once("forwarding! {").unwrap();
    let verbs = forwarded.split("    fn ").skip(1).filter_map(|rest| rest.split('(').next());
    assert_eq!(verbs.collect::<BTreeSet<_>>(), VERBS.iter().copied().collect());
}
