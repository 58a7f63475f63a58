//! Which scope a token has: by the answer that brought it, by introspection, or by the token itself.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Lab;
use crate::check::{Answer, Reason, Stop};
use crate::exchange::{Jwt, Tokens};

/// A set of scope values; RFC 6749 §3.3: their order changes nothing.
pub type Scope = BTreeSet<String>;

/// Reads a scope.
pub fn scope(text: &str) -> Scope {
    text.split(' ').filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

impl Lab {
    /// A scope that exists, and that no client of the target may have.
    pub fn scope_beyond_client(&self) -> Result<&str, Stop> {
        self.target().scopes.beyond_client.as_deref().ok_or_else(|| {
            Stop::not_applicable(
                Reason::NoAbility,
                "the target file names no scope beyond the clients ([scopes] beyond_client)",
            )
        })
    }

    /// The scope that the token itself has, whatever the token response said: by introspection, else by its claims.
    pub async fn scope_of_token(&self, tokens: &Tokens) -> Result<Option<Scope>, Stop> {
        if self.target().metadata.introspection_endpoint.is_some() {
            let json = self.introspect(&tokens.access_token).await?.json().unwrap_or_default();
            if let Some(Value::String(text)) = json.get("scope") {
                return Ok(Some(scope(text)));
            }
        }
        let claims = Jwt::read(&tokens.access_token).map(|jwt| jwt.claims).unwrap_or_default();
        Ok(match claims.get("scope") {
            Some(Value::String(text)) => Some(scope(text)),
            Some(Value::Array(values)) => Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            _ => None,
        })
    }

    /// A scope `more` was asked for beside the usual ones, and tokens came. If the token lacks it, the answer says so; to
    /// have it breaks `beyond`, where the scope is one that the client may not have.
    pub async fn grants_no(&self, more: &str, tokens: &Tokens, beyond: Option<&'static str>) -> Answer {
        let has = self.scope_of_token(tokens).await?;
        match (&tokens.scope, has, beyond) {
            (Some(said), _, _) if !scope(said).contains(more) => Ok(()),
            (said, Some(has), _) if !has.contains(more) => Err(Stop::finding(
                "rfc6749/5.1/scope-reported",
                format!("a scope without {more}, or a refusal"),
                said.as_ref().map_or("no scope in the answer, and a token without it".to_owned(), |said| {
                    format!("scope {said:?}, and a token without it")
                }),
            )),
            (_, Some(_), Some(clause)) => {
                Err(Stop::finding(clause, format!("no {more} in the scope"), "a token that has it"))
            }
            (Some(_), None, Some(clause)) => {
                Err(Stop::finding(clause, format!("no {more} in the scope"), "an answer that grants it"))
            }
            (None, None, _) => {
                Err(Stop::Inconclusive("neither the answer nor the token says which scope was granted".to_owned()))
            }
            // A server without a list of its scopes grants whatever it is asked for, and says so.
            _ => Ok(()),
        }
    }

    /// The granted scope: what the token response says, else what can be read from the token, else (RFC 6749 §5.1: left
    /// out only if identical) what was asked for.
    pub async fn granted_scope(&self, tokens: &Tokens, asked: Option<&str>) -> Result<Option<Scope>, Stop> {
        if let Some(said) = &tokens.scope {
            return Ok(Some(scope(said)));
        }
        Ok(self.scope_of_token(tokens).await?.or_else(|| asked.map(scope)))
    }
}
