//! A JSON Web Token of our own making: what a client, or an issuer whom the server trusts, vouches for.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Map, Value};

use super::Jwt;
use crate::lab::random;

/// A private key or a shared secret, and what is signed with it.
#[derive(Clone)]
pub struct SigningKey {
    algorithm: Algorithm,
    key: EncodingKey,
    kid: Option<String>,
    pem: Option<String>,
}

impl SigningKey {
    /// A private key in PEM (PKCS #8); without a name of an algorithm the usual one of its kind.
    ///
    /// # Errors
    /// Says what is wrong with the key, or with the algorithm.
    pub fn read(pem: &str, algorithm: Option<&str>, kid: Option<String>) -> Result<Self, String> {
        let bytes = pem.as_bytes();
        let keys = [
            (Algorithm::ES256, EncodingKey::from_ec_pem(bytes)),
            (Algorithm::RS256, EncodingKey::from_rsa_pem(bytes)),
            (Algorithm::EdDSA, EncodingKey::from_ed_pem(bytes)),
        ];
        let read = keys.into_iter().find_map(|(usual, key)| Some((usual, key.ok()?)));
        let (usual, key) = read.ok_or("it is no private key in PEM (-----BEGIN PRIVATE KEY-----)")?;
        let algorithm = match algorithm {
            Some(name) => name.parse().map_err(|_| format!("there is no signing algorithm `{name}`"))?,
            None => usual,
        };
        // What the two are good for together shows when something is signed.
        jsonwebtoken::crypto::sign(b"", &key, algorithm)
            .map_err(|error| format!("{algorithm:?} cannot be made with it: {error}"))?;
        Ok(Self { algorithm, key, kid, pem: Some(pem.to_owned()) })
    }

    /// OpenID Connect Core §9, `client_secret_jwt`: the secret itself, for HS256.
    pub fn of_secret(secret: &str) -> Self {
        let key = EncodingKey::from_secret(secret.as_bytes());
        Self { algorithm: Algorithm::HS256, key, kid: None, pem: None }
    }

    /// A fresh private key for this algorithm, under a name of its own.
    ///
    /// # Errors
    /// There is no such algorithm.
    pub fn fresh(algorithm: &str) -> Result<Self, String> {
        let algorithm: Algorithm =
            algorithm.parse().map_err(|_| format!("there is no signing algorithm `{algorithm}`"))?;
        Ok(Self { algorithm, key: stranger(algorithm), kid: Some(random()[..16].to_owned()), pem: None })
    }

    /// RFC 7517: the public half under its name, as a client publishes it; a secret has none.
    pub fn public_jwk(&self) -> Option<Value> {
        let mut jwk = self.public_half()?;
        if let (Some(jwk), Some(kid)) = (jwk.as_object_mut(), &self.kid) {
            jwk.insert("kid".to_owned(), kid.as_str().into());
        }
        Some(jwk)
    }

    /// A key that nobody knows, for the same algorithm and under the name of this one: another secret for a secret.
    pub fn stranger(&self) -> Self {
        let key = stranger(self.algorithm);
        Self { algorithm: self.algorithm, key, kid: self.kid.clone(), pem: None }
    }

    /// RFC 7517: the public half; a secret has none.
    pub fn public_half(&self) -> Option<Value> {
        let secret = matches!(self.algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512);
        let jwk = Jwk::from_encoding_key(&self.key, self.algorithm).ok().filter(|_| !secret)?;
        serde_json::to_value(jwk).ok()
    }

    /// The algorithm, by its name.
    pub fn algorithm(&self) -> String {
        format!("{:?}", self.algorithm)
    }

    /// The name by which others find its public half.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The private key as it was read.
    pub fn pem(&self) -> Option<&str> {
        self.pem.as_deref()
    }
}

