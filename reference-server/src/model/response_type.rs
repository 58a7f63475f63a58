//! Response types: RFC 6749 §3.1.1 and the multiple response types of OpenID Connect.

use super::GrantType;

/// What the authorization endpoint is asked to return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseType {
    /// `code`
    Code,
    /// `token`
    Token,
    /// `id_token`
    IdToken,
    /// `id_token token`
    IdTokenToken,
    /// `code id_token`
    CodeIdToken,
    /// `code token`
    CodeToken,
    /// `code id_token token`
    CodeIdTokenToken,
}

impl ResponseType {
    /// RFC 6749 §3.1.1: a set of space-separated names whose order does not matter.
    pub fn parse(value: &str) -> Option<ResponseType> {
        let mut names: Vec<&str> = value.split(' ').collect();
        names.sort_unstable();
        match names.as_slice() {
            ["code"] => Some(ResponseType::Code),
            ["token"] => Some(ResponseType::Token),
            ["id_token"] => Some(ResponseType::IdToken),
            ["id_token", "token"] => Some(ResponseType::IdTokenToken),
            ["code", "id_token"] => Some(ResponseType::CodeIdToken),
            ["code", "token"] => Some(ResponseType::CodeToken),
            ["code", "id_token", "token"] => Some(ResponseType::CodeIdTokenToken),
            _ => None,
        }
    }

    /// The grant type for which a client must be registered to use this response type.
    #[rustfmt::skip]
    #[allow(clippy::match_same_arms, reason = "one line per response type: it is a table")]
    pub fn grant_type(self) -> GrantType {
        match self {
            ResponseType::Code             => GrantType::AuthorizationCode,
            ResponseType::Token            => GrantType::Implicit,
            ResponseType::IdToken          => GrantType::Implicit,
            ResponseType::IdTokenToken     => GrantType::Implicit,
            ResponseType::CodeIdToken      => GrantType::Hybrid,
            ResponseType::CodeToken        => GrantType::Hybrid,
            ResponseType::CodeIdTokenToken => GrantType::Hybrid,
        }
    }

    /// Whether this server answers it.
    pub fn is_served(self) -> bool {
        matches!(self, ResponseType::Code)
    }
}
