//! For whom an access token is: RFC 6750 §5.3, RFC 9700 §2.3.

use serde_json::{Map, Value};

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::Lab;

pub const RESTRICTED: Check = Check {
    id: "access-token/audience-restricted",
    title: "an access token that speaks of itself says for whom it is",
    why: "An API that takes whatever the server signed takes what was sent to another API, and what that one passes on.",
    clauses: &[
        "rfc6750/5.3/audience",
        "rfc9700/2.3/audience-restricted",
        "rfc9700/4.10/constrained",
        "rfc9700/4.9.3/replay-limited",
    ],
    cells: Cells::EVERY_GRANT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(restricted(lab))),
};

/// Of a token that is no JWT introspection may keep quiet about it (RFC 7662 §2.2).
async fn restricted(lab: &Lab) -> Answer {
    let tokens = lab.send(&lab.grant_request().await?).await?.is_token()?;
    let Some(jwt) = Jwt::read(&tokens.access_token) else {
        return Err(Stop::not_applicable(Reason::Policy, "the access token is no JWT that can be read"));
    };
    let told = match lab.target().metadata.introspection_endpoint {
        Some(_) => lab.introspect(&tokens.access_token).await?.json().unwrap_or_default(),
        None => Map::new(),
    };
    let names_somebody = |claims: &Map<String, Value>| match claims.get("aud") {
        Some(Value::String(audience)) => !audience.is_empty(),
        Some(Value::Array(audiences)) => !audiences.is_empty(),
        _ => false,
    };
    if names_somebody(&jwt.claims) || names_somebody(&told) {
        return Ok(());
    }
    Err(Stop::finding(RESTRICTED.clauses[0], "an aud", "a JWT access token that is for nobody in particular"))
}
