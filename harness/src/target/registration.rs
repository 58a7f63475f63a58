//! `[registration]` of the target file: how clients are registered with the server, and whether we may.

use serde::Deserialize;
use serde_json::{Map, Value};
use url::{Host, Url};

use super::secret::Secret;
use super::{FileError, Target};

/// How clients are registered: RFC 7591 §3.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Registration {
    /// What whoever registers a client presents, where registration is not open.
    pub initial_access_token: Option<String>,
    /// RFC 7591 §2.3: a software statement of somebody whom the server trusts.
    pub software_statement: Option<String>,
    /// Members that every registration has, beside its own.
    pub metadata: Map<String, Value>,
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration").field("metadata", &self.metadata).finish_non_exhaustive()
    }
}

/// `[registration]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationEntry {
    initial_access_token: Option<Secret>,
    software_statement: Option<Secret>,
    #[serde(default)]
    metadata: Map<String, Value>,
}

impl RegistrationEntry {
    /// The entry, its secrets read.
    pub(super) fn read(&self) -> Result<Registration, FileError> {
        let read = |secret: &Option<Secret>, name: &str| {
            secret.as_ref().map(|secret| secret.read(&format!("[registration]: {name}"))).transpose()
        };
        Ok(Registration {
            initial_access_token: read(&self.initial_access_token, "initial_access_token")?,
            software_statement: read(&self.software_statement, "software_statement")?,
            metadata: self.metadata.clone(),
        })
    }
}

impl Target {
    /// May clients be registered there? On this machine they may, unless the target file says no; elsewhere somebody has to
    /// have said yes: what is registered may stay.
    pub fn may_register(&self) -> bool {
        let endpoint = self.metadata.registration_endpoint.as_ref();
        let here = || endpoint.into_iter().chain([&self.issuer]).all(|url| is_loopback(url));
        self.abilities.register.unwrap_or_else(here)
    }
}

/// Is the host of this URL the machine itself?
pub fn is_loopback(url: &str) -> bool {
    let url = Url::parse(url).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Is this redirect URI one of a native app, on the loopback interface or under a scheme of its own? RFC 8252 §7.1, §7.3. An app may also claim an
/// https URI, as a page of the web has it.
pub fn is_of_an_app(uri: &str) -> bool {
    is_loopback(uri) || Url::parse(uri).is_ok_and(|uri| !["http", "https"].contains(&uri.scheme()))
}

#[cfg(test)]
mod tests {
    use super::is_loopback;
    use crate::target::TargetFile;

    #[test]
    fn the_machine_itself_has_many_names() {
        for here in ["http://127.0.0.1:8080", "http://[::1]/as", "https://localhost/", "http://as.localhost:1"] {
            assert!(is_loopback(here), "{here}");
        }
        for there in ["https://as.example", "http://127.0.0.1.as.example", "https://localhost.example", "as", "app:x"] {
            assert!(!is_loopback(there), "{there}");
        }
    }

    #[test]
    fn what_is_said_of_registration_is_read() {
        let file = TargetFile::parse(
            "t",
            "[registration]\ninitial_access_token = \"iat\"\n[registration.metadata]\ncontacts = [\"a@b.example\"]\n",
        );
        let registration = file.unwrap().registration().unwrap();
        assert_eq!(registration.initial_access_token.as_deref(), Some("iat"));
        assert_eq!(registration.metadata["contacts"][0], "a@b.example");
        assert!(!format!("{registration:?}").contains("iat"), "a secret stays one");
    }
}
