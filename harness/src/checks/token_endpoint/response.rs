//! The form of a token response and of a refusal: RFC 6749 §5.

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Stop};
use crate::exchange::Reply;
use crate::lab::Lab;

pub const JSON: Check = Check {
    id: "token/json",
    title: "a token response is of the type application/json",
    why: "A client that is told another type may refuse to read the token, or a browser may render it.",
    clauses: &["rfc6749/5.1/json", "rfc6749/5.1/status-200"],
    cells: Cells::EVERY_TOKEN,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(json(lab))),
};

pub const MEMBERS: Check = Check {
    id: "token/members",
    title: "a token response has access_token, token_type, and members of the right types",
    why: "A client that reads expires_in as a number fails on a string; one without token_type cannot know how to use the token.",
    clauses: &[
        "rfc6749/5.1/members",
        "rfc6749/5.1/expires-in",
        "rfc6749/5.1/expires-in-present",
        "oidc-core/3.1.3.3/bearer",
        "oidc-core/3.1.3.3/bearer-supported",
    ],
    cells: Cells::EVERY_TOKEN,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(members(lab))),
};

pub const MEMBERS_ONCE: Check = Check {
    id: "token/members-once",
    title: "no member of a token response occurs twice",
    why: "Two readers of one answer that pick different values disagree about what was granted.",
    clauses: &["rfc6749/3.2/response-not-repeated"],
    cells: Cells::EVERY_TOKEN,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(members_once(lab))),
};

pub const ERROR_RESPONSE: Check = Check {
    id: "token/error-response",
    title: "a refused token request is answered with a well-formed error",
    why: "Clients decide by the error what to do next; an error page, or a body that echoes what was sent, helps nobody but attackers.",
    clauses: &["rfc6749/5.2/error-response", "rfc6749/5.2/error-characters"],
    cells: Cells::EVERY_GRANT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(error_response(lab))),
};

/// What a careless server echoes: a quotation mark, a backslash, a line break and a letter outside ASCII.
const PROVOCATION: &str = "urn:grantspec:\"\\\n\u{e9}";

async fn token_reply(lab: &Lab) -> Result<Reply, Stop> {
    let request = lab.grant_request().await?;
    let reply = lab.send(&request).await?;
    reply.is_ok()?;
    Ok(reply)
}

async fn json(lab: &Lab) -> Answer {
    let reply = token_reply(lab).await?;
    if reply.status != 200 {
        return Err(Stop::finding("rfc6749/5.1/status-200", "status 200", reply.actual()));
    }
    if reply.media_type() != "application/json" || reply.json().is_none() {
        return Err(Stop::finding(
            "rfc6749/5.1/json",
            "a JSON object of the type application/json",
            format!("{} of the type {}", reply.actual(), reply.media_type()),
        ));
    }
    Ok(())
}

async fn members(lab: &Lab) -> Answer {
    let reply = token_reply(lab).await?;
    let json = reply.is_json()?;
    for name in ["access_token", "token_type"] {
        if json.get(name).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(Stop::finding("rfc6749/5.1/members", format!("{name}, a string"), reply.actual()));
        }
    }
    for name in ["refresh_token", "scope"] {
        // OpenID Connect Core §13.3 would rather not see null, which is for another check.
        if json.get(name).is_some_and(|value| !value.is_string() && !value.is_null()) {
            return Err(Stop::finding("rfc6749/5.1/members", format!("{name}, a string"), json[name].to_string()));
        }
    }
    match json.get("expires_in").filter(|value| !value.is_null()) {
        Some(value) if !value.is_number() => {
            Err(Stop::finding("rfc6749/5.1/expires-in", "expires_in, a number", value.to_string()))
        }
        None => Err(Stop::finding("rfc6749/5.1/expires-in-present", "expires_in", reply.actual())),
        Some(_) => bearer(&json),
    }
}

/// OpenID Connect Core §3.1.3.3: unless the client negotiated otherwise, and this harness negotiates nothing.
fn bearer(json: &serde_json::Map<String, Value>) -> Answer {
    let kind = json.get("token_type").and_then(Value::as_str).unwrap_or_default();
    if json.contains_key("id_token") && !kind.eq_ignore_ascii_case("bearer") {
        return Err(Stop::finding("oidc-core/3.1.3.3/bearer", "token_type Bearer", kind));
    }
    Ok(())
}

async fn members_once(lab: &Lab) -> Answer {
    each_member_once(&token_reply(lab).await?, MEMBERS_ONCE.clauses[0])
}

/// A JSON object, which is the control, has no member twice.
pub fn each_member_once(reply: &Reply, clause: &'static str) -> Answer {
    let Names(names) = serde_json::from_str(&reply.body).map_err(|_| reply.not_the_control("a JSON object"))?;
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            return Err(Stop::finding(clause, "each member once", format!("{name} twice")));
        }
    }
    Ok(())
}

/// The names of the members of an object, repeated ones included.
struct Names(Vec<String>);

impl<'de> serde::Deserialize<'de> for Names {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Names;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

async fn error_response(lab: &Lab) -> Answer {
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;

    let request = lab.grant_request().await?;
    well_formed(&lab.send(&request.clone().with("grant_type", PROVOCATION)).await?)?;
    well_formed(&lab.send(&request.without("grant_type")).await?)
}

fn well_formed(reply: &Reply) -> Answer {
    let clause = "rfc6749/5.2/error-response";
    reply.refused(clause)?.with_error_of_form()?;
    if reply.media_type() != "application/json" {
        return Err(Stop::finding(clause, "the type application/json", reply.media_type()));
    }
    for name in ["error", "error_description", "error_uri"] {
        let Some(value) = reply.json().and_then(|mut json| json.remove(name)) else {
            continue;
        };
        let Value::String(text) = value else {
            return Err(Stop::finding(clause, format!("{name}, a string"), value.to_string()));
        };
        if let Some(stray) = stray_character(name, &text) {
            return Err(Stop::finding(
                "rfc6749/5.2/error-characters",
                format!("{name} of the characters that are allowed in it"),
                format!("{name} with the character U+{:04X}", u32::from(stray)),
            ));
        }
    }
    Ok(())
}

/// RFC 6749 §4.1.2.1, §5.2: %x20-21 / %x23-5B / %x5D-7E; an error_uri has no space either. The first character that is none
/// of these.
pub fn stray_character(name: &str, text: &str) -> Option<char> {
    let fits = |c: char| {
        matches!(c, '\u{21}' | '\u{23}'..='\u{5b}' | '\u{5d}'..='\u{7e}') || (c == ' ' && name != "error_uri")
    };
    text.chars().find(|c| !fits(*c))
}
