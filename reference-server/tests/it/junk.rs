//! Arbitrary requests are answered, well-formed, and never with a failure of the server: through `answer`, and over TCP as raw bytes.
//!
//! `JUNK=20` in the environment makes both twenty times as long.

mod raw;
mod soup;

use bytes::Bytes;
use grantspec_reference::Server;
use http::{Request, StatusCode};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use tokio::runtime::{Builder, Runtime};

use self::soup::Alive;
use crate::support::{Answer, ISSUER, send, strict};

/// How often, given how often usually.
fn times(usually: u32) -> u32 {
    std::env::var("JUNK").ok().and_then(|times| times.parse().ok()).unwrap_or(1) * usually
}

/// Whatever came, this is how an answer looks.
fn well_formed(path: &str, answer: &Answer) -> Result<(), String> {
    let is = |holds: bool, says: &str| if holds { Ok(()) } else { Err(says.to_owned()) };
    is(!answer.status.is_server_error(), "it is no failure of the server")?;
    is(answer.header("server").is_empty(), "nobody learns what runs here")?;
    if answer.status.is_redirection() {
        is(answer.body.is_empty() && url::Url::parse(answer.header("location")).is_ok(), "a redirect leads somewhere")?;
        is(answer.header("cache-control") == "no-store", "a redirect is not kept")?;
    }
    if answer.status == StatusCode::METHOD_NOT_ALLOWED {
        is(!answer.header("allow").is_empty(), "405 says what is allowed")?;
    }
    if answer.status == StatusCode::UNAUTHORIZED && !answer.header("content-type").starts_with("text/html") {
        is(!answer.header("www-authenticate").is_empty(), "401 challenges")?;
    }
    match answer.header("content-type") {
        "application/json" => {
            let body: serde_json::Value = serde_json::from_str(&answer.body).map_err(|error| error.to_string())?;
            is(body.is_object(), "JSON is an object")?;
            let is_error = answer.status.is_client_error();
            is(is_error == body["error"].is_string(), "an error has a code, and nothing else has one")?;
            is(!is_error || answer.header("cache-control") == "no-store", "an error is not kept")?;
            let leads_here = body["error_uri"].as_str().is_none_or(|uri| uri.starts_with(&format!("{ISSUER}/rules/")));
            is(leads_here, "error_uri leads to a rule")?;
        }
        "text/html; charset=utf-8" => {
            is(answer.body.starts_with("<!doctype html>"), "a page is HTML")?;
            is(answer.header("content-security-policy").starts_with("default-src 'none'"), "a page has a policy")?;
            is(answer.header("x-frame-options") == "DENY", "a page is not framed")?;
            is(answer.header("referrer-policy") == "no-referrer", "a page is not told of")?;
        }
        "" => is(answer.body.is_empty(), "a body says what it is")?,
        other => {
            is(other.starts_with("text/") || other == "image/svg+xml", "the kind of a body is one of these")?;
            is(answer.header("x-content-type-options") == "nosniff", "nobody guesses what a body is")?;
        }
    }
    // The start page of the demonstration shows its secrets, and the page that plays the client whatever came to it.
    let tells = path == "/" || path.starts_with("/try/") || path.starts_with("/register");
    for secret in soup::SECRETS {
        is(tells || !answer.body.contains(secret), "no secret comes back in a body")?;
        is(!format!("{:?}", answer.headers).contains(secret), "no secret comes back in a header")?;
    }
    Ok(())
}

/// A server in which something is alive, so that a soup may hit upon it.
struct Kitchen {
    runtime: Runtime,
    server: Server,
    alive: Alive,
}

thread_local! {
    static KITCHEN: Kitchen = {
        let runtime = Builder::new_current_thread().build().unwrap();
        let server = strict();
        let alive = runtime.block_on(Alive::in_server(&server));
        Kitchen { runtime, server, alive }
    };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: times(2500), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_breaks_the_server(request in soup::request()) {
        KITCHEN.with(|kitchen| {
            let request: Request<Bytes> = request.with(&kitchen.alive);
            let (path, shown) = (request.uri().path().to_owned(), format!("{request:?}"));
            let answer = kitchen.runtime.block_on(send(&kitchen.server, request));
            well_formed(&path, &answer).map_err(|broken| {
                TestCaseError::fail(format!("{broken}, but not here:\n{shown}\n{answer:?}"))
            })
        })?;
    }
}

#[test]
fn the_soup_hits_upon_what_it_is_meant_to_test() {
    let (routes, words) = (soup::routes(), soup::words());
    for address in [
        "/authorize",
        "/token",
        "/par",
        "/register",
        "/register/web",
        "/_/clock",
        "/rules/x",
        "/end_session",
        "/device",
    ] {
        assert!(routes.iter().any(|route| route == address), "{address}");
    }
    for word in ["code_verifier", "subject_type", "authorization_code", "form_post", "id_token_hint"] {
        assert!(words.iter().any(|known| known == word), "{word}");
    }
    KITCHEN.with(|kitchen| {
        let mut statuses = std::collections::HashSet::new();
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        for _ in 0..1500 {
            let request = soup::request().new_tree(&mut runner).unwrap().current().with(&kitchen.alive);
            statuses.insert(kitchen.runtime.block_on(send(&kitchen.server, request)).status.as_u16());
        }
        for status in [200, 303, 400, 401, 403, 404, 405] {
            assert!(statuses.contains(&status), "{status} is not among {statuses:?}");
        }
    });
}
