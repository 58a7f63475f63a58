//! Logins that nobody made, pages that repeat what was typed or asked, and requests that are read in another way at the
//! authorization endpoint.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use form_urlencoded::byte_serialize;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_SECURITY_POLICY, HeaderValue, SET_COOKIE, X_FRAME_OPTIONS};
use http::{Method, Request, StatusCode};
use serde_json::Value;

use super::logouts::believe;
use super::sessions::{SESSION, add};
use super::{Asked, Params, Reply, after, before, location, names_client, set_body, set_location, set_param};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::{Authentication, Session};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::secret::{Digest, random_string};
use crate::transport::{Wire, cookies, reply};

const AUTHORIZE: &[&str] = &["/authorize"];
const LOGIN: &[&str] = &["/login"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "session-despite-wrong-password",
        says: "After a wrong password the login page comes again, and the user is logged in all the same.",
        clause: "rfc6749/3.1/identity-verified",
        caught_by: &["authorize/wrong-password"],
        seams: &[Seam::Wire(|inner| Arc::new(AlwaysLoggedIn { inner }))],
        ..OIDC
    },
    Fault {
        id: "hint-logs-in",
        says: "Whoever brings an ID token as id_token_hint is logged in as its subject; its signature is not looked at.",
        clause: "oidc-core/3.1.2.3/authenticated",
        caught_by: &["authorize/hint-is-no-login"],
        seams: &[Seam::Wire(|inner| Arc::new(HintLogsIn { inner }))],
        ..OIDC
    },
    Fault {
        id: "hint-not-verified",
        says: "An id_token_hint is decoded and not verified.",
        clause: "oidc-core/3.1.2.2/id-token-hint-issuer",
        caught_by: &["authorize/forged-hint"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |server, request| {
                believe(server, request, |_| true);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "page-after-wrong-password-in-frames",
        says: "The login page that comes after a wrong password may be shown inside a stranger's page.",
        clause: "rfc6749/10.13/framing",
        caught_by: &["authorize/not-framed"],
        seams: &[Seam::Wire(|inner| {
            after(inner, LOGIN, |_, reply| {
                if reply.status() == StatusCode::UNAUTHORIZED {
                    reply.headers_mut().remove(CONTENT_SECURITY_POLICY);
                    reply.headers_mut().remove(X_FRAME_OPTIONS);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "login-page-repeats-the-name",
        says: "The login page that comes after a wrong password repeats the name that was typed, markup included.",
        clause: "rfc6749/10.14/input-validated",
        caught_by: &["authorize/error-page-escaped"],
        seams: &[Seam::Wire(|inner| {
            after(inner, LOGIN, |asked, reply| {
                if let Some(name) = asked.param("username").filter(|_| reply.status() == StatusCode::UNAUTHORIZED) {
                    append(reply, name);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "login-page-repeats-the-hint",
        says: "The login page repeats the login_hint, markup included.",
        clause: "rfc6749/10.14/input-validated",
        caught_by: &["authorize/error-page-escaped"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/authorize", "/login"], |asked, reply| {
                let Some(hint) = asked.param("login_hint") else { return };
                let page = location(reply).filter(|location| location.contains("/login?")).map(str::to_owned);
                match page {
                    Some(page) => {
                        let hint: String = byte_serialize(hint.as_bytes()).collect();
                        set_location(reply, &format!("{page}&login_hint={hint}"));
                    }
                    None if asked.path == "/login" => append(reply, hint),
                    None => {}
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "prompt-of-its-first-value",
        says: "Of several values of prompt only the first one counts.",
        clause: "oidc-core/3.1.2.3/prompt-login",
        caught_by: &["authorize/prompt-login"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |_, request| {
                let first = Asked::of(request)
                    .param("prompt")
                    .and_then(|prompt| prompt.split_once(' '))
                    .map(|(first, _)| first.to_owned());
                if let Some(first) = first.filter(|first| first != "none") {
                    set_param(request, "prompt", &first);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "posted-parameters-repeated",
        says: "Of a parameter that an authorization request by POST repeats the first value counts.",
        clause: "rfc6749/3.1/not-repeated",
        caught_by: &["authorize/repeated-parameter"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |_, request| {
                if request.method() == Method::POST {
                    let mut first: Params = Vec::new();
                    for (name, value) in Asked::of(request).body {
                        if first.iter().all(|(known, _)| *known != name) {
                            first.push((name, value));
                        }
                    }
                    set_body(request, &first);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "preflight-at-authorize",
        says: "The authorization endpoint tells scripts of any site beforehand that they may ask it.",
        clause: "oidc-discovery/3/cors-not-at-authorization",
        caught_by: &["authorize/no-cors"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |_, request| {
                (request.method() == Method::OPTIONS).then(|| {
                    let mut reply = reply::with_status(StatusCode::NO_CONTENT, Bytes::new());
                    reply.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
                    reply
                })
            })
        })],
        ..OIDC
    },
    Fault {
        id: "client-taken-from-the-code",
        says: "A public client that does not name itself is taken to be the one that the code was issued to.",
        clause: "rfc6749/4.1.3/client-named",
        caught_by: &["code/client-missing"],
        seams: &[Seam::Wire(|inner| Arc::new(ClientOfCode { inner }))],
        ..OIDC
    },
];

/// Show something on a page as it is.
fn append(reply: &mut Reply, text: &str) {
    let mut page = reply.body().to_vec();
    page.extend_from_slice(format!("<p>{text}</p>").as_bytes());
    *reply.body_mut() = page.into();
}

/// Start a session; its cookie. A store that fails here fails again in a moment, and is answered then.
async fn start(server: &Server, sub: &str) -> String {
    let cookie = random_string();
    let authentication = Authentication { sub: sub.to_owned(), auth_time: server.clock.now() };
    let expires_at = server.clock.now() + server.config.lifetimes.session;
    let _ = server.store.put_session(Session { digest: Digest::of(&cookie), authentication, expires_at }).await;
    cookie
}

struct AlwaysLoggedIn {
    inner: Arc<dyn Wire>,
}

impl Wire for AlwaysLoggedIn {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            let mut reply = self.inner.around(server, request).await;
            let refused = asked.path == "/login" && reply.status() == StatusCode::UNAUTHORIZED;
            let user = server.config.users.iter().find(|user| asked.param("username") == Some(user.name.as_str()));
            if let Some(user) = user.filter(|_| refused) {
                let cookie = cookies::write(SESSION, &start(server, &user.sub).await, &server.config.issuer);
                if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                    reply.headers_mut().append(SET_COOKIE, cookie);
                }
            }
            reply
        })
    }
}

struct HintLogsIn {
    inner: Arc<dyn Wire>,
}

impl Wire for HintLogsIn {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            let sub = asked.param("id_token_hint").filter(|_| asked.path == "/authorize").and_then(subject);
            let user = server.config.users.iter().find(|user| Some(&user.sub) == sub.as_ref());
            if let Some(user) =
                user.filter(|_| cookies::read(request.headers(), SESSION, &server.config.issuer).is_none())
            {
                let cookie = start(server, &user.sub).await;
                add(&mut request, &format!("{SESSION}={cookie}"));
            }
            self.inner.around(server, request).await
        })
    }
}

fn subject(token: &str) -> Option<String> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims["sub"].as_str().map(str::to_owned)
}

struct ClientOfCode {
    inner: Arc<dyn Wire>,
}

impl Wire for ClientOfCode {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            if let Some(code) = asked.param("code").filter(|_| asked.path == "/token" && !names_client(&asked))
                && let Ok(Some(code)) = server.store.code(Digest::of(code)).await
            {
                set_param(&mut request, "client_id", &code.grant.client_id);
            }
            self.inner.around(server, request).await
        })
    }
}
