//! Redeeming a code twice, and what else a redemption must hold to: RFC 6749 §4.1.2, §4.1.3.

use super::super::token_endpoint::unguessable::vary;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::ErrorCode::{InvalidGrant, InvalidRequest};
use crate::lab::{Authorize, Lab};

pub const REDEEMED_TWICE: Check = Check {
    id: "code/redeemed-twice",
    title: "a second redemption of an authorization code is refused",
    why: "A code leaks through logs, referrers and history; single use limits the damage.",
    clauses: &["rfc6749/4.1.2/code-single-use", "rfc6749/5.2/invalid-grant", "rfc6749/5.2/error-response"],
    cells: Cells::CODE_BEARING,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(redeemed_twice(lab))),
};

pub const REPLAY_REVOKES_TOKENS: Check = Check {
    id: "code/replay-revokes-tokens",
    title: "when a code comes back, the tokens that it bought die",
    why: "Two redemptions mean that a thief has the code. Who was first is unknown, so that neither may keep the tokens.",
    clauses: &["rfc6749/4.1.2/replay-revokes-tokens"],
    cells: Cells::CODE_BEARING,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(replay_revokes_tokens(lab))),
};

pub const LATE_REPLAY: Check = Check {
    id: "code/late-replay-revokes-tokens",
    title: "a code that comes back after its lifetime ends what it bought all the same",
    why: "Codes are found in logs long after they were used. That one comes back says that it was stolen, however old it is.",
    clauses: &["rfc6749/4.1.2/replay-revokes-tokens"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(late_replay(lab))),
};

pub const REDIRECT_URI_MISSING: Check = Check {
    id: "code/redirect-uri-missing",
    title: "a code is not redeemed without the redirect_uri of its request",
    why: "A comparison that is skipped when there is nothing to compare is skipped by every attacker.",
    clauses: &[
        "rfc6749/4.1.3/redirect-uri-identical",
        "oidc-core/3.1.3.2/redirect-uri-identical",
        "rfc6749/5.2/invalid-grant",
        "rfc6749/5.2/error-response",
    ],
    cells: Cells::CODE_BEARING,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(redirect_uri_missing(lab))),
};

pub const UNGUESSABLE: Check = Check {
    id: "code/unguessable",
    title: "codes are long, random, and never the same",
    why: "A code that can be guessed needs no theft.",
    clauses: &["rfc6749/10.10/unguessable", "rfc6749/10.10/entropy-160"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(unguessable(lab))),
};

async fn redeemed_twice(lab: &Lab) -> Answer {
    let code = lab.authorize(Authorize::valid()).await?.code()?;
    lab.redeem(&code).await?.is_token()?;
    lab.redeem(&code).await?.refused("rfc6749/4.1.2/code-single-use")?.with_error(&[InvalidGrant])
}

async fn replay_revokes_tokens(lab: &Lab) -> Answer {
    let clause = "rfc6749/4.1.2/replay-revokes-tokens";
    let (code, tokens) = lab.user_tokens().await?;
    let witnesses = lab.witnesses(&tokens.access_token).await;
    if witnesses.is_err() && tokens.refresh_token.is_none() {
        return witnesses.map(drop);
    }
    let replay = lab.redeem(&code).await?;
    if replay.tokens().is_some() {
        return Err(Stop::Inconclusive("the second redemption was not refused".to_owned()));
    }
    if let Ok(witnesses) = witnesses
        && lab.lives(&witnesses, &tokens.access_token).await?
    {
        lab.ends_access_tokens().await?;
        return Err(Stop::finding(clause, "a dead access token", "an access token that lives on"));
    }
    if let Some(refresh_token) = &tokens.refresh_token
        && lab.refresh(refresh_token).await?.tokens().is_some()
    {
        return Err(Stop::finding(clause, "a dead refresh token", "a refresh token that lives on"));
    }
    Ok(())
}

/// Longer than a code may live: RFC 6749 §4.1.2.
const ELEVEN_MINUTES: u64 = 660;

/// What is asked of a token that came with another code says whether the first one could still live.
async fn late_replay(lab: &Lab) -> Answer {
    let clause = LATE_REPLAY.clauses[0];
    let (code, tokens) = lab.user_tokens().await?;
    let (_, control) = lab.user_tokens().await?;
    lab.advance(ELEVEN_MINUTES).await?;
    let witnesses = lab.witnesses(&control.access_token).await;
    if lab.redeem(&code).await?.tokens().is_some() {
        return Err(Stop::Inconclusive("the second redemption was not refused".to_owned()));
    }
    if let Ok(witnesses) = &witnesses
        && lab.lives(witnesses, &tokens.access_token).await?
    {
        lab.ends_access_tokens().await?;
        return Err(Stop::finding(clause, "a dead access token", "an access token that lives on"));
    }
    match (&tokens.refresh_token, &control.refresh_token) {
        (Some(ours), Some(control)) => {
            lab.refresh(control).await?.is_token()?;
            if lab.refresh(ours).await?.tokens().is_some() {
                return Err(Stop::finding(clause, "a dead refresh token", "a refresh token that lives on"));
            }
            Ok(())
        }
        _ => witnesses.map(drop),
    }
}

/// OpenID Connect Core §3.1.3.2 lets a server do without it for a client with a single registered URI.
async fn redirect_uri_missing(lab: &Lab) -> Answer {
    lab.user_tokens().await?;
    if lab.client().redirect_uris.len() < 2 {
        return Err(Stop::not_applicable(
            Reason::NoClient,
            "the client has a single redirect URI, and OpenID Connect lets a server do without the parameter then",
        ));
    }
    let code = lab.authorize(Authorize::valid()).await?.code()?;
    let request = lab.redemption(&code)?.without("redirect_uri");
    let reply = lab.send(&request).await?;
    reply.refused("rfc6749/4.1.3/redirect-uri-identical")?.with_error(&[InvalidGrant, InvalidRequest])
}

/// So many codes are compared.
const CODES: usize = 8;

async fn unguessable(lab: &Lab) -> Answer {
    let clause = "rfc6749/10.10/unguessable";
    let mut codes: Vec<String> = Vec::new();
    for _ in 0..CODES {
        let code = lab.authorize(Authorize::valid()).await?.code()?;
        if codes.contains(&code.value) {
            return Err(Stop::finding(clause, "a new code for each request", "the same code twice"));
        }
        codes.push(code.value);
    }
    vary("codes", &codes)
}
