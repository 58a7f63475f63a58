//! What introspection says of living and dead tokens: RFC 7662 §2.2, §4.

use serde_json::Value;

use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Reply, SKEW, Tokens};
use crate::lab::{Lab, Witness, random};

pub const RESPONSE: Check = Check {
    id: "introspection/response",
    title: "introspection is answered in JSON, with active and members of the right types",
    why: "A resource server reads active as a boolean and exp as a number; anything else lets tokens in or keeps them out by accident.",
    clauses: &["rfc7662/2.2/active", "rfc7662/2.2/json", "rfc7662/2.2/members"],
    cells: Cells::EVERY_TOKEN,
    needs: &[Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(response(lab))),
};

pub const INACTIVE_SAYS_NO_MORE: Check = Check {
    id: "introspection/inactive-says-no-more",
    title: "the answer for a token that is not active says nothing but that",
    why: "Why a token is dead, or whose it was, is nobody's business who only found it.",
    clauses: &["rfc7662/2.2/inactive-says-no-more"],
    cells: Cells::EVERY_CLIENT,
    needs: &[Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(inactive_says_no_more(lab))),
};

pub const EXPIRED_INACTIVE: Check = Check {
    id: "introspection/expired-inactive",
    title: "an expired token is not active",
    why: "Resource servers that ask do not look at the clock themselves.",
    clauses: &["rfc7662/4/expired-inactive", "rfc6750/5.2/lifetime-limited"],
    cells: Cells::EVERY_ACCESS_TOKEN,
    needs: &[Need::AdvanceTime, Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(expired_inactive(lab))),
};

/// In seconds. No access token is good for so long.
const TEN_YEARS: u64 = 10 * 365 * 24 * 3600;

async fn tokens(lab: &Lab) -> Result<Tokens, Stop> {
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()
}

async fn response(lab: &Lab) -> Answer {
    let tokens = tokens(lab).await?;
    let living = lab.introspect(&tokens.access_token).await?;
    living.is_ok()?;
    well_formed(&living)?;
    let unknown = lab.introspect(&random()).await?;
    if unknown.is_success() { well_formed(&unknown) } else { Ok(()) }
}

fn well_formed(reply: &Reply) -> Answer {
    let json = match reply.json() {
        Some(json) if reply.media_type() == "application/json" => json,
        _ => {
            return Err(Stop::finding(
                "rfc7662/2.2/json",
                "a JSON object of the type application/json",
                format!("{} of the type {}", reply.actual(), reply.media_type()),
            ));
        }
    };
    if !json.get("active").is_some_and(Value::is_boolean) {
        let actual = json.get("active").map_or("no active".to_owned(), |value| format!("active {value}"));
        return Err(Stop::finding("rfc7662/2.2/active", "active, true or false", actual));
    }
    for name in ["scope", "client_id", "username", "token_type", "sub", "iss", "jti"] {
        typed(&json, name, "a string", Value::is_string)?;
    }
    for name in ["exp", "iat", "nbf"] {
        typed(&json, name, "a number of seconds", |value| value.is_i64() || value.is_u64())?;
    }
    Ok(())
}

fn typed(json: &serde_json::Map<String, Value>, name: &str, kind: &str, is: fn(&Value) -> bool) -> Answer {
    match json.get(name) {
        Some(value) if !is(value) => {
            Err(Stop::finding("rfc7662/2.2/members", format!("{name}, {kind}"), format!("{name} {value}")))
        }
        _ => Ok(()),
    }
}

async fn inactive_says_no_more(lab: &Lab) -> Answer {
    let tokens = tokens(lab).await?;
    if !lab.is_alive(Witness::Introspection, &tokens.access_token).await? {
        return Err(Stop::Inconclusive("introspection does not know the tokens of this client".to_owned()));
    }
    let reply = lab.introspect(&random()).await?;
    if reply.is_active()? {
        return Err(Stop::Inconclusive("a token that was never issued is active".to_owned()));
    }
    let json = reply.is_json()?;
    let more: Vec<&str> = json.keys().map(String::as_str).filter(|name| *name != "active").collect();
    if more.is_empty() {
        return Ok(());
    }
    Err(Stop::finding("rfc7662/2.2/inactive-says-no-more", "active and no other member", more.join(", ")))
}

async fn expired_inactive(lab: &Lab) -> Answer {
    let tokens = tokens(lab).await?;
    if !lab.is_alive(Witness::Introspection, &tokens.access_token).await? {
        return Err(Stop::Inconclusive("introspection does not know the tokens of this client".to_owned()));
    }
    if let Some(lifetime) = tokens.expires_in() {
        lab.advance(lifetime + SKEW).await?;
        let reply = lab.introspect(&tokens.access_token).await?;
        return reply.active("rfc7662/4/expired-inactive", false).map(drop);
    }

    // Where nobody says how long a token lives it has an end all the same; so many years are spent on one grant only.
    if lab.cell().grant != Some(Grant::ClientCredentials) {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the token response does not say how long the access token lives",
        ));
    }
    lab.advance(TEN_YEARS).await?;
    let reply = lab.introspect(&tokens.access_token).await?;
    // The secret of who asks may have ended in that time.
    if reply.status != 200 {
        return Err(reply.not_the_control("an introspection response, ten years later"));
    }
    reply.is_active()?;
    reply.active("rfc6750/5.2/lifetime-limited", false).map(drop)
}
