//! The signature algorithms that this server knows: RFC 7518 §3.1, RFC 8037 §3.1.

use std::fmt;

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

/// What a JWT is signed with. `none` is not among them: whoever wants an unsecured object asks for it by another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// HMAC with SHA-256, under a secret that both sides know.
    #[serde(rename = "HS256")]
    Hs256,
    /// RSA PKCS #1 version 1.5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Algorithm; 5] =
        [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es256, Algorithm::Ps256, Algorithm::EdDsa];

    /// Those with a private and a public key, in the order in which an unlabelled key is taken to be of one of them.
    pub const ASYMMETRIC: [Algorithm; 4] = [Algorithm::Rs256, Algorithm::Es256, Algorithm::Ps256, Algorithm::EdDsa];

    /// The name in `alg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Algorithm::Hs256 => "HS256",
            Algorithm::Rs256 => "RS256",
            Algorithm::Es256 => "ES256",
            Algorithm::Ps256 => "PS256",
            Algorithm::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of this name; names are case-sensitive (RFC 7515 §4.1.1).
    pub fn parse(name: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    /// OpenID Connect Core §3.1.3.6, §3.3.2.11: the left half of the hash that the algorithm itself uses, for `at_hash` and `c_hash`.
    pub fn left_half_hash(self, value: &str) -> Vec<u8> {
        let hash = match self {
            Algorithm::EdDsa => &digest::SHA512,
            _ => &digest::SHA256,
        };
        let whole = digest::digest(hash, value.as_bytes());
        whole.as_ref()[..whole.as_ref().len() / 2].to_vec()
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
