//! What is issued in exchange: of which type, for whom, how far.

use super::INVALID_REQUEST;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::lab::Lab;

pub const ISSUED_TOKEN_TYPE: Check = Check {
    id: "token-exchange/issued-token-type-true",
    title: "issued_token_type names the type of what was issued, and not what was asked for",
    why: "A client that is told that it has what it wanted hands a token of the wrong kind on.",
    clauses: &["rfc8693/2.2.1/issued-token-type", "rfc6749/5.2/error-response"],
    cells: Cells::TOKEN_EXCHANGE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(issued_token_type(lab))),
};

pub const NOT_APPLICABLE: Check = Check {
    id: "token-exchange/no-bearer-without-access-token",
    title: "a refresh token that is issued in exchange has the token_type N_A",
    why: "A client that is told Bearer sends it to an API, which then holds what outlives every access token.",
    clauses: &["rfc8693/2.2.1/not-applicable", "rfc6749/5.2/error-response"],
    cells: Cells::TOKEN_EXCHANGE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(not_applicable(lab))),
};

pub const UNKNOWN_TARGET: Check = Check {
    id: "token-exchange/unknown-target",
    title: "whoever is refused a token for a target is told so with invalid_target",
    why: "A client that is told the reason can ask for another target; one that is told anything else cannot.",
    clauses: &["rfc8693/2.2.2/invalid-target", "rfc8693/2.2.2/refused", "rfc6749/5.2/error-response"],
    cells: Cells::TOKEN_EXCHANGE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(unknown_target(lab))),
};

pub const SCOPE_BEYOND_CLIENT: Check = Check {
    id: "token-exchange/scope-beyond-client",
    title: "an exchange gives no scope that the client may not have",
    why: "A scope that is granted because it was asked for opens every API to whoever holds any token.",
    clauses: &[
        "rfc6749/5.2/invalid-scope",
        "rfc6749/5.1/scope-reported",
        INVALID_REQUEST,
        "rfc6749/5.2/error-response",
    ],
    cells: Cells::TOKEN_EXCHANGE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_beyond_client(lab))),
};

/// A type that does not exist. Whether the server refuses, or issues what it has and says so, is its own affair.
async fn issued_token_type(lab: &Lab) -> Answer {
    const NO_TYPE: &str = "urn:grantspec:token-type:none";
    let clause = "rfc8693/2.2.1/issued-token-type";
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;
    let reply = lab.send(&request.param("requested_token_type", NO_TYPE)).await?;
    if reply.tokens().is_none() {
        return reply.refused(clause).map(drop);
    }
    if reply.text("issued_token_type").as_deref() == Some(NO_TYPE) {
        return Err(Stop::finding(clause, "the type of what was issued, or a refusal", reply.actual()));
    }
    Ok(())
}

/// RFC 6749 §1.5: a refresh token is used with the authorization server alone. An ID token or a SAML assertion may be usable as an access token too, which nobody can tell
/// from outside. That no refresh token is issued is a good answer.
async fn not_applicable(lab: &Lab) -> Answer {
    const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
    let clause = NOT_APPLICABLE.clauses[0];
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;
    let reply = lab.send(&lab.grant_request().await?.param("requested_token_type", REFRESH_TOKEN)).await?;
    if reply.tokens().is_none() {
        return reply.refused(clause).map(drop);
    }
    let issued = reply.text("issued_token_type").unwrap_or_default();
    let kind = reply.text("token_type").unwrap_or_default();
    if issued == REFRESH_TOKEN && !kind.eq_ignore_ascii_case("N_A") {
        return Err(Stop::finding(clause, "token_type N_A for a refresh token", format!("token_type {kind}")));
    }
    Ok(())
}

/// For whom tokens are issued is the policy of the server; how it says that it issues none is not.
async fn unknown_target(lab: &Lab) -> Answer {
    let clause = "rfc8693/2.2.2/invalid-target";
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;
    let mut said_no = false;
    for (name, target) in [("audience", "grantspec-no-such-audience"), ("resource", "https://attacker.example/api")] {
        let reply = lab.send(&lab.grant_request().await?.with(name, target)).await?;
        if reply.tokens().is_none() {
            let refused = reply.refused("rfc8693/2.2.2/refused")?;
            refused.with_error_or(clause, &["invalid_target"]).map_err(|stop| stop.in_case(name))?;
            said_no = true;
        }
    }
    if said_no {
        return Ok(());
    }
    Err(Stop::not_applicable(
        Reason::Policy,
        "the server issues a token for every target, or hears neither audience nor resource",
    ))
}

async fn scope_beyond_client(lab: &Lab) -> Answer {
    lab.asks_for_more(lab.scope_beyond_client()?, Some("rfc6749/5.2/invalid-scope")).await
}
