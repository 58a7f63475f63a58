//! The ID token of a refresh, where it needs the access token or the clock: OpenID Connect Core §12.2.

use serde_json::Value;

use super::claims::hash_of;
use super::id_token_of;
use super::signature::signed_by_server;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Jwt, Tokens};
use crate::lab::{Authorize, Lab, renewable};

pub const AT_HASH: Check = Check {
    id: "id-token/at-hash-after-refresh",
    title: "an at_hash that comes with a refresh is that of the new access token",
    why: "By it the client sees that the two belong together; that of the first access token refuses every refresh.",
    clauses: &["oidc-core/3.1.3.6/at-hash", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::REFRESH,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(at_hash(lab))),
};

pub const SIGNED: Check = Check {
    id: "id-token/signed-after-refresh",
    title: "an ID token that comes with a refresh is signed with the published key that it names",
    why: "A client that cannot verify it ends the session of its user at the first refresh, or stops verifying.",
    clauses: &[
        "oidc-core/2/signed",
        "oidc-core/2/none-by-registration-only",
        "oidc-core/2/no-header-keys",
        "oidc-core/3.1.3.3/id-token",
    ],
    cells: Cells::REFRESH,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(signed(lab))),
};

pub const AUTH_TIME: Check = Check {
    id: "id-token/auth-time-after-refresh",
    title: "the auth_time that comes with a refresh is still the time of the login",
    why: "A refresh happens without the user: with its own time as auth_time, no login ever grows old.",
    clauses: &["oidc-core/12.2/auth-time-original", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::REFRESH,
    needs: &[Need::OpenId, Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(auth_time(lab))),
};

pub const ISSUED_AT: Check = Check {
    id: "id-token/iat-after-refresh",
    title: "the iat that comes with a refresh is the time of the refresh",
    why: "A client that goes by its age takes an ID token with the first iat for an old one, and refuses it or logs its user out.",
    clauses: &["oidc-core/12.2/new-iat"],
    cells: Cells::REFRESH,
    needs: &[Need::OpenId, Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(issued_at(lab))),
};

/// The ID token that came with a refresh, which may be none.
fn refreshed(tokens: &Tokens) -> Result<Jwt, Stop> {
    tokens.id_claims().ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "no ID token that can be read comes with a refresh, which may be")
    })
}

async fn at_hash(lab: &Lab) -> Answer {
    let (_, tokens, _) = id_token_of(lab, Authorize::valid()).await?;
    let tokens = lab.refresh(&renewable(&tokens)?).await?.is_token()?;
    hash_of(&refreshed(&tokens)?, &tokens.access_token)
}

async fn signed(lab: &Lab) -> Answer {
    let (_, tokens, _) = id_token_of(lab, Authorize::valid()).await?;
    let tokens = lab.refresh(&renewable(&tokens)?).await?.is_token()?;
    signed_by_server(lab, &refreshed(&tokens)?).await
}

async fn auth_time(lab: &Lab) -> Answer {
    let (_, tokens, first) = id_token_of(lab, Authorize::valid().with("max_age", "36000")).await?;
    lab.advance(120).await?;
    let tokens = lab.refresh(&renewable(&tokens)?).await?.is_token()?;
    let second = refreshed(&tokens)?;
    let time = |jwt: &Jwt| jwt.claims.get("auth_time").and_then(Value::as_f64);
    match (time(&first), time(&second)) {
        (Some(login), Some(later)) if (later - login).abs() > 1.0 => Err(Stop::finding(
            "oidc-core/12.2/auth-time-original",
            format!("auth_time {login}, the time of the login"),
            format!("auth_time {later}, after a refresh two minutes later"),
        )),
        (Some(_), Some(_)) => Ok(()),
        _ => Err(Stop::not_applicable(Reason::Policy, "the ID token of a refresh has no auth_time, which may be")),
    }
}

async fn issued_at(lab: &Lab) -> Answer {
    let (_, tokens, first) = id_token_of(lab, Authorize::valid()).await?;
    lab.advance(120).await?;
    let tokens = lab.refresh(&renewable(&tokens)?).await?.is_token()?;
    let second = refreshed(&tokens)?;
    let time = |jwt: &Jwt| jwt.claims.get("iat").and_then(Value::as_f64);
    match (time(&first), time(&second)) {
        (Some(then), Some(now)) if now < then + 60.0 => Err(Stop::finding(
            "oidc-core/12.2/new-iat",
            format!("an iat two minutes after {then}, that of the first ID token"),
            format!("iat {now}"),
        )),
        (Some(_), Some(_)) => Ok(()),
        _ => Err(Stop::Inconclusive("the ID token has no iat".to_owned())),
    }
}
