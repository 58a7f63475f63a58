//! How far a token reaches that an assertion bought, and how long: RFC 7521 §4.1.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::Assertion;
use crate::lab::Lab;

pub const SCOPE_BEYOND_CLIENT: Check = Check {
    id: "jwt-bearer/scope-beyond-client",
    title: "an assertion buys no scope that the client may not have",
    why: "The user is not there to say no: what was not granted before is not granted at all.",
    clauses: &[
        "rfc7521/4.1/scope-limited",
        "rfc6749/5.1/scope-reported",
        "rfc6749/5.2/invalid-scope",
        "rfc6749/5.2/error-response",
    ],
    cells: Cells::JWT_BEARER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_beyond_client(lab))),
};

pub const TOKEN_LIFETIME: Check = Check {
    id: "jwt-bearer/token-lifetime",
    title: "an access token does not outlive by days the assertion that bought it",
    why: "An assertion is short-lived so that trust can be withdrawn; a token that lives for weeks makes nothing of it.",
    clauses: &["rfc7521/4.1/token-lifetime"],
    cells: Cells::JWT_BEARER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(token_lifetime(lab))),
};

/// The text leaves open what a significant time is; beyond a day, in seconds, it is one of a short-lived assertion.
const SIGNIFICANT: u64 = 24 * 60 * 60;

async fn scope_beyond_client(lab: &Lab) -> Answer {
    lab.asks_for_more(lab.scope_beyond_client()?, Some("rfc7521/4.1/scope-limited")).await
}

async fn token_lifetime(lab: &Lab) -> Answer {
    let tokens = lab.send(&lab.bearer_request(&lab.assertion()?)?).await?.is_token()?;
    let lives = tokens.expires_in().ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the token response does not say how long the access token lives")
    })?;
    if lives > Assertion::LIFETIME + SIGNIFICANT {
        return Err(Stop::finding(
            "rfc7521/4.1/token-lifetime",
            format!("a token that lives not much longer than the {} seconds of its assertion", Assertion::LIFETIME),
            format!("one of {lives} seconds"),
        ));
    }
    Ok(())
}
