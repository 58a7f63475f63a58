//! Public keys of others: JWK sets (RFC 7517), parsed once, so that a bad key is found when it is registered.

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaParameters, RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use thiserror::Error;

use super::Map;
use super::algorithm::Algorithm;

/// The members of RFC 7518 §6.2.2, §6.3.2, §6.4 and RFC 8037 §2 that only the owner of a key may know.
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// RFC 7518 §3.3: an RSA key has 2048 bits or more.
const RSA_OCTETS: std::ops::RangeInclusive<usize> = 256..=1024;

/// A set of public keys (RFC 7517 §5): the document as it was registered, and those of its keys that can verify a signature.
#[derive(Clone)]
pub struct JwkSet {
    document: Value,
    keys: Vec<PublicKey>,
}

/// A key, once for each algorithm that it could be for.
#[derive(Clone)]
struct PublicKey {
    kid: Option<String>,
    readings: Vec<(Algorithm, ParsedPublicKey)>,
}

impl JwkSet {
    /// RFC 7517 §5: keys of a type that is not understood are passed over, and so are those for encryption. What is left over has to verify
    /// something.
    ///
    /// # Errors
    /// What is no JWK set, holds a private key, or has no key that this server could use.
    pub fn parse(document: &Value) -> Result<JwkSet, JwkError> {
        let listed = document.get("keys").and_then(Value::as_array).ok_or(JwkError::NoSet)?;
        let mut keys = Vec::with_capacity(listed.len());
        let mut passed_over = None;
        for (at, jwk) in listed.iter().enumerate() {
            let jwk = jwk.as_object().ok_or(JwkError::NoObject(at + 1))?;
            if let Some(member) = PRIVATE_MEMBERS.into_iter().find(|member| jwk.contains_key(*member)) {
                return Err(JwkError::Private(at + 1, member));
            }
            match PublicKey::parse(jwk) {
                Ok(key) => keys.push(key),
                Err(because) => drop(passed_over.get_or_insert((at + 1, because))),
            }
        }
        match (keys.is_empty(), passed_over) {
            (false, _) => Ok(JwkSet { document: document.clone(), keys }),
            (true, Some((at, because))) => Err(JwkError::NotUsable(at, because)),
            (true, None) => Err(JwkError::Empty),
        }
    }

    /// The document as it was registered.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Whether one of the keys is for this algorithm.
    pub fn has_key_for(&self, algorithm: Algorithm) -> bool {
        self.keys.iter().any(|key| key.readings.iter().any(|(known, _)| *known == algorithm))
    }

    /// The keys that a JWT with this `kid` and `alg` may be signed with. A JWT that names a key is signed with that one (RFC 9101 §6.2); a key that does not say
    /// what it is for is used with the first of the acceptable algorithms that it could be for, so that no key is used with two (RFC 8725 §3.1).
    pub(super) fn candidates<'a>(
        &'a self,
        kid: Option<&'a str>,
        algorithm: Algorithm,
        acceptable: &'a [Algorithm],
    ) -> impl Iterator<Item = &'a ParsedPublicKey> {
        self.keys
            .iter()
            .filter(move |key| kid.is_none() || key.kid.as_deref() == kid)
            .filter_map(move |key| {
                acceptable.iter().find_map(|known| key.readings.iter().find(|(reading, _)| reading == known))
            })
            .filter(move |(reading, _)| *reading == algorithm)
            .map(|(_, key)| key)
    }
}

