//! Grant types, by the names that clients register and requests carry, and the sets that one client may hold.

use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

/// RFC 6749 §1.3, §4.5: what a client may be registered for. `implicit` and `hybrid` never appear at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §4.2.
    Implicit,
    /// OpenID Connect Core §3.3.
    Hybrid,
    /// RFC 6749 §4.4.
    ClientCredentials,
    /// RFC 6749 §4.3.
    Password,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 6749 §4.5: one of the server's extension grants, by its absolute URI.
    Extension(&'static str),
}

impl GrantType {
    /// The six that are no extensions.
    pub const BUILT_IN: [GrantType; 6] = [
        GrantType::AuthorizationCode,
        GrantType::Implicit,
        GrantType::Hybrid,
        GrantType::ClientCredentials,
        GrantType::Password,
        GrantType::RefreshToken,
    ];

    /// The name in registrations and, for those that the token endpoint answers, on the wire.
    #[rustfmt::skip]
    pub fn as_str(self) -> &'static str {
        match self {
            GrantType::AuthorizationCode => "authorization_code",
            GrantType::Implicit          => "implicit",
            GrantType::Hybrid            => "hybrid",
            GrantType::ClientCredentials => "client_credentials",
            GrantType::Password          => "password",
            GrantType::RefreshToken      => "refresh_token",
            GrantType::Extension(name)   => name,
        }
    }

    /// Whether `grant_type` can name it: implicit and hybrid live at the authorization endpoint alone.
    pub fn is_at_token_endpoint(self) -> bool {
        !matches!(self, GrantType::Implicit | GrantType::Hybrid)
    }

    /// Whether it begins at the authorization endpoint, and so needs a redirect URI.
    pub fn is_at_authorization_endpoint(self) -> bool {
        matches!(self, GrantType::AuthorizationCode | GrantType::Implicit | GrantType::Hybrid)
    }
}

impl Serialize for GrantType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A set of grant types that one client may hold together: not empty, nothing twice, no forbidden pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct GrantTypes(Vec<GrantType>);

/// Pairs that one client cannot hold together, and why: whoever writes the authorization request chooses its response type.
#[rustfmt::skip]
const FORBIDDEN: &[(GrantType, GrantType, &str)] = &[
    (GrantType::Implicit,          GrantType::AuthorizationCode, "an authorization request could ask for tokens through the browser instead of a code, past client authentication and PKCE"),
    (GrantType::Implicit,          GrantType::Hybrid,            "an authorization request could ask for tokens without the code that the client authenticates for"),
    (GrantType::AuthorizationCode, GrantType::Hybrid,            "an authorization request could leave out the ID token whose c_hash protects the code"),
];

/// Why a set of grant types cannot be held.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GrantTypesError {
    /// A client without a grant type can do nothing.
    #[error("grant_types is empty, and a client without a grant type can do nothing")]
    Empty,
    /// Two names in one entry.
    #[error("grant_types holds '{0}', and no grant type has a space in its name; write two entries")]
    Space(String),
    /// The same grant type twice.
    #[error("grant_types names {0} twice")]
    Twice(&'static str),
    /// Nobody here would answer it.
    #[error("grant_types names '{0}', which this server does not serve; it serves {1}")]
    NotServed(String, String),
    /// A pair of the table above.
    #[error("grant_types {0} and {1} cannot be held together: {2}")]
    ForbiddenPair(GrantType, GrantType, &'static str),
}

impl GrantTypes {
    /// The set of these names, out of those that a server serves. Names are case-sensitive (RFC 6749 §1.9).
    ///
    /// # Errors
    /// The first thing that keeps the set from being held.
    pub fn parse(names: &[impl AsRef<str>], served: &[GrantType]) -> Result<GrantTypes, GrantTypesError> {
        if let Some(spaced) = names.iter().map(AsRef::as_ref).find(|name| name.contains(' ')) {
            return Err(GrantTypesError::Space(spaced.to_owned()));
        }
        let mut set = Vec::new();
        for name in names.iter().map(AsRef::as_ref) {
            let Some(grant_type) = served.iter().copied().find(|known| known.as_str() == name) else {
                let known: Vec<&str> = served.iter().map(|known| known.as_str()).collect();
                return Err(GrantTypesError::NotServed(name.to_owned(), known.join(", ")));
            };
            if set.contains(&grant_type) {
                return Err(GrantTypesError::Twice(grant_type.as_str()));
            }
            set.push(grant_type);
        }
        if set.is_empty() {
            return Err(GrantTypesError::Empty);
        }
        match FORBIDDEN.iter().find(|(one, other, _)| set.contains(one) && set.contains(other)) {
            Some((one, other, because)) => Err(GrantTypesError::ForbiddenPair(*one, *other, because)),
            None => Ok(GrantTypes(set)),
        }
    }

    /// Whether this grant type is in the set.
    pub fn contains(&self, grant_type: GrantType) -> bool {
        self.0.contains(&grant_type)
    }

    /// The grant types, in the order in which they were named.
    pub fn iter(&self) -> impl Iterator<Item = GrantType> {
        self.0.iter().copied()
    }
}

impl fmt::Display for GrantType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
