//! Claims in another language than was asked for, and answers that do not fit what came before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::responses::edit_json;
use super::{Asked, Reply, after, before, refuse, set_param};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::jwt::Jwt;
use crate::transport::Wire;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "language-tags-cut-off",
        says: "Whoever asks for a claim in a language gets it in any, and is not told in which.",
        clause: "oidc-core/5.5.2/language-tagged",
        caught_by: &["userinfo/languages"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                let claims = Asked::of(request).param("claims").map(str::to_owned)?;
                set_param(request, "claims", &claims.replace("#tlh", ""));
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "locales-passed-over",
        says: "A claim that there is in German does not come where claims are asked for in German.",
        clause: "oidc-core/5.2/locales-matched",
        caught_by: &["userinfo/languages"],
        seams: &[Seam::Wire(|inner| Arc::new(Locales { inner, asked: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "nonce-remembered",
        says: "A nonce that was sent before is refused.",
        clause: "oidc-core/2/nonce-not-processed",
        caught_by: &["id-token/nonce-again"],
        seams: &[Seam::Wire(|inner| Arc::new(Remembers { inner, seen: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "registered-clients-without-id-token",
        says: "A client that registered itself gets access tokens, and no ID token.",
        clause: "oidc-core/15.2/dynamic-features",
        caught_by: &["registration/login"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/token"], |_, reply| {
                edit_json(reply, |body| {
                    let jwt = body.get("id_token").and_then(Value::as_str).and_then(|token| Jwt::parse(token).ok());
                    let aud = jwt.and_then(|jwt| jwt.claims().get("aud")?.as_str().map(str::len));
                    // Those of the configuration have names; the others have random ones, which are long.
                    if aud.is_some_and(|length| length > 20) {
                        body.remove("id_token");
                    }
                });
            })
        })],
        ..OIDC
    },
];

/// One claim in German, but for the newest request, if it named languages.
struct Locales {
    inner: Arc<dyn Wire>,
    asked: Mutex<bool>,
}

impl Wire for Locales {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            if asked.path == "/authorize" {
                *locked(&self.asked) = asked.param("claims_locales").is_some();
            }
            let mut reply = self.inner.around(server, request).await;
            if asked.path == "/userinfo" && !*locked(&self.asked) {
                edit_json(&mut reply, |body| {
                    if body.contains_key("given_name") {
                        body.insert("given_name#de".to_owned(), json!("Alicia"));
                    }
                });
            }
            reply
        })
    }
}

/// The state of the request that a nonce first came with.
struct Remembers {
    inner: Arc<dyn Wire>,
    seen: Mutex<HashMap<String, String>>,
}

impl Wire for Remembers {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            if let (Some(nonce), true) = (asked.param("nonce"), asked.path == "/authorize") {
                let state = asked.param("state").unwrap_or_default().to_owned();
                let first = locked(&self.seen).entry(nonce.to_owned()).or_insert_with(|| state.clone()).clone();
                if first != state {
                    return refuse(StatusCode::BAD_REQUEST, "invalid_request");
                }
            }
            self.inner.around(server, request).await
        })
    }
}
