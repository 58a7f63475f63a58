//! What an update changes that it must not, and what a deletion leaves behind.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

use super::{Asked, set_members, told};
use crate::faults::wire::{self, Reply};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::model::Client;
use crate::rules::Rule;
use crate::server::Server;
use crate::store::{BoxFuture, Store, StoreOver, Stored};
use crate::tokens::Map;
use crate::tokens::secret::Digest;
use crate::transport::Wire;

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "update-sets-the-secret",
        says: "An update writes every member that it finds, the secret too.",
        clause: "rfc7592/2.2/secret-not-chosen",
        caught_by: &["management/secret-not-chosen"],
        seams: &[Seam::Gate(Rule::UpdateKeepsSecret, None), Seam::Wire(|inner| Arc::new(SetsSecret { inner }))],
        ..OIDC
    },
    Fault {
        id: "update-adds-to-lists",
        says: "The redirection URIs of an update are added to those that the client has.",
        clause: "rfc7592/2.2/replaced",
        caught_by: &["management/replaced"],
        seams: &[Seam::Store(|inner| Arc::new(AddsAddresses { inner }))],
        ..OIDC
    },
    Fault {
        id: "update-merges",
        says: "What an update leaves out stays as it is; null takes it away.",
        clause: "rfc7592/2.2/omitted-is-null",
        caught_by: &["management/omitted-is-null"],
        seams: &[Seam::Wire(|inner| Arc::new(Merges { inner, known: Mutex::default(), keeps: |_| true }))],
        ..OIDC
    },
    Fault {
        id: "update-merges-grants",
        says: "An update that leaves the grants of a client out leaves them as they are.",
        clause: "rfc7592/2.2/omitted-is-null",
        caught_by: &["management/omitted-is-null"],
        seams: &[Seam::Wire(|inner| {
            Arc::new(Merges { inner, known: Mutex::default(), keeps: |name| name == "grant_types" })
        })],
        ..OIDC
    },
    Fault {
        id: "update-merges-max-age",
        says: "An update that leaves the default_max_age of a client out leaves it as it is.",
        clause: "rfc7592/2.2/omitted-is-null",
        caught_by: &["management/omitted-is-null"],
        seams: &[Seam::Wire(|inner| {
            Arc::new(Merges { inner, known: Mutex::default(), keeps: |name| name == "default_max_age" })
        })],
        ..OIDC
    },
    Fault {
        id: "update-renames",
        says: "An update gives the client the client_id that it names.",
        clause: "rfc7592/2.2/client-id-constant",
        caught_by: &["management/client-id-constant"],
        seams: &[
            Seam::Gate(Rule::UpdateNamesItsClient, None),
            Seam::Wire(|inner| told(inner, |asked, body| {
                if let (true, Some(id)) = (asked.method == Method::PUT, asked.body.get("client_id")) {
                    body.insert("client_id".to_owned(), id.clone());
                }
            })),
        ],
        ..OIDC
    },
    Fault {
        id: "deletion-deletes-nothing",
        says: "A deletion is a success that changes nothing.",
        clause: "rfc7592/2.3/token-gone",
        caught_by: &["management/deleted", "management/deleted-client-gets-no-token", "management/deleted-client-gets-no-answer"],
        seams: &[Seam::Store(|inner| Arc::new(DeletesNothing { inner }))],
        ..OIDC
    },
    Fault {
        id: "deleted-clients-are-cached",
        says: "A client that was deleted is still known at the authorization and token endpoints.",
        clause: "rfc7592/2.3/client-gone",
        caught_by: &["management/deleted-client-gets-no-token", "management/deleted-client-gets-no-answer"],
        seams: &[Seam::Store(|inner| Arc::new(Remembers { inner, seen: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "grants-outlive-public-clients",
        says: "The codes and refresh tokens of a public client that was deleted go on working.",
        clause: "rfc7592/2.3/grants-ended",
        caught_by: &["management/grants-ended"],
        seams: &[Seam::Store(|inner| Arc::new(MarksDeleted { inner, deleted: Mutex::default(), public_live_on: true }))],
        ..OIDC
    },
    Fault {
        id: "access-tokens-outlive-clients",
        says: "The access tokens of a client that was deleted go on working.",
        clause: "rfc7592/2.3/access-tokens-ended",
        caught_by: &["management/access-tokens-ended"],
        seams: &[Seam::Store(|inner| Arc::new(MarksDeleted { inner, deleted: Mutex::default(), public_live_on: false }))],
        ..OIDC
    },
];

/// The secret of an update becomes that of the client.
struct SetsSecret {
    inner: Arc<dyn Wire>,
}

impl Wire for SetsSecret {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request).filter(|asked| asked.method == Method::PUT);
            let mut reply = self.inner.around(server, request).await;
            let secret = asked.as_ref().and_then(|asked| asked.body.get("client_secret")).and_then(Value::as_str);
            let client_id = asked.as_ref().and_then(|asked| asked.client_id.as_deref());
            if let (Some(secret), Some(client_id), true) = (secret, client_id, reply.status().is_success())
                && let Ok(Some(client)) = server.store.client(client_id).await
            {
                let client = Client { secret: Some(Digest::of(secret)), ..(*client).clone() };
                let _ = server.store.replace_client(client).await;
                wire::responses::edit_json(&mut reply, |body| {
                    body.insert("client_secret".to_owned(), json!(secret));
                });
            }
            reply
        })
    }
}

