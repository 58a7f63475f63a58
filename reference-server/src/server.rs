//! The server as a value: a request goes in, a response comes out, and no socket is involved.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use tracing::Level;

use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::control::Journal;
use crate::fetch::Fetcher;
use crate::grants::extension::{Extensions, Parameter};
use crate::model::client::Offer;
use crate::model::{AssertionIssuer, Client, GrantType, Path};
use crate::rules::{Rules, Strict};
use crate::store::{MemoryStore, Store};
use crate::tokens::jwk::JwkSet;
use crate::tokens::{AsIs, Claims, KeyRing, Keys};
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
    /// What tokens are signed with, and were.
    pub keys: KeyRing,
    /// What time it is.
    pub clock: Arc<Clock>,
    /// What happens around the routes.
    pub wire: Arc<dyn Wire>,
    /// The extension grants that it serves.
    pub extensions: Extensions,
    /// Whose word is taken for a user.
    pub assertion_issuers: Vec<AssertionIssuer>,
    /// Whoever fetches what clients keep elsewhere.
    pub fetcher: Fetcher,
    /// What it has to give: no client is registered for more.
    pub offer: Offer,
    /// What was asked lately, for whoever has it under control.
    pub(crate) journal: Journal,
}

impl Server {
    /// A strict server with an empty memory, and the extension grants of this crate.
    ///
    /// # Errors
    /// A client of the configuration that cannot be registered, or a user who is there twice.
    pub fn new(config: Config, keys: Arc<Keys>) -> Result<Server, ConfigError> {
        Server::with_extensions(config, keys, Extensions::standard())
    }

    /// A strict server with these extension grants.
    ///
    /// # Errors
    /// A client of the configuration that cannot be registered, or a user who is there twice.
    pub fn with_extensions(config: Config, keys: Arc<Keys>, extensions: Extensions) -> Result<Server, ConfigError> {
        let clock = Arc::new(Clock::system());
        let clients = config.parse_clients(&extensions)?;
        let users = config.parse_users()?;
        Ok(Server {
            rules: Arc::new(Strict),
            claims: Arc::new(AsIs),
            store: Arc::new(MemoryStore::new(clients, users, Arc::clone(&clock))),
            keys: KeyRing::new(keys),
            clock,
            wire: Arc::new(Plain),
            assertion_issuers: config.parse_assertion_issuers()?,
            fetcher: Fetcher::new(&config.fetching)?,
            offer: config.offer(&extensions),
            extensions,
            journal: Journal::default(),
            config,
        })
    }

    /// The grant type of this name, if it is served; names are case-sensitive (RFC 6749 §1.9).
    pub fn grant_type(&self, name: &str) -> Option<GrantType> {
        self.offer.grant_types.iter().copied().find(|grant_type| grant_type.as_str() == name)
    }

    /// RFC 7523 §3 (1): the issuer of this name, if its word is taken.
    pub fn assertion_issuer(&self, name: Option<&str>) -> Option<&AssertionIssuer> {
        self.assertion_issuers.iter().find(|known| Some(known.issuer.as_str()) == name)
    }

    /// OpenID Connect Core §10.1.1: the client with the keys that it publishes, as they are now. They are fetched anew each time, so that a key counts
    /// from the moment when it is published to that when it is withdrawn. Where they cannot be had, nothing that the client signed is good.
    pub async fn with_keys(&self, client: &Arc<Client>) -> Arc<Client> {
        let Some(jwks_uri) = &client.jwks_uri else { return Arc::clone(client) };
        let fetched = match self.fetcher.get(jwks_uri).await {
            Ok(body) => serde_json::from_slice(&body).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        match fetched.and_then(|document| JwkSet::parse(&document).map_err(|error| error.to_string())) {
            Ok(jwks) => Arc::new(Client { jwks: Some(jwks), ..Client::clone(client) }),
            Err(error) => {
                tracing::warn!(client = client.client_id, error, "the keys of a client could not be had");
                Arc::clone(client)
            }
        }
    }

    /// The parameters that an extension grant defines, if that is the path.
    pub fn parameters_of(&self, path: Path) -> &'static [Parameter] {
        match path {
            Path::Extension(name) => self.extensions.find(name).map_or(&[], |extension| extension.parameters()),
            _ => &[],
        }
    }

    /// Answer one request.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let asked =
            tracing::enabled!(Level::DEBUG).then(|| (request.method().clone(), request.uri().path().to_owned()));
        let entry = if self.config.control && self.config.journal { self.journal.begin(self, &request) } else { None };
        let response = self.wire.around(self, request).await;
        if let Some(entry) = entry {
            self.journal.finish(entry, &response);
        }
        if let Some((method, path)) = asked {
            tracing::debug!(%method, path, status = response.status().as_u16(), "answered");
        }
        response
    }
}
