//! Clients, and the sets of grant types that one client may hold together.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{GrantType, Scope};
use crate::config::{AccessTokenFormat, ClientConfig};
use crate::tokens::secret::Digest;

/// RFC 7591 §2: how a client proves who it is at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// A public client: it names itself and proves nothing.
    None,
    /// Id and secret in the request body.
    ClientSecretPost,
    /// Id and secret in the Authorization header.
    ClientSecretBasic,
}

impl AuthMethod {
    /// The registered name.
    pub fn as_str(self) -> &'static str {
        match self {
            AuthMethod::None => "none",
            AuthMethod::ClientSecretPost => "client_secret_post",
            AuthMethod::ClientSecretBasic => "client_secret_basic",
        }
    }
}

/// A registered client. Its secret is kept as a digest.
#[derive(Clone, Debug)]
pub struct Client {
    /// RFC 6749 §2.2.
    pub client_id: String,
    /// The SHA-256 of the secret; none for a public client.
    pub secret: Option<Digest>,
    /// The one method by which it authenticates.
    pub auth_method: AuthMethod,
    /// What it may use.
    pub grant_types: Vec<GrantType>,
    /// Where authorization responses may go.
    pub redirect_uris: Vec<String>,
    /// The most that it may be granted.
    pub scopes: Scope,
    /// RFC 7636: whether an authorization request without a challenge is refused.
    pub require_pkce: bool,
    /// Whether its access tokens are JWTs or opaque strings.
    pub access_token: AccessTokenFormat,
}

impl Client {
    /// The client that a configuration describes; `ClientConfig::check` says whether it makes sense.
    pub fn new(config: &ClientConfig) -> Client {
        Client {
            client_id: config.client_id.clone(),
            secret: config.secret.as_deref().map(Digest::of),
            auth_method: config.auth_method,
            grant_types: config.grant_types.clone(),
            redirect_uris: config.redirect_uris.clone(),
            scopes: config.scopes.iter().map(String::as_str).collect(),
            require_pkce: config.require_pkce,
            access_token: config.access_token,
        }
    }

    /// RFC 6749 §2.1: a public client cannot keep a secret.
    pub fn is_public(&self) -> bool {
        self.auth_method == AuthMethod::None
    }

    /// Whether it is registered for this grant type.
    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(&grant_type)
    }
}

/// Why a client cannot be registered as described.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClientError {
    /// A name that nothing can refer to.
    #[error("client_id is empty or holds characters outside printable ASCII")]
    ClientId,
    /// RFC 6749 §2.3.1.
    #[error("a client with auth_method {0} needs a secret of printable ASCII")]
    SecretMissing(&'static str),
    /// RFC 6749 §2.1.
    #[error("a public client (auth_method none) has no secret")]
    SecretOfPublicClient,
    /// A client without a grant type can do nothing.
    #[error("grant_types is empty")]
    NoGrantType,
    /// The same grant type twice.
    #[error("grant_types names {0} twice")]
    GrantTypeTwice(&'static str),
    /// Whoever writes the authorization request chooses the response type, and could choose the weaker flow.
    #[error("grant_types {0} and {1} cannot be held together")]
    ForbiddenPair(&'static str, &'static str),
    /// RFC 6749 §4.4.
    #[error("a public client cannot hold client_credentials")]
    PublicClientCredentials,
    /// RFC 6749 §3.1.2.2.
    #[error("a client that uses the authorization endpoint needs at least one redirect URI")]
    NoRedirectUri,
    /// RFC 6749 §3.1.2: absolute, without a fragment.
    #[error("redirect URI number {0} is not an absolute URI without a fragment")]
    RedirectUri(usize),
    /// RFC 6749 §3.3.
    #[error("scope {0} is not one that this server knows")]
    UnknownScope(String),
}

/// Pairs that one client cannot hold together.
#[rustfmt::skip]
const FORBIDDEN: &[(GrantType, GrantType)] = &[
    (GrantType::Implicit,          GrantType::AuthorizationCode),
    (GrantType::Implicit,          GrantType::Hybrid),
    (GrantType::AuthorizationCode, GrantType::Hybrid),
];

/// The set is not empty, names nothing twice, and holds no forbidden pair.
pub fn check_grant_types(grant_types: &[GrantType]) -> Result<(), ClientError> {
    if grant_types.is_empty() {
        return Err(ClientError::NoGrantType);
    }
    for (at, grant_type) in grant_types.iter().enumerate() {
        if grant_types[..at].contains(grant_type) {
            return Err(ClientError::GrantTypeTwice(grant_type.as_str()));
        }
    }
    for (one, other) in FORBIDDEN {
        if grant_types.contains(one) && grant_types.contains(other) {
            return Err(ClientError::ForbiddenPair(one.as_str(), other.as_str()));
        }
    }
    Ok(())
}
