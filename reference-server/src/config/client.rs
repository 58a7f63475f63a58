//! One client, as written down by whoever runs the server. What is left out is strict.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Lifetimes;
use crate::model::{AuthMethod, ResponseType};
use crate::tokens::Algorithm;

/// One client, as written down by whoever runs the server.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct ClientConfig {
    /// RFC 6749 §2.2.
    pub client_id: String,
    /// RFC 7591 §2, `client_name`: what the consent page calls it.
    pub name: Option<String>,
    /// RFC 6749 §2.3.1: printable ASCII, 16 characters or more (32 for `client_secret_jwt`); none for a public client.
    pub secret: Option<String>,
    /// RFC 7591 §2, `token_endpoint_auth_method`.
    pub auth_method: AuthMethod,
    /// OpenID Connect Registration §2: the only algorithm of its client assertions; left out, any that fits the method.
    pub token_endpoint_auth_signing_alg: Option<Algorithm>,
    /// RFC 7591 §2, `jwks`: the public keys that it signs with.
    pub jwks: Option<Value>,
    /// RFC 7591 §2, `jwks_uri`: where it publishes them instead; at one of the origins in `fetching.from`.
    pub jwks_uri: Option<String>,
    /// What it may use, by name; three pairs cannot be held together.
    pub grant_types: Vec<String>,
    /// The same by words for typical sets; `offline-access` adds the refresh token.
    pub grant_presets: Vec<String>,
    /// The response types that it may ask for; left out, all of its grant types'.
    pub response_types: Option<Vec<ResponseType>>,
    /// Where authorization responses may go.
    pub redirect_uris: Vec<String>,
    /// OpenID Connect Registration §2: what its request objects are signed with, or `none`; left out, whatever the server takes.
    pub request_object_signing_alg: Option<String>,
    /// RFC 9101 §10.5: whether each of its authorization requests is a signed object, and nothing beside it counts.
    pub require_signed_request_object: bool,
    /// OpenID Connect Registration §2: the request objects that it may refer to; each at one of the origins in `fetching.from`.
    pub request_uris: Vec<String>,
    /// RP-Initiated Logout §3.1: where its users may go after a logout.
    pub post_logout_redirect_uris: Vec<String>,
    /// RFC 9700 §2.6: where its scripts come from, as browsers write it: scheme, host and port.
    pub origins: Vec<String>,
    /// The most that it may be granted.
    pub scopes: Vec<String>,
    /// RFC 7636: whether an authorization request without a challenge is refused.
    pub require_pkce: bool,
    /// RFC 7636 §7.2: whether the challenge may be the verifier itself.
    pub allow_plain_pkce: bool,
    /// RFC 9700 §2.1.2: whether access tokens may pass through the browser.
    pub browser_tokens: bool,
    /// RFC 9126 §6: whether its authorization requests have to be pushed.
    pub require_pushed_authorization_requests: bool,
    /// What its access tokens look like.
    pub access_token: AccessTokenFormat,
    /// RFC 9068 §2.1: what its JWT access tokens are signed with.
    pub access_token_signing_alg: Algorithm,
    /// RFC 7591 §2, OpenID Connect Registration §2: what its ID tokens are signed with.
    pub id_token_signed_response_alg: Algorithm,
    /// OpenID Connect Registration §2: what its userinfo is signed with; left out, userinfo is plain JSON.
    pub userinfo_signed_response_alg: Option<Algorithm>,
    /// RFC 9700 §4.14.2: whether each use of a refresh token yields a successor.
    pub refresh_token: RefreshTokenUse,
    /// Whether what its user allowed is remembered; a public client is asked about each time all the same (RFC 6749 §10.2).
    pub remember_consent: bool,
    /// RFC 8693 §2.3: the resources that it is the server of: it may exchange the access tokens that it was sent as such.
    pub resources: Vec<String>,
    /// RFC 8693 §2.2.2: further clients whose tokens it may exchange, by name.
    pub exchange_from: Vec<String>,
    /// How long what it is given lives; left out, as the server says.
    pub lifetimes: Option<Lifetimes>,
    /// OpenID Connect Registration §2: how old a login may be, in seconds, where the request does not say.
    pub default_max_age: Option<u64>,
    /// OpenID Connect Registration §2: the classes of authentication that it asks for, where the request does not say.
    pub default_acr_values: Vec<String>,
}

impl Default for ClientConfig {
    fn default() -> ClientConfig {
        ClientConfig {
            client_id: String::new(),
            name: None,
            secret: None,
            auth_method: AuthMethod::default(),
            token_endpoint_auth_signing_alg: None,
            jwks: None,
            jwks_uri: None,
            grant_types: Vec::new(),
            grant_presets: Vec::new(),
            response_types: None,
            redirect_uris: Vec::new(),
            request_object_signing_alg: None,
            require_signed_request_object: false,
            request_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            origins: Vec::new(),
            scopes: Vec::new(),
            require_pkce: true,
            allow_plain_pkce: false,
            browser_tokens: false,
            require_pushed_authorization_requests: false,
            access_token: AccessTokenFormat::default(),
            access_token_signing_alg: Algorithm::Es256,
            id_token_signed_response_alg: Algorithm::Rs256,
            userinfo_signed_response_alg: None,
            refresh_token: RefreshTokenUse::default(),
            remember_consent: true,
            resources: Vec::new(),
            exchange_from: Vec::new(),
            lifetimes: None,
            default_max_age: None,
            default_acr_values: Vec::new(),
        }
    }
}

impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("client_id", &self.client_id)
            .field("auth_method", &self.auth_method)
            .field("grant_types", &self.grant_types)
            .field("grant_presets", &self.grant_presets)
            .finish_non_exhaustive()
    }
}

/// What an access token looks like from outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessTokenFormat {
    /// RFC 9068.
    #[default]
    Jwt,
    /// A random string that means nothing to anybody else.
    Opaque,
}

/// What happens to a refresh token when it is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshTokenUse {
    /// It dies, and a successor takes its place: RFC 9700 §4.14.2.
    #[default]
    OneTime,
    /// It lives on; each use renews its idle time. For confidential clients only.
    Reusable,
}
