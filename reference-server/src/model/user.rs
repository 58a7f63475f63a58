//! Users, and the password hashes kept of them.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use serde_json::{Value, json};

use crate::config::UserConfig;
use crate::tokens::{Map, secret};

/// A person who can log in.
#[derive(Clone, Debug)]
pub struct User {
    /// What the user types to log in; it may change, and then be somebody else's.
    pub name: String,
    /// OpenID Connect Core §5.1: the stable identifier, never reassigned.
    pub sub: String,
    /// The name to show.
    pub full_name: String,
    /// Where to write to.
    pub email: String,
    /// OpenID Connect Core §5.1: what else is known of them, by the name of the claim.
    pub claims: Map,
    /// A disabled user can neither log in nor be acted for.
    pub disabled: bool,
    /// A locked user does not log in anew; what was granted before lives on.
    pub locked: bool,
    /// RFC 8693 §4.4: the `sub` of the one party that may act for the user, where the user says so.
    pub may_act: Option<String>,
    password: PasswordHash,
}

impl User {
    /// Hash the password and keep only the hash.
    pub fn new(config: &UserConfig) -> User {
        User {
            name: config.name.clone(),
            sub: config.sub.clone(),
            full_name: config.full_name.clone(),
            email: config.email.clone(),
            claims: config.claims.clone(),
            disabled: config.disabled,
            locked: config.locked,
            may_act: config.may_act.clone(),
            password: PasswordHash::new(&config.password),
        }
    }

    /// Whether this is the password of this user; takes as long for a wrong one as for the right one.
    pub fn has_password(&self, password: &str) -> bool {
        self.password.matches(password)
    }

    /// RFC 8693 §4.4: the claim of that name.
    pub fn may_act(&self) -> Option<Value> {
        self.may_act.as_ref().map(|sub| json!({ "sub": sub }))
    }

    /// What it takes to find out that a password is wrong, where there is no user whose password it could be.
    pub fn nobody_has_password(password: &str) {
        std::hint::black_box(argon2id(password, &[0; 32]));
    }
}

/// Argon2id with the cheapest parameters: the users of this server are for demonstration, their passwords are printed in its manual.
#[derive(Clone)]
struct PasswordHash {
    salt: [u8; 32],
    hash: [u8; 32],
}

impl PasswordHash {
    fn new(password: &str) -> PasswordHash {
        let salt = secret::random_bytes();
        PasswordHash { salt, hash: argon2id(password, &salt) }
    }

    fn matches(&self, password: &str) -> bool {
        secret::same_bytes(&argon2id(password, &self.salt), &self.hash)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

fn argon2id(password: &str, salt: &[u8]) -> [u8; 32] {
    let params = Params::new(Params::MIN_M_COST, 1, 1, None).expect("the smallest parameters are valid");
    let mut hash = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut hash)
        .expect("salt and output have a valid length, and a password is bounded by the size of a request");
    hash
}
