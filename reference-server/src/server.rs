//! The server as a value: a request goes in, a response comes out, and no socket is involved.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use crate::clock::Clock;
use crate::config::Config;
use crate::rules::{Rules, Strict};
use crate::store::{MemoryStore, Store};
use crate::tokens::{AsIs, Claims, Keys};
use crate::transport::{Plain, Wire};

/// Everything that a request can touch.
pub struct Server {
    /// Its name, its clients, its users, its lifetimes.
    pub config: Config,
    /// Who says no.
    pub rules: Arc<dyn Rules>,
    /// The last look at each document.
    pub claims: Arc<dyn Claims>,
    /// What is remembered.
    pub store: Arc<dyn Store>,
    /// What tokens are signed with.
    pub keys: Arc<Keys>,
    /// What time it is.
    pub clock: Arc<Clock>,
    /// What happens around the routes.
    pub wire: Arc<dyn Wire>,
}

impl Server {
    /// A strict server with an empty memory.
    pub fn new(config: Config, keys: Arc<Keys>) -> Server {
        let clock = Arc::new(Clock::system());
        Server {
            rules: Arc::new(Strict),
            claims: Arc::new(AsIs),
            store: Arc::new(MemoryStore::new(&config, Arc::clone(&clock))),
            keys,
            clock,
            wire: Arc::new(Plain),
            config,
        }
    }

    /// Answer one request.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.wire.around(self, request).await;
        tracing::debug!(%method, path, status = response.status().as_u16(), "answered");
        response
    }
}
