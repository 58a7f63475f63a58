//! `[assertion]` of the target file: whose word the server takes for a user. And the keys that assertions are signed with.

use serde::Deserialize;

use super::secret::Secret;
use super::{AssertionIssuer, FileError};
use crate::exchange::SigningKey;

/// `[assertion]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssertionEntry {
    issuer: String,
    subject: String,
    audience: Option<String>,
    key: Option<Secret>,
    secret: Option<Secret>,
    key_id: Option<String>,
    algorithm: Option<String>,
}

impl AssertionEntry {
    /// The issuer, its key read.
    pub(super) fn read(&self) -> Result<AssertionIssuer, FileError> {
        let key = match (&self.key, &self.secret) {
            (Some(key), None) => signing_key("[assertion]", key, self.algorithm.as_deref(), self.key_id.as_ref())?,
            (None, Some(secret)) => SigningKey::of_secret(&secret.read("[assertion]: secret")?),
            _ => {
                return Err(FileError::Unusable {
                    place: "[assertion]".to_owned(),
                    says: "an issuer signs with a key, or makes a MAC with a secret: give one of them".to_owned(),
                });
            }
        };
        Ok(AssertionIssuer {
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            audience: self.audience.clone(),
            key,
        })
    }
}

/// A private key of the table `table`.
pub(super) fn signing_key(
    table: &str,
    key: &Secret,
    algorithm: Option<&str>,
    key_id: Option<&String>,
) -> Result<SigningKey, FileError> {
    let place = format!("{table}: key");
    SigningKey::read(&key.read(&place)?, algorithm, key_id.cloned()).map_err(|says| FileError::Unusable { place, says })
}
