//! Typical sets of grant types, each under one word.

use super::ClientConfig;
use crate::model::client::ClientError;

/// The words of `grant_presets`, and what they stand for. They are not judged here: the set that comes out is one like any other.
#[rustfmt::skip]
pub const GRANT_PRESETS: &[(&str, &[&str])] = &[
    ("implicit",                        &["implicit"]),
    ("implicit-and-client-credentials", &["implicit", "client_credentials"]),
    ("code",                            &["authorization_code"]),
    ("code-and-client-credentials",     &["authorization_code", "client_credentials"]),
    ("hybrid",                          &["hybrid"]),
    ("hybrid-and-client-credentials",   &["hybrid", "client_credentials"]),
    ("client-credentials",              &["client_credentials"]),
    ("password",                        &["password"]),
    ("password-and-client-credentials", &["password", "client_credentials"]),
    ("device",                          &["urn:ietf:params:oauth:grant-type:device_code"]),
    ("offline-access",                  &["refresh_token"]),
];

impl ClientConfig {
    /// The names in `grant_types`, and those that the presets add to them.
    ///
    /// # Errors
    /// A preset that does not exist.
    pub fn grant_type_names(&self) -> Result<Vec<&str>, ClientError> {
        let mut names: Vec<&str> = self.grant_types.iter().map(String::as_str).collect();
        for word in &self.grant_presets {
            let preset = GRANT_PRESETS.iter().find(|(known, _)| known == word);
            let (_, members) = preset.ok_or_else(|| ClientError::UnknownGrantPreset(word.clone()))?;
            for name in *members {
                if !names.contains(name) {
                    names.push(name);
                }
            }
        }
        Ok(names)
    }

    /// Write the presets out as the grant types that they stand for. One that does not exist stays, to be refused.
    pub(super) fn spell_out_grant_presets(&mut self) {
        let Ok(names) = self.grant_type_names() else { return };
        self.grant_types = names.into_iter().map(str::to_owned).collect();
        self.grant_presets.clear();
    }
}
