//! The keys of a server over time: new ones sign, old ones stay published while something that they signed lives (OpenID Connect Core §10.1.1).

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::{Value, json};

use super::Map;
use super::algorithm::Algorithm;
use super::jwk::JwkSet;
use super::jwt::{Jwt, VerificationKeys, Verified};
use super::keys::{Key, Keys};

/// So many generations are remembered, if only to read an old `id_token_hint`. The oldest go first.
const REMEMBERED: usize = 32;

/// The generations of keys of one server, the current one first. Reading takes a lock for as long as it takes to count a reference.
pub struct KeyRing {
    generations: RwLock<Arc<[Arc<Generation>]>>,
}

/// Keys that are, or were, current at the same time.
struct Generation {
    keys: Arc<Keys>,
    public: JwkSet,
    /// When the last token that they signed dies.
    last_expiry: AtomicU64,
}

/// A current key, held on to: a rotation in the meantime does not part the `kid` from the signature.
pub struct SigningKey {
    generation: Arc<Generation>,
    algorithm: Algorithm,
}

/// A key as it is published.
#[derive(Clone, Copy, Debug)]
pub struct Published<'a> {
    /// The key.
    pub key: &'a Key,
    /// When the last token that an old key signed dies, in seconds since 1970; `None` for a key that still signs.
    pub until: Option<u64>,
}

impl KeyRing {
    /// A ring of one generation.
    pub fn new(keys: Arc<Keys>) -> KeyRing {
        KeyRing { generations: RwLock::new(Arc::new([Arc::new(Generation::new(keys))])) }
    }

    /// The key that signs with this algorithm now.
    pub fn signing_key(&self, algorithm: Algorithm) -> SigningKey {
        SigningKey { generation: Arc::clone(&self.generations()[0]), algorithm }
    }

    /// OpenID Connect Core §10.1.1: these sign from now on. Old keys verify for as long as something lives that they signed.
    pub fn rotate(&self, keys: Arc<Keys>) {
        let newest = Arc::new(Generation::new(keys));
        let mut generations = self.generations.write().unwrap_or_else(PoisonError::into_inner);
        *generations = std::iter::once(newest).chain(generations.iter().cloned()).take(REMEMBERED).collect();
    }

    /// RFC 7517 §5: the public keys for these algorithms, those that sign first.
    pub fn jwks(&self, algorithms: &[Algorithm], now: u64) -> Map {
        let keys = self.published(algorithms, now, |published| published.key.jwk().clone());
        Map::from_iter([("keys".to_owned(), Value::Array(keys))])
    }

    /// Each key for these algorithms that is published at this time.
    pub fn published<T>(&self, algorithms: &[Algorithm], now: u64, describe: impl Fn(Published<'_>) -> T) -> Vec<T> {
        let mut described = Vec::new();
        for (age, generation) in self.generations().iter().enumerate() {
            let last_expiry = generation.last_expiry.load(Ordering::Relaxed);
            let until = (age > 0).then_some(last_expiry);
            if until.is_none_or(|until| now < until) {
                let keys = generation.keys.iter().filter(|key| algorithms.contains(&key.algorithm()));
                described.extend(keys.map(|key| describe(Published { key, until })));
            }
        }
        described
    }

    /// OpenID Connect Core §3.1.2.2, RFC 8725 §3.11, §3.12: the claims of an ID token that this server signed, with whichever key and however long ago; `None`
    /// for everything else: an access token has another `typ`, signed userinfo no `exp`.
    pub fn read_id_token(&self, jwt: &str) -> Option<Map> {
        let jwt = Jwt::parse(jwt).ok()?;
        let verified = self.generations().iter().find_map(|generation| {
            jwt.clone().verify(VerificationKeys::Public(&generation.public), &Algorithm::ASYMMETRIC).ok()
        })?;
        is_id_token(&verified).then_some(verified.claims)
    }

    fn generations(&self) -> Arc<[Arc<Generation>]> {
        Arc::clone(&self.generations.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// OpenID Connect Core §2, `azp`, `aud`: the client that an ID token was issued to. It stands alone, unless an `azp` says which of several it is.
pub fn issued_to(claims: &Map) -> Option<&str> {
    match (claims.get("azp"), claims.get("aud")?) {
        (Some(party), _) => party.as_str(),
        (None, Value::Array(several)) => several.first().filter(|_| several.len() == 1)?.as_str(),
        (None, one) => one.as_str(),
    }
}

/// OpenID Connect Core §2: it says when it was made and when it dies; RFC 7519 §5.1: a `typ`, if it has one, is that of any JWT.
fn is_id_token(Verified { header, claims }: &Verified) -> bool {
    let is_plain = header.get("typ").and_then(Value::as_str).is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
    is_plain && ["exp", "iat"].iter().all(|claim| claims.get(*claim).is_some_and(Value::is_number))
}

impl Generation {
    fn new(keys: Arc<Keys>) -> Generation {
        let jwks: Vec<&Value> = keys.iter().map(Key::jwk).collect();
        let public =
            JwkSet::parse(&json!({ "keys": jwks })).expect("the server's own keys are public keys that it can read");
        Generation { keys, public, last_expiry: AtomicU64::new(0) }
    }
}

impl SigningKey {
    /// The key itself.
    pub fn key(&self) -> &Key {
        self.generation.keys.key(self.algorithm)
    }

    /// RFC 7515 §3.1: a token that dies at this time, in seconds since 1970. Until then the key stays published.
    pub fn sign(&self, header: &Map, claims: &Map, expires_at: u64) -> String {
        self.generation.last_expiry.fetch_max(expires_at, Ordering::Relaxed);
        self.key().sign(header, claims)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.generations().iter().map(|generation| &generation.keys)).finish()
    }
}
