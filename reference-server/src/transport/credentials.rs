//! What a client presents of itself: RFC 6749 §2.3.1.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderMap};

use super::form::{self, Form};
use crate::model::AuthMethod;
use crate::tokens::Algorithm;
use crate::tokens::jwt::{Jwt, JwtError};

/// The Authorization header of a client.
#[derive(Clone, PartialEq, Eq)]
pub enum AuthorizationHeader {
    /// There is none.
    Absent,
    /// There is one that cannot be read, one of another scheme, or several.
    Unreadable,
    /// RFC 7617, both halves form-decoded.
    Basic {
        /// The user part.
        client_id: String,
        /// The password part.
        secret: String,
    },
}

/// Everything in a request that speaks of the client.
pub struct Presented<'a> {
    /// The Authorization header.
    pub header: AuthorizationHeader,
    /// `client_id` of the body.
    pub body_id: Option<&'a str>,
    /// `client_secret` of the body.
    pub body_secret: Option<&'a str>,
    /// `client_assertion_type` of the body.
    pub assertion_type: Option<&'a str>,
    /// `client_assertion` of the body, taken apart.
    pub assertion: Option<Result<Jwt, JwtError>>,
}

impl<'a> Presented<'a> {
    /// Gather it from headers and body.
    pub fn new(headers: &HeaderMap, form: &'a Form) -> Presented<'a> {
        Presented {
            header: authorization(headers),
            body_id: form.optional("client_id"),
            body_secret: form.optional("client_secret"),
            assertion_type: form.optional("client_assertion_type"),
            assertion: form.optional("client_assertion").map(Jwt::parse),
        }
    }

    /// Who the client says it is. RFC 7521 §4.2: an assertion speaks of its subject, and needs no `client_id` beside it.
    pub fn client_id(&self) -> Option<&str> {
        match &self.header {
            AuthorizationHeader::Basic { client_id, .. } => Some(client_id),
            _ => self.jwt().and_then(|assertion| assertion.hearsay("sub")).or(self.body_id),
        }
    }

    /// RFC 7521 §4.2: whether it authenticates by an assertion, or tries to.
    pub fn has_assertion(&self) -> bool {
        self.assertion.is_some() || self.assertion_type.is_some()
    }

    /// The client assertion, if it is a JWT.
    pub fn jwt(&self) -> Option<&Jwt> {
        self.assertion.as_ref().and_then(|assertion| assertion.as_ref().ok())
    }

    /// Whether there is anything that could prove it.
    pub fn has_proof(&self) -> bool {
        self.secret().is_some() || self.has_assertion()
    }

    /// The secret that it proves it with.
    pub fn secret(&self) -> Option<&str> {
        match &self.header {
            AuthorizationHeader::Basic { secret, .. } => Some(secret),
            _ => self.body_secret,
        }
    }

    /// How it proves it.
    pub fn method(&self) -> AuthMethod {
        match (&self.header, self.body_secret) {
            (AuthorizationHeader::Basic { .. }, _) => AuthMethod::ClientSecretBasic,
            (_, Some(_)) => AuthMethod::ClientSecretPost,
            (_, None) if self.jwt().is_some_and(|assertion| assertion.algorithm() == Some(Algorithm::Hs256)) => {
                AuthMethod::ClientSecretJwt
            }
            (_, None) if self.has_assertion() => AuthMethod::PrivateKeyJwt,
            (_, None) => AuthMethod::None,
        }
    }
}

fn authorization(headers: &HeaderMap) -> AuthorizationHeader {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return AuthorizationHeader::Absent;
    };
    let only_one = values.next().is_none();
    match value.to_str().ok().filter(|_| only_one).and_then(basic) {
        Some((client_id, secret)) => AuthorizationHeader::Basic { client_id, secret },
        None => AuthorizationHeader::Unreadable,
    }
}

fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client_id, secret) = decoded.split_once(':')?;
    Some((form::decode(client_id)?, form::decode(secret)?))
}

/// RFC 6750 §2.1: the bearer token of the Authorization header, if that is what there is.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (first, second) = (values.next()?, values.next());
    let (scheme, token) = first.to_str().ok().filter(|_| second.is_none())?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}