impl PublicKey {
    fn parse(jwk: &Map) -> Result<PublicKey, &'static str> {
        if jwk.get("use").is_some_and(|purpose| purpose != "sig") {
            return Err("its use is not sig");
        }
        let operations = jwk.get("key_ops").map(|operations| operations.as_array().cloned().unwrap_or_default());
        if operations.is_some_and(|operations| !operations.iter().any(|operation| operation == "verify")) {
            return Err("its key_ops do not hold verify");
        }
        let declared = match jwk.get("alg") {
            None => None,
            Some(alg) => Some(alg.as_str().and_then(Algorithm::parse).ok_or("its alg is none that this server knows")?),
        };
        let mut readings = match jwk.get("kty").and_then(Value::as_str) {
            Some("RSA") => rsa(jwk)?,
            Some("EC") => vec![(Algorithm::Es256, p256(jwk)?)],
            Some("OKP") => vec![(Algorithm::EdDsa, ed25519(jwk)?)],
            _ => return Err("its kty is neither RSA nor EC nor OKP"),
        };
        readings.retain(|(algorithm, _)| declared.is_none_or(|declared| declared == *algorithm));
        if readings.is_empty() {
            return Err("its kty does not fit its alg");
        }
        let kid = jwk.get("kid").map(|kid| kid.as_str().ok_or("its kid is not a string")).transpose()?;
        Ok(PublicKey { kid: kid.map(str::to_owned), readings })
    }
}

/// RFC 7518 §6.3.1: two numbers, which serve two algorithms.
fn rsa(jwk: &Map) -> Result<Vec<(Algorithm, ParsedPublicKey)>, &'static str> {
    let (n, e) = (octets(jwk, "n").ok_or("its n is missing")?, octets(jwk, "e").ok_or("its e is missing")?);
    if !RSA_OCTETS.contains(&n.len()) {
        return Err("it has fewer than 2048 bits, or more than 8192");
    }
    let parsed = |parameters: &'static RsaParameters| {
        RsaPublicKeyComponents { n: &n, e: &e }
            .to_parsed_public_key(parameters)
            .map_err(|_| "its n and e are no RSA key")
    };
    Ok(vec![
        (Algorithm::Rs256, parsed(&RSA_PKCS1_2048_8192_SHA256)?),
        (Algorithm::Ps256, parsed(&RSA_PSS_2048_8192_SHA256)?),
    ])
}

/// RFC 7518 §6.2.1; that the point is on the curve (RFC 8725 §3.4) is found out here.
fn p256(jwk: &Map) -> Result<ParsedPublicKey, &'static str> {
    if jwk.get("crv").is_none_or(|curve| curve != "P-256") {
        return Err("its crv is not P-256");
    }
    let (x, y) = (octets(jwk, "x").ok_or("its x is missing")?, octets(jwk, "y").ok_or("its y is missing")?);
    if x.len() != 32 || y.len() != 32 {
        return Err("its x and y are not 32 octets each");
    }
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|_| "its x and y are no point on P-256")
}

/// RFC 8037 §2.
fn ed25519(jwk: &Map) -> Result<ParsedPublicKey, &'static str> {
    if jwk.get("crv").is_none_or(|curve| curve != "Ed25519") {
        return Err("its crv is not Ed25519");
    }
    let x = octets(jwk, "x").ok_or("its x is missing")?;
    ParsedPublicKey::new(&ED25519, x).map_err(|_| "its x is no Ed25519 key")
}

fn octets(jwk: &Map, member: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(jwk.get(member)?.as_str()?).ok()
}

impl fmt::Debug for JwkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.kid)).finish()
    }
}

/// Why a JWK set cannot be registered. Keys are counted from one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JwkError {
    /// RFC 7517 §5.
    #[error("it is not an object with an array of keys")]
    NoSet,
    /// RFC 7517 §5.1.
    #[error("key number {0} is not an object")]
    NoObject(usize),
    /// RFC 7517 §9.2: what only its owner may know was given away.
    #[error("key number {0} holds the private member {1}: register the public half, and make a new key")]
    Private(usize, &'static str),
    /// None of the keys is one that this server could use; this is what is wrong with the first.
    #[error("key number {0} cannot verify a signature here, and no other can: {1}")]
    NotUsable(usize, &'static str),
    /// RFC 7517 §5.1.
    #[error("it holds no key")]
    Empty,
}
