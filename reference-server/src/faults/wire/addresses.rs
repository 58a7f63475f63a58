//! Authorization requests that are read in one way only, and errors that lie in the wrong place.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::COOKIE;
use http::{Method, Request, StatusCode};

use super::{Asked, Reply, after, before, edit_response, location, set_location, set_param};
use crate::faults::{BCP, Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::secret::random_string;
use crate::transport::{Wire, reply};

/// Where authorization responses come from.
const AT: &[&str] = &["/authorize", "/login", "/consent"];

/// The response types in the order in which the documents write them.
const WRITTEN: [&str; 4] = ["id_token token", "code id_token", "code token", "code id_token token"];

/// The code_challenge of a verifier without a character.
const OF_NOTHING: &str = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

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
        id: "errors-before-login",
        says: "An error travels to the client before anybody has logged in.",
        clause: "rfc9700/4.11.2/authenticated-first",
        caught_by: &["authorize/login-before-redirect"],
        seams: &[Seam::Config(|config| config.login_before_errors = false)],
        ..BCP
    },
    Fault {
        id: "empty-challenge-is-one",
        says: "A code_challenge without a value counts as one that was sent.",
        clause: "rfc6749/3.1/empty-omitted",
        caught_by: &["pkce/challenge-empty"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                if Asked::of(request).param("code_challenge") == Some("") {
                    set_param(request, "code_challenge", OF_NOTHING);
                    set_param(request, "code_challenge_method", "S256");
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
    Fault {
        id: "access-token-beside-the-code",
        says: "An access token comes back beside the code, in the query, though nobody asked for one.",
        clause: "multiple-response-types/7/no-tokens-in-query",
        caught_by: &["authorize/no-token-beside-code"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                if location(reply).is_some_and(|there| there.contains("?code=") || there.contains("&code=")) {
                    edit_response(reply, |params| params.push(("access_token".to_owned(), random_string())));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "consent-by-parameter",
        says: "An authorization request with approve=true is taken for one that the user has allowed.",
        clause: "oidc-core/3.1.2.4/consent",
        precedent: Some("apereo/cas#8858"),
        caught_by: &["authorize/consent-by-parameter"],
        seams: &[Seam::Wire(|inner| Arc::new(Approves { inner }))],
        ..OIDC
    },
];

/// What a form of the consent page holds under this name.
fn held<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    page.split(&format!("name=\"{name}\" value=\"")).nth(1)?.split('"').next()
}

/// The server answers its own consent page.
struct Approves {
    inner: Arc<dyn Wire>,
}

impl Wire for Approves {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let approves = Asked::of(&request).param("approve").is_some();
            let cookies = request.headers().get(COOKIE).cloned();
            let reply = self.inner.around(server, request).await;
            let (Some(cookies), true) = (cookies, approves) else { return reply };
            let Some(there) = location(&reply).and_then(|there| there.split("/consent").nth(1)).map(str::to_owned)
            else {
                return reply;
            };
            let mut shown = Request::new(Bytes::new());
            *shown.uri_mut() = format!("/consent{there}").parse().unwrap_or_default();
            shown.headers_mut().insert(COOKIE, cookies.clone());
            let page = self.inner.around(server, shown).await;
            let page = String::from_utf8_lossy(page.body()).into_owned();
            let mut sent = Request::new(Bytes::new());
            *sent.uri_mut() = http::Uri::from_static("/consent");
            sent.headers_mut().insert(COOKIE, cookies);
            let field = |name: &str| (name.to_owned(), held(&page, name).unwrap_or_default().to_owned());
            let fields = [field("interaction"), field("csrf"), ("decision".to_owned(), "allow".to_owned())];
            super::set_body(&mut sent, &fields);
            self.inner.around(server, sent).await
        })
    }
}

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
