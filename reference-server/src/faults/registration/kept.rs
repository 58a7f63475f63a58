//! What is told of a registration, and is not what the server holds.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::otherwise;
use crate::faults::wire::{self, Reply};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::model::{Client, Path, Scope};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::server::Server;
use crate::store::{BoxFuture, Store, StoreOver, Stored};
use crate::tokens::jwk::JwkSet;
use crate::tokens::secret::{Digest, random_string};
use crate::transport::Wire;
use crate::transport::credentials::Presented;
use crate::transport::form::Form;

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "registered-scope-not-asked",
        says: "The scope of a client that registered itself is kept, and not asked for.",
        clause: "rfc7591/2/registered-scope-only",
        caught_by: &["registration/scope-held"],
        seams: &[Seam::Store(|inner| otherwise(inner, |client| {
            client.scopes = Scope::parse("openid profile email offline_access api:read");
        }))],
        ..OIDC
    },
    Fault {
        id: "registered-scope-lost",
        says: "A client is told the scope that it registered for, and has openid alone.",
        clause: "rfc7591/3.2.1/provisioned-returned",
        caught_by: &["registration/scope-held"],
        seams: &[Seam::Store(|inner| otherwise(inner, |client| client.scopes = Scope::parse("openid")))],
        ..OIDC
    },
    Fault {
        id: "registered-secrets-not-compared",
        says: "Of a client that registered itself any secret is taken.",
        clause: "rfc6749/4.4.2/client-authenticated",
        caught_by: &["registration/secret-works"],
        seams: &[Seam::Rules(|inner| Arc::new(AnySecret { inner }))],
        ..OIDC
    },
    Fault {
        id: "registered-secrets-die-in-a-day",
        says: "The secret of a client is said never to expire, and is void after a day.",
        clause: "rfc7591/3.2.1/secret-expires",
        caught_by: &["registration/secret-expires"],
        seams: &[Seam::Wire(|inner| Arc::new(DiesInADay { inner }))],
        ..OIDC
    },
    Fault {
        id: "registered-logout-addresses-dropped",
        says: "The addresses to go to after a logout are told as registered, and not kept.",
        clause: "oidc-rp-initiated-logout/3/redirected",
        caught_by: &["registration/logout-addresses-held"],
        seams: &[Seam::Store(|inner| otherwise(inner, |client| client.post_logout_redirect_uris.clear()))],
        ..OIDC
    },
    Fault {
        id: "registered-logout-addresses-shared",
        says: "After a logout the browser goes to whatever address some client registered for that.",
        clause: "oidc-rp-initiated-logout/3/registered-only",
        caught_by: &["registration/logout-addresses-held"],
        seams: &[Seam::Rules(|inner| Arc::new(SharedAddresses { inner })), Seam::Store(|inner| otherwise(inner, |client| {
            locked(&KNOWN).extend(client.post_logout_redirect_uris.clone());
        }))],
        ..OIDC
    },
    Fault {
        id: "update-makes-up-a-secret",
        says: "With every update a client gets a new secret, and is told the old one.",
        clause: "rfc7592/2.2/updated",
        caught_by: &["management/secret-works-on"],
        seams: &[Seam::Store(|inner| replacing(inner, |_, new| new.secret = Some(Digest::of(&random_string()))))],
        ..OIDC
    },
    Fault {
        id: "update-keeps-grants",
        says: "An update that takes grants away is repeated to the client, which keeps them.",
        clause: "rfc7591/2/registered-types-only",
        caught_by: &["management/update-is-true"],
        seams: &[Seam::Store(|inner| replacing(inner, |old, new| new.grant_types = old.grant_types.clone()))],
        ..OIDC
    },
    Fault {
        id: "update-adds-no-grants",
        says: "An update that adds grants is repeated to the client, which does not get them.",
        clause: "rfc7592/2.2/replaced",
        caught_by: &["management/update-is-true"],
        seams: &[Seam::Store(|inner| replacing(inner, |old, new| {
            if new.grant_types.iter().count() > old.grant_types.iter().count() {
                new.grant_types = old.grant_types.clone();
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "update-keeps-the-method",
        says: "An update of the authentication method is repeated to the client, which keeps the old one.",
        clause: "rfc7592/2.2/replaced",
        caught_by: &["management/update-is-true"],
        seams: &[Seam::Store(|inner| replacing(inner, |old, new| new.auth_method = old.auth_method))],
        ..OIDC
    },
    Fault {
        id: "update-keeps-keys",
        says: "An update of the keys of a client is repeated to it, and the old ones stay.",
        clause: "rfc7592/2.2/replaced",
        caught_by: &["management/keys-replaced"],
        seams: &[Seam::Store(|inner| replacing(inner, |old, new| new.jwks.clone_from(&old.jwks)))],
        ..OIDC
    },
    Fault {
        id: "update-adds-keys",
        says: "The keys of an update are added to those that the client has.",
        clause: "rfc7592/2.2/replaced",
        caught_by: &["management/keys-replaced"],
        seams: &[Seam::Store(|inner| replacing(inner, |old, new| new.jwks = both(old, new)))],
        ..OIDC
    },
];

struct AnySecret {
    inner: Arc<dyn Rules>,
}

impl RulesOver for AnySecret {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_secret_matches(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        if client.registered.is_some() { Ok(()) } else { self.inner.client_secret_matches(path, client, presented) }
    }
}

/// A client that registered itself a day ago is not known at the token endpoint.
struct DiesInADay {
    inner: Arc<dyn Wire>,
}

impl Wire for DiesInADay {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            const DAY: u64 = 24 * 60 * 60;
            let form = Form::parse(request.body());
            let named = Presented::new(request.headers(), &form).client_id().map(str::to_owned);
            let named = named.filter(|_| request.uri().path() == "/token");
            if let Some(client_id) = named
                && let Ok(Some(client)) = server.store.client(&client_id).await
                && client.registered.as_ref().is_some_and(|known| known.issued_at + DAY <= server.clock.now())
            {
                return wire::refuse(StatusCode::UNAUTHORIZED, "invalid_client");
            }
            self.inner.around(server, request).await
        })
    }
}

/// Where some client that registered itself wants its users after a logout.
static KNOWN: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct SharedAddresses {
    inner: Arc<dyn Rules>,
}

impl RulesOver for SharedAddresses {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn post_logout_redirect_uri_is_registered(&self, path: Path, client: &Client, uri: &str) -> Ruling {
        if locked(&KNOWN).iter().any(|known| known == uri) {
            return Ok(());
        }
        self.inner.post_logout_redirect_uri_is_registered(path, client, uri)
    }
}

/// The keys of the one and of the other.
fn both(old: &Client, new: &Client) -> Option<JwkSet> {
    let keys = |client: &Client| client.jwks.as_ref().and_then(|jwks| jwks.document()["keys"].as_array().cloned());
    let all: Vec<Value> = [keys(old), keys(new)].into_iter().flatten().flatten().collect();
    JwkSet::parse(&json!({ "keys": all })).ok()
}

/// An update is stored otherwise than it was told, given what the client was before.
struct Replacing {
    inner: Arc<dyn Store>,
    change: fn(&Client, &mut Client),
}

fn replacing(inner: Arc<dyn Store>, change: fn(&Client, &mut Client)) -> Arc<dyn Store> {
    Arc::new(Replacing { inner, change })
}

impl StoreOver for Replacing {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn replace_client(&self, mut client: Client) -> Stored<'_, bool> {
        Box::pin(async move {
            if let Some(old) = self.inner.client(&client.client_id).await? {
                (self.change)(&old, &mut client);
            }
            self.inner.replace_client(client).await
        })
    }
}
