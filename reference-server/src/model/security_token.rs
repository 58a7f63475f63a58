//! Tokens as they are exchanged: RFC 8693 §3.

use super::{Authentication, Lineage, Scope};
use crate::tokens::Map;

/// RFC 8693 §3: what a token is, by its identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenType {
    /// An access token of this server, whatever it looks like.
    AccessToken,
    /// A refresh token of this server.
    RefreshToken,
    /// OpenID Connect Core §2.
    IdToken,
    /// An access token of this server that is a JWT (RFC 7519 §9).
    Jwt,
}

impl TokenType {
    /// All that this server knows.
    pub const ALL: [TokenType; 4] =
        [TokenType::AccessToken, TokenType::RefreshToken, TokenType::IdToken, TokenType::Jwt];

    /// The type of this identifier.
    pub fn parse(identifier: &str) -> Option<TokenType> {
        TokenType::ALL.into_iter().find(|known| known.as_str() == identifier)
    }

    /// The identifier.
    #[rustfmt::skip]
    pub fn as_str(self) -> &'static str {
        match self {
            TokenType::AccessToken  => "urn:ietf:params:oauth:token-type:access_token",
            TokenType::RefreshToken => "urn:ietf:params:oauth:token-type:refresh_token",
            TokenType::IdToken      => "urn:ietf:params:oauth:token-type:id_token",
            TokenType::Jwt          => "urn:ietf:params:oauth:token-type:jwt",
        }
    }
}

/// RFC 8693 §2.1: which part a token plays in an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `subject_token`: on behalf of whom.
    Subject,
    /// `actor_token`: who acts.
    Actor,
}

/// RFC 8693 §1.1: whom a token speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Party {
    /// A user, by a login.
    User(Authentication),
    /// A client that acts for itself.
    Client(String),
}

impl Party {
    /// The `sub` of its tokens.
    pub fn sub(&self) -> &str {
        match self {
            Party::User(user) => &user.sub,
            Party::Client(client_id) => client_id,
        }
    }
}

/// RFC 8693 §2.1: a subject token or an actor token of any type, as far as an exchange has to know it.
#[derive(Clone, Debug)]
pub struct SecurityToken {
    /// What it is.
    pub token_type: TokenType,
    /// The client that it was issued to.
    pub client_id: String,
    /// Whom it speaks of.
    pub party: Party,
    /// How far it reaches; for an ID token, which reaches nowhere, what the user has allowed its client so far.
    pub scope: Scope,
    /// For whom it is.
    pub audience: Vec<String>,
    /// RFC 8693 §4.1: who acts for its subject already, and who did before.
    pub actor: Option<Map>,
    /// The decision that it comes from; none for an ID token, of which nothing is remembered.
    pub lineage: Option<Lineage>,
    /// When it dies.
    pub expires_at: u64,
    /// Whether it was revoked, or used up.
    pub revoked: bool,
}
