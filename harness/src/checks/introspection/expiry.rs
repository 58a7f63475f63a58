//! Whether the times of introspection are true: RFC 7662 §2.2.

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::SKEW;
use crate::lab::{Lab, Witness};

pub const EXP_IS_TRUE: Check = Check {
    id: "introspection/exp-is-true",
    title: "the exp that introspection tells later in the life of a token is true as well",
    why: "A resource server that caches the answer until exp honours a dead token if exp is counted from the question.",
    clauses: &["rfc7662/2.2/times"],
    cells: Cells::FIRST_GRANTS,
    needs: &[Need::AdvanceTime, Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(exp_is_true(lab))),
};

pub const IAT_STAYS: Check = Check {
    id: "introspection/iat-stays",
    title: "the iat that introspection tells later in the life of a token is the same",
    why: "A resource server that wants a fresh token, or one from after a change of password, takes the oldest for new if iat is counted from the question.",
    clauses: &["rfc7662/2.2/times"],
    cells: Cells::FIRST_GRANTS,
    needs: &[Need::AdvanceTime, Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(iat_stays(lab))),
};

pub const REFRESH_EXP_IS_TRUE: Check = Check {
    id: "introspection/refresh-exp-is-true",
    title: "a refresh token buys nothing after the exp that introspection tells",
    why: "Who looks when the last access of a lost device ends is told a time, and believes it.",
    clauses: &["rfc7662/2.2/times"],
    cells: Cells::REFRESH_CONFIDENTIAL,
    needs: &[Need::AdvanceTime, Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(refresh_exp_is_true(lab))),
};

/// A minute more or less is none.
const MINUTE: f64 = 60.0;

/// A server may prolong a token that is used, and then its exp moves by right: it is wrong if the token dies at the first one.
async fn exp_is_true(lab: &Lab) -> Answer {
    let tokens = lab.send(&lab.grant_request().await?).await?.is_token()?;
    let first = time(lab, "exp", &tokens.access_token).await?;
    let lifetime = tokens.expires_in().ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the token response does not say how long the access token lives")
    })?;
    lab.advance(lifetime / 2).await?;
    let second = time(lab, "exp", &tokens.access_token).await?;
    if second <= first + 2.0 * MINUTE {
        return Ok(());
    }
    // Beyond the first exp, and not yet at the second.
    lab.advance(lifetime.div_ceil(2) + 60).await?;
    if lab.is_alive(Witness::Introspection, &tokens.access_token).await? {
        return Err(Stop::not_applicable(Reason::Policy, "the server prolongs a token that is asked about"));
    }
    Err(Stop::finding(
        "rfc7662/2.2/times",
        format!("exp {first}, as before: the token was dead then"),
        format!("exp {second}, after half of the lifetime"),
    ))
}

async fn iat_stays(lab: &Lab) -> Answer {
    let tokens = lab.send(&lab.grant_request().await?).await?.is_token()?;
    let first = time(lab, "iat", &tokens.access_token).await?;
    let lifetime = tokens.expires_in().ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the token response does not say how long the access token lives")
    })?;
    lab.advance(lifetime / 2).await?;
    let second = time(lab, "iat", &tokens.access_token).await?;
    if (second - first).abs() <= MINUTE {
        return Ok(());
    }
    let actual = format!("iat {second}, after half of the lifetime");
    Err(Stop::finding("rfc7662/2.2/times", format!("iat {first}, as before"), actual))
}

/// A time of a living token; a control.
async fn time(lab: &Lab, name: &str, token: &str) -> Result<f64, Stop> {
    let reply = lab.introspect(token).await?;
    if !reply.is_active()? {
        return Err(reply.not_the_control("an active token"));
    }
    reply
        .is_json()?
        .get(name)
        .and_then(Value::as_f64)
        .ok_or_else(|| Stop::not_applicable(Reason::Policy, format!("introspection does not tell the {name}")))
}

/// A refresh token that nobody uses is not prolonged.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds that are yet to come")]
async fn refresh_exp_is_true(lab: &Lab) -> Answer {
    let (_, control) = lab.refreshable().await?;
    lab.refresh(&control).await?.is_token()?;
    let (_, refresh_token) = lab.refreshable().await?;
    let reply = lab.introspect(&refresh_token).await?;
    if !reply.is_active()? {
        return Err(Stop::not_applicable(Reason::Policy, "introspection tells nothing of a refresh token"));
    }
    let told = reply.is_json()?.get("exp").and_then(Value::as_f64);
    let (Some(expires), Some(now)) = (told, reply.date()) else {
        return Err(Stop::not_applicable(Reason::Policy, "introspection does not say when the refresh token expires"));
    };
    if expires > now {
        lab.advance((expires - now) as u64 + SKEW).await?;
    }
    if lab.refresh(&refresh_token).await?.tokens().is_none() {
        return Ok(());
    }
    let expected = format!("a refusal after the exp {expires}");
    Err(Stop::finding("rfc7662/2.2/times", expected, "a refresh token that lives on"))
}
