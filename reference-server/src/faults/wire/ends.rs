//! Tokens that end, and go on all the same, or are handed out once more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, StatusCode};

use super::{Asked, Reply, drop_param};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::secret::Digest;
use crate::transport::{Wire, reply};

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "hint-saves-access-token",
        says: "Revocation looks for a token only among the refresh tokens if the hint says that it is one.",
        clause: "rfc7009/2.1/search-extended",
        caught_by: &["revocation/wrong-hint-of-access"],
        seams: &[Seam::Wire(|inner| Arc::new(HintBelieved { inner }))],
        ..OIDC
    },
    Fault {
        id: "dead-actor-is-no-actor",
        says: "An actor_token that has expired or was revoked is passed over, as if none had been sent.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/actor-token-revoked"],
        seams: &[Seam::Wire(|inner| Arc::new(DeadActorDropped { inner }))],
        ..OIDC
    },
    Fault {
        id: "dead-token-handed-out-again",
        says: "A client that asks in its own name gets the token of the first time, whether it was revoked or not.",
        clause: "rfc6749/5.1/lifetime",
        caught_by: &["revocation/next-token-lives"],
        seams: &[Seam::Wire(|inner| Arc::new(Cached { inner, answers: Mutex::default() }))],
        ..OIDC
    },
];

struct HintBelieved {
    inner: Arc<dyn Wire>,
}

impl Wire for HintBelieved {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            let hinted = asked.path == "/revoke" && asked.param("token_type_hint") == Some("refresh_token");
            if let Some(token) = asked.param("token").filter(|_| hinted) {
                let found = server.store.refresh_token(Digest::of(token)).await.ok().flatten();
                if found.is_none() {
                    return reply::with_status(StatusCode::OK, Bytes::new());
                }
            }
            self.inner.around(server, request).await
        })
    }
}

struct DeadActorDropped {
    inner: Arc<dyn Wire>,
}

impl Wire for DeadActorDropped {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            if let Some(actor_token) = Asked::of(&request).param("actor_token") {
                let found = server.store.access_token(Digest::of(actor_token)).await.ok().flatten();
                if found.is_some_and(|token| token.revoked || server.clock.now() >= token.expires_at) {
                    drop_param(&mut request, "actor_token");
                    drop_param(&mut request, "actor_token_type");
                }
            }
            self.inner.around(server, request).await
        })
    }
}

/// A request: its body, and the credentials in its header.
type Asking = (Bytes, Vec<u8>);

/// The answers to client credentials, by the whole request.
struct Cached {
    inner: Arc<dyn Wire>,
    answers: Mutex<HashMap<Asking, (StatusCode, Bytes)>>,
}

impl Wire for Cached {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            if Asked::of(&request).param("grant_type") != Some("client_credentials") {
                return self.inner.around(server, request).await;
            }
            let credentials = request.headers().get(AUTHORIZATION).map(|value| value.as_bytes().to_vec());
            let key = (request.body().clone(), credentials.unwrap_or_default());
            let mut answer = self.inner.around(server, request).await;
            let first = (answer.status(), answer.body().clone());
            let (status, body) = locked(&self.answers).entry(key).or_insert(first).clone();
            *answer.status_mut() = status;
            *answer.body_mut() = body;
            answer
        })
    }
}
