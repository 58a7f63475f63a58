//! Assertions and exchanges that are read carelessly on their way in, or answered wrongly on their way out.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{Request, StatusCode};
use serde_json::json;

use super::responses::edit_json;
use super::{Asked, Reply, after, before, refuse, set_body};
use crate::faults::claims::{changed, set};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::grants::{jwt_bearer, token_exchange};
use crate::model::Path;
use crate::rules::Rule;
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::Map;
use crate::transport::Wire;

const MONTH: u64 = 30 * 24 * 60 * 60;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "assertion-read-carelessly",
        says: "An assertion that is missing, or is no JWT, is answered with 500.",
        clause: "rfc6749/5.2/error-response",
        caught_by: &["jwt-bearer/assertion-missing", "jwt-bearer/malformed"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                let asked = Asked::of(request);
                let parts = asked.param("assertion").unwrap_or_default().split('.').count();
                let breaks = is_for(&asked, jwt_bearer::NAME) && parts != 3;
                breaks.then(|| refuse(StatusCode::INTERNAL_SERVER_ERROR, "server_error"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "bad-assertion-is-invalid-request",
        says: "An assertion that is not valid is an invalid_request.",
        clause: "rfc7523/3.1/invalid-grant",
        caught_by: &["jwt-bearer/expired", "jwt-bearer/wrong-audience", "jwt-bearer/signature-altered"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/token"], |asked, reply| {
                if is_for(asked, jwt_bearer::NAME) {
                    rename(reply, "invalid_grant", "invalid_request");
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "assertion-buys-a-month",
        says: "The token that an assertion buys lives for a month.",
        clause: "rfc7521/4.1/token-lifetime",
        caught_by: &["jwt-bearer/token-lifetime"],
        seams: &[changed!(TokenResponse, |path, body| {
            if path == Path::Extension(jwt_bearer::NAME) {
                set(body, "expires_in", json!(MONTH));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "no-store-missing-on-extensions",
        says: "What is answered to an assertion or an exchange does not forbid caching.",
        clause: "rfc6749/5.1/no-store",
        caught_by: &["token/no-store"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/token"], |asked, reply| {
                if is_for(asked, jwt_bearer::NAME) || is_for(asked, token_exchange::NAME) {
                    reply.headers_mut().remove(CACHE_CONTROL);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "exchange-without-token-type",
        says: "The answer to an exchange has an issued_token_type in place of a token_type.",
        clause: "rfc6749/5.1/members",
        caught_by: &["token/members", "token-exchange/response-members"],
        seams: &[changed!(TokenResponse, |_, body| {
            if body.contains_key("issued_token_type") {
                body.remove("token_type");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "bad-client-assertion-is-invalid-request",
        says: "A client assertion that is not valid is an invalid_request.",
        clause: "rfc7523/3.2/invalid-client",
        caught_by: &[
            "client-assertion/expired",
            "client-assertion/wrong-audience",
            "client-assertion/signature-altered",
        ],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/token"], |asked, reply| {
                if asked.param("client_assertion").is_some() {
                    rename(reply, "invalid_client", "invalid_request");
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "secret-beside-an-assertion",
        says: "What a client sends beside its assertion to authenticate by is not looked at.",
        clause: "rfc7521/4.2.1/one-mechanism",
        caught_by: &["client-assertion/two-methods"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                let mut body = Asked::of(request).body;
                if body.iter().any(|(name, _)| name == "client_assertion") {
                    body.retain(|(name, _)| name != "client_secret");
                    set_body(request, &body);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "client-id-beside-an-assertion-refused",
        says: "A client_id beside a client assertion is refused, though it names the same client.",
        clause: "rfc7521/4.2/client-id-optional",
        caught_by: &["client-assertion/client-id-agrees"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                let asked = Asked::of(request);
                let both = ["client_assertion", "client_id"].iter().all(|name| asked.param(name).is_some());
                both.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "exchange-without-issued-token-type",
        says: "The answer to an exchange does not say what was issued.",
        clause: "rfc8693/2.2.1/members",
        caught_by: &["token-exchange/response-members"],
        seams: &[changed!(TokenResponse, |_, body| drop(body.remove("issued_token_type")))],
        ..OIDC
    },
    Fault {
        id: "exchange-without-lifetime",
        says: "The answer to an exchange does not say how long the token lives.",
        clause: "rfc8693/2.2.1/expires-in",
        caught_by: &["token-exchange/expires-in"],
        seams: &[changed!(TokenResponse, |_, body| {
            if body.contains_key("issued_token_type") {
                body.remove("expires_in");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "bearer-whatever-is-issued",
        says: "Who asks for a refresh token in exchange is told that what it got is one, of the type Bearer.",
        clause: "rfc8693/2.2.1/not-applicable",
        caught_by: &["token-exchange/no-bearer-without-access-token"],
        seams: &[
            Seam::Gate(Rule::RequestedTokenTypeIsSupported, None),
            Seam::Wire(|inner| {
                after(inner, &["/token"], |asked, reply| {
                    if let Some(kind) =
                        asked.param("requested_token_type").filter(|kind| kind.ends_with(":refresh_token"))
                    {
                        edit_json(reply, |body| {
                            if body.contains_key("issued_token_type") {
                                set(body, "issued_token_type", json!(kind));
                            }
                        });
                    }
                })
            }),
        ],
        ..OIDC
    },
    Fault {
        id: "exchange-of-nothing-crashes",
        says: "An exchange without a subject_token is answered with 500.",
        clause: "rfc6749/5.2/error-response",
        caught_by: &["token-exchange/subject-token-missing"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                let asked = Asked::of(request);
                let breaks = is_for(&asked, token_exchange::NAME) && asked.param("subject_token").is_none();
                breaks.then(|| refuse(StatusCode::INTERNAL_SERVER_ERROR, "server_error"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "exchange-uses-up",
        says: "A subject_token is dead once it was exchanged.",
        clause: "rfc8693/2.1/subject-token-untouched",
        caught_by: &["token-exchange/subject-token-stays"],
        seams: &[Seam::Wire(|inner| Arc::new(UsesUp { inner, used: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "issued-token-type-as-asked",
        says: "issued_token_type repeats the type that was asked for, whatever is issued.",
        clause: "rfc8693/2.2.1/issued-token-type",
        caught_by: &["token-exchange/issued-token-type-true"],
        seams: &[
            Seam::Gate(Rule::RequestedTokenTypeIsSupported, None),
            Seam::Wire(|inner| {
                after(inner, &["/token"], |asked, reply| {
                    let Some(requested) = asked.param("requested_token_type") else { return };
                    edit_json(reply, |body| {
                        if body.contains_key("issued_token_type") {
                            set(body, "issued_token_type", json!(requested));
                        }
                    });
                })
            }),
        ],
        ..OIDC
    },
    Fault {
        id: "unknown-target-is-invalid-request",
        says: "An exchange for a target that nobody knows is refused with invalid_request.",
        clause: "rfc8693/2.2.2/invalid-target",
        caught_by: &["token-exchange/unknown-target"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/token"], |_, reply| rename(reply, "invalid_target", "invalid_request"))
        })],
        ..OIDC
    },
];

pub(super) fn is_for(asked: &Asked, grant_type: &str) -> bool {
    asked.param("grant_type") == Some(grant_type)
}

/// One error for another.
pub(in super::super) fn rename(reply: &mut Reply, error: &str, other: &str) {
    let mut renamed = false;
    edit_json(reply, |body| {
        renamed = body.get("error") == Some(&json!(error));
        if renamed {
            set(body, "error", json!(other));
        }
    });
    if renamed {
        *reply.status_mut() = StatusCode::BAD_REQUEST;
    }
}

/// What was exchanged is inactive from then on.
struct UsesUp {
    inner: Arc<dyn Wire>,
    used: Mutex<HashSet<String>>,
}

impl Wire for UsesUp {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            let mut reply = self.inner.around(server, request).await;
            if let Some(subject_token) = asked.param("subject_token").filter(|_| reply.status().is_success()) {
                locked(&self.used).insert(subject_token.to_owned());
            }
            if asked.path == "/introspect"
                && asked.param("token").is_some_and(|token| locked(&self.used).contains(token))
            {
                edit_json(&mut reply, |body| *body = Map::from_iter([("active".to_owned(), json!(false))]));
            }
            reply
        })
    }
}
