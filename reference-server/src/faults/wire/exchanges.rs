//! Tokens that are exchanged, and read carelessly on their way in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::extensions::is_for;
use super::values::replace;
use super::{Asked, Reply, before, issued, set_body, set_param};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::grants::token_exchange;
use crate::model::TokenType;
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::jwt::Jwt;
use crate::transport::Wire;

const TOKEN: &[&str] = &["/token"];

macro_rules! by_claims {
    ($param:literal, $careless:expr) => {
        Seam::Wire(|inner| {
            Arc::new(ByClaims { inner, params: &[$param], careless: $careless, issued: Mutex::default() })
        })
    };
}

macro_rules! taken_for {
    ($said:ident, $is:expr, $taken:ident) => {
        Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                let asked = Asked::of(request);
                let said = asked.param("subject_token_type").and_then(TokenType::parse);
                let is: fn(Option<&Jwt>) -> bool = $is;
                let token = asked.param("subject_token").and_then(|token| Jwt::parse(token).ok());
                if said == Some(TokenType::$said) && is(token.as_ref()) {
                    set_param(request, "subject_token_type", TokenType::$taken.as_str());
                }
                None
            })
        })
    };
}

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "subject-token-type-guessed",
        says: "A subject_token whose type is missing or unknown is taken for an access token.",
        clause: "rfc8693/2.2.2/refused",
        caught_by: &["token-exchange/subject-token-type-missing", "token-exchange/subject-token-type-unknown"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                let asked = Asked::of(request);
                let known = asked.param("subject_token_type").and_then(TokenType::parse);
                if is_for(&asked, token_exchange::NAME) && known.is_none() {
                    set_param(request, "subject_token_type", TokenType::AccessToken.as_str());
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "subject-token-type-ignored",
        says: "Whatever the type of a subject_token is said to be, it is taken for an access token.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/subject-token-type-differs"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                if Asked::of(request).param("subject_token_type").is_some() {
                    set_param(request, "subject_token_type", TokenType::AccessToken.as_str());
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "access-token-is-taken-for-an-id-token",
        says: "Where a subject_token is said to be an ID token, an access token does as well.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/access-token-as-id-token"],
        seams: &[taken_for!(IdToken, |token| token.is_some_and(|jwt| jwt.typ() == Some("at+jwt")), AccessToken)],
        ..OIDC
    },
    Fault {
        id: "id-token-is-taken-for-an-access-token",
        says: "Where a subject_token is said to be an access token, an ID token does as well.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/id-token-as-access-token"],
        seams: &[taken_for!(AccessToken, |token| token.is_some_and(|jwt| jwt.typ() == Some("JWT")), IdToken)],
        ..OIDC
    },
    Fault {
        id: "refresh-token-is-taken-for-an-access-token",
        says: "Where a subject_token is said to be an access token, a refresh token does as well.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/refresh-token-as-access-token"],
        seams: &[taken_for!(AccessToken, |token| token.is_none(), RefreshToken)],
        ..OIDC
    },
    Fault {
        id: "actor-token-ignored",
        says: "An actor_token is not looked at.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/actor-token-unknown"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                let mut body = Asked::of(request).body;
                if body.iter().any(|(name, _)| name.starts_with("actor_")) {
                    body.retain(|(name, _)| !name.starts_with("actor_"));
                    set_body(request, &body);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "actor-token-type-ignored",
        says: "Whatever the type of an actor_token is said to be, it is taken for an access token.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/actor-token-type-differs", "token-exchange/actor-token-type-unknown"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                if Asked::of(request).param("actor_token_type").is_some() {
                    set_param(request, "actor_token_type", TokenType::AccessToken.as_str());
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "subject-token-by-its-claims",
        says: "Of a subject_token the claims are read, and the signature is not.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &[
            "token-exchange/subject-token-forged",
            "token-exchange/subject-token-signature-altered",
            "token-exchange/id-token-forged",
            "token-exchange/id-token-signature-altered",
        ],
        seams: &[by_claims!("subject_token", |_| true)],
        ..OIDC
    },
    Fault {
        id: "unsigned-subject-token",
        says: "A subject_token whose header says that nobody signed it has nothing that could be wrong with its signature.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/subject-token-unsigned", "token-exchange/id-token-unsigned"],
        seams: &[by_claims!("subject_token", Jwt::is_unsecured)],
        ..OIDC
    },
    Fault {
        id: "actor-token-by-its-claims",
        says: "Of an actor_token the claims are read, and the signature is not.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/actor-token-forged", "token-exchange/actor-token-signature-altered"],
        seams: &[by_claims!("actor_token", |_| true)],
        ..OIDC
    },
];

/// A token with the claims of one that was issued is taken for it, if it is one that is read carelessly.
struct ByClaims {
    inner: Arc<dyn Wire>,
    params: &'static [&'static str],
    careless: fn(&Jwt) -> bool,
    issued: Mutex<HashMap<String, String>>,
}

impl Wire for ByClaims {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            replace(&mut request, self.params, |sent| {
                Jwt::parse(sent).ok().filter(self.careless)?;
                locked(&self.issued).get(claims(sent)?).cloned()
            });
            let mut reply = self.inner.around(server, request).await;
            let body: Value = serde_json::from_slice(reply.body()).unwrap_or_default();
            let id_token = body["id_token"].as_str().map(str::to_owned);
            for token in issued(&mut reply).into_iter().chain(id_token) {
                if let Some(claims) = claims(&token) {
                    locked(&self.issued).insert(claims.to_owned(), token.clone());
                }
            }
            reply
        })
    }
}

/// The second part of a JWT.
fn claims(token: &str) -> Option<&str> {
    token.split('.').nth(1)
}
