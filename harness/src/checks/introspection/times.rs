//! When a token was issued and when it expires, by introspection and by the answer that brought it: RFC 7662 §2.2.

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::access_token::claims::agrees;
use crate::exchange::SKEW;
use crate::lab::Lab;

pub const TIMES: Check = Check {
    id: "introspection/times",
    title: "exp and iat of introspection are seconds since 1970, and agree with expires_in",
    why: "A resource server compares exp with its clock: milliseconds let a token live for ever, a duration kills it at once.",
    clauses: &["rfc7662/2.2/times", "rfc6749/5.1/lifetime"],
    cells: Cells::EVERY_CLIENT,
    needs: &[Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(times(lab))),
};

const YEAR: f64 = 366.0 * 86_400.0;

/// No token lives longer; milliseconds and the like are further away.
const LONGEST: f64 = 100.0 * YEAR;

/// No living token was issued before that; how long ago it was, a duration, is.
const OLDEST: f64 = 20.0 * YEAR;

#[expect(clippy::cast_precision_loss, reason = "seconds")]
async fn times(lab: &Lab) -> Answer {
    let tokens = lab.send(&lab.grant_request().await?).await?.is_token()?;
    let reply = lab.introspect(&tokens.access_token).await?;
    if !reply.is_active()? {
        return Err(reply.not_the_control("an active token"));
    }
    let json = reply.is_json()?;
    let number = |name: &str| json.get(name).and_then(Value::as_f64);
    let now =
        reply.date().ok_or_else(|| Stop::not_applicable(Reason::Policy, "the answer has no Date to compare with"))?;

    // A living token may be handed out again, so that its iat may lie far back.
    if let Some(issued) = number("iat")
        && (issued > now + SKEW as f64 || issued < now - OLDEST)
    {
        return Err(Stop::finding(
            "rfc7662/2.2/times",
            format!("an iat in seconds since 1970, and not after the Date of the answer, {now}"),
            format!("iat {issued}"),
        ));
    }
    let Some(expires) = number("exp") else {
        return Err(Stop::not_applicable(Reason::Policy, "introspection does not say when the token expires"));
    };
    if expires < now - SKEW as f64 || expires > now + LONGEST {
        return Err(Stop::finding(
            "rfc7662/2.2/times",
            format!("for a living token, seconds since 1970 that are yet to come, after {now}"),
            format!("exp {expires}"),
        ));
    }
    agrees(&tokens, number("iat"), expires, "introspection")
}
