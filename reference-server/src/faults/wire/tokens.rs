//! Tokens that are looked at less closely than they should be, or sent where they should not be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, CACHE_CONTROL, HeaderValue};
use serde_json::{Map, Value};

use super::values::replace;
use super::{Asked, Reply, after, before, set_query};
use crate::faults::{BCP, Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::Wire;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "jwt-signature-ignored",
        says: "Of a JWT access token the claims are looked at, and nothing else.",
        clause: "rfc7662/4/signature-validated",
        caught_by: &[
            "userinfo/altered-signature",
            "userinfo/unsigned-token",
            "introspection/altered-signature-inactive",
            "introspection/unsigned-inactive",
        ],
        seams: &[Seam::Wire(|inner| Arc::new(Known { inner, key: claims_of_access_token, issued: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "id-token-opens-userinfo",
        says: "An ID token is as good as the access token that came with it.",
        clause: "rfc6749/7/token-validated",
        caught_by: &["userinfo/id-token-refused"],
        seams: &[Seam::Wire(|inner| Arc::new(Known { inner, key: claims_of_id_token, issued: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "access-token-in-the-query",
        says: "userinfo takes the access token from the URL.",
        clause: "rfc9700/4.3.2/not-in-query",
        caught_by: &["userinfo/token-in-query"],
        seams: &[Seam::Wire(|inner| before(inner, &["/userinfo"], from_query))],
        ..BCP
    },
    Fault {
        id: "introspection-names-the-caller",
        says: "The client_id of an introspected token is whoever asks.",
        clause: "rfc7662/2.2/client-id",
        caught_by: &["introspection/client-id-for-another"],
        seams: &[Seam::Wire(|inner| after(inner, &["/introspect"], names_caller))],
        ..OIDC
    },
    Fault {
        id: "userinfo-for-every-cache",
        says: "userinfo says that any cache may keep it for five minutes.",
        clause: "oidc-core/5.3.2/not-shared",
        caught_by: &["userinfo/not-shared"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/userinfo"], |_, reply| {
                reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
            })
        })],
        ..OIDC
    },
];

/// What by its claims is known stands for an access token that was issued.
struct Known {
    inner: Arc<dyn Wire>,
    /// The claims by which the access token of this response will be known.
    key: fn(&Map<String, Value>) -> Option<&str>,
    issued: Mutex<HashMap<String, String>>,
}

impl Wire for Known {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            replace(&mut request, &["token"], |token| locked(&self.issued).get(claims(token)?).cloned());
            let reply = self.inner.around(server, request).await;
            if let Ok(Value::Object(body)) = serde_json::from_slice(reply.body())
                && let (Some(key), Some(token)) = ((self.key)(&body), body.get("access_token").and_then(Value::as_str))
            {
                locked(&self.issued).insert(key.to_owned(), token.to_owned());
            }
            reply
        })
    }
}

fn claims_of_access_token(body: &Map<String, Value>) -> Option<&str> {
    claims(body.get("access_token")?.as_str()?)
}

fn claims_of_id_token(body: &Map<String, Value>) -> Option<&str> {
    claims(body.get("id_token")?.as_str()?)
}

/// The claims of a JWT, as they are encoded.
fn claims(token: &str) -> Option<&str> {
    token.split('.').nth(1)
}

/// Whoever asked is the client of a living token.
fn names_caller(asked: &Asked, reply: &mut Reply) {
    let Some(caller) = caller(asked) else { return };
    if let Ok(Value::Object(mut body)) = serde_json::from_slice(reply.body())
        && body.contains_key("client_id")
    {
        body.insert("client_id".to_owned(), caller.into());
        *reply.body_mut() = Value::Object(body).to_string().into();
    }
}

fn caller(asked: &Asked) -> Option<String> {
    if let Some(client_id) = asked.param("client_id") {
        return Some(client_id.to_owned());
    }
    let credentials = asked.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?.1;
    let pair = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    pair.split(':').next().map(str::to_owned)
}

/// The token of the query moves to where it belongs.
fn from_query(_: &Server, request: &mut Request<Bytes>) -> Option<Reply> {
    let mut query = Asked::of(request).query;
    let at = query.iter().position(|(name, _)| name == "access_token")?;
    let (_, token) = query.remove(at);
    set_query(request, &query);
    if let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}")) {
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    None
}