/// A key that nobody knows.
fn stranger(algorithm: Algorithm) -> EncodingKey {
    use Algorithm::{ES256, ES384, EdDSA, HS256, HS384, HS512};
    /// It takes long to make one.
    static RSA: LazyLock<EncodingKey> = LazyLock::new(|| {
        let made = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).and_then(|pair| pair.as_der());
        let body = STANDARD.encode(made.expect(RANDOM).as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a key that was just made is one")
    });

    let of_curve = |curve| {
        let pair = EcdsaKeyPair::generate_pkcs8(curve, &SystemRandom::new()).expect(RANDOM);
        EncodingKey::from_ec_der(pair.as_ref())
    };
    match algorithm {
        HS256 | HS384 | HS512 => EncodingKey::from_secret(random().as_bytes()),
        ES256 => of_curve(&ECDSA_P256_SHA256_FIXED_SIGNING),
        ES384 => of_curve(&ECDSA_P384_SHA384_FIXED_SIGNING),
        EdDSA => {
            let pair = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).expect(RANDOM);
            EncodingKey::from_ed_der(pair.as_ref())
        }
        // The others are those of RSA.
        _ => RSA.clone(),
    }
}

/// Why a key can always be made.
const RANDOM: &str = "the system's random source never fails on supported platforms";

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl PartialEq for SigningKey {
    fn eq(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.kid == other.kid && self.key.as_bytes() == other.key.as_bytes()
    }
}

impl Eq for SigningKey {}

/// A JWT that is not signed yet: RFC 7523 §3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// What the header has of its own; else `alg` and `kid` are those of the key, and `typ` is that of a JWT.
    header: Map<String, Value>,
    claims: Map<String, Value>,
    key: SigningKey,
}

impl Assertion {
    /// So long does a valid one live, in seconds.
    pub const LIFETIME: u64 = 120;

    /// A valid one: with an `exp`, an `iat` and a fresh `jti`.
    pub fn new(key: SigningKey, issuer: &str, subject: &str, audience: &str) -> Self {
        let claims = Map::from_iter([
            ("iss".to_owned(), issuer.into()),
            ("sub".to_owned(), subject.into()),
            ("aud".to_owned(), audience.into()),
            ("jti".to_owned(), random().into()),
        ]);
        Self { header: Map::new(), claims, key }.made_at(now())
    }

    /// The same, made at another time, in seconds since 1970.
    pub fn made_at(self, time: u64) -> Self {
        self.with("iat", time).with("exp", time + Self::LIFETIME)
    }

    /// The same with another value of a claim.
    pub fn with(mut self, claim: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(claim.to_owned(), value.into());
        self
    }

    /// The same without a claim.
    pub fn without(mut self, claim: &str) -> Self {
        self.claims.remove(claim);
        self
    }

    /// The same with this member of the header.
    pub fn headed(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// The same with an extension in its header that nobody knows, and that has to be understood: RFC 7515 §4.1.11.
    pub fn critical(self) -> Self {
        const EXTENSION: &str = "urn:example:grantspec:extension";
        self.headed("crit", vec![EXTENSION]).headed(EXTENSION, true)
    }

    /// The same, signed with another key.
    pub fn signed_with(self, key: SigningKey) -> Self {
        Self { key, ..self }
    }

    /// What it is signed with.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The JWT that `token` is, signed by a key that nobody knows, for the algorithm and under the name of the key that it names;
    /// `None` if it is none. RFC 7515 §4.1.3: the header brings the key along, for who believes that.
    pub fn by_a_stranger(token: &str) -> Option<String> {
        let jwt = Jwt::read(token)?;
        let kid = jwt.head("kid").map(str::to_owned);
        let algorithm = jwt.head("alg").and_then(|alg| alg.parse().ok()).unwrap_or(Algorithm::ES256);
        let key = SigningKey { algorithm, key: stranger(algorithm), kid, pem: None };
        let typ = jwt.header.get("typ").map(|typ| ("typ".to_owned(), typ.clone()));
        let header = typ.into_iter().chain(key.public_half().map(|public| ("jwk".to_owned(), public))).collect();
        Some(Self { header, claims: jwt.claims, key }.signed())
    }

    /// A claim that is a string.
    pub fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// The compact serialisation, signed: RFC 7515 §7.1.
    pub fn signed(&self) -> String {
        self.encoded(&|text| text.as_bytes().to_vec())
    }

    /// The same with header and claims in another encoding than UTF-8.
    pub fn encoded(&self, encoding: &dyn Fn(&str) -> Vec<u8>) -> String {
        let mut header = self.header.clone();
        header.entry("alg").or_insert_with(|| Value::from(format!("{:?}", self.key.algorithm)));
        header.entry("typ").or_insert_with(|| Value::from("JWT"));
        if let Some(kid) = &self.key.kid {
            header.entry("kid").or_insert_with(|| Value::from(kid.as_str()));
        }
        let part =
            |object: &Map<String, Value>| URL_SAFE_NO_PAD.encode(encoding(&Value::from(object.clone()).to_string()));
        let signed = format!("{}.{}", part(&header), part(&self.claims));
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.key.key, self.key.algorithm)
            .expect("key and algorithm were tried together when the key was read");
        format!("{signed}.{signature}")
    }
}

