//! Codes and tokens that are easier to come by than they should be.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderValue};
use serde_json::Value;

use super::{Asked, Reply, edit_response, issued, set_body};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::Wire;
use crate::transport::credentials::bearer;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "codes-are-counted",
        says: "Codes are consecutive numbers.",
        clause: "rfc6749/10.10/unguessable",
        caught_by: &["code/unguessable"],
        seams: &[Seam::Wire(|inner| Arc::new(Counted { inner, issued: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "tokens-are-counted",
        says: "Access tokens and refresh tokens are consecutive numbers.",
        clause: "rfc6749/10.10/unguessable",
        caught_by: &["token/unguessable"],
        seams: &[Seam::Wire(|inner| Arc::new(CountedTokens { inner, issued: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "codes-compared-in-part",
        says: "Of a code only the last characters are compared.",
        clause: "rfc6749/4.1.3/code-verified",
        caught_by: &["code/altered"],
        seams: &[Seam::Wire(|inner| by_tail(inner, &["code"]))],
        ..OIDC
    },
    Fault {
        id: "refresh-tokens-compared-in-part",
        says: "Of a refresh token only the last characters are compared.",
        clause: "rfc6749/6/token-validated",
        caught_by: &["refresh/altered"],
        seams: &[Seam::Wire(|inner| by_tail(inner, &["refresh_token"]))],
        ..OIDC
    },
    Fault {
        id: "access-tokens-compared-in-part",
        says: "An access token is looked up by its signature, and the rest of it is not verified.",
        clause: "rfc7662/4/signature-validated",
        caught_by: &["introspection/altered-token-inactive", "userinfo/altered-token"],
        seams: &[Seam::Wire(|inner| by_tail(inner, &["token"]))],
        ..OIDC
    },
];

const FIRST: usize = 1000;

/// Codes leave as numbers and come back as what they stand for.
struct Counted {
    inner: Arc<dyn Wire>,
    issued: Mutex<Vec<String>>,
}

impl Wire for Counted {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            replace(&mut request, &["code"], |number| {
                let at = number.parse::<usize>().ok()?.checked_sub(FIRST)?;
                locked(&self.issued).get(at).cloned()
            });
            let mut reply = self.inner.around(server, request).await;
            edit_response(&mut reply, |params| {
                for (_, value) in params.iter_mut().filter(|(name, _)| name == "code") {
                    let mut issued = locked(&self.issued);
                    issued.push(value.clone());
                    *value = (FIRST + issued.len() - 1).to_string();
                }
            });
            reply
        })
    }
}

/// Tokens leave as numbers and come back as what they stand for.
struct CountedTokens {
    inner: Arc<dyn Wire>,
    issued: Mutex<Vec<String>>,
}

impl Wire for CountedTokens {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            replace(&mut request, &["token", "refresh_token", "subject_token"], |number| {
                let at = number.parse::<usize>().ok()?.checked_sub(FIRST)?;
                locked(&self.issued).get(at).cloned()
            });
            let is_token = request.uri().path() == "/token";
            let mut reply = self.inner.around(server, request).await;
            if let Ok(Value::Object(mut body)) = serde_json::from_slice(reply.body())
                && is_token
            {
                for name in ["access_token", "refresh_token"] {
                    if let Some(Value::String(token)) = body.get_mut(name) {
                        let mut issued = locked(&self.issued);
                        issued.push(std::mem::take(token));
                        *token = (FIRST + issued.len() - 1).to_string();
                    }
                }
                *reply.body_mut() = Value::Object(body).to_string().into();
                reply.headers_mut().remove(CONTENT_LENGTH);
            }
            reply
        })
    }
}

/// How many characters are compared.
const TAIL: usize = 12;

/// Whatever ends like something that was issued is taken for it.
struct ByTail {
    inner: Arc<dyn Wire>,
    params: &'static [&'static str],
    issued: Mutex<HashSet<String>>,
}

fn by_tail(inner: Arc<dyn Wire>, params: &'static [&'static str]) -> Arc<dyn Wire> {
    Arc::new(ByTail { inner, params, issued: Mutex::default() })
}

impl Wire for ByTail {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            replace(&mut request, self.params, |value| {
                let end = value.get(value.len().checked_sub(TAIL)?..)?;
                locked(&self.issued).iter().find(|issued| issued.ends_with(end)).cloned()
            });
            let mut reply = self.inner.around(server, request).await;
            let came = issued(&mut reply);
            locked(&self.issued).extend(came);
            reply
        })
    }
}

/// Replace the values of these parameters, `token` also in the Authorization header, where `other` knows a better one.
pub(super) fn replace(request: &mut Request<Bytes>, params: &[&str], other: impl Fn(&str) -> Option<String>) {
    if !["/token", "/introspect", "/userinfo"].contains(&request.uri().path()) {
        return;
    }
    if params.contains(&"token")
        && let Some(token) = bearer(request.headers()).and_then(&other)
        && let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}"))
    {
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    let mut body = Asked::of(request).body;
    let mut changed = false;
    for (name, value) in &mut body {
        if params.contains(&name.as_str())
            && let Some(better) = other(value)
        {
            *value = better;
            changed = true;
        }
    }
    if changed {
        set_body(request, &body);
    }
}
