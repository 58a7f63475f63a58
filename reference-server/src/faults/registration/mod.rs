//! Faults of the registration of clients: what is asked, what is stored, what is told, and who may change it.

pub(super) mod believed;
pub(super) mod doors;
pub(super) mod kept;
pub(super) mod managed;
pub(super) mod pages;
pub(super) mod sets;
pub(super) mod statements;
pub(super) mod stored;
pub(super) mod subjects;
pub(super) mod taken;
pub(super) mod tokens;
pub(super) mod told;
pub(super) mod updates;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderMap, Method, Request};
use serde_json::Value;

use super::wire::{Reply, responses};
use crate::model::Client;
use crate::server::Server;
use crate::store::{BoxFuture, Store, StoreOver, Stored};
use crate::tokens::Map;
use crate::transport::Wire;
use crate::transport::credentials::bearer;

/// A request about a registration, in the shape that a fault wants to look at.
pub(in crate::faults) struct Asked {
    pub method: Method,
    /// The client that it is about; none where a new one is registered.
    pub client_id: Option<String>,
    pub token: Option<String>,
    pub body: Map,
}

impl Asked {
    /// Take down a request; `None` if it is about something else.
    pub fn of(request: &Request<Bytes>) -> Option<Asked> {
        let rest = request.uri().path().strip_prefix("/register")?;
        Some(Asked {
            method: request.method().clone(),
            client_id: rest.strip_prefix('/').map(str::to_owned),
            token: bearer(request.headers()).map(str::to_owned),
            body: serde_json::from_slice(request.body()).unwrap_or_default(),
        })
    }

    /// Whether a new client is registered.
    pub fn is_new(&self) -> bool {
        self.client_id.is_none()
    }
}

/// Answers about registrations are changed.
struct Changed {
    inner: Arc<dyn Wire>,
    change: fn(&Asked, &mut Reply),
}

impl Wire for Changed {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            let mut reply = self.inner.around(server, request).await;
            if let Some(asked) = asked {
                (self.change)(&asked, &mut reply);
            }
            reply
        })
    }
}

/// Whatever is answered about a registration.
pub(in crate::faults) fn answers(inner: Arc<dyn Wire>, change: fn(&Asked, &mut Reply)) -> Arc<dyn Wire> {
    Arc::new(Changed { inner, change })
}

/// What is told of a registration: the members of an answer that is none of refusal.
struct Told {
    inner: Arc<dyn Wire>,
    change: fn(&Asked, &mut Map),
}

impl Wire for Told {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            let mut reply = self.inner.around(server, request).await;
            if let Some(asked) = asked.filter(|_| reply.status().is_success()) {
                responses::edit_json(&mut reply, |body| (self.change)(&asked, body));
            }
            reply
        })
    }
}

pub(in crate::faults) fn told(inner: Arc<dyn Wire>, change: fn(&Asked, &mut Map)) -> Arc<dyn Wire> {
    Arc::new(Told { inner, change })
}

/// Requests about registrations are changed, or answered on the spot.
struct Before {
    inner: Arc<dyn Wire>,
    change: fn(&Asked, &mut Request<Bytes>) -> Option<Reply>,
}

impl Wire for Before {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            if let Some(reply) = asked.and_then(|asked| (self.change)(&asked, &mut request)) {
                return reply;
            }
            self.inner.around(server, request).await
        })
    }
}

pub(in crate::faults) fn before(
    inner: Arc<dyn Wire>,
    change: fn(&Asked, &mut Request<Bytes>) -> Option<Reply>,
) -> Arc<dyn Wire> {
    Arc::new(Before { inner, change })
}

/// Replace the JSON object in the body.
pub(in crate::faults) fn set_members(request: &mut Request<Bytes>, members: Map) {
    *request.body_mut() = Value::Object(members).to_string().into();
    request.headers_mut().remove(CONTENT_LENGTH);
}

/// Present this token.
pub(in crate::faults) fn set_token(headers: &mut HeaderMap, token: &str) {
    if let Ok(value) = format!("Bearer {token}").parse() {
        headers.insert(AUTHORIZATION, value);
    }
}

/// A client is stored otherwise than it was registered.
struct Otherwise {
    inner: Arc<dyn Store>,
    change: fn(&mut Client),
}

impl StoreOver for Otherwise {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn register_client(&self, mut client: Client, at_most: usize) -> Stored<'_, bool> {
        (self.change)(&mut client);
        self.inner.register_client(client, at_most)
    }

    fn replace_client(&self, mut client: Client) -> Stored<'_, bool> {
        (self.change)(&mut client);
        self.inner.replace_client(client)
    }
}

pub(in crate::faults) fn otherwise(inner: Arc<dyn Store>, change: fn(&mut Client)) -> Arc<dyn Store> {
    Arc::new(Otherwise { inner, change })
}

/// The strings of a member that is a list.
pub(in crate::faults) fn texts<'a>(members: &'a Map, name: &str) -> Vec<&'a str> {
    let list = members.get(name).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}
