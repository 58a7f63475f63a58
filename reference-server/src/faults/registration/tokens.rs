//! Registration access tokens: whose they are, how they are made, how long they live.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::{Asked, set_token, told};
use crate::faults::wire::{self, Reply};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::rules::Rule;
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::Map;
use crate::tokens::secret::random_string;
use crate::transport::Wire;

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "any-registration-token",
        says: "Any token opens any registration.",
        clause: "rfc7592/2/protected",
        caught_by: &["management/other-client", "management/access-token-instead", "management/update-access-token-instead", "management/delete-access-token-instead", "management/read-token-altered"],
        seams: &[Seam::Gate(Rule::RegistrationAccessTokenMatches, None)],
        ..OIDC
    },
    Fault {
        id: "registrations-open-to-all",
        says: "Whoever knows a client_id reads, changes and deletes the registration.",
        clause: "rfc7592/2/protected",
        caught_by: &["management/token-missing", "management/update-token-missing", "management/delete-token-missing"],
        seams: &[Seam::Wire(|inner| opened(inner, |_, asked| asked.token.is_none()))],
        ..OIDC
    },
    Fault {
        id: "deletion-open-to-all",
        says: "Whoever knows a client_id deletes the registration.",
        clause: "rfc7592/2/protected",
        caught_by: &["management/delete-token-missing"],
        seams: &[Seam::Wire(|inner| opened(inner, |_, asked| asked.method == Method::DELETE && asked.token.is_none()))],
        ..OIDC
    },
    Fault {
        id: "access-token-opens-registration",
        says: "Any access token of the server opens a registration.",
        clause: "rfc7592/2/protected",
        caught_by: &["management/access-token-instead", "management/update-access-token-instead", "management/delete-access-token-instead"],
        seams: &[Seam::Wire(|inner| opened(inner, |_, asked| asked.token.as_ref().is_some_and(|token| token.contains('.'))))],
        ..OIDC
    },
    Fault {
        id: "registration-token-of-anybody-reads",
        says: "The token of any registration reads all others.",
        clause: "rfc7592/7/client-matched",
        caught_by: &["management/other-client"],
        seams: &[Seam::Wire(|inner| opened(inner, |keys, asked| asked.method == Method::GET && keys.is_one(asked)))],
        ..OIDC
    },
    Fault {
        id: "registration-token-of-anybody-updates",
        says: "The token of any registration changes all others.",
        clause: "rfc7592/7/client-matched",
        caught_by: &["management/other-client"],
        seams: &[Seam::Wire(|inner| opened(inner, |keys, asked| asked.method == Method::PUT && keys.is_one(asked)))],
        ..OIDC
    },
    Fault {
        id: "registration-token-of-anybody-deletes",
        says: "The token of any registration deletes all others.",
        clause: "rfc7592/7/client-matched",
        caught_by: &["management/other-client"],
        seams: &[Seam::Wire(|inner| opened(inner, |keys, asked| asked.method == Method::DELETE && keys.is_one(asked)))],
        ..OIDC
    },
    Fault {
        id: "unknown-clients-are-404",
        says: "Whoever asks for a registration that does not exist is answered with 404.",
        clause: "rfc7592/2.1/unknown-client",
        caught_by: &["management/unknown-client", "management/no-404"],
        seams: &[Seam::Wire(|inner| Arc::new(Unknown { inner, keys: Keys::default(), gone: false }))],
        ..OIDC
    },
    Fault {
        id: "deleted-clients-are-404",
        says: "Whoever asks for a registration that was deleted is answered with 404.",
        clause: "rfc7592/5/deleted-is-401",
        caught_by: &["management/deleted", "management/no-404"],
        seams: &[Seam::Wire(|inner| Arc::new(Unknown { inner, keys: Keys::default(), gone: true }))],
        ..OIDC
    },
    Fault {
        id: "registration-tokens-are-counted",
        says: "Registration access tokens are numbers, one after the other.",
        clause: "rfc7592/5/unguessable",
        caught_by: &["management/token-unguessable"],
        seams: &[Seam::Wire(|inner| Arc::new(Counted { inner, last: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "new-registration-token-not-stored",
        says: "A read tells a new token, which was never stored.",
        clause: "rfc7592/1.3/new-token-works",
        caught_by: &["management/newest-token"],
        seams: &[Seam::Wire(|inner| told(inner, |asked, body| {
            if asked.method == Method::GET {
                body.insert("registration_access_token".to_owned(), json!(random_string()));
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "old-registration-token-works",
        says: "A read and an update tell a new token, and the old one goes on working.",
        clause: "rfc7592/7/old-token-void",
        caught_by: &["management/newest-token"],
        seams: &[Seam::Wire(|inner| Arc::new(Rotates { inner, names: Mutex::default(), keeps_old: true }))],
        ..OIDC
    },
    Fault {
        id: "registration-token-expires",
        says: "A registration access token lives as long as an access token.",
        clause: "rfc7592/5/no-expiry",
        caught_by: &["management/token-lives-on"],
        seams: &[Seam::Wire(|inner| Arc::new(Expires { inner, issued: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "registration-token-is-an-access-token",
        says: "The registration access token of a client opens whatever its last access token opens.",
        clause: "rfc7592/7/token-for-this-only",
        caught_by: &["management/token-for-this-only"],
        seams: &[Seam::Wire(|inner| Arc::new(AccessTokenToo { inner, keys: Keys::default(), last: Mutex::default() }))],
        ..OIDC
    },
];

/// The tokens that were told, by client.
#[derive(Default)]
pub(super) struct Keys(Mutex<HashMap<String, String>>);

impl Keys {
    /// Learn from an answer.
    pub fn learn(&self, reply: &Reply) {
        let told: Map = serde_json::from_slice(reply.body()).unwrap_or_default();
        if let (Some(Value::String(id)), Some(Value::String(token))) =
            (told.get("client_id"), told.get("registration_access_token"))
        {
            locked(&self.0).insert(id.clone(), token.clone());
        }
    }

    /// The token of a client.
    pub fn of(&self, client_id: &str) -> Option<String> {
        locked(&self.0).get(client_id).cloned()
    }

    /// Whether the token that came is that of any registration.
    fn is_one(&self, asked: &Asked) -> bool {
        asked.token.as_ref().is_some_and(|token| locked(&self.0).values().any(|known| known == token))
    }
}

/// Some requests are let in with the right token, whatever they came with.
struct Opened {
    inner: Arc<dyn Wire>,
    keys: Keys,
    opens: fn(&Keys, &Asked) -> bool,
}

fn opened(inner: Arc<dyn Wire>, opens: fn(&Keys, &Asked) -> bool) -> Arc<dyn Wire> {
    Arc::new(Opened { inner, keys: Keys::default(), opens })
}

impl Wire for Opened {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let Some(asked) = Asked::of(&request) else {
                return self.inner.around(server, request).await;
            };
            let right = asked.client_id.as_deref().and_then(|client_id| self.keys.of(client_id));
            if let Some(right) = right.filter(|_| (self.opens)(&self.keys, &asked)) {
                set_token(request.headers_mut(), &right);
            }
            let reply = self.inner.around(server, request).await;
            self.keys.learn(&reply);
            reply
        })
    }
}

/// What is not there, or not there any more, is not found.
struct Unknown {
    inner: Arc<dyn Wire>,
    keys: Keys,
    gone: bool,
}

impl Wire for Unknown {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            let reply = self.inner.around(server, request).await;
            let Some(asked) = asked else { return reply };
            self.keys.learn(&reply);
            let known = asked.client_id.as_deref().is_none_or(|client_id| self.keys.of(client_id).is_some());
            if known == self.gone && reply.status() == StatusCode::UNAUTHORIZED && self.is_own(&asked) {
                return wire::refuse(StatusCode::NOT_FOUND, "not_found");
            }
            reply
        })
    }
}

impl Unknown {
    /// Of a client that is gone, only whoever has its token is told; of one that never was, everybody.
    fn is_own(&self, asked: &Asked) -> bool {
        let own = asked.client_id.as_deref().and_then(|client_id| self.keys.of(client_id));
        !self.gone || own == asked.token
    }
}

/// Tokens are told by number.
struct Counted {
    inner: Arc<dyn Wire>,
    last: Mutex<u64>,
}

impl Wire for Counted {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let is_new = Asked::of(&request).is_some_and(|asked| asked.is_new());
            let mut reply = self.inner.around(server, request).await;
            if is_new && reply.status().is_success() {
                let number = {
                    let mut last = locked(&self.last);
                    *last += 1;
                    *last
                };
                wire::responses::edit_json(&mut reply, |body| {
                    body.insert(
                        "registration_access_token".to_owned(),
                        json!(format!("registration-access-token-{number:08}")),
                    );
                });
            }
            reply
        })
    }
}

/// Each read and each update tells a new token, which stands for the first.
pub(in crate::faults) struct Rotates {
    pub inner: Arc<dyn Wire>,
    /// The first token by each later name.
    pub names: Mutex<HashMap<String, String>>,
    pub keeps_old: bool,
}

impl Wire for Rotates {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let Some(asked) = Asked::of(&request).filter(|asked| !asked.is_new()) else {
                return self.inner.around(server, request).await;
            };
            let presented = asked.token.unwrap_or_default();
            let first = locked(&self.names).get(&presented).cloned();
            // A token that gave way to another is one that never was.
            let real =
                if first.as_deref() == Some("") { random_string() } else { first.unwrap_or_else(|| presented.clone()) };
            if !presented.is_empty() {
                set_token(request.headers_mut(), &real);
            }
            let mut reply = self.inner.around(server, request).await;
            if reply.status() == StatusCode::OK {
                let fresh = random_string();
                let mut names = locked(&self.names);
                names.insert(fresh.clone(), real);
                if !self.keeps_old {
                    names.insert(presented, String::new());
                }
                wire::responses::edit_json(&mut reply, |body| {
                    body.insert("registration_access_token".to_owned(), json!(fresh));
                });
            }
            reply
        })
    }
}

