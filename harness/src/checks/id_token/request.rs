//! What an ID token says of the request that it answers: that it was one for a login, and when that login was. OpenID Connect Core
//! §2, §3.1.3.2.

use super::{id_token, id_token_of};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::granted::granted_scope;
use crate::lab::{Authorize, Lab};

pub const ONLY_WITH_OPENID: Check = Check {
    id: "id-token/only-with-openid",
    title: "a code that was asked for without openid yields no ID token",
    why: "The user let a client read a calendar, and was not asked whether it may know who they are.",
    clauses: &["oidc-core/3.1.3.2/openid-code"],
    cells: Cells::CODE_WITHOUT_ID_TOKEN,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(only_with_openid(lab))),
};

pub const AUTH_TIME_RENEWED: Check = Check {
    id: "id-token/auth-time-renewed",
    title: "auth_time is later after the user has logged in again",
    why: "A client that asked for a fresh login reads there whether it got one; the time of the first login refuses every later one.",
    clauses: &["oidc-core/2/auth-time", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::AdvanceTime, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(auth_time_renewed(lab))),
};

async fn only_with_openid(lab: &Lab) -> Answer {
    lab.user_tokens().await?;
    let all = lab.target().authorization_scope().unwrap_or_default();
    let others: Vec<&str> = all.split(' ').filter(|value| !["openid", "offline_access"].contains(value)).collect();
    if others.is_empty() {
        return Err(Stop::not_applicable(Reason::Policy, "the target file names no scope but openid"));
    }
    let code = lab.authorize(Authorize::valid().with("scope", others.join(" ")).without("nonce")).await?.code()?;
    let tokens = lab.redeem(&code).await?.is_token()?;
    if granted_scope(&tokens, code.scope.as_deref()).is_some_and(|granted| granted.contains("openid")) {
        return Err(Stop::not_applicable(Reason::Policy, "the server grants openid without being asked for it"));
    }
    match tokens.id_token {
        None => Ok(()),
        Some(_) => Err(Stop::finding(ONLY_WITH_OPENID.clauses[0], "a token response without id_token", "one with it")),
    }
}

/// Between the two logins more time passes than two clocks of one server may be apart.
async fn auth_time_renewed(lab: &Lab) -> Answer {
    const LATER: u32 = 900;
    let (_, _, first) = id_token(lab).await?;
    lab.advance(LATER.into()).await?;
    let (_, _, second) = id_token_of(lab, Authorize::valid().with("prompt", "login").with("max_age", "60")).await?;
    match (first.number("auth_time"), second.number("auth_time")) {
        (Some(then), Some(now)) if now - then < f64::from(LATER) / 2.0 => Err(Stop::finding(
            AUTH_TIME_RENEWED.clauses[0],
            format!("an auth_time some {LATER} seconds after {then}"),
            format!("auth_time {now}"),
        )),
        (Some(_), Some(_)) => Ok(()),
        _ => Err(Stop::not_applicable(Reason::Policy, "the ID token of a plain request has no auth_time")),
    }
}
