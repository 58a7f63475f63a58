//! Rules on assertions that leave something out of what they read.

use std::sync::Arc;

use super::super::{Fault, OIDC, Seam};
use crate::error::{ErrorCode, Refusal};
use crate::model::{AssertionIssuer, Client, Path};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::tokens::Map;
use crate::tokens::jwt::Jwt;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "unsigned-assertions",
        says: "An assertion whose header says that nobody signed it buys a token.",
        clause: "rfc7523/3/signed",
        caught_by: &["jwt-bearer/unsigned"],
        seams: &[Seam::Rules(|inner| Arc::new(Unsigned { inner, of_clients: false }))],
        ..OIDC
    },
    Fault {
        id: "unsigned-client-assertions",
        says: "A client assertion whose header says that nobody signed it authenticates.",
        clause: "rfc7523/3/signed",
        precedent: Some("Abblix/Oidc.Server#246"),
        caught_by: &["client-assertion/unsigned"],
        seams: &[Seam::Rules(|inner| Arc::new(Unsigned { inner, of_clients: true }))],
        ..OIDC
    },
    Fault {
        id: "claims-of-assertions-optional",
        says: "An audience and an expiry of an assertion are looked at only if they are there.",
        clause: "rfc7523/3/expiry",
        caught_by: &[
            "jwt-bearer/audience-missing",
            "jwt-bearer/expiry-missing",
            "client-assertion/audience-missing",
            "client-assertion/expiry-missing",
        ],
        seams: &[Seam::Rules(|inner| Arc::new(Optional { inner }))],
        ..OIDC
    },
    Fault {
        id: "unknown-claims-refused",
        says: "A client assertion with a claim that the server does not know is refused.",
        clause: "oidc-core/9/unknown-claims-ignored",
        caught_by: &["client-assertion/unknown-claims-ignored"],
        seams: &[Seam::Rules(|inner| Arc::new(KnownClaims { inner }))],
        ..OIDC
    },
];

/// Unsigned assertions are as good as signed ones: those of clients, or those that buy a token.
struct Unsigned {
    inner: Arc<dyn Rules>,
    of_clients: bool,
}

impl RulesOver for Unsigned {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn assertion_is_signed(&self, path: Path, issuer: &AssertionIssuer, assertion: &Jwt) -> Ruling {
        if !self.of_clients && assertion.is_unsecured() {
            return Ok(());
        }
        self.inner.assertion_is_signed(path, issuer, assertion)
    }

    fn client_assertion_is_signed(&self, path: Path, client: &Client, assertion: &Jwt) -> Ruling {
        if self.of_clients && assertion.is_unsecured() {
            return Ok(());
        }
        self.inner.client_assertion_is_signed(path, client, assertion)
    }
}

struct Optional {
    inner: Arc<dyn Rules>,
}

impl RulesOver for Optional {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        if !claims.contains_key("aud") {
            return Ok(());
        }
        self.inner.assertion_is_for_server(path, claims, accepted)
    }

    fn assertion_has_not_expired(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        if !claims.contains_key("exp") {
            return Ok(());
        }
        self.inner.assertion_has_not_expired(path, claims, now)
    }

    fn client_assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        if !claims.contains_key("aud") {
            return Ok(());
        }
        self.inner.client_assertion_is_for_server(path, claims, accepted)
    }

    fn client_assertion_has_not_expired(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        if !claims.contains_key("exp") {
            return Ok(());
        }
        self.inner.client_assertion_has_not_expired(path, claims, now)
    }
}

struct KnownClaims {
    inner: Arc<dyn Rules>,
}

impl RulesOver for KnownClaims {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_assertion_has_jti(&self, path: Path, claims: &Map) -> Ruling {
        const KNOWN: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
        if claims.keys().any(|claim| !KNOWN.contains(&claim.as_str())) {
            return Err(Refusal::new(ErrorCode::InvalidClient, "The assertion has a claim that is not known here."));
        }
        self.inner.client_assertion_has_jti(path, claims)
    }
}
