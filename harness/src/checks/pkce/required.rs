//! Who has to send a `code_challenge`: RFC 8252 §8.1. What it is worth when nothing is in it: RFC 6749 §3.1.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Authorize, Lab};
use crate::target::is_of_an_app;

pub const PUBLIC_CLIENT_WITHOUT_CHALLENGE: Check = Check {
    id: "pkce/public-client-without-challenge",
    title: "a native app that sends no code_challenge is refused",
    why: "An app has no secret, and its redirect URI is open to other apps: without PKCE whoever catches its code can redeem it.",
    clauses: &["rfc8252/8.1/pkce-required", CHALLENGE_REQUIRED],
    cells: Cells::CODE_BEARING_PUBLIC,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(public_client_without_challenge(lab))),
};

pub const CHALLENGE_EMPTY: Check = Check {
    id: "pkce/challenge-empty",
    title: "a code_challenge without a value counts as none",
    why: "A check that only looks whether the parameter is there is passed by whoever sends nothing in it.",
    clauses: &["rfc6749/3.1/empty-omitted", CHALLENGE_REQUIRED],
    cells: Cells::CODE_PUBLIC,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(challenge_empty(lab))),
};

const CHALLENGE_REQUIRED: &str = "rfc7636/4.4.1/challenge-required";

/// A request without a challenge, or with an empty one.
fn bare() -> Authorize {
    Authorize::valid().without("code_challenge").without("code_challenge_method")
}

/// The text speaks of native apps. At an https address that nobody claims lives a page of the web.
async fn public_client_without_challenge(lab: &Lab) -> Answer {
    if !lab.client().redirect_uris.iter().all(|uri| is_of_an_app(uri)) {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the client has a redirect URI that a page of the web could have, so that it need not be a native app",
        ));
    }
    lab.authorize(Authorize::valid()).await?.code()?;
    let refused = lab.authorize(bare()).await?;
    refused.refused("rfc8252/8.1/pkce-required")?.with_error(CHALLENGE_REQUIRED, &["invalid_request"])
}

/// What a server does without a challenge shows what it has to do with an empty one.
async fn challenge_empty(lab: &Lab) -> Answer {
    let clause = CHALLENGE_EMPTY.clauses[0];
    lab.authorize(Authorize::valid()).await?.code()?;
    let does_without = lab.authorize(bare()).await?.code().is_ok();
    let empty = lab.authorize(bare().with("code_challenge", "")).await?;
    if does_without {
        return empty.issues_code(clause).map(drop);
    }
    empty.refused(clause)?.with_error(CHALLENGE_REQUIRED, &["invalid_request"])
}