struct AddsAddresses {
    inner: Arc<dyn Store>,
}

impl StoreOver for AddsAddresses {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn replace_client(&self, client: Client) -> Stored<'_, bool> {
        Box::pin(async move {
            let old = self.inner.client(&client.client_id).await?;
            let mut redirect_uris = client.redirect_uris.clone();
            redirect_uris.extend(old.iter().flat_map(|old| old.redirect_uris.clone()));
            self.inner.replace_client(Client { redirect_uris, ..client }).await
        })
    }
}

/// An update says what changes.
struct Merges {
    inner: Arc<dyn Wire>,
    known: Mutex<HashMap<String, Map>>,
    keeps: fn(&str) -> bool,
}

impl Wire for Merges {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let Some(asked) = Asked::of(&request) else {
                return self.inner.around(server, request).await;
            };
            let known = asked.client_id.as_ref().and_then(|client_id| locked(&self.known).get(client_id).cloned());
            if let (true, Some(known)) = (asked.method == Method::PUT, known) {
                let mut body = asked.body.clone();
                for (name, value) in known {
                    if (self.keeps)(&name)
                        && !name.starts_with("registration_")
                        && !name.starts_with("client_secret")
                        && name != "client_id_issued_at"
                    {
                        body.entry(name).or_insert(value);
                    }
                }
                set_members(&mut request, body);
            }
            let reply = self.inner.around(server, request).await;
            let told: Map = serde_json::from_slice(reply.body()).unwrap_or_default();
            if let Some(Value::String(id)) = told.get("client_id") {
                locked(&self.known).insert(id.clone(), told.clone());
            }
            reply
        })
    }
}

struct DeletesNothing {
    inner: Arc<dyn Store>,
}

impl StoreOver for DeletesNothing {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn delete_client(&self, _client_id: &str) -> Stored<'_, bool> {
        Box::pin(std::future::ready(Ok(true)))
    }
}

/// Whoever was there once is still there, but cannot be managed any more.
struct Remembers {
    inner: Arc<dyn Store>,
    seen: Mutex<HashMap<String, Arc<Client>>>,
}

impl StoreOver for Remembers {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn client(&self, client_id: &str) -> Stored<'_, Option<Arc<Client>>> {
        let client_id = client_id.to_owned();
        Box::pin(async move {
            if let Some(client) = self.inner.client(&client_id).await? {
                locked(&self.seen).insert(client_id, Arc::clone(&client));
                return Ok(Some(client));
            }
            let seen = locked(&self.seen).get(&client_id).cloned();
            Ok(seen.map(|client| Arc::new(Client { registered: None, ..(*client).clone() })))
        })
    }
}

/// A client that was deleted is only marked so, and what it was granted stays.
struct MarksDeleted {
    inner: Arc<dyn Store>,
    deleted: Mutex<HashSet<String>>,
    public_live_on: bool,
}

impl StoreOver for MarksDeleted {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn client(&self, client_id: &str) -> Stored<'_, Option<Arc<Client>>> {
        let client_id = client_id.to_owned();
        Box::pin(async move {
            let client = self.inner.client(&client_id).await?;
            if !locked(&self.deleted).contains(&client_id) {
                return Ok(client);
            }
            let living = client.filter(|client| self.public_live_on && client.is_public());
            Ok(living.map(|client| Arc::new(Client { registered: None, ..(*client).clone() })))
        })
    }

    fn delete_client(&self, client_id: &str) -> Stored<'_, bool> {
        let is_new = locked(&self.deleted).insert(client_id.to_owned());
        Box::pin(std::future::ready(Ok(is_new)))
    }
}
