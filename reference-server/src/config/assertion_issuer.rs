//! Whose word is taken for a user: RFC 7521 §5.1, RFC 7523 §2.1.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One issuer of assertions, as written down by whoever runs the server. Nobody is trusted who is not written down.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssertionIssuerConfig {
    /// RFC 7523 §3 (1): the `iss` of its assertions, compared character for character.
    pub issuer: String,
    /// RFC 7517 §5: the public keys that it signs with.
    pub jwks: Value,
    /// RFC 8725 §3.8: the users for whom its word is taken.
    pub speaks_for: SpeaksFor,
}

/// The users for whom an issuer may speak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpeaksFor {
    /// All that there are.
    Everybody,
    /// Those with these `sub`s.
    These(Vec<String>),
}

impl SpeaksFor {
    /// Whether the user of this `sub` is among them.
    pub fn includes(&self, sub: &str) -> bool {
        match self {
            SpeaksFor::Everybody => true,
            SpeaksFor::These(subs) => subs.iter().any(|known| known == sub),
        }
    }
}
