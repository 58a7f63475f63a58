//! When an ID token was issued, and with which algorithm: OpenID Connect Core §2, Discovery §3.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::{id_token, id_token_of};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::SKEW;
use crate::lab::{Authorize, Lab};

pub const ISSUED_NOW: Check = Check {
    id: "id-token/issued-now",
    title: "the iat of an ID token is the time at which it was issued",
    why: "A clock in another time zone makes every token one from the future, which careful clients refuse, or hours old.",
    clauses: &["oidc-core/2/iat-is-issuance", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(issued_now(lab))),
};

pub const ISSUED_NOW_IN_OLD_SESSION: Check = Check {
    id: "id-token/issued-now-in-old-session",
    title: "an ID token from an old session is dated by its own issue, and lives on from there",
    why: "A token that counts from the login is old when it comes: each client that the user visits later refuses it.",
    clauses: &["oidc-core/2/iat-is-issuance", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(issued_now_in_old_session(lab))),
};

pub const ALGORITHM_LISTED: Check = Check {
    id: "id-token/algorithm-listed",
    title: "an ID token is signed with an algorithm that the metadata lists",
    why: "A client accepts what the server said it would sign with; anything else is refused, or opens it to confusion.",
    clauses: &["oidc-discovery/3/id-token-algs", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(algorithm_listed(lab))),
};

async fn issued_now(lab: &Lab) -> Answer {
    let (_, tokens, jwt) = id_token(lab).await?;
    let Some(date) = tokens.reply.header("date").and_then(|date| httpdate::parse_http_date(date).ok()) else {
        return Err(Stop::not_applicable(Reason::Policy, "the token response has no Date to compare with"));
    };
    let Some(iat) = jwt.claims.get("iat").and_then(Value::as_f64).filter(|iat| *iat >= 0.0) else {
        return Err(Stop::Inconclusive("the ID token has no iat".to_owned()));
    };
    let issued = Duration::try_from_secs_f64(iat).ok().and_then(|since| UNIX_EPOCH.checked_add(since));
    let apart = |one: SystemTime, other: SystemTime| one.duration_since(other).unwrap_or_else(|error| error.duration());
    match issued {
        Some(issued) if apart(issued, date) <= Duration::from_secs(SKEW) => Ok(()),
        _ if was_advanced(lab, &tokens.access_token, iat).await? => {
            Err(Stop::Inconclusive("the clock of the server was advanced before, and its Date was not".to_owned()))
        }
        _ => Err(Stop::finding(
            "oidc-core/2/iat-is-issuance",
            format!("an iat within ten minutes of the Date of the answer, {}", httpdate::fmt_http_date(date)),
            issued.map_or_else(|| format!("iat {iat}"), |issued| format!("iat {iat}: {}", httpdate_or(issued, iat))),
        )),
    }
}

/// The times are held against each other, for the Date of an answer need not follow the clock that was advanced.
async fn issued_now_in_old_session(lab: &Lab) -> Answer {
    const LATER: u32 = 900;
    let (_, _, first) = id_token(lab).await?;
    lab.advance(LATER.into()).await?;
    let (_, _, second) = id_token_of(lab, Authorize::valid().without_login()).await?;
    let (Some(before), Some(after)) = (first.number("iat"), second.number("iat")) else {
        return Err(Stop::Inconclusive("the ID token has no iat".to_owned()));
    };
    let advanced = f64::from(LATER);
    if after < before + advanced / 2.0 {
        return Err(Stop::finding(
            "oidc-core/2/iat-is-issuance",
            format!("an iat {advanced} seconds after {before}"),
            format!("iat {after}, in a session that is {advanced} seconds old"),
        ));
    }
    match second.number("exp") {
        Some(exp) if exp < before + advanced => Err(Stop::finding(
            "oidc-core/3.1.3.3/id-token",
            "an ID token that a client may accept: exp in the future",
            format!("iat {after}, exp {exp}, in a session that is {advanced} seconds old"),
        )),
        _ => Ok(()),
    }
}

/// Does introspection date the access token as the ID token is dated, where the target lets its clock be advanced?
async fn was_advanced(lab: &Lab, access_token: &str, iat: f64) -> Result<bool, Stop> {
    if lab.target().abilities.advance_time.is_none() || lab.target().metadata.introspection_endpoint.is_none() {
        return Ok(false);
    }
    let introspected = lab.introspect(access_token).await?.json().unwrap_or_default();
    let other = introspected.get("iat").and_then(Value::as_f64);
    Ok(other.is_some_and(|other| (other - iat).abs() <= Duration::from_secs(SKEW).as_secs_f64()))
}

/// A time that a date can be written for, else the number.
fn httpdate_or(time: SystemTime, number: f64) -> String {
    const YEAR_9999: f64 = 253_402_300_799.0;
    if number < YEAR_9999 { httpdate::fmt_http_date(time) } else { "beyond the year 9999".to_owned() }
}

async fn algorithm_listed(lab: &Lab) -> Answer {
    let (_, _, jwt) = id_token(lab).await?;
    let metadata = &lab.target().metadata.document;
    let Some(listed) = metadata.get("id_token_signing_alg_values_supported").and_then(Value::as_array) else {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the metadata lists no algorithms for ID tokens"));
    };
    let algorithm = jwt.head("alg").unwrap_or_default();
    if listed.iter().any(|one| one == algorithm) {
        return Ok(());
    }
    let listed: Vec<&str> = listed.iter().filter_map(Value::as_str).collect();
    Err(Stop::finding(
        "oidc-discovery/3/id-token-algs",
        format!("one of {}", listed.join(", ")),
        format!("alg {algorithm:?}"),
    ))
}
