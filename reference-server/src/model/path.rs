//! The path on which a rule is asked.

use super::{GrantType, ResponseType};

/// Every rule is told on which path it is asked: the commonest real bug is a check that one path forgot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Path {
    /// `response_type=code`, then `grant_type=authorization_code`.
    AuthorizationCode,
    /// `response_type=code id_token`, and the code that it yields.
    CodeIdToken,
    /// `response_type=code token`, and the code that it yields.
    CodeToken,
    /// `response_type=code id_token token`, and the code that it yields.
    CodeIdTokenToken,
    /// `response_type=token`.
    ImplicitToken,
    /// `response_type=id_token`.
    ImplicitIdToken,
    /// `response_type=id_token token`.
    ImplicitIdTokenToken,
    /// `grant_type=password`.
    Password,
    /// `grant_type=client_credentials`.
    ClientCredentials,
    /// `grant_type=refresh_token`.
    RefreshToken,
    /// `grant_type=` the name of an extension grant.
    Extension(&'static str),
    /// An authorization request whose response type is not known yet.
    Authorization,
    /// The login, consent and device pages.
    Interaction,
    /// A token request whose grant type is missing or unknown.
    Token,
    /// The device authorization endpoint.
    DeviceAuthorization,
    /// The pushed authorization request endpoint.
    PushedAuthorization,
    /// The registration endpoint, and the client configuration endpoint of RFC 7592.
    Registration,
    /// The logout endpoint.
    EndSession,
    /// The userinfo endpoint.
    Userinfo,
    /// The introspection endpoint.
    Introspection,
    /// The revocation endpoint.
    Revocation,
}

impl Path {
    /// The path of an authorization request with this response type.
    #[rustfmt::skip]
    pub fn of_response_type(response_type: ResponseType) -> Path {
        match response_type {
            ResponseType::Code             => Path::AuthorizationCode,
            ResponseType::Token            => Path::ImplicitToken,
            ResponseType::IdToken          => Path::ImplicitIdToken,
            ResponseType::IdTokenToken     => Path::ImplicitIdTokenToken,
            ResponseType::CodeIdToken      => Path::CodeIdToken,
            ResponseType::CodeToken        => Path::CodeToken,
            ResponseType::CodeIdTokenToken => Path::CodeIdTokenToken,
        }
    }

    /// The path of a token request with this grant type, before anything of it was judged.
    #[rustfmt::skip]
    pub fn of_grant_type(grant_type: Option<GrantType>) -> Path {
        match grant_type {
            Some(GrantType::AuthorizationCode)  => Path::AuthorizationCode,
            Some(GrantType::Password)           => Path::Password,
            Some(GrantType::ClientCredentials)  => Path::ClientCredentials,
            Some(GrantType::RefreshToken)       => Path::RefreshToken,
            Some(GrantType::Extension(name))    => Path::Extension(name),
            Some(GrantType::Implicit | GrantType::Hybrid) | None => Path::Token,
        }
    }
}
