//! The signing keys, parsed once, and their public halves as a JWK set.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
    UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Map;
use super::secret::{base64url, sha256};

/// One ES256 key for access tokens and one RS256 key for ID tokens. Making them is slow: share them between servers.
pub struct Keys {
    rsa: RsaKeyPair,
    rsa_jwk: Value,
    ec: EcdsaKeyPair,
    ec_jwk: Value,
}

/// What a token is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256: access tokens.
    Es256,
    /// RSA PKCS #1: ID tokens.
    Rs256,
}

impl Algorithm {
    /// RFC 7518 §3.1.
    pub fn as_str(self) -> &'static str {
        match self {
            Algorithm::Es256 => "ES256",
            Algorithm::Rs256 => "RS256",
        }
    }
}

impl Keys {
    /// Make new keys.
    pub fn generate() -> Keys {
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).expect("the operating system gives random bytes");
        let ec =
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("the operating system gives random bytes");
        let rsa_jwk = rsa_jwk(&rsa);
        let ec_jwk = ec_jwk(&ec);
        Keys { rsa, rsa_jwk, ec, ec_jwk }
    }

    /// RFC 7515 §4.1.4: the identifier of a key, its thumbprint (RFC 7638).
    pub fn kid(&self, algorithm: Algorithm) -> &str {
        let jwk = match algorithm {
            Algorithm::Es256 => &self.ec_jwk,
            Algorithm::Rs256 => &self.rsa_jwk,
        };
        jwk["kid"].as_str().unwrap_or_default()
    }

    /// RFC 7517 §5: the public keys.
    pub fn jwks(&self) -> Map {
        let mut jwks = Map::new();
        jwks.insert("keys".to_owned(), json!([self.rsa_jwk, self.ec_jwk]));
        jwks
    }

    /// RFC 7515 §3.1: header, payload and signature in the compact form.
    pub fn sign(&self, algorithm: Algorithm, header: &Map, claims: &Map) -> String {
        let encode = |map: &Map| base64url(Value::Object(map.clone()).to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = self.signature(algorithm, message.as_bytes());
        format!("{message}.{}", base64url(signature))
    }

    /// RFC 7515 §5.2: the claims of a JWT that was signed by [`Keys::sign`] with RS256, which makes it an ID token; `None` for
    /// everything else.
    pub fn read_id_token(&self, jwt: &str) -> Option<Map> {
        let (message, signature) = jwt.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let header: Map = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if header.get("alg")? != Algorithm::Rs256.as_str() {
            return None;
        }
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.rsa.public_key())
            .verify(message.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?)
            .ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    fn signature(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match algorithm {
            Algorithm::Es256 => {
                let signature = self.ec.sign(&random, message).expect("a P-256 key signs any message");
                signature.as_ref().to_vec()
            }
            Algorithm::Rs256 => {
                let mut signature = vec![0; self.rsa.public_modulus_len()];
                self.rsa
                    .sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .expect("an RSA key signs any message into a buffer of its own length");
                signature
            }
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

/// RFC 7518 §6.3.1.
fn rsa_jwk(key: &RsaKeyPair) -> Value {
    let public = key.public_key();
    let n = base64url(public.modulus().big_endian_without_leading_zero());
    let e = base64url(public.exponent().big_endian_without_leading_zero());
    let kid = base64url(sha256(format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#).as_bytes()));
    json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e })
}

/// RFC 7518 §6.2.1. The public key is the byte 4, then x, then y, 32 bytes each.
fn ec_jwk(key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    let (x, y) = (base64url(&point[1..33]), base64url(&point[33..65]));
    let kid = base64url(sha256(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes()));
    json!({ "kty": "EC", "use": "sig", "alg": "ES256", "kid": kid, "crv": "P-256", "x": x, "y": y })
}
