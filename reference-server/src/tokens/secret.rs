//! Random values, and the digests that are kept of them.

use aws_lc_rs::{constant_time, digest, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// SHA-256 of a code, a token, a cookie or a client secret: all that is stored of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Digest a value.
    pub fn of(value: &str) -> Digest {
        Digest(sha256(value.as_bytes()))
    }

    /// Compare in constant time; as both sides are digests, not even a length leaks.
    pub fn matches(&self, value: &str) -> bool {
        same_bytes(&self.0, &Digest::of(value).0)
    }
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// Compare in constant time.
pub fn same_bytes(one: &[u8], other: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(one, other).is_ok()
}

/// Base64url without padding.
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// 256 random bits.
pub fn random_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// RFC 6749 §10.10: 256 random bits as 43 characters, far beyond guessing.
pub fn random_string() -> String {
    base64url(random_bytes())
}