/// The time of this machine, in seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use jsonwebtoken::Algorithm;

    use super::{Assertion, SigningKey};
    use crate::exchange::Jwt;

    /// A private key in PEM, and its public half as a JWK.
    fn key() -> (String, serde_json::Value) {
        let fresh = SigningKey {
            algorithm: Algorithm::ES256,
            key: super::stranger(Algorithm::ES256),
            ..SigningKey::of_secret("")
        };
        let body = STANDARD.encode(fresh.key.as_bytes());
        (format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"), fresh.public_half().unwrap())
    }

    #[test]
    fn an_assertion_holds_under_its_own_key_alone() {
        let (pem, public) = key();
        let key = SigningKey::read(&pem, None, Some("key-1".to_owned())).unwrap();
        let assertion = Assertion::new(key, "web", "web", "https://as.example/token");
        let jwt = Jwt::read(&assertion.signed()).unwrap();
        assert!(jwt.holds_under(&public) && jwt.head("kid") == Some("key-1") && jwt.text("iss") == Some("web"));
        let strange = Jwt::read(&Assertion::by_a_stranger(&assertion.signed()).unwrap()).unwrap();
        assert!(!strange.holds_under(&public) && strange.head("kid") == Some("key-1"));
        assert!(strange.holds_under(&strange.header["jwk"]));
        assert_eq!(strange.claims, jwt.claims);
    }

    #[test]
    fn a_stranger_signs_by_the_same_algorithm() {
        use Algorithm::{ES256, ES384, EdDSA, HS256, PS256, RS256};
        for algorithm in [ES256, ES384, EdDSA, PS256, RS256, HS256] {
            let known = SigningKey { algorithm, key: super::stranger(algorithm), ..SigningKey::of_secret("") };
            let token = Assertion::new(known, "a", "b", "c").signed();
            let strange = Jwt::read(&Assertion::by_a_stranger(&token).unwrap()).unwrap();
            assert_eq!(strange.head("alg"), Some(format!("{algorithm:?}").as_str()));
            match strange.header.get("jwk") {
                Some(own) => assert!(strange.holds_under(own), "{algorithm:?}"),
                None => assert_eq!(algorithm, HS256),
            }
        }
    }

    #[test]
    fn a_secret_makes_a_mac() {
        let assertion = Assertion::new(SigningKey::of_secret("s3cret"), "a", "b", "c").without("jti").with("d", 1);
        let jwt = Jwt::read(&assertion.signed()).unwrap();
        assert!(jwt.holds_under_secret("s3cret") && !jwt.holds_under_secret("another"));
        assert!(jwt.text("jti").is_none() && jwt.number("d") == Some(1.0));
    }

    #[test]
    fn a_key_that_is_none_and_an_algorithm_that_does_not_fit_are_told() {
        assert!(SigningKey::read("nonsense", None, None).unwrap_err().contains("PEM"));
        let (pem, _) = key();
        assert!(SigningKey::read(&pem, Some("ES265"), None).unwrap_err().contains("`ES265`"));
        assert!(SigningKey::read(&pem, Some("RS256"), None).unwrap_err().contains("RS256"));
    }
}
