//! Answers that go to the wrong request when two are under way.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::{Asked, Reply};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::Wire;

pub(in super::super) static FAULTS: &[Fault] = &[Fault {
    id: "answers-cross",
    says: "Two redemptions that are under way at once get the tokens of each other.",
    clause: "oidc-core/2/audience",
    caught_by: &["id-token/audience"],
    seams: &[Seam::Wire(|inner| Arc::new(Crossed { inner, waiting: Mutex::default() }))],
    ..OIDC
}];

/// How long an answer waits for another one.
const LONGEST_WAIT: Duration = Duration::from_millis(100);

struct Crossed {
    inner: Arc<dyn Wire>,
    /// The first of two: its answer, and where the other one's answer goes.
    waiting: Mutex<Option<(Reply, oneshot::Sender<Reply>)>>,
}

impl Wire for Crossed {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let is_redemption = Asked::of(&request).param("grant_type") == Some("authorization_code");
            let reply = self.inner.around(server, request).await;
            if !is_redemption || !reply.status().is_success() {
                return reply;
            }
            let waiting = locked(&self.waiting).take();
            if let Some((other, sender)) = waiting {
                return match sender.send(reply) {
                    Ok(()) => other,
                    Err(own) => own,
                };
            }
            let (sender, other) = oneshot::channel();
            *locked(&self.waiting) = Some((reply.clone(), sender));
            if let Ok(Ok(other)) = timeout(LONGEST_WAIT, other).await {
                return other;
            }
            locked(&self.waiting).take();
            reply
        })
    }
}
