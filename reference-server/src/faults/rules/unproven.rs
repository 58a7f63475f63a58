//! Clients that are believed without a proof, or by one that is out of date.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, StatusCode};

use crate::faults::wire::{self, Asked};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::{AuthMethod, Client, Path};
use crate::rules::assertion::seconds;
use crate::rules::{Rule, Rules, RulesOver, Ruling};
use crate::tokens::Map;
use crate::transport::credentials::Presented;

pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "client-assertion-not-demanded",
        says: "A client that has to bring an assertion is served without one; one that comes is verified.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &[
            "client-assertion/missing",
            "client-assertion/missing-at-introspection",
            "client-assertion/missing-at-revocation",
            "client-assertion/missing-at-pushed",
            "client-assertion/missing-at-device",
        ],
        seams: &[Seam::Rules(|inner| Arc::new(NotDemanded { inner }))],
        ..OIDC
    },
    Fault {
        id: "assertion-type-is-proof-enough",
        says: "A client_assertion_type authenticates, whether an assertion comes with it or not.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &[
            "client-assertion/missing",
            "client-assertion/missing-at-introspection",
            "client-assertion/missing-at-revocation",
            "client-assertion/missing-at-pushed",
            "client-assertion/missing-at-device",
        ],
        seams: &[Seam::Rules(|inner| Arc::new(TypeIsEnough { inner }))],
        ..OIDC
    },
    Fault {
        id: "unreadable-client-assertion-is-none",
        says: "A client assertion that is no JWT is passed over, and the client_id beside it believed.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &["client-assertion/missing"],
        seams: &[Seam::Gate(Rule::ClientAssertionIsAJwt, None)],
        ..OIDC
    },
    Fault {
        id: "client-assertion-from-the-query",
        says: "A client assertion in the query is as good as one in the body.",
        clause: "rfc6749/2.3.1/not-in-uri",
        caught_by: &["client-assertion/in-query"],
        seams: &[Seam::Wire(|inner| wire::before(inner, &["/token"], from_query))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-without-jti",
        says: "A client assertion without a jti is taken, and nobody can tell its second use from the first.",
        clause: "oidc-core/9/assertion-single-use",
        caught_by: &["client-assertion/replayed"],
        seams: &[Seam::Gate(Rule::ClientAssertionHasJti, None)],
        ..OIDC
    },
    Fault {
        id: "half-an-hour-of-grace",
        says: "For clocks that differ half an hour is allowed, before an assertion and after it.",
        clause: "rfc7523/3/skew-small",
        caught_by: &[
            "client-assertion/expired",
            "client-assertion/not-yet-valid",
            "jwt-bearer/expired",
            "jwt-bearer/not-yet-valid",
        ],
        seams: &[Seam::Rules(|inner| Arc::new(Grace { inner }))],
        ..OIDC
    },
    Fault {
        id: "half-an-hour-of-grace-for-request-objects",
        says: "For clocks that differ half an hour is allowed, before a request object and after it.",
        clause: "rfc9101/9.1/skew-small",
        caught_by: &["request-object/expired", "request-object/not-yet-valid"],
        seams: &[Seam::Rules(|inner| Arc::new(GraceForObjects { inner }))],
        ..OIDC
    },
    Fault {
        id: "no-challenge-beside-the-token-endpoint",
        says: "Where requests are pushed and where devices get their codes, a wrong secret in the header is answered like any bad request.",
        clause: "rfc6749/5.2/challenge",
        caught_by: &["client-auth/challenge-at-pushed", "client-auth/challenge-at-device"],
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/par", "/device_authorization"], |_, reply| {
                if reply.status() == StatusCode::UNAUTHORIZED {
                    *reply.status_mut() = StatusCode::BAD_REQUEST;
                    reply.headers_mut().remove(http::header::WWW_AUTHENTICATE);
                }
            })
        })],
        ..OIDC
    },
];

/// Far more than two clocks differ by, in seconds.
const GRACE: u64 = 30 * 60;

struct NotDemanded {
    inner: Arc<dyn Rules>,
}

impl RulesOver for NotDemanded {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn confidential_client_authenticates(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        if matches!(client.auth_method, AuthMethod::PrivateKeyJwt | AuthMethod::ClientSecretJwt) {
            return Ok(());
        }
        self.inner.confidential_client_authenticates(path, client, presented)
    }
}

struct TypeIsEnough {
    inner: Arc<dyn Rules>,
}

impl RulesOver for TypeIsEnough {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_assertion_type_is_known(&self, path: Path, presented: &Presented<'_>) -> Ruling {
        if presented.assertion.is_none() {
            return Ok(());
        }
        self.inner.client_assertion_type_is_known(path, presented)
    }
}

/// What proves who asks is read in the URL where the body has nothing of it.
fn from_query(_: &crate::server::Server, request: &mut Request<Bytes>) -> Option<wire::Reply> {
    let asked = Asked::of(request);
    let (proof, rest): (wire::Params, wire::Params) =
        asked.query.into_iter().partition(|(name, _)| name.starts_with("client_assertion"));
    for (name, value) in &proof {
        wire::set_param(request, name, value);
    }
    wire::set_query(request, &rest);
    None
}

struct Grace {
    inner: Arc<dyn Rules>,
}

impl RulesOver for Grace {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_assertion_has_not_expired(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.inner.client_assertion_has_not_expired(path, claims, now - GRACE)
    }

    fn client_assertion_has_begun(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.inner.client_assertion_has_begun(path, claims, now + GRACE)
    }

    fn assertion_has_not_expired(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.inner.assertion_has_not_expired(path, claims, now - GRACE)
    }

    fn assertion_has_begun(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.inner.assertion_has_begun(path, claims, now + GRACE)
    }
}

struct GraceForObjects {
    inner: Arc<dyn Rules>,
}

impl RulesOver for GraceForObjects {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_is_current(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        let mut claims = claims.clone();
        for (name, later) in [("exp", true), ("nbf", false)] {
            if let Some(at) = seconds(&claims, name) {
                claims.insert(name.to_owned(), (if later { at + GRACE } else { at - GRACE }).into());
            }
        }
        self.inner.request_object_is_current(path, &claims, now)
    }
}
