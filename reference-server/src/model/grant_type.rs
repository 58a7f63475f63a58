//! Grant types, by the names that clients register and requests carry.

use serde::{Deserialize, Serialize};

/// RFC 6749 §1.3, §4.5: what a client may be registered for. `implicit` and `hybrid` never appear at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §4.2.
    Implicit,
    /// OpenID Connect Core §3.3.
    Hybrid,
    /// RFC 6749 §4.3.
    Password,
    /// RFC 6749 §4.4.
    ClientCredentials,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 8628.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
    /// RFC 7523.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:jwt-bearer")]
    JwtBearer,
    /// RFC 8693.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:token-exchange")]
    TokenExchange,
}

impl GrantType {
    /// Every grant type with its name.
    #[rustfmt::skip]
    pub const ALL: &'static [(GrantType, &'static str)] = &[
        (GrantType::AuthorizationCode, "authorization_code"),
        (GrantType::Implicit,          "implicit"),
        (GrantType::Hybrid,            "hybrid"),
        (GrantType::Password,          "password"),
        (GrantType::ClientCredentials, "client_credentials"),
        (GrantType::RefreshToken,      "refresh_token"),
        (GrantType::DeviceCode,        "urn:ietf:params:oauth:grant-type:device_code"),
        (GrantType::JwtBearer,         "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        (GrantType::TokenExchange,     "urn:ietf:params:oauth:grant-type:token-exchange"),
    ];

    /// What the token endpoint of this server answers, in the order of the metadata.
    pub const AT_TOKEN_ENDPOINT: &'static [GrantType] =
        &[GrantType::AuthorizationCode, GrantType::ClientCredentials, GrantType::RefreshToken];

    /// The grant type of this name; names are case-sensitive (RFC 6749 §1.9).
    pub fn parse(name: &str) -> Option<GrantType> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(grant_type, _)| *grant_type)
    }

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(grant_type, _)| *grant_type == self).map_or("", |(_, name)| name)
    }
}
