//! What is said of tokens that are dead, dying, or of another kind.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::responses::edit_json;
use super::values::replace;
use super::{Asked, Reply, after, refuse};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::Map;
use crate::tokens::secret::Digest;
use crate::transport::Wire;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "introspection-exp-slides",
        says: "The exp of introspection is counted from the moment of the question.",
        clause: "rfc7662/2.2/times",
        caught_by: &["introspection/exp-is-true"],
        seams: &[Seam::Wire(|inner| Arc::new(Slides { inner, member: "exp" }))],
        ..OIDC
    },
    Fault {
        id: "introspection-iat-slides",
        says: "The iat of introspection is the moment of the question.",
        clause: "rfc7662/2.2/times",
        caught_by: &["introspection/iat-stays"],
        seams: &[Seam::Wire(|inner| Arc::new(Slides { inner, member: "iat" }))],
        ..OIDC
    },
    Fault {
        id: "revocation-of-expired-token-refused",
        says: "The revocation of an access token that has expired is an error.",
        clause: "rfc7009/2.2/unknown-token-ok",
        caught_by: &["revocation/expired-token"],
        seams: &[Seam::Wire(|inner| Arc::new(LivingOnly { inner }))],
        ..OIDC
    },
    Fault {
        id: "revocation-of-expired-refresh-token-refused",
        says: "The revocation of a refresh token that has expired is an error.",
        clause: "rfc7009/2.2/unknown-token-ok",
        caught_by: &["revocation/expired-refresh-token"],
        seams: &[Seam::Wire(|inner| Arc::new(LivingRefreshOnly { inner }))],
        ..OIDC
    },
    Fault {
        id: "id-token-is-active",
        says: "Introspection takes every JWT of the server for an access token, an ID token too.",
        clause: "rfc7662/2.2/id-token-is-no-token",
        caught_by: &["introspection/id-token-inactive"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/introspect"], |asked, reply| {
                if let Some(mut claims) = asked.param("token").and_then(id_token) {
                    claims.insert("active".to_owned(), json!(true));
                    edit_json(reply, |body| *body = claims);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "opaque-tokens-are-short",
        says: "Access tokens that are no JWTs have six random characters.",
        clause: "rfc6749/10.10/unguessable",
        caught_by: &["token/unguessable"],
        seams: &[Seam::Wire(|inner| Arc::new(ShortOpaque { inner, length: 6, issued: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "opaque-tokens-of-132-bits",
        says: "Access tokens that are no JWTs have 22 random characters, enough for 128 bits and not for 160.",
        clause: "rfc6749/10.10/entropy-160",
        caught_by: &["token/unguessable"],
        seams: &[Seam::Wire(|inner| Arc::new(ShortOpaque { inner, length: 22, issued: Mutex::default() }))],
        ..OIDC
    },
];

/// The claims of a JWT that does not say it is an access token.
fn id_token(token: &str) -> Option<Map> {
    let part = |at: usize| serde_json::from_slice::<Map>(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at)?).ok()?).ok();
    (part(0)?.get("typ")? == "JWT").then(|| part(1)).flatten()
}

/// A time of introspection that is counted from the question.
struct Slides {
    inner: Arc<dyn Wire>,
    member: &'static str,
}

impl Wire for Slides {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let is_introspection = request.uri().path() == "/introspect";
            let mut reply = self.inner.around(server, request).await;
            if is_introspection {
                let ahead = if self.member == "exp" { server.config.lifetimes.access_token } else { 0 };
                let time = server.clock.now() + ahead;
                edit_json(&mut reply, |body| {
                    if let Some(told) = body.get_mut(self.member) {
                        *told = json!(time);
                    }
                });
            }
            reply
        })
    }
}

struct LivingOnly {
    inner: Arc<dyn Wire>,
}

impl Wire for LivingOnly {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            if let Some(token) = asked.param("token").filter(|_| asked.path == "/revoke") {
                let found = server.store.access_token(Digest::of(token)).await.ok().flatten();
                if found.is_some_and(|token| server.clock.now() >= token.expires_at) {
                    return refuse(StatusCode::BAD_REQUEST, "invalid_token");
                }
            }
            self.inner.around(server, request).await
        })
    }
}

struct LivingRefreshOnly {
    inner: Arc<dyn Wire>,
}

impl Wire for LivingRefreshOnly {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            if let Some(token) = asked.param("token").filter(|_| asked.path == "/revoke") {
                let found = server.store.refresh_token(Digest::of(token)).await.ok().flatten();
                if found.is_some_and(|token| server.clock.now() >= token.expires_at) {
                    return refuse(StatusCode::BAD_REQUEST, "invalid_grant");
                }
            }
            self.inner.around(server, request).await
        })
    }
}

/// Opaque access tokens leave cut short, and come back as what they stand for.
struct ShortOpaque {
    inner: Arc<dyn Wire>,
    /// How much of a token is left.
    length: usize,
    issued: Mutex<HashMap<String, String>>,
}

impl Wire for ShortOpaque {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            replace(&mut request, &["token"], |short| locked(&self.issued).get(short).cloned());
            let is_token = request.uri().path() == "/token";
            let mut reply = self.inner.around(server, request).await;
            if is_token {
                edit_json(&mut reply, |body| {
                    if let Some(Value::String(token)) = body.get_mut("access_token").filter(|token| !is_jwt(token)) {
                        let short = format!("{}{}", &token[..self.length], "0".repeat(32));
                        locked(&self.issued).insert(short.clone(), std::mem::replace(token, short));
                    }
                });
            }
            reply
        })
    }
}

fn is_jwt(token: &Value) -> bool {
    token.as_str().is_some_and(|token| token.contains('.'))
}
