//! Strangers that pass for clients.

use std::sync::Arc;

use crate::config::{ClientConfig, Config};
use crate::grants::extension::Extensions;
use crate::model::{Client, Path, Scope};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::store::{Store, StoreOver, Stored};
use crate::transport::credentials::Presented;

/// A client that is not known is made up on the spot.
pub(super) struct TrustsStrangers {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for TrustsStrangers {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn client(&self, client_id: &str) -> Stored<'_, Option<Arc<Client>>> {
        let client_id = client_id.to_owned();
        Box::pin(async move {
            let known = self.inner.client(&client_id).await?;
            Ok(Some(known.unwrap_or_else(|| Arc::new(stranger(client_id)))))
        })
    }
}

fn stranger(client_id: String) -> Client {
    let config = ClientConfig {
        client_id: "stranger".to_owned(),
        secret: Some("any-secret-that-is-long-enough".to_owned()),
        grant_types: ["authorization_code", "client_credentials", "refresh_token"].map(str::to_owned).to_vec(),
        redirect_uris: vec!["http://127.0.0.1/".to_owned()],
        ..ClientConfig::default()
    };
    let offer = Config::demo("http://127.0.0.1").offer(&Extensions::default());
    let client = Client::parse(&config, &offer).expect("every server can have this client");
    Client { client_id, secret: None, scopes: Scope::parse("api:read"), redirect_uris: Vec::new(), ..client }
}

/// Where no secret is known, any will do.
pub(super) fn trusted(inner: Arc<dyn Rules>) -> Arc<dyn Rules> {
    Arc::new(Trusted { inner })
}

struct Trusted {
    inner: Arc<dyn Rules>,
}

impl RulesOver for Trusted {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_uses_its_method(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        match client.secret {
            Some(_) => self.inner.client_uses_its_method(path, client, presented),
            None => Ok(()),
        }
    }

    fn client_secret_matches(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        match client.secret {
            Some(_) => self.inner.client_secret_matches(path, client, presented),
            None => Ok(()),
        }
    }
}

/// A client is found in any case.
pub(super) struct AnyCase {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for AnyCase {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn client(&self, client_id: &str) -> Stored<'_, Option<Arc<Client>>> {
        let client_id = client_id.to_owned();
        Box::pin(async move {
            let clients = self.inner.clients().await?;
            Ok(clients.into_iter().find(|client| client.client_id.eq_ignore_ascii_case(&client_id)))
        })
    }
}

/// Every client has the redirect URIs of all.
pub(super) struct SharesRedirectUris {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for SharesRedirectUris {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn client(&self, client_id: &str) -> Stored<'_, Option<Arc<Client>>> {
        let client_id = client_id.to_owned();
        Box::pin(async move {
            let Some(client) = self.inner.client(&client_id).await? else { return Ok(None) };
            let all = self.inner.clients().await?;
            let redirect_uris = all.iter().flat_map(|client| client.redirect_uris.clone()).collect();
            Ok(Some(Arc::new(Client { redirect_uris, ..(*client).clone() })))
        })
    }
}
