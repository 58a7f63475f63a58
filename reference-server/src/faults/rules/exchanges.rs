//! Rules on tokens that are exchanged, which one type of token, or one part that it plays, goes without.

use std::sync::Arc;

use crate::faults::{Fault, OIDC, Seam};
use crate::model::{Client, Path, Role, SecurityToken, TokenType};
use crate::rules::{Rules, RulesOver, Ruling};

/// Which tokens a rule is not asked about.
type Spared = fn(Role, &SecurityToken) -> bool;

macro_rules! dead {
    ($spared:expr) => {
        Seam::Rules(|inner| Arc::new(Spares { inner, dead: $spared, of_others: |_, _| false }))
    };
}

macro_rules! of_others {
    ($spared:expr) => {
        Seam::Rules(|inner| Arc::new(Spares { inner, dead: |_, _| false, of_others: $spared }))
    };
}

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "dead-id-tokens-are-exchanged",
        says: "An ID token that has expired is exchanged for an access token.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/id-token-expired"],
        seams: &[dead!(|_, token| token.token_type == TokenType::IdToken)],
        ..OIDC
    },
    Fault {
        id: "dead-jwts-are-exchanged",
        says: "Of an access token that is called a JWT the signature is looked at, and nothing else.",
        clause: "rfc8693/2.1/revoked-by-any-name",
        caught_by: &["token-exchange/jwt-expired", "token-exchange/jwt-revoked"],
        seams: &[dead!(|_, token| token.token_type == TokenType::Jwt)],
        ..OIDC
    },
    Fault {
        id: "dead-refresh-tokens-are-exchanged",
        says: "A refresh token that was revoked or replaced is exchanged for an access token.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/refresh-token-revoked", "token-exchange/refresh-token-replaced"],
        seams: &[dead!(|_, token| token.token_type == TokenType::RefreshToken)],
        ..OIDC
    },
    Fault {
        id: "dead-actors-act",
        says: "Of an actor_token nobody looks whether it has expired or was revoked.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/actor-token-expired", "token-exchange/actor-token-revoked"],
        seams: &[dead!(|role, _| role == Role::Actor)],
        ..OIDC
    },
    Fault {
        id: "refresh-tokens-of-others-are-exchanged",
        says: "A client exchanges refresh tokens that were issued to another.",
        clause: "rfc6749/10.4/bound-to-client",
        caught_by: &["token-exchange/refresh-token-of-another-client"],
        seams: &[of_others!(|_, token| token.token_type == TokenType::RefreshToken)],
        ..OIDC
    },
    Fault {
        id: "id-tokens-of-others-are-exchanged",
        says: "A client exchanges ID tokens that were issued to another.",
        clause: "rfc8693/2.1/id-token-of-its-client",
        caught_by: &["token-exchange/id-token-of-another-client"],
        seams: &[of_others!(|_, token| token.token_type == TokenType::IdToken)],
        ..OIDC
    },
];

/// Some tokens may be dead, some may be those of others.
struct Spares {
    inner: Arc<dyn Rules>,
    dead: Spared,
    of_others: Spared,
}

impl RulesOver for Spares {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn exchanged_token_is_live(&self, path: Path, role: Role, token: &SecurityToken, now: u64) -> Ruling {
        if (self.dead)(role, token) {
            return Ok(());
        }
        self.inner.exchanged_token_is_live(path, role, token, now)
    }

    fn token_may_be_exchanged_by(&self, path: Path, token: &SecurityToken, client: &Client) -> Ruling {
        if (self.of_others)(Role::Subject, token) {
            return Ok(());
        }
        self.inner.token_may_be_exchanged_by(path, token, client)
    }
}