/// After an hour a token is void.
struct Expires {
    inner: Arc<dyn Wire>,
    issued: Mutex<HashMap<String, u64>>,
}

impl Wire for Expires {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let Some(asked) = Asked::of(&request) else {
                return self.inner.around(server, request).await;
            };
            let now = server.clock.now();
            let issued = asked.client_id.as_ref().and_then(|client_id| locked(&self.issued).get(client_id).copied());
            if issued.is_some_and(|issued| issued + 60 * 60 < now) {
                return wire::refuse(StatusCode::UNAUTHORIZED, "invalid_token");
            }
            let reply = self.inner.around(server, request).await;
            let told: Map = serde_json::from_slice(reply.body()).unwrap_or_default();
            if let (true, Some(Value::String(id))) = (asked.is_new(), told.get("client_id")) {
                locked(&self.issued).insert(id.clone(), now);
            }
            reply
        })
    }
}

/// Userinfo takes the one for the other.
struct AccessTokenToo {
    inner: Arc<dyn Wire>,
    keys: Keys,
    last: Mutex<Option<String>>,
}

impl Wire for AccessTokenToo {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let token = crate::transport::credentials::bearer(request.headers()).map(str::to_owned);
            let tokens: HashSet<String> = locked(&self.keys.0).values().cloned().collect();
            let last = locked(&self.last).clone();
            if let (true, Some(last)) = (token.is_some_and(|token| tokens.contains(&token)), last)
                && request.uri().path() == "/userinfo"
            {
                set_token(request.headers_mut(), &last);
            }
            let mut reply = self.inner.around(server, request).await;
            self.keys.learn(&reply);
            let issued = wire::issued(&mut reply);
            if let Some(issued) = issued.into_iter().find(|issued| issued.contains('.')) {
                *locked(&self.last) = Some(issued);
            }
            reply
        })
    }
}
