//! A client is stored otherwise than it was registered, and told so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::{Asked, otherwise};
use crate::faults::wire::{self, Reply};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::model::{Client, GrantType, Path};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::server::Server;
use crate::store::{BoxFuture, Store, StoreOver, Stored};
use crate::tokens::{Algorithm, Map};
use crate::transport::Wire;

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "registered-uris-not-asked",
        says: "The redirection URIs of a client that registered itself are kept, and not asked for.",
        clause: "rfc7591/2/redirect-uris-supported",
        caught_by: &["registration/redirect-uris-held"],
        seams: &[Seam::Rules(|inner| Arc::new(DynamicRedirects { inner, also: |_, _| true }))],
        ..OIDC
    },
    Fault {
        id: "registered-uris-decoded",
        says: "The redirection URIs of a client that registered itself are compared percent-decoded.",
        clause: "oidc-registration/2/redirect-uri-exact",
        caught_by: &["registration/redirect-uris-held"],
        seams: &[Seam::Rules(|inner| Arc::new(DynamicRedirects {
            inner, also: |known, asked| percent_encoding::percent_decode_str(asked).decode_utf8_lossy() == known,
        }))],
        ..OIDC
    },
    Fault {
        id: "registrations-share-addresses",
        says: "All clients that register themselves have the redirection URIs of the first of them.",
        clause: "rfc7591/3.1/metadata-associated",
        caught_by: &["registration/own-metadata"],
        seams: &[Seam::Store(|inner| Arc::new(FirstAddresses { inner, first: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "signed-userinfo-for-all",
        says: "Userinfo is a JWT for every client that registered itself.",
        clause: "oidc-registration/2/userinfo-plain-default",
        caught_by: &["registration/userinfo-plain-default"],
        seams: &[Seam::Store(|inner| otherwise(inner, |client| client.userinfo_signed_response_alg = Some(Algorithm::Rs256)))],
        ..OIDC
    },
    Fault {
        id: "signed-userinfo-for-nobody",
        says: "The algorithm that a client registered for userinfo is kept, and userinfo is plain JSON.",
        clause: "oidc-registration/2/userinfo-alg",
        caught_by: &["registration/userinfo-alg"],
        seams: &[Seam::Store(|inner| otherwise(inner, |client| client.userinfo_signed_response_alg = None))],
        ..OIDC
    },
    Fault {
        id: "one-id-token-alg-for-all",
        says: "ID tokens are signed with RS256, whatever the client registered.",
        clause: "oidc-registration/2/id-token-alg",
        caught_by: &["registration/id-token-alg"],
        seams: &[Seam::Store(|inner| otherwise(inner, |client| client.id_token_signed_response_alg = Algorithm::Rs256))],
        ..OIDC
    },
    Fault {
        id: "one-id-token-alg-in-the-browser",
        says: "ID tokens that come through the browser are signed with RS256, whatever the client registered.",
        clause: "oidc-registration/2/id-token-alg",
        caught_by: &["registration/id-token-alg"],
        seams: &[Seam::Store(|inner| otherwise(inner, |client| {
            if client.may_use(GrantType::Implicit) {
                client.id_token_signed_response_alg = Algorithm::Rs256;
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "id-token-alg-of-the-server",
        says: "A client that named no algorithm gets ID tokens signed with ES256, and is told RS256.",
        clause: "oidc-registration/2/id-token-rs256-default",
        caught_by: &["registration/id-token-rs256-default"],
        seams: &[Seam::Store(|inner| otherwise(inner, |client| {
            let named = client.registered.as_ref().is_some_and(|own| own.metadata.has("id_token_signed_response_alg"));
            if !named {
                client.id_token_signed_response_alg = Algorithm::Es256;
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "assertion-alg-not-asked",
        says: "The algorithm that a client registered for its assertions is kept, and not asked for.",
        clause: "oidc-registration/2/auth-alg",
        caught_by: &["registration/auth-alg"],
        seams: &[Seam::Store(|inner| otherwise(inner, |client| client.token_endpoint_auth_signing_alg = None))],
        ..OIDC
    },
    Fault {
        id: "assertions-with-rs256-refused",
        says: "No client can register RS256 for its assertions.",
        clause: "oidc-registration/2/auth-rs256",
        caught_by: &["registration/auth-rs256"],
        seams: &[Seam::Wire(|inner| super::before(inner, |asked, _| {
            let refused = asked.body.get("token_endpoint_auth_signing_alg").is_some_and(|alg| alg == "RS256");
            refused.then(|| wire::refuse(http::StatusCode::BAD_REQUEST, "invalid_client_metadata"))
        }))],
        ..OIDC
    },
    Fault {
        id: "default-max-age-not-asked",
        says: "The default_max_age of a client is kept, and not asked for.",
        clause: "oidc-registration/2/default-max-age",
        caught_by: &["registration/default-max-age"],
        seams: &[Seam::Store(|inner| otherwise(inner, |client| client.default_max_age = None))],
        ..OIDC
    },
    Fault {
        id: "max-age-never-lengthened",
        says: "A request can ask for a younger login than the client registered, and not for an older one.",
        clause: "oidc-registration/2/default-max-age-overridden",
        caught_by: &["registration/default-max-age-overridden"],
        seams: &[Seam::Wire(|inner| Arc::new(Shortest { inner, registered: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "method-of-its-own-default",
        says: "A client that names no authentication method is registered for client_secret_post, and not told.",
        clause: "rfc7591/2/auth-method-default",
        caught_by: &["registration/defaults"],
        seams: &[Seam::Wire(|inner| Arc::new(Untold {
            inner, members: &["token_endpoint_auth_method"],
            fill: |body| drop(body.insert("token_endpoint_auth_method".to_owned(), "client_secret_post".into())),
        }))],
        ..OIDC
    },
    Fault {
        id: "grants-of-its-own-default",
        says: "A client that names no grant is registered for client credentials, and not told.",
        clause: "rfc7591/2/grant-types-default",
        caught_by: &["registration/defaults"],
        seams: &[Seam::Wire(|inner| Arc::new(Untold {
            inner, members: &["grant_types", "response_types"],
            fill: |body| {
                body.insert("grant_types".to_owned(), serde_json::json!(["client_credentials"]));
                body.insert("response_types".to_owned(), serde_json::json!([]));
            },
        }))],
        ..OIDC
    },
    Fault {
        id: "no-secret-for-the-body",
        says: "A client that is to send its secret in the body is given none.",
        clause: "rfc7591/3.2.1/secret-for-confidential",
        caught_by: &["registration/secret-works"],
        seams: &[Seam::Wire(|inner| super::told(inner, |_, body| {
            if body.get("token_endpoint_auth_method").is_some_and(|method| method == "client_secret_post") {
                body.remove("client_secret");
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "secret-for-mac-not-stored",
        says: "A client that is to authenticate by client_secret_jwt is given a secret, which the server computes with in another form.",
        clause: "rfc7591/3.2.1/secret-for-confidential",
        caught_by: &["registration/secret-works"],
        seams: &[Seam::Store(|inner| otherwise(inner, |client| client.shared_secret = None))],
        ..OIDC
    },
    Fault {
        id: "request-object-alg-not-asked",
        says: "The algorithm that a client registered for its request objects is kept, and not asked for.",
        clause: "oidc-registration/2/request-object-alg",
        caught_by: &["registration/request-object-alg"],
        seams: &[Seam::Store(|inner| otherwise(inner, |client| client.request_objects.algorithms = Algorithm::ASYMMETRIC.to_vec()))],
        ..OIDC
    },
    Fault {
        id: "short-mac-secrets",
        says: "The secret of a client that signs with it is as short as a password.",
        clause: "oidc-core/16.19/secret-length",
        caught_by: &["registration/mac-secret-length"],
        seams: &[Seam::Wire(|inner| super::told(inner, |_, body| {
            if body.get("token_endpoint_auth_method").is_some_and(|method| method == "client_secret_jwt")
                && let Some(Value::String(secret)) = body.get_mut("client_secret")
            {
                secret.truncate(12);
            }
        }))],
        ..OIDC
    },
];

struct DynamicRedirects {
    inner: Arc<dyn Rules>,
    also: fn(&str, &str) -> bool,
}

impl RulesOver for DynamicRedirects {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn redirect_uri_is_registered(&self, path: Path, client: &Client, redirect_uri: &str) -> Ruling {
        let also = |known: &String| (self.also)(known, redirect_uri);
        if client.registered.is_some() && client.redirect_uris.iter().any(also) {
            return Ok(());
        }
        self.inner.redirect_uri_is_registered(path, client, redirect_uri)
    }
}

struct FirstAddresses {
    inner: Arc<dyn Store>,
    first: Mutex<Option<Vec<String>>>,
}

impl StoreOver for FirstAddresses {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn register_client(&self, client: Client, at_most: usize) -> Stored<'_, bool> {
        let redirect_uris = locked(&self.first).get_or_insert_with(|| client.redirect_uris.clone()).clone();
        self.inner.register_client(Client { redirect_uris, ..client }, at_most)
    }
}

/// The registered age is the most that a request can allow.
struct Shortest {
    inner: Arc<dyn Wire>,
    registered: Mutex<HashMap<String, u64>>,
}

impl Wire for Shortest {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = wire::Asked::of(&request);
            if let Some(client_id) = asked.param("client_id").filter(|_| asked.path == "/authorize")
                && let Some(max_age) = asked.param("max_age").and_then(|age| age.parse::<u64>().ok())
                && let Some(registered) = locked(&self.registered).get(client_id).copied()
                && max_age > registered
            {
                wire::set_param(&mut request, "max_age", &registered.to_string());
            }
            let is_new = Asked::of(&request).is_some();
            let reply = self.inner.around(server, request).await;
            let told: Map = serde_json::from_slice(reply.body()).unwrap_or_default();
            if let (true, Some(Value::String(id)), Some(age)) =
                (is_new, told.get("client_id"), told.get("default_max_age").and_then(Value::as_u64))
            {
                locked(&self.registered).insert(id.clone(), age);
            }
            reply
        })
    }
}

/// Members that a request left out are filled in, and the answer leaves them out too.
struct Untold {
    inner: Arc<dyn Wire>,
    members: &'static [&'static str],
    fill: fn(&mut Map),
}

impl Wire for Untold {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let left_out =
                |asked: &Asked| asked.is_new() && self.members.iter().all(|name| !asked.body.contains_key(*name));
            let Some(asked) = Asked::of(&request).filter(left_out) else {
                return self.inner.around(server, request).await;
            };
            let mut body = asked.body;
            (self.fill)(&mut body);
            super::set_members(&mut request, body);
            let mut reply = self.inner.around(server, request).await;
            wire::responses::edit_json(&mut reply, |answer| {
                self.members.iter().for_each(|name| drop(answer.remove(*name)));
            });
            reply
        })
    }
}
