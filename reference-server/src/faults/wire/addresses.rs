//! Authorization requests that are read in one way only, and errors that lie in the wrong place.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::COOKIE;
use http::{Method, Request, StatusCode};

use super::{Asked, Reply, after, before, edit_response, location, set_location, set_param};
use crate::faults::{BCP, Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::{Wire, reply};

/// Where authorization responses come from.
const AT: &[&str] = &["/authorize", "/login", "/consent"];

/// The response types in the order in which the documents write them.
const WRITTEN: [&str; 4] = ["id_token token", "code id_token", "code token", "code id_token token"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "response-type-in-one-order",
        says: "The words of a response_type are understood in one order only.",
        clause: "rfc6749/3.1.1/order-irrelevant",
        caught_by: &["authorize/response-type-order"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                let asked = Asked::of(request).param("response_type").unwrap_or_default().to_owned();
                if asked.contains(' ') && !WRITTEN.contains(&asked.as_str()) {
                    set_param(request, "response_type", "none");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "get-refused-in-a-session",
        says: "A browser that has been here before has to send its authorization requests by POST.",
        clause: "rfc6749/3.1/get-supported",
        caught_by: &["authorize/get-supported"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                let known = request.headers().contains_key(COOKIE) && request.method() == Method::GET;
                known
                    .then(|| reply::page(StatusCode::METHOD_NOT_ALLOWED, "<!doctype html><p>POST only.</p>".to_owned()))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "errors-of-the-code-flow-in-the-fragment",
        says: "The errors of a request for a code come back in the fragment.",
        clause: "rfc6749/4.1.2.1/error-reported",
        caught_by: &["authorize/error-in-query"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                if let Some(there) = location(reply).filter(|there| there.contains("error=")) {
                    let there = there.replacen('?', "#", 1);
                    set_location(reply, &there);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "denial-of-tokens-stays",
        says: "When the user denies a client tokens through the browser, the client never hears of it.",
        clause: "rfc6749/4.2.2.1/denial-reported",
        caught_by: &["authorize/consent-denied"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                let denied = |there: &str| there.contains('#') && there.contains("error=access_denied");
                if location(reply).is_some_and(denied) {
                    *reply = reply::page(StatusCode::OK, "<!doctype html><p>You said no.</p>".to_owned());
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "pkce-errors-unexplained",
        says: "Who gets PKCE wrong is told invalid_request, and nothing else.",
        clause: "rfc7636/4.4.1/unsupported-transform-explained",
        caught_by: &["pkce/errors-explained"],
        seams: &[Seam::Wire(|inner| after(inner, AT, |_, reply| unexplained(reply)))],
        ..OIDC
    },
    Fault {
        id: "missing-challenge-unexplained",
        says: "Who sends no code_challenge is told invalid_request, and nothing else.",
        clause: "rfc7636/4.4.1/missing-challenge-explained",
        caught_by: &["pkce/errors-explained"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |asked, reply| {
                if asked.param("code_challenge").is_none() {
                    unexplained(reply);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "challenge-within-the-code",
        says: "The code_challenge is kept in the code itself, where everybody can read it.",
        clause: "rfc7636/4.4/challenge-not-exposed",
        caught_by: &["pkce/challenge-not-in-the-response"],
        seams: &[Seam::Wire(|inner| Arc::new(InTheCode { inner, newest: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "challenge-beside-the-code",
        says: "The code_challenge comes back beside the code.",
        clause: "rfc7636/4.4/challenge-not-exposed",
        caught_by: &["pkce/challenge-not-in-the-response"],
        seams: &[Seam::Wire(|inner| Arc::new(BesideTheCode { inner, newest: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "endpoints-of-another-key-set",
        says: "Of the two metadata documents one names a key set in which there is nothing.",
        clause: "rfc9068/4/metadata-consistent",
        caught_by: &["metadata/documents-agree"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/.well-known/oauth-authorization-server"], |_, reply| {
                let text = String::from_utf8_lossy(reply.body()).replace("/jwks\"", "/keys\"");
                *reply.body_mut() = text.into();
            })
        })],
        ..BCP
    },
];

/// An error and nothing beside it that says why.
fn unexplained(reply: &mut Reply) {
    edit_response(reply, |params| {
        if params.iter().any(|(name, value)| name == "error" && value == "invalid_request") {
            params.retain(|(name, _)| !["error_description", "error_uri"].contains(&name.as_str()));
        }
    });
}

/// The newest challenge that was asked with.
fn note(newest: &Mutex<String>, request: &Request<Bytes>) {
    if let Some(challenge) = Asked::of(request).param("code_challenge") {
        challenge.clone_into(&mut locked(newest));
    }
}

/// A code is what it was, a dot, and the challenge.
struct InTheCode {
    inner: Arc<dyn Wire>,
    newest: Mutex<String>,
}

impl Wire for InTheCode {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            note(&self.newest, &request);
            super::values::replace(&mut request, &["code"], |code| Some(code.split('.').next()?.to_owned()));
            let mut reply = self.inner.around(server, request).await;
            edit_response(&mut reply, |params| {
                for (_, code) in params.iter_mut().filter(|(name, _)| name == "code") {
                    *code = format!("{code}.{}", crate::tokens::secret::base64url(locked(&self.newest).as_bytes()));
                }
            });
            reply
        })
    }
}

struct BesideTheCode {
    inner: Arc<dyn Wire>,
    newest: Mutex<String>,
}

impl Wire for BesideTheCode {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            note(&self.newest, &request);
            let mut reply = self.inner.around(server, request).await;
            edit_response(&mut reply, |params| {
                params.push(("code_challenge".to_owned(), locked(&self.newest).clone()));
            });
            reply
        })
    }
}
