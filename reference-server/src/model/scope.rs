//! Scope: RFC 6749 §3.3.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Scopes that speak of a person; without a user they mean nothing.
pub const IDENTITY: &[&str] = &["openid", "profile", "email", "address", "phone", "offline_access"];

/// A set of scope tokens, in the order in which they were named. A copy shares them: every token that is issued has one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Scope(Arc<[String]>);

impl Scope {
    /// Whether `value` follows the grammar: tokens of %x21 / %x23-5B / %x5D-7E, one space between two.
    pub fn is_well_formed(value: &str) -> bool {
        value
            .split(' ')
            .all(|token| !token.is_empty() && token.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5B | 0x5D..=0x7E)))
    }

    /// The tokens of a parameter; empty ones and repetitions carry no meaning and are dropped.
    pub fn parse(value: &str) -> Scope {
        value.split(' ').filter(|token| !token.is_empty()).collect()
    }

    /// Whether `token` is in the set.
    pub fn contains(&self, token: &str) -> bool {
        self.0.iter().any(|known| known == token)
    }

    /// Whether every token is also in `other`.
    pub fn is_within(&self, other: &Scope) -> bool {
        self.0.iter().all(|token| other.contains(token))
    }

    /// The tokens for which `keep` holds.
    pub fn only(&self, keep: impl Fn(&str) -> bool) -> Scope {
        if self.iter().all(&keep) {
            return self.clone();
        }
        self.iter().filter(|token| keep(token)).collect()
    }

    /// Both sets together.
    pub fn union(&self, other: &Scope) -> Scope {
        self.iter().chain(other.iter()).collect()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tokens, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl<'a> FromIterator<&'a str> for Scope {
    fn from_iter<I: IntoIterator<Item = &'a str>>(tokens: I) -> Scope {
        let mut scope: Vec<String> = Vec::new();
        for token in tokens {
            if !scope.iter().any(|known| known == token) {
                scope.push(token.to_owned());
            }
        }
        scope.into()
    }
}

impl From<Vec<String>> for Scope {
    fn from(tokens: Vec<String>) -> Scope {
        Scope(tokens.into())
    }
}

impl From<Scope> for Vec<String> {
    fn from(scope: Scope) -> Vec<String> {
        scope.0.to_vec()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, token) in self.0.iter().enumerate() {
            f.write_str(if at > 0 { " " } else { "" })?;
            f.write_str(token)?;
        }
        Ok(())
    }
}
