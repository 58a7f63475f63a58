//! The response types of the authorization endpoint, and what each of them promises.

use super::Grant;

/// A `response_type` of the authorization endpoint: RFC 6749 §3.1.1, OpenID Connect Core §3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResponseType {
    /// `code`, RFC 6749 §4.1.1.
    Code,
    /// `token`, RFC 6749 §4.2.1.
    Token,
    /// `id_token`, OpenID Connect Core §3.2.
    IdToken,
    /// `id_token token`, OpenID Connect Core §3.2.
    IdTokenToken,
    /// `code id_token`, OpenID Connect Core §3.3.
    CodeIdToken,
    /// `code token`, OpenID Connect Core §3.3.
    CodeToken,
    /// `code id_token token`, OpenID Connect Core §3.3.
    CodeIdTokenToken,
}

impl ResponseType {
    /// All of them, in the order of the standards.
    pub const ALL: &'static [Self] = &[
        Self::Code,
        Self::Token,
        Self::IdToken,
        Self::IdTokenToken,
        Self::CodeIdToken,
        Self::CodeToken,
        Self::CodeIdTokenToken,
    ];

    /// The value of the parameter.
    #[rustfmt::skip]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code             => "code",
            Self::Token            => "token",
            Self::IdToken          => "id_token",
            Self::IdTokenToken     => "id_token token",
            Self::CodeIdToken      => "code id_token",
            Self::CodeToken        => "code token",
            Self::CodeIdTokenToken => "code id_token token",
        }
    }

    /// The grant to which a client that asks for it must be registered.
    #[rustfmt::skip]
    pub const fn grant(self) -> Grant {
        match self {
            Self::Code                                                   => Grant::AuthorizationCode,
            Self::Token | Self::IdToken | Self::IdTokenToken             => Grant::Implicit,
            Self::CodeIdToken | Self::CodeToken | Self::CodeIdTokenToken => Grant::Hybrid,
        }
    }

    /// Does the response hold a code?
    pub const fn has_code(self) -> bool {
        matches!(self, Self::Code | Self::CodeIdToken | Self::CodeToken | Self::CodeIdTokenToken)
    }

    /// Does the response hold an access token?
    pub const fn has_token(self) -> bool {
        matches!(self, Self::Token | Self::IdTokenToken | Self::CodeToken | Self::CodeIdTokenToken)
    }

    /// Does the response hold an ID token?
    pub const fn has_id_token(self) -> bool {
        matches!(self, Self::IdToken | Self::IdTokenToken | Self::CodeIdToken | Self::CodeIdTokenToken)
    }

    /// Is the value the name of this response type? OAuth 2.0 Multiple Response Types §1.2: the order of its words means nothing.
    pub fn is_named(self, value: &str) -> bool {
        let words = |text: &str| {
            let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            words.sort_unstable();
            words
        };
        words(self.name()) == words(value)
    }
}

#[cfg(test)]
mod tests {
    use super::ResponseType;

    #[test]
    fn the_words_of_a_response_type_have_no_order() {
        assert!(ResponseType::CodeIdTokenToken.is_named("token code id_token"));
        assert!(!ResponseType::CodeIdToken.is_named("code token"));
        for one in ResponseType::ALL {
            assert!(one.is_named(one.name()));
            assert_eq!(one.has_code(), one.name().split(' ').any(|word| word == "code"));
            assert_eq!(one.has_token(), one.name().split(' ').any(|word| word == "token"));
            assert_eq!(one.has_id_token(), one.name().split(' ').any(|word| word == "id_token"));
        }
    }
}
