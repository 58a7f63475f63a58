//! The signing keys of a server, one for each algorithm (RFC 8725 §3.1), parsed once, and their public halves.

use std::{fmt, thread};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaEncoding, RsaKeyPair,
};
use serde_json::{Value, json};

use super::algorithm::Algorithm;
use super::secret::{base64url, base64url_onto, sha256};
use super::{Map, json};

/// One key for each of [`Algorithm::ASYMMETRIC`]. Making them is slow: share them between servers.
pub struct Keys {
    keys: [Key; Algorithm::ASYMMETRIC.len()],
}

/// A private key, and the JWK of its public half.
#[derive(Debug)]
pub struct Key {
    algorithm: Algorithm,
    private: Private,
    kid: String,
    jwk: Value,
}

enum Private {
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Keys {
    /// Make new keys. Primes take long to find: the two RSA keys are made side by side.
    pub fn generate() -> Keys {
        thread::scope(|scope| {
            let ps256 = scope.spawn(|| rsa(Algorithm::Ps256, &RSA_PSS_SHA256));
            let rs256 = rsa(Algorithm::Rs256, &RSA_PKCS1_SHA256);
            Keys { keys: [rs256, ec(), ps256.join().expect(RANDOM), ed()] }
        })
    }

    /// The key for an algorithm; where there is none, that for RS256, which everybody understands (OpenID Connect Discovery §3).
    pub fn key(&self, algorithm: Algorithm) -> &Key {
        self.keys.iter().find(|key| key.algorithm == algorithm).unwrap_or(&self.keys[0])
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }
}

impl Key {
    /// What it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// RFC 7515 §4.1.4: its identifier, which is its thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// RFC 7517 §4: its public half.
    pub fn jwk(&self) -> &Value {
        &self.jwk
    }

    /// RFC 7515 §3.1: header, payload and signature in the compact form.
    pub fn sign(&self, header: &Map, claims: &Map) -> String {
        let (header, claims) = (json::written(header), json::written(claims));
        let mut jwt = String::with_capacity((header.len() + claims.len() + LONGEST_SIGNATURE) * 4 / 3 + 8);
        base64url_onto(&mut jwt, &header);
        jwt.push('.');
        base64url_onto(&mut jwt, &claims);
        let signature = self.signature(jwt.as_bytes());
        jwt.push('.');
        base64url_onto(&mut jwt, &signature);
        jwt
    }

    fn signature(&self, message: &[u8]) -> Vec<u8> {
        match &self.private {
            Private::Rsa(pair, padding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*padding, &SystemRandom::new(), message, &mut signature)
                    .expect("an RSA key signs any message into a buffer of its own length");
                signature
            }
            Private::Ec(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message).expect("a P-256 key signs any message");
                signature.as_ref().to_vec()
            }
            Private::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

/// Bytes: that of the RSA keys made here.
const LONGEST_SIGNATURE: usize = 256;

const RANDOM: &str = "the operating system gives random bytes";

/// RFC 7518 §6.3.1.
fn rsa(algorithm: Algorithm, padding: &'static dyn RsaEncoding) -> Key {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect(RANDOM);
    let public = pair.public_key();
    let n = base64url(public.modulus().big_endian_without_leading_zero());
    let e = base64url(public.exponent().big_endian_without_leading_zero());
    let kid = thumbprint(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#));
    let jwk = json!({ "kty": "RSA", "use": "sig", "alg": algorithm.as_str(), "kid": kid, "n": n, "e": e });
    Key { algorithm, private: Private::Rsa(pair, padding), kid, jwk }
}

/// RFC 7518 §6.2.1. The public key is the byte 4, then x, then y, 32 bytes each.
fn ec() -> Key {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect(RANDOM);
    let point = pair.public_key().as_ref();
    let (x, y) = (base64url(&point[1..33]), base64url(&point[33..65]));
    let kid = thumbprint(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
    let jwk = json!({ "kty": "EC", "use": "sig", "alg": "ES256", "kid": kid, "crv": "P-256", "x": x, "y": y });
    Key { algorithm: Algorithm::Es256, private: Private::Ec(pair), kid, jwk }
}

/// RFC 8037 §2.
fn ed() -> Key {
    let pair = Ed25519KeyPair::generate().expect(RANDOM);
    let x = base64url(pair.public_key());
    let kid = thumbprint(&format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
    let jwk = json!({ "kty": "OKP", "use": "sig", "alg": "EdDSA", "kid": kid, "crv": "Ed25519", "x": x });
    Key { algorithm: Algorithm::EdDsa, private: Private::Ed(pair), kid, jwk }
}

/// RFC 7638 §3: the hash of the required members, in order and without white space.
fn thumbprint(members: &str) -> String {
    base64url(sha256(members.as_bytes()))
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Key::kid)).finish()
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Private(redacted)")
    }
}
