//! How far a token reaches that an assertion bought, and how long: RFC 7521 §4.1.

pub mod header;
pub mod subject;

use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::{Assertion, Credentials};
use crate::lab::{Authorize, Lab};

pub const SCOPE_BEYOND_CLIENT: Check = Check {
    id: "jwt-bearer/scope-beyond-client",
    title: "an assertion buys no scope that the client may not have",
    why: "The user is not there to say no: what was not granted before is not granted at all.",
    clauses: &[
        "rfc7521/4.1/scope-limited",
        "rfc6749/5.1/scope-reported",
        "rfc6749/5.2/invalid-scope",
        "rfc6749/5.2/error-response",
        "rfc6749/10.3/scope-by-client",
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

pub const ALGORITHM: Check = Check {
    id: "jwt-bearer/algorithm-of-the-key",
    title: "an assertion is verified with the algorithm of its key, and with no other",
    why: "A server that lets the header choose takes a MAC under the public key, which everybody knows, or no signature at all.",
    clauses: &[
        VERIFIED,
        "rfc8725/3.1/one-algorithm-per-key",
        "rfc8725/3.1/algorithm-as-declared",
        "rfc8725/3.1/algorithms-allowed",
        "rfc8725/3.2/none-not-accepted",
        "rfc6749/5.2/error-response",
    ],
    cells: Cells::JWT_BEARER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(algorithm(lab))),
};

pub const OTHER_KINDS: Check = Check {
    id: "jwt-bearer/other-kinds",
    title: "a JWT that was made for something else buys nothing",
    why: "Every API that is sent an access token, and every client that is sent an ID token, could have itself issued one after the other in the name of its user.",
    clauses: &["rfc8725/3.12/kinds-exclusive", "rfc8725/2.8/confusion-prevented", "rfc6749/5.2/error-response"],
    cells: Cells::JWT_BEARER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(other_kinds(lab))),
};

const VERIFIED: &str = "rfc7523/3/signature-verified";

/// The text leaves open what a significant time is; beyond a day, in seconds, it is one of a short-lived assertion.
const SIGNIFICANT: u64 = 24 * 60 * 60;

async fn scope_beyond_client(lab: &Lab) -> Answer {
    lab.asks_for_more(lab.scope_beyond_client()?, Some("rfc7521/4.1/scope-limited")).await
}

async fn algorithm(lab: &Lab) -> Answer {
    lab.send(&lab.bearer_request(&lab.assertion()?)?).await?.is_token()?;
    let request = lab.bearer_request(&lab.assertion()?)?;
    for (case, jwt) in lab.assertion()?.miscast() {
        let reply = lab.send(&request.clone().with("assertion", jwt)).await?;
        reply.refused(VERIFIED).map_err(|stop| stop.in_case(case))?;
    }
    Ok(())
}

/// The tokens of another grant, and the assertion by which a client authenticates.
async fn other_kinds(lab: &Lab) -> Answer {
    lab.send(&lab.bearer_request(&lab.assertion()?)?).await?.is_token()?;
    let clients = &lab.target().clients;
    let mut kinds = Vec::new();
    if let Some(client) = clients.iter().find(|client| client.may(Grant::AuthorizationCode) && client.secret.is_some())
    {
        let code = lab.authorize(Authorize::valid().by(client)).await?.code()?;
        let tokens = lab.send(&lab.redemption(&code)?.by(client)).await?.is_token()?;
        kinds.push(("an access token", tokens.access_token));
        kinds.extend(tokens.id_token.map(|token| ("an ID token", token)));
    }
    let of_client = clients.iter().find_map(|client| Credentials::of(client).fresh_assertion());
    kinds.extend(of_client.map(|assertion| ("a client assertion", assertion.signed())));
    let request = lab.bearer_request(&lab.assertion()?)?;
    for (case, jwt) in kinds {
        let reply = lab.send(&request.clone().with("assertion", jwt)).await?;
        reply.refused("rfc8725/3.12/kinds-exclusive").map_err(|stop| stop.in_case(case))?;
    }
    Ok(())
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
