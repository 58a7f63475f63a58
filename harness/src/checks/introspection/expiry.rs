//! Whether the exp of introspection is true: RFC 7662 §2.2.

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
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

/// A minute more or less is none.
const MINUTE: f64 = 60.0;

/// A server may prolong a token that is used, and then its exp moves by right: it is wrong if the token dies at the first one.
async fn exp_is_true(lab: &Lab) -> Answer {
    let tokens = lab.send(&lab.grant_request().await?).await?.is_token()?;
    let first = exp(lab, &tokens.access_token).await?;
    let lifetime = tokens.expires_in().ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the token response does not say how long the access token lives")
    })?;
    lab.advance(lifetime / 2).await?;
    let second = exp(lab, &tokens.access_token).await?;
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

/// The exp of a living token; a control.
async fn exp(lab: &Lab, token: &str) -> Result<f64, Stop> {
    let reply = lab.introspect(token).await?;
    if !reply.is_active()? {
        return Err(reply.not_the_control("an active token"));
    }
    reply
        .is_json()?
        .get("exp")
        .and_then(Value::as_f64)
        .ok_or_else(|| Stop::not_applicable(Reason::Policy, "introspection does not say when the token expires"))
}
