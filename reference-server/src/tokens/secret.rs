//! Random values, and the digests that are kept of them.

use std::fmt;
use std::hash::{Hash, Hasher};

use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// RFC 6749 §2.3.1, §10.10: a client secret that is sent has at least so many characters, which nobody can try out. Wrong ones are not counted: a
/// `client_id` is no secret, and whoever knows it could lock its client out.
pub const MIN_SECRET: usize = 16;

/// SHA-256 of a code, a token, a cookie or a client secret: all that is stored of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

/// A part of a digest finds its place in a map as well as the whole.
impl Hash for Digest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (start, _) = self.0.split_first_chunk().expect("a digest has more than eight bytes");
        state.write_u64(u64::from_le_bytes(*start));
    }
}

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

/// OpenID Connect Core §9: a secret that cannot be kept as a digest, because the server computes with it. It never shows itself.
#[derive(Clone)]
pub struct SharedSecret(hmac::Key);

impl SharedSecret {
    /// RFC 7518 §3.2: as many octets as a SHA-256 has, or more.
    pub const MIN_OCTETS: usize = 32;

    /// The octets of its UTF-8 form are the key; `None` for fewer than the algorithm demands.
    pub fn new(secret: &str) -> Option<SharedSecret> {
        let is_long = secret.len() >= SharedSecret::MIN_OCTETS;
        is_long.then(|| SharedSecret(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())))
    }

    /// RFC 7518 §3.2: whether this is the HMAC of the message; compared in constant time.
    pub fn has_authenticated(&self, message: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.0, message, tag).is_ok()
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(redacted)")
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

/// The same, at the end of what is there.
pub fn base64url_onto(text: &mut String, bytes: &[u8]) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// So many random bytes, of the cryptographic generator of this thread, which the operating system seeds.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    rand::random()
}

/// RFC 7592 Appendix A.1: a client that registered itself is told its secret whenever it comes with its registration access token. So the secret follows
/// from that token, of which only a digest is kept, and from a salt that changes with the secret; the salt alone tells nothing.
pub fn derived_secret(registration_access_token: &str, salt: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, registration_access_token.as_bytes());
    base64url(hmac::sign(&key, format!("client_secret {salt}").as_bytes()))
}

/// RFC 6749 §10.10: 256 random bits as 43 characters, far beyond guessing.
pub fn random_string() -> String {
    base64url(random_bytes::<32>())
}
