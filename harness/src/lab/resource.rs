//! For which resources a token is: RFC 8707.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Lab;
use crate::check::{Reason, Stop};
use crate::exchange::{Jwt, Tokens};

/// Whom a token is for: the values of `aud`.
pub type Audience = BTreeSet<String>;

impl Lab {
    /// A resource that the server issues tokens for.
    pub fn resource(&self) -> Result<&str, Stop> {
        self.target()
            .resources
            .known
            .first()
            .map(String::as_str)
            .ok_or_else(|| Stop::Error("the check needs a resource, and does not say so (Need::Resources)".to_owned()))
    }

    /// Another one.
    pub fn other_resource(&self) -> Result<&str, Stop> {
        self.target().resources.known.get(1).map(String::as_str).ok_or_else(|| {
            Stop::not_applicable(
                Reason::NoAbility,
                "the target file names no second resource that tokens can be for ([resources] known)",
            )
        })
    }

    /// Whom an access token is for, by its own word or by introspection. RFC 8707 §2: either may say it, with the URI of the resource or with
    /// what stands for it.
    pub async fn audience(&self, access_token: &str) -> Result<Audience, Stop> {
        let by_itself = Jwt::read(access_token).map(|jwt| audience(&jwt.claims)).unwrap_or_default();
        if !by_itself.is_empty() {
            return Ok(by_itself);
        }
        let unknown =
            || Stop::not_applicable(Reason::Policy, "neither the token nor introspection says whom the token is for");
        if self.target().metadata.introspection_endpoint.is_none() {
            return Err(unknown());
        }
        let described = self.introspect(access_token).await?.json().unwrap_or_default();
        Some(audience(&described)).filter(|audience| !audience.is_empty()).ok_or_else(unknown)
    }

    /// The same of a token response.
    pub async fn audience_of(&self, tokens: &Tokens) -> Result<Audience, Stop> {
        self.audience(&tokens.access_token).await
    }
}

fn audience(claims: &Map<String, Value>) -> Audience {
    match claims.get("aud") {
        Some(Value::String(one)) => Audience::from([one.clone()]),
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Audience::new(),
    }
}
