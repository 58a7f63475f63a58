//! Sessions that are kept in the wrong cookie.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{COOKIE, HeaderValue, SET_COOKIE};
use http::{Request, header};

use super::Reply;
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::secret::random_string;
use crate::transport::{Wire, cookies};

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "session-kept-at-login",
        says: "A login goes into the session that the browser brought along, whoever else knows its cookie.",
        clause: "rfc6749/3.1/identity-verified",
        caught_by: &["authorize/session-renewed-at-login"],
        seams: &[Seam::Wire(|inner| Arc::new(KeptSession { inner, known: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "sessions-are-numbered",
        says: "The cookie of a session is its number.",
        clause: "rfc6749/10.10/session-unguessable",
        caught_by: &["authorize/session-unguessable"],
        seams: &[Seam::Wire(|inner| Arc::new(NumberedSessions { inner, known: Mutex::default() }))],
        ..OIDC
    },
];

/// The cookie that a browser has from its first request on.
const BROUGHT: &str = "sid";
/// The cookie of the strict server.
pub(super) const SESSION: &str = "grantspec_session";

/// Every browser gets a cookie at once; a login is remembered under it.
struct KeptSession {
    inner: Arc<dyn Wire>,
    known: Mutex<HashMap<String, String>>,
}

impl Wire for KeptSession {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let brought = cookies::read(request.headers(), BROUGHT, &server.config.issuer).map(str::to_owned);
            let session = brought.as_ref().and_then(|brought| locked(&self.known).get(brought).cloned());
            if let Some(session) = session {
                add(&mut request, &format!("{SESSION}={session}"));
            }
            let mut reply = self.inner.around(server, request).await;
            let started = started(&reply);
            match (brought, started) {
                (Some(brought), Some(started)) => {
                    locked(&self.known).insert(brought, started);
                    reply.headers_mut().remove(SET_COOKIE);
                }
                (None, _) => {
                    let cookie = cookies::write(BROUGHT, &random_string(), &server.config.issuer);
                    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                        reply.headers_mut().append(SET_COOKIE, cookie);
                    }
                }
                (Some(_), None) => {}
            }
            reply
        })
    }
}

pub(super) fn add(request: &mut Request<Bytes>, cookie: &str) {
    let known = request.headers().get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Ok(value) = HeaderValue::from_str(&format!("{cookie}; {known}")) {
        request.headers_mut().insert(COOKIE, value);
    }
}

/// The session that an answer begins.
fn started(reply: &Reply) -> Option<String> {
    reply.headers().get_all(SET_COOKIE).iter().find_map(|cookie| {
        let (name, rest) = cookie.to_str().ok()?.split_once('=')?;
        (name == SESSION).then(|| rest.split(';').next().unwrap_or_default().to_owned())
    })
}

/// Sessions go by their numbers.
struct NumberedSessions {
    inner: Arc<dyn Wire>,
    known: Mutex<Vec<String>>,
}

impl Wire for NumberedSessions {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let number = cookies::read(request.headers(), SESSION, &server.config.issuer).map(str::to_owned);
            let session = number.and_then(|number| locked(&self.known).get(number.parse::<usize>().ok()?).cloned());
            if let Some(session) = session {
                add(&mut request, &format!("{SESSION}={session}"));
            }
            let mut reply = self.inner.around(server, request).await;
            if let Some(session) = started(&reply).filter(|session| !session.is_empty()) {
                let mut known = locked(&self.known);
                known.push(session);
                let cookie = cookies::write(SESSION, &(known.len() - 1).to_string(), &server.config.issuer);
                if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                    reply.headers_mut().insert(SET_COOKIE, cookie);
                }
            }
            reply
        })
    }
}
