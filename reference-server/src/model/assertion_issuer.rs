//! Those whose assertions are taken as authorization grants: RFC 7523 §2.1.

use crate::config::{AssertionIssuerConfig, SpeaksFor};
use crate::tokens::jwk::{JwkError, JwkSet};

/// An issuer whose word is taken, and for whom.
#[derive(Clone, Debug)]
pub struct AssertionIssuer {
    /// The `iss` of its assertions.
    pub issuer: String,
    /// The keys that it signs with.
    pub jwks: JwkSet,
    /// The users for whom it may speak.
    pub speaks_for: SpeaksFor,
}

impl AssertionIssuer {
    /// The issuer that a configuration describes.
    ///
    /// # Errors
    /// What is wrong with its keys.
    pub fn parse(config: &AssertionIssuerConfig) -> Result<AssertionIssuer, JwkError> {
        Ok(AssertionIssuer {
            issuer: config.issuer.clone(),
            jwks: JwkSet::parse(&config.jwks)?,
            speaks_for: config.speaks_for.clone(),
        })
    }
}
