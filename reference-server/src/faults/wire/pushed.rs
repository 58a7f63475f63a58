//! The endpoint for pushed requests, and what it hands out; request objects on their way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::{Asked, Reply, after, before, refuse, set_body, set_param, set_query};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::Map;
use crate::transport::{Wire, reply};

/// Where requests are pushed.
const PUSHED: &[&str] = &["/par"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "request-uri-cached",
        says: "The answer to a pushed request may be cached.",
        clause: "rfc9126/2.2/no-store",
        caught_by: &["pushed/no-store"],
        seams: &[Seam::Wire(|inner| {
            after(inner, PUSHED, |_, reply| reply::insert(reply, CACHE_CONTROL, "public, max-age=60"))
        })],
        ..OIDC
    },
    Fault {
        id: "pushed-by-get",
        says: "A request can be pushed by GET.",
        clause: "rfc9126/2/post",
        caught_by: &["pushed/get-refused"],
        seams: &[Seam::Wire(|inner| {
            before(inner, PUSHED, |_, request| {
                if request.method() == Method::GET {
                    let params = Asked::of(request).query;
                    set_query(request, &[]);
                    set_body(request, &params);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "pushed-prompt-none-refused",
        says: "A pushed request that says prompt=none is told that a login is required.",
        clause: "rfc9126/2.3/no-interaction-codes",
        caught_by: &["pushed/prompt-none"],
        seams: &[Seam::Wire(|inner| {
            before(inner, PUSHED, |_, request| {
                let silent = Asked::of(request).param("prompt") == Some("none");
                silent.then(|| refuse(StatusCode::BAD_REQUEST, "login_required"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "pushed-with-200",
        says: "A pushed request is answered with 200.",
        clause: "rfc9126/2.2/created",
        caught_by: &["pushed/response"],
        seams: &[Seam::Wire(|inner| {
            after(inner, PUSHED, |_, reply| {
                if reply.status() == StatusCode::CREATED {
                    *reply.status_mut() = StatusCode::OK;
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "pushed-as-text",
        says: "The answer to a pushed request has the type text/plain.",
        clause: "rfc9126/2.2/json",
        caught_by: &["pushed/response"],
        seams: &[Seam::Wire(|inner| after(inner, PUSHED, |_, reply| reply::insert(reply, CONTENT_TYPE, "text/plain")))],
        ..OIDC
    },
    Fault {
        id: "request-uri-without-lifetime",
        says: "The answer to a pushed request does not say how long the request_uri lives.",
        clause: "rfc9126/2.2/members",
        caught_by: &["pushed/response"],
        seams: &[Seam::Wire(|inner| {
            after(inner, PUSHED, |_, reply| edit(reply, |body| drop(body.remove("expires_in"))))
        })],
        ..OIDC
    },
    Fault {
        id: "request-uri-lifetime-as-text",
        says: "The life of a request_uri is told as a string.",
        clause: "rfc9126/2.2/expires-in",
        caught_by: &["pushed/response"],
        seams: &[Seam::Wire(|inner| {
            after(inner, PUSHED, |_, reply| edit(reply, |body| drop(body.insert("expires_in".to_owned(), json!("50")))))
        })],
        ..OIDC
    },
    Fault {
        id: "request-uris-in-sequence",
        says: "Each request_uri ends in a number, which counts up.",
        clause: "rfc9126/2.2/unguessable",
        caught_by: &["pushed/unguessable"],
        seams: &[Seam::Wire(|inner| renamed(inner, |number, _| format!("{URN}{number}")))],
        ..OIDC
    },
    Fault {
        id: "request-uri-too-long",
        says: "A request_uri is as long as the request.",
        clause: "rfc9101/5.2/own-uri-length",
        caught_by: &["pushed/request-uri-short"],
        seams: &[Seam::Wire(|inner| renamed(inner, |_, name| format!("{name}.{}", "a".repeat(600))))],
        ..OIDC
    },
    Fault {
        id: "encrypted-request-object-crashes",
        says: "A request object that is encrypted is answered with 500.",
        clause: "rfc9101/6.1/undecryptable-refused",
        caught_by: &["request-object/undecryptable"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                let encrypted = Asked::of(request).param("request").is_some_and(|jwt| jwt.matches('.').count() == 4);
                encrypted.then(|| refuse(StatusCode::INTERNAL_SERVER_ERROR, "server_error"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "request-uri-beside-an-object",
        says: "Beside a request object a request_uri is passed over.",
        clause: "rfc9101/5/one-of-two",
        caught_by: &["request-object/by-value-and-by-reference", "pushed/reference-beside-object"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                if Asked::of(request).param("request").is_some() {
                    set_param(request, "request_uri", "");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "object-beside-own-request-uri",
        says: "Beside the reference to a pushed request a request object is passed over.",
        clause: "rfc9101/5/one-of-two",
        caught_by: &["pushed/reference-beside-object"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                if Asked::of(request).param("request_uri").is_some_and(|uri| uri.starts_with(URN)) {
                    set_param(request, "request", "");
                }
                None
            })
        })],
        ..OIDC
    },
];

/// Change the answer to a request that was taken.
fn edit(reply: &mut Reply, change: impl FnOnce(&mut Map)) {
    if let Ok(Value::Object(mut body)) = serde_json::from_slice(reply.body())
        && body.contains_key("request_uri")
    {
        change(&mut body);
        *reply.body_mut() = Value::Object(body).to_string().into();
    }
}

/// What every request_uri begins with.
const URN: &str = "urn:ietf:params:oauth:request_uri:";

/// The name of a pushed request, from its number and its strict name.
pub(in super::super) type Name = fn(usize, &str) -> String;

/// Every request_uri has another name outside.
struct Renamed {
    inner: Arc<dyn Wire>,
    name: Name,
    known: Mutex<HashMap<String, String>>,
}

pub(in super::super) fn renamed(inner: Arc<dyn Wire>, name: Name) -> Arc<dyn Wire> {
    Arc::new(Renamed { inner, name, known: Mutex::default() })
}

impl Wire for Renamed {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let path = request.uri().path().to_owned();
            if path == "/authorize" {
                let outside = Asked::of(&request).param("request_uri").unwrap_or_default().to_owned();
                let inside = locked(&self.known).get(&outside).cloned();
                if let Some(inside) = inside {
                    set_param(&mut request, "request_uri", &inside);
                }
            }
            let mut reply = self.inner.around(server, request).await;
            if path == "/par" {
                edit(&mut reply, |body| {
                    let inside = body["request_uri"].as_str().unwrap_or_default().to_owned();
                    let mut known = locked(&self.known);
                    let outside = (self.name)(known.len(), &inside);
                    body.insert("request_uri".to_owned(), json!(outside));
                    known.insert(outside, inside);
                });
            }
            reply
        })
    }
}
