//! Reading a JWT that somebody else made: RFC 7515 §5.2, RFC 7519 §7.2, with the decisions of RFC 8725 §3 where one can see them.
//!
//! [`Jwt::parse`] takes it apart, [`Jwt::verify`] says whose it is. What lies between is hearsay, and is named so.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use thiserror::Error;

use super::algorithm::Algorithm;
use super::jwk::JwkSet;
use super::secret::SharedSecret;
use super::{Map, json};

/// A JWT that has been taken apart. Nobody has vouched for it yet.
#[derive(Clone, Debug)]
pub struct Jwt {
    message: String,
    header: Map,
    claims: Map,
    signature: Vec<u8>,
}

/// A JWT that is what it says it is.
#[derive(Clone, Debug)]
pub struct Verified {
    /// RFC 7515 §4.
    pub header: Map,
    /// RFC 7519 §4. What they mean is for the caller to judge.
    pub claims: Map,
}

/// What a signature is checked against. One kind of key never stands in for another: a public key is no shared secret.
#[derive(Clone, Copy, Debug)]
pub enum VerificationKeys<'a> {
    /// The public keys of whoever signed.
    Public(&'a JwkSet),
    /// The secret that both sides know.
    Secret(&'a SharedSecret),
}

impl Jwt {
    /// RFC 7515 §5.2, steps 1 to 7: three parts of base64url, of which the first two are JSON objects without duplicate names, and no extension that has to
    /// be understood.
    ///
    /// # Errors
    /// The first step that fails.
    pub fn parse(jwt: &str) -> Result<Jwt, JwtError> {
        let parts: Vec<&str> = jwt.split('.').collect();
        let [header, claims, signature] = parts[..] else { return Err(JwtError::NotCompact) };
        let octets = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::NotCompact);

        let header = json::object(&octets(header)?).ok_or(JwtError::Header)?;
        if header.contains_key("crit") {
            return Err(JwtError::Critical);
        }
        if ["alg", "kid", "typ"].iter().any(|name| header.get(*name).is_some_and(|value| !value.is_string())) {
            return Err(JwtError::Header);
        }
        let claims = json::object(&octets(claims)?).ok_or(JwtError::Claims)?;
        let signature = octets(signature)?;
        let message = jwt.rsplit_once('.').map_or("", |(message, _)| message).to_owned();
        Ok(Jwt { message, header, claims, signature })
    }

    /// RFC 7515 §5.2, step 8; RFC 8725 §3.1, §3.2: signed with an algorithm that the caller accepts, by a key that is meant for it. An algorithm that is
    /// not accepted is not even tried, and `none` never is.
    ///
    /// # Errors
    /// What is wrong with the algorithm, the key or the signature.
    pub fn verify(self, keys: VerificationKeys<'_>, acceptable: &[Algorithm]) -> Result<Verified, JwtError> {
        self.check(keys, acceptable)?;
        Ok(Verified { header: self.header, claims: self.claims })
    }

    /// What [`Jwt::verify`] demands, for a rule that answers yes or no.
    ///
    /// # Errors
    /// What is wrong with the algorithm, the key or the signature.
    pub fn check(&self, keys: VerificationKeys<'_>, acceptable: &[Algorithm]) -> Result<(), JwtError> {
        let algorithm = self.header_member("alg").ok_or(JwtError::AlgorithmMissing)?;
        let algorithm = Algorithm::parse(algorithm)
            .filter(|algorithm| acceptable.contains(algorithm))
            .ok_or(JwtError::AlgorithmNotAcceptable)?;
        let is_signed = match keys {
            VerificationKeys::Secret(_) if algorithm != Algorithm::Hs256 => return Err(JwtError::NoKey),
            VerificationKeys::Secret(secret) => secret.has_authenticated(self.message.as_bytes(), &self.signature),
            VerificationKeys::Public(set) => {
                let mut candidates = set.candidates(self.header_member("kid"), algorithm, acceptable).peekable();
                candidates.peek().ok_or(JwtError::NoKey)?;
                candidates.any(|key| key.verify_sig(self.message.as_bytes(), &self.signature).is_ok())
            }
        };
        if is_signed { Ok(()) } else { Err(JwtError::Signature) }
    }

    /// RFC 7519 §6: an unsecured JWT, whose `alg` is `none` and whose signature is empty. It proves nothing (RFC 8725 §3.2): only for a caller that would
    /// take the claims from anybody, such as the request objects of a client that did not register an algorithm.
    ///
    /// # Errors
    /// When it is secured, or claims to be.
    pub fn unsecured(self) -> Result<Verified, JwtError> {
        if self.header_member("alg").ok_or(JwtError::AlgorithmMissing)? != "none" {
            return Err(JwtError::AlgorithmNotAcceptable);
        }
        if !self.signature.is_empty() {
            return Err(JwtError::Signature);
        }
        Ok(Verified { header: self.header, claims: self.claims })
    }

    /// Whether it says of itself that it is unsecured.
    pub fn is_unsecured(&self) -> bool {
        self.header_member("alg") == Some("none")
    }

    /// What it claims. Until [`Jwt::check`] has passed this is hearsay; it is here for the rules, which are asked in order.
    pub fn claims(&self) -> &Map {
        &self.claims
    }

    /// What it says of itself: good for finding out whose key to try, and for nothing else.
    pub fn hearsay(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// RFC 7515 §4.1.9: what it says it is.
    pub fn typ(&self) -> Option<&str> {
        self.header_member("typ")
    }

    /// What it says it is signed with, if that is one of the algorithms of this server.
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.header_member("alg").and_then(Algorithm::parse)
    }

    fn header_member(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }
}

/// Why a JWT is no good. Nothing of what it says is repeated here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum JwtError {
    /// RFC 7515 §7.1.
    #[error("The JWT is not three parts of base64url with a period between them.")]
    NotCompact,
    /// RFC 7515 §4, §5.2.
    #[error("The header of the JWT is not a JSON object of the expected kind, or a name appears twice in it.")]
    Header,
    /// RFC 7519 §4, §7.2.
    #[error("The claims of the JWT are not a JSON object, or a name appears twice in them.")]
    Claims,
    /// RFC 7515 §4.1.11.
    #[error("The JWT has a crit header, and no extension is understood here.")]
    Critical,
    /// RFC 7515 §4.1.1.
    #[error("The JWT does not say with which algorithm it is signed.")]
    AlgorithmMissing,
    /// RFC 8725 §3.1.
    #[error("The JWT is signed with an algorithm that is not accepted here.")]
    AlgorithmNotAcceptable,
    /// RFC 7515 §6, RFC 8725 §3.1.
    #[error("No key is known that fits the kid and alg of the JWT.")]
    NoKey,
    /// RFC 7515 §5.2.
    #[error("The signature of the JWT is wrong.")]
    Signature,
}
