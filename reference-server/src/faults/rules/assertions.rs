//! Rules on assertions that leave something out of what they read.

use std::sync::Arc;

use serde_json::{Value, json};

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
        id: "audience-in-any-case",
        says: "Upper and lower case of the audience of an assertion make no difference.",
        clause: "rfc7523/3/audience-compared",
        caught_by: &["jwt-bearer/audience-case", "client-assertion/audience-case"],
        seams: &[Seam::Rules(|inner| {
            let read = |claims: &Map, accepted: &[String]| audience(claims, accepted, str::eq_ignore_ascii_case);
            Arc::new(Audience { inner, read })
        })],
        ..OIDC
    },
    Fault {
        id: "audience-list-not-read",
        says: "An audience of an assertion that is a list is not looked into.",
        clause: "rfc7523/3/audience-verified",
        caught_by: &["jwt-bearer/wrong-audience", "client-assertion/wrong-audience"],
        seams: &[Seam::Rules(|inner| {
            let read = |claims: &Map, accepted: &[String]| {
                let mut claims = claims.clone();
                if claims.get("aud").is_some_and(Value::is_array) {
                    claims.insert("aud".to_owned(), accepted.first().cloned().into());
                }
                claims
            };
            Arc::new(Audience { inner, read })
        })],
        ..OIDC
    },
    Fault {
        id: "audience-by-its-beginning",
        says: "The audience of an assertion only has to begin like an address of the server.",
        clause: "rfc7523/3/audience-compared",
        caught_by: &["jwt-bearer/audience-longer", "client-assertion/audience-longer"],
        seams: &[Seam::Rules(|inner| {
            let read =
                |claims: &Map, accepted: &[String]| audience(claims, accepted, |known, sent| sent.starts_with(known));
            Arc::new(Audience { inner, read })
        })],
        ..OIDC
    },
    Fault {
        id: "audience-is-a-beginning",
        says: "The audience of an assertion only has to be the beginning of an address of the server.",
        clause: "rfc7523/3/audience-compared",
        caught_by: &["jwt-bearer/audience-shorter", "client-assertion/audience-shorter"],
        seams: &[Seam::Rules(|inner| {
            let read =
                |claims: &Map, accepted: &[String]| audience(claims, accepted, |known, sent| known.starts_with(sent));
            Arc::new(Audience { inner, read })
        })],
        ..OIDC
    },
    Fault {
        id: "unreadable-expiry-is-none",
        says: "An exp of an assertion that is no number is passed over.",
        clause: "rfc7523/3/expiry",
        caught_by: &["jwt-bearer/expiry-no-time", "client-assertion/expiry-no-time"],
        seams: &[Seam::Rules(|inner| Arc::new(Unreadable { inner }))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-without-issuer",
        says: "The issuer of a client assertion is looked at only if it is there.",
        clause: "rfc7523/3/issuer",
        caught_by: &["client-assertion/issuer-missing"],
        seams: &[Seam::Rules(|inner| Arc::new(Issuer { inner, passes: |_, iss| iss.is_none() }))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-issuer-in-any-case",
        says: "Upper and lower case of the issuer of a client assertion make no difference.",
        clause: "rfc7523/3/issuer-compared",
        caught_by: &["client-assertion/issuer-case"],
        seams: &[Seam::Rules(|inner| {
            let passes =
                |client: &Client, iss: Option<&str>| iss.is_some_and(|iss| iss.eq_ignore_ascii_case(&client.client_id));
            Arc::new(Issuer { inner, passes })
        })],
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

/// What is done to the claims before a rule looks at them.
type Reading = fn(&Map, &[String]) -> Map;

/// The audience of an assertion is read before it is compared.
struct Audience {
    inner: Arc<dyn Rules>,
    read: Reading,
}

impl RulesOver for Audience {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        self.inner.assertion_is_for_server(path, &(self.read)(claims, accepted), accepted)
    }

    fn client_assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        self.inner.client_assertion_is_for_server(path, &(self.read)(claims, accepted), accepted)
    }
}

/// The claims with the accepted audience for which theirs passes.
fn audience(claims: &Map, accepted: &[String], passes: impl Fn(&str, &str) -> bool) -> Map {
    let mut read = claims.clone();
    let sent = claims.get("aud").and_then(Value::as_str).unwrap_or_default();
    if let Some(known) = accepted.iter().find(|known| passes(known, sent)) {
        read.insert("aud".to_owned(), json!(known));
    }
    read
}

/// The issuer of a client assertion is read before it is compared.
struct Issuer {
    inner: Arc<dyn Rules>,
    passes: fn(&Client, Option<&str>) -> bool,
}

impl RulesOver for Issuer {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_assertion_names_client(&self, path: Path, client: &Client, claims: &Map) -> Ruling {
        let mut read = claims.clone();
        if (self.passes)(client, claims.get("iss").and_then(Value::as_str)) {
            read.insert("iss".to_owned(), json!(client.client_id));
        }
        self.inner.client_assertion_names_client(path, client, &read)
    }
}

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

struct Unreadable {
    inner: Arc<dyn Rules>,
}

impl RulesOver for Unreadable {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn assertion_has_not_expired(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        if claims.get("exp").is_some_and(Value::is_string) {
            return Ok(());
        }
        self.inner.assertion_has_not_expired(path, claims, now)
    }

    fn client_assertion_has_not_expired(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        if claims.get("exp").is_some_and(Value::is_string) {
            return Ok(());
        }
        self.inner.client_assertion_has_not_expired(path, claims, now)
    }
}
