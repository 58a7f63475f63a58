//! Endpoints with a query of their own, and answers around which there is more than the standards speak of.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, CONNECTION, HeaderValue, ORIGIN, VARY};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::faults::claims::{changed, set};
use crate::faults::wire::{self, Asked, Reply};
use crate::faults::{Seam, Variation};
use crate::model::Path;
use crate::rules::{Rules, RulesOver, Ruling};
use crate::server::Server;
use crate::tokens::Map;
use crate::transport::reply;

/// The endpoints that have a query, by their names in the metadata.
const WITH_QUERY: &[&str] = &[
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "device_authorization_endpoint",
    "pushed_authorization_request_endpoint",
    "jwks_uri",
];
const TENANT: (&str, &str) = ("tenant", "demo");

pub(in super::super) static VARIATIONS: &[Variation] = &[
    Variation {
        id: "endpoints-with-a-query",
        says: "The addresses of the endpoints have a query that names the tenant, and whoever loses it is not served.",
        clause: "rfc6749/3.1/query-retained",
        seams: &[
            changed!(Metadata, |body| {
                for name in WITH_QUERY {
                    if let Some(address) = body.get(*name).and_then(Value::as_str) {
                        let address = json!(format!("{address}?{}={}", TENANT.0, TENANT.1));
                        set(body, name, address);
                    }
                }
            }),
            Seam::Wire(|inner| {
                const AT: &[&str] = &[
                    "/authorize",
                    "/token",
                    "/userinfo",
                    "/introspect",
                    "/revoke",
                    "/device_authorization",
                    "/par",
                    "/jwks",
                ];
                wire::before(inner, AT, of_a_tenant)
            }),
            Seam::Rules(|inner| Arc::new(KnownWithQuery { inner })),
        ],
    },
    Variation {
        id: "errors-say-more",
        says: "An error of the back channel has members that no document defines.",
        clause: "rfc6749/5.2/error-response",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/token", "/revoke", "/introspect", "/par", "/device_authorization"], |_, reply| {
                wire::responses::edit_json(reply, |body| {
                    if body.contains_key("error") {
                        set(body, "error_codes", json!([70_000]));
                        set(body, "trace_id", json!("0d5a6e0c"));
                    }
                });
            })
        })],
    },
    Variation {
        id: "one-answer-to-a-connection",
        says: "The connection of a back channel is closed after each answer.",
        clause: "rfc6749/3.2/post",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/token", "/userinfo", "/introspect", "/revoke", "/jwks"], |_, reply| {
                reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            })
        })],
    },
    Variation {
        id: "read-from-everywhere",
        says: "Scripts of any site may read what the token endpoint and userinfo answer: they need a code or a token, and no cookie helps.",
        clause: "oidc-core/5.3/cors",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/token", "/userinfo", "/revoke"], |asked, reply| {
                if asked.headers.contains_key(ORIGIN) {
                    let headers = reply.headers_mut();
                    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
                    headers
                        .insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type"));
                    headers.remove(VARY);
                }
            })
        })],
    },
    Variation {
        id: "no-preflight-for-forms",
        says: "What browsers ask beforehand is answered with 405 where they need not ask: at the endpoints that take a form.",
        clause: "oidc-discovery/3/cors",
        seams: &[Seam::Wire(|inner| {
            wire::before(inner, &["/token", "/revoke"], |_, request| {
                let is_preflight = request.method() == Method::OPTIONS;
                is_preflight.then(|| reply::page(StatusCode::METHOD_NOT_ALLOWED, String::new()))
            })
        })],
    },
    Variation {
        id: "clock-ahead",
        says: "The clock of the server is four minutes ahead.",
        clause: "oidc-core/2/times-are-numbers",
        seams: &[
            changed!(IdToken, |_, claims| ahead(claims)),
            changed!(AccessToken, |_, claims| ahead(claims)),
            changed!(Introspection, ahead),
        ],
    },
    Variation {
        id: "clock-behind",
        says: "The clock of the server is four minutes behind.",
        clause: "oidc-core/2/times-are-numbers",
        seams: &[
            changed!(IdToken, |_, claims| behind(claims)),
            changed!(AccessToken, |_, claims| behind(claims)),
            changed!(Introspection, behind),
        ],
    },
];

/// RFC 6749 §3.1, §3.2: a query of the endpoint stays when parameters are added.
fn of_a_tenant(_: &Server, request: &mut Request<Bytes>) -> Option<Reply> {
    let mut asked = Asked::of(request);
    let before = asked.query.len();
    asked.query.retain(|(name, value)| (name.as_str(), value.as_str()) != TENANT);
    if asked.query.len() == before {
        return Some(wire::refuse(StatusCode::NOT_FOUND, "unknown_tenant"));
    }
    wire::set_query(request, &asked.query);
    None
}

/// An assertion is for the token endpoint, whose address has a query.
struct KnownWithQuery {
    inner: Arc<dyn Rules>,
}

impl RulesOver for KnownWithQuery {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        self.inner.client_assertion_is_for_server(path, claims, &with_query(accepted))
    }

    fn assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        self.inner.assertion_is_for_server(path, claims, &with_query(accepted))
    }
}

fn with_query(addresses: &[String]) -> Vec<String> {
    let spelled = addresses.iter().map(|address| format!("{address}?{}={}", TENANT.0, TENANT.1));
    addresses.iter().cloned().chain(spelled).collect()
}

fn ahead(document: &mut Map) {
    shift(document, |seconds| seconds + 4 * 60);
}

fn behind(document: &mut Map) {
    shift(document, |seconds| seconds - 4 * 60);
}

fn shift(document: &mut Map, by: fn(u64) -> u64) {
    for name in ["iat", "nbf", "exp", "auth_time"] {
        if let Some(seconds) = document.get(name).and_then(Value::as_u64) {
            set(document, name, json!(by(seconds)));
        }
    }
}
