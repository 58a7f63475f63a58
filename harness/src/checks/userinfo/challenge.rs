//! How userinfo takes a token, and what it says when it does not: RFC 6750 §2.1, §3.1.

use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Reply;
use crate::lab::{Lab, random};

pub const NO_ERROR_WITHOUT_TOKEN: Check = Check {
    id: "userinfo/no-error-without-token",
    title: "the challenge to a request without a token holds no error",
    why: "A client that is told of an invalid token throws away a good one, where it only forgot to send it.",
    clauses: &["rfc6750/3.1/no-error-without-token"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(no_error_without_token(lab))),
};

pub const INVALID_TOKEN_STATUS: Check = Check {
    id: "userinfo/invalid-token-status",
    title: "a made-up token is answered with 401",
    why: "By the status a client knows that a new token helps; any other makes it give up, or try again with the same one.",
    clauses: &["rfc6750/3.1/invalid-token"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(invalid_token_status(lab))),
};

pub const INSUFFICIENT_SCOPE_STATUS: Check = Check {
    id: "userinfo/insufficient-scope-status",
    title: "a token that does not reach far enough is answered with 403",
    why: "By the status a client knows that a new token of the same kind does not help; on 401 it asks for one again and again.",
    clauses: &["rfc6750/3.1/insufficient-scope"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(insufficient_scope_status(lab))),
};

pub const SCHEME_CASE: Check = Check {
    id: "userinfo/scheme-case",
    title: "the scheme name bearer means the same in small letters",
    why: "HTTP matches scheme names without attention to case: a client that repeats the token_type bearer as it came is turned away.",
    clauses: &["rfc6750/2.1/header-supported"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(scheme_case(lab))),
};

/// An access token that userinfo takes; a control.
async fn good_token(lab: &Lab) -> Result<String, Stop> {
    let (_, tokens) = lab.user_tokens().await?;
    lab.userinfo(&tokens.access_token).await?.is_ok()?;
    Ok(tokens.access_token)
}

/// An answer that gives no claims; whether it may is asked by other checks.
fn is_refusal(reply: &Reply) -> Answer {
    reply.judgeable()?;
    if (400..500).contains(&reply.status) { Ok(()) } else { Err(reply.not_the_control("a refusal")) }
}

async fn no_error_without_token(lab: &Lab) -> Answer {
    let token = good_token(lab).await?;
    let request = lab.userinfo_request(&token)?.without("token");
    let reply = lab.send(&request).await?;
    is_refusal(&reply)?;
    let told: Vec<String> = reply
        .challenges("Bearer")
        .into_iter()
        .flat_map(|challenge| challenge.attributes)
        .map(|(name, _)| name)
        .filter(|name| ["error", "error_description", "error_uri"].contains(&name.as_str()))
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    Err(Stop::finding(
        "rfc6750/3.1/no-error-without-token",
        "a challenge without an error",
        format!("{}: {} with {} in the challenge", reply.asked, reply.status, told.join(", ")),
    ))
}

async fn invalid_token_status(lab: &Lab) -> Answer {
    good_token(lab).await?;
    let reply = lab.userinfo(&random()).await?;
    is_refusal(&reply)?;
    if reply.status == 401 {
        return Ok(());
    }
    Err(Stop::finding("rfc6750/3.1/invalid-token", "status 401", reply.actual()))
}

/// The token of a client that acts for itself; a server may have another reason to refuse it.
async fn insufficient_scope_status(lab: &Lab) -> Answer {
    good_token(lab).await?;
    let client = lab.target().clients.iter().find(|client| client.may(Grant::ClientCredentials));
    let client =
        client.ok_or_else(|| Stop::not_applicable(Reason::NoClient, "no client of the target acts for itself"))?;
    let tokens = lab.send(&lab.client_credentials_request()?.by(client)).await?.is_token()?;
    let reply = lab.userinfo(&tokens.access_token).await?;
    is_refusal(&reply)?;
    let told = reply.challenges("Bearer").into_iter().flat_map(|challenge| challenge.attributes);
    let mut told = told.filter(|(name, _)| name == "error").map(|(_, value)| value).chain(reply.text("error"));
    if !told.any(|error| error == "insufficient_scope") {
        return Err(Stop::not_applicable(Reason::Policy, "the server gives another reason than the scope"));
    }
    if reply.status == 403 {
        return Ok(());
    }
    Err(Stop::finding(INSUFFICIENT_SCOPE_STATUS.clauses[0], "status 403", reply.actual()))
}

/// RFC 6750 §2.1 writes the scheme as a string of ABNF, which matches in any case, and follows the usage of Basic, whose name
/// is matched case-insensitively (RFC 7617 §2).
async fn scheme_case(lab: &Lab) -> Answer {
    let token = good_token(lab).await?;
    let mut wire = lab.userinfo_request(&token)?.wire();
    for (_, value) in wire.headers.iter_mut().filter(|(name, _)| *name == "authorization") {
        *value = value.replacen("Bearer ", "bearer ", 1);
    }
    lab.send_wire(&wire).await?.ok("rfc6750/2.1/header-supported").map(drop)
}
