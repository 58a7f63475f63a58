//! What a refresh brings, bound to nobody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request};
use serde_json::Value;

use super::{Asked, Reply, set_param};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::Wire;

pub(in super::super) static FAULTS: &[Fault] = &[Fault {
    id: "successor-of-any-client",
    says: "The refresh token that a refresh brings works for every client.",
    clause: "rfc6749/6/bound-to-client",
    caught_by: &["refresh/other-client"],
    seams: &[Seam::Wire(|inner| Arc::new(Unbound { inner, owners: Mutex::default() }))],
    ..OIDC
}];

/// Who refreshed: the Authorization header, and client_id and client_secret of the body.
type Owner = (Option<HeaderValue>, Option<String>, Option<String>);

/// Whoever brings a successor is taken for the client that got it.
struct Unbound {
    inner: Arc<dyn Wire>,
    owners: Mutex<HashMap<String, Owner>>,
}

impl Wire for Unbound {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            if asked.path != "/token" || !asked.is_refresh() {
                return self.inner.around(server, request).await;
            }
            let brought = asked.param("refresh_token").unwrap_or_default();
            let owner = locked(&self.owners).get(brought).cloned();
            if let Some(owner) = owner {
                become_client(&mut request, &owner);
            }
            let owner = Asked::of(&request);
            let reply = self.inner.around(server, request).await;
            let body: Value = serde_json::from_slice(reply.body()).unwrap_or_default();
            if let Some(successor) = body.get("refresh_token").and_then(Value::as_str) {
                let header = owner.headers.get(AUTHORIZATION).cloned();
                let param = |name: &str| owner.param(name).map(str::to_owned);
                locked(&self.owners).insert(successor.to_owned(), (header, param("client_id"), param("client_secret")));
            }
            reply
        })
    }
}

fn become_client(request: &mut Request<Bytes>, (header, id, secret): &Owner) {
    request.headers_mut().remove(AUTHORIZATION);
    if let Some(header) = header {
        request.headers_mut().insert(AUTHORIZATION, header.clone());
    }
    // An empty parameter counts as not sent.
    set_param(request, "client_id", id.as_deref().unwrap_or_default());
    set_param(request, "client_secret", secret.as_deref().unwrap_or_default());
}
