//! How clients prove who they are.

use serde::{Deserialize, Serialize};

/// RFC 7591 §2: how a client proves who it is at the token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// A public client: it names itself and proves nothing.
    None,
    /// Id and secret in the request body.
    ClientSecretPost,
    /// Id and secret in the Authorization header.
    #[default]
    ClientSecretBasic,
    /// OpenID Connect Core §9: a JWT under a MAC whose key is the secret.
    ClientSecretJwt,
    /// OpenID Connect Core §9: a JWT signed with a key whose public half is registered.
    PrivateKeyJwt,
}

impl AuthMethod {
    /// All of them, in the order of RFC 7591 §2 and OpenID Connect Core §9.
    pub const ALL: [AuthMethod; 5] = [
        AuthMethod::None,
        AuthMethod::ClientSecretPost,
        AuthMethod::ClientSecretBasic,
        AuthMethod::ClientSecretJwt,
        AuthMethod::PrivateKeyJwt,
    ];

    /// The method of this name.
    pub fn parse(name: &str) -> Option<AuthMethod> {
        AuthMethod::ALL.into_iter().find(|method| method.as_str() == name)
    }

    /// Whether the client proves who it is with a secret.
    pub fn has_secret(self) -> bool {
        matches!(self, AuthMethod::ClientSecretPost | AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretJwt)
    }

    /// RFC 7521 §4.2: whether the client proves who it is by an assertion.
    pub fn is_by_assertion(self) -> bool {
        matches!(self, AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt)
    }

    /// The registered name.
    pub fn as_str(self) -> &'static str {
        match self {
            AuthMethod::None => "none",
            AuthMethod::ClientSecretPost => "client_secret_post",
            AuthMethod::ClientSecretBasic => "client_secret_basic",
            AuthMethod::ClientSecretJwt => "client_secret_jwt",
            AuthMethod::PrivateKeyJwt => "private_key_jwt",
        }
    }
}
