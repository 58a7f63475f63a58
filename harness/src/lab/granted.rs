//! Which scope a token has: by the answer that brought it, by introspection, or by the token itself.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Lab;
use crate::check::Stop;
use crate::exchange::{Jwt, Tokens};

/// A set of scope values; RFC 6749 §3.3: their order changes nothing.
pub type Scope = BTreeSet<String>;

/// Reads a scope.
pub fn scope(text: &str) -> Scope {
    text.split(' ').filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

impl Lab {
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

    /// The granted scope: what the token response says, else what can be read from the token, else (RFC 6749 §5.1: left
    /// out only if identical) what was asked for.
    pub async fn granted_scope(&self, tokens: &Tokens, asked: Option<&str>) -> Result<Option<Scope>, Stop> {
        if let Some(said) = &tokens.scope {
            return Ok(Some(scope(said)));
        }
        Ok(self.scope_of_token(tokens).await?.or_else(|| asked.map(scope)))
    }
}
