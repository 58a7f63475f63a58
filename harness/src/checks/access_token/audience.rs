//! For whom an access token is: RFC 6750 §5.3, RFC 9068 §3, RFC 9700 §2.3.

use serde_json::{Map, Value};

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::{Audience, Authorize, Lab};

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

pub const MIXED_SCOPES: Check = Check {
    id: "access-token/mixed-scopes",
    title: "scopes of different APIs are not mixed in one token",
    why: "A token for two APIs has each scope at both: what one of them means by it, nobody asked of the other.",
    clauses: &["rfc9068/3/mixed-scopes-refused", "rfc6749/4.1.2.1/invalid-scope"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(mixed_scopes(lab))),
};

/// That two scopes belong to different resources shows in the audiences of tokens that have one of them each.
async fn mixed_scopes(lab: &Lab) -> Answer {
    let of_the_protocol = ["openid", "offline_access"];
    let (kept, scopes): (Vec<&str>, Vec<&str>) = lab
        .target()
        .authorization_scope()
        .unwrap_or_default()
        .split(' ')
        .partition(|one| of_the_protocol.contains(one));
    let asking = |scopes: &[&str]| Authorize::valid().with("scope", [&kept, scopes].concat().join(" "));
    let mut alone: Vec<(&str, Audience)> = Vec::new();
    for scope in scopes {
        let code = lab.authorize(asking(&[scope])).await?.code()?;
        let tokens = lab.redeem(&code).await?.is_token()?;
        if Jwt::access_token(&tokens.access_token).is_none() {
            let says = "the access token does not say that it is one of RFC 9068 (its typ)";
            return Err(Stop::not_applicable(Reason::Policy, says));
        }
        alone.push((scope, lab.audience_of(&tokens).await?));
    }
    let pairs =
        alone.iter().enumerate().flat_map(|(at, first)| alone[at + 1..].iter().map(move |second| (first, second)));
    let Some((first, second)) = pairs.into_iter().find(|(first, second)| first.1.is_disjoint(&second.1)) else {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "no two scopes that the target file asks for have audiences of their own",
        ));
    };
    let authorized = lab.authorize(asking(&[first.0, second.0])).await?;
    if authorized.landing.param("error").is_some() {
        return authorized.with_error(MIXED_SCOPES.clauses[1], &["invalid_scope"]);
    }
    let audience = lab.audience_of(&lab.redeem(&authorized.code()?).await?.is_token()?).await?;
    // To leave one of them out is to mix nothing.
    if audience.is_disjoint(&first.1) || audience.is_disjoint(&second.1) {
        return Ok(());
    }
    Err(Stop::finding(
        MIXED_SCOPES.clauses[0],
        format!("the error invalid_scope for {} and {}", first.0, second.0),
        format!("a token for {audience:?}"),
    ))
}

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
