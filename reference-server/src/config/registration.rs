//! Dynamic registration: who may register clients, and what such clients get.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who may register clients, and what such clients get. What is left out is strict.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Registration {
    /// RFC 7591 §3: who may register a client.
    pub allow: RegistrationAccess,
    /// RFC 7591 §3: what whoever registers has to present, where `allow` is `token`.
    pub initial_access_token: Option<String>,
    /// The most that a client may register for, and what it gets if it names nothing.
    pub scopes: Vec<String>,
    /// RFC 7636: whether an authorization request of such a client without a challenge is refused.
    pub require_pkce: bool,
    /// RFC 7636 §7.2: whether its challenge may be the verifier itself.
    pub allow_plain_pkce: bool,
    /// RFC 9700 §2.1.2: whether it gets access tokens through the browser, if it registers a response type that holds one.
    pub browser_tokens: bool,
    /// OpenID Connect Registration §3.2: whether `request_uris` are ignored where nothing is fetched; else nobody may register any there.
    pub ignore_request_uris: bool,
    /// RFC 7591 §3: how many clients may have registered at a time.
    pub at_most: usize,
}

/// Who may register a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationAccess {
    /// Nobody: there is no registration endpoint.
    #[default]
    Off,
    /// Whoever has the initial access token.
    Token,
    /// Anybody.
    Open,
}

impl Default for Registration {
    fn default() -> Registration {
        Registration {
            allow: RegistrationAccess::Off,
            initial_access_token: None,
            scopes: Vec::new(),
            require_pkce: true,
            allow_plain_pkce: false,
            browser_tokens: false,
            ignore_request_uris: false,
            at_most: 1000,
        }
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").field("allow", &self.allow).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}
