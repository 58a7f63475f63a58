//! The ID token that comes with a refresh: OpenID Connect Core §12.2.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Jwt, SKEW};
use crate::lab::{Lab, renewable};

pub const SAME_LOGIN: Check = Check {
    id: "refresh/id-token-same-subject",
    title: "the ID token of a refresh speaks of the same login",
    why: "A client takes it for the user who logged in; another subject, or another time of login, is another login.",
    clauses: &[
        "oidc-core/12.2/same-subject",
        "oidc-core/12.2/same-issuer",
        "oidc-core/12.2/same-audience",
        "oidc-core/12.2/auth-time-original",
        "oidc-core/12.2/nonce-same",
        "oidc-core/12.2/nonce",
        "oidc-core/12.2/new-iat",
    ],
    cells: Cells::REFRESH,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(same_login(lab))),
};

/// The claims that must be the same, and the clause for each.
#[rustfmt::skip]
const SAME: &[(&str, &str)] = &[
    ("sub",       "oidc-core/12.2/same-subject"),
    ("iss",       "oidc-core/12.2/same-issuer"),
    ("aud",       "oidc-core/12.2/same-audience"),
];

#[expect(clippy::cast_precision_loss, reason = "seconds")]
async fn same_login(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    let Some(first) = tokens.id_claims() else {
        return Err(Stop::not_applicable(Reason::Policy, "no ID token that can be read came with the code"));
    };
    let fresh = lab.refresh(&renewable(&tokens)?).await?.is_token()?;
    let Some(second) = fresh.id_claims() else {
        return Err(Stop::not_applicable(Reason::Policy, "no ID token comes with a refresh, which may be"));
    };
    for (name, clause) in SAME {
        if values(first.claims.get(*name)) != values(second.claims.get(*name)) {
            return Err(differs(clause, name, &first, &second));
        }
    }
    if let (Some(then), Some(now)) = (first.claims.get("auth_time"), second.claims.get("auth_time"))
        && then != now
    {
        return Err(differs("oidc-core/12.2/auth-time-original", "auth_time", &first, &second));
    }
    if let (Some(then), Some(now)) =
        (first.claims.get("iat").and_then(Value::as_f64), second.claims.get("iat").and_then(Value::as_f64))
        && now < then - SKEW as f64
    {
        return Err(differs("oidc-core/12.2/new-iat", "iat", &first, &second));
    }
    match second.text("nonce") {
        Some(nonce) if first.text("nonce") != Some(nonce) => {
            Err(Stop::finding("oidc-core/12.2/nonce-same", "no nonce, or that of the first ID token", "another nonce"))
        }
        Some(_) => Err(Stop::finding("oidc-core/12.2/nonce", "no nonce", "the nonce of the first ID token")),
        None => Ok(()),
    }
}

/// The values of a claim in no order: an audience may be one string or a list (RFC 7519 §4.1.3).
fn values(claim: Option<&Value>) -> BTreeSet<String> {
    match claim {
        Some(Value::Array(values)) => values.iter().map(Value::to_string).collect(),
        claim => claim.iter().map(ToString::to_string).collect(),
    }
}

fn differs(clause: &'static str, name: &str, first: &Jwt, second: &Jwt) -> Stop {
    let show = |jwt: &Jwt| jwt.claims.get(name).map_or_else(|| format!("no {name}"), |value| format!("{name} {value}"));
    Stop::finding(clause, show(first), show(second))
}
