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

#[cfg(test)]
mod tests {
    use crate::cell::AuthMethod;
    use crate::target::TargetFile;

    #[test]
    fn an_issuer_signs_with_one_thing() {
        let read = |more: &str| {
            let text = format!("[assertion]\nissuer = \"https://issuer.example\"\nsubject = \"alice\"\n{more}\n");
            TargetFile::parse("t", &text).unwrap().assertion_issuer()
        };
        assert_eq!(read("secret = \"s3cret\"").unwrap().unwrap().subject, "alice");
        assert!(read("").unwrap_err().to_string().starts_with("[assertion]: "));
        let error = read("key = \"nonsense\"").unwrap_err().to_string();
        assert!(error.starts_with("[assertion]: key: ") && error.contains("PEM"), "{error}");
        assert!(TargetFile::parse("t", "").unwrap().assertion_issuer().unwrap().is_none());
    }

    #[test]
    fn a_client_that_signs_needs_what_it_signs_with() {
        let read = |more: &str| {
            let text = format!("[[client]]\nid = \"m\"\ngrants = [\"client_credentials\"]\n{more}\n");
            TargetFile::parse("t", &text).unwrap().clients()
        };
        let clients = read("secret = \"s3cret\"\nauth = \"client_secret_jwt\"").unwrap();
        assert_eq!(clients[0].auth, AuthMethod::SecretJwt);
        let lacks = |more: &str| read(more).unwrap_err().to_string();
        assert_eq!(lacks("auth = \"private_key_jwt\""), "[[client]] m: auth: private_key_jwt goes with a key");
        assert_eq!(lacks("auth = \"client_secret_jwt\""), "[[client]] m: auth: client_secret_jwt goes with a secret");
        assert_eq!(lacks("secret = \"s\"\nauth = \"none\""), "[[client]] m: auth: none goes without a secret");
    }
}
