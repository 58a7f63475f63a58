//! Documents that are changed before they are signed or sent.

pub(super) mod access_tokens;
pub(super) mod devices;
pub(super) mod documents;
pub(super) mod front_channel;
pub(super) mod id_token_values;
pub(super) mod id_tokens;
pub(super) mod introspection;
pub(super) mod key_sets;
pub(super) mod logins;
pub(super) mod metadata;
pub(super) mod promises;
pub(super) mod userinfo;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::model::Path;
use crate::tokens::{Claims, ClaimsOver, Map};

/// A seam that changes one kind of document.
macro_rules! changed {
    ($document:ident, $change:expr) => {
        $crate::faults::Seam::Claims(|inner| {
            std::sync::Arc::new($crate::faults::claims::Changed {
                inner,
                change: $crate::faults::claims::Change::$document($change),
            })
        })
    };
}

pub(super) use changed;

/// What is done to which document.
#[rustfmt::skip]
pub(super) enum Change {
    AccessToken(fn(&mut Map, &mut Map)),
    IdToken(fn(&mut Map, &mut Map)),
    /// An ID token that travels through the browser.
    FrontIdToken(fn(&mut Map, &mut Map)),
    /// An ID token of a token response.
    BackIdToken(fn(&mut Map, &mut Map)),
    AuthorizationResponse(fn(Path, &mut Fields)),
    TokenResponse(fn(Path, &mut Map)),
    DeviceAuthorization(fn(&mut Map)),
    Userinfo(fn(&mut Map)),
    Introspection(fn(&mut Map)),
    Metadata(fn(&mut Map)),
    Jwks(fn(&mut Map)),
}

/// The parameters of an authorization response.
pub(super) type Fields = Vec<(&'static str, String)>;

/// Whether an ID token is one of the browser: those of the implicit flow are, and those that vouch for a code.
fn is_front(path: Path, claims: &Map) -> bool {
    is_implicit(path) || claims.contains_key("c_hash")
}

/// Whether tokens of this path come through the browser alone.
pub(super) fn is_implicit(path: Path) -> bool {
    matches!(path, Path::ImplicitToken | Path::ImplicitIdToken | Path::ImplicitIdTokenToken)
}

/// Documents, with one change to one kind of them.
pub(super) struct Changed {
    pub inner: Arc<dyn Claims>,
    pub change: Change,
}

impl ClaimsOver for Changed {
    fn inner(&self) -> &dyn Claims {
        &*self.inner
    }

    fn access_token(&self, header: &mut Map, claims: &mut Map) {
        self.inner.access_token(header, claims);
        if let Change::AccessToken(change) = self.change {
            change(header, claims);
        }
    }

    fn id_token(&self, path: Path, header: &mut Map, claims: &mut Map) {
        self.inner.id_token(path, header, claims);
        match self.change {
            Change::IdToken(change) => change(header, claims),
            Change::FrontIdToken(change) if is_front(path, claims) => change(header, claims),
            Change::BackIdToken(change) if !is_front(path, claims) => change(header, claims),
            _ => {}
        }
    }

    fn authorization_response(&self, path: Path, fields: &mut Fields) {
        self.inner.authorization_response(path, fields);
        if let Change::AuthorizationResponse(change) = self.change {
            change(path, fields);
        }
    }

    fn token_response(&self, path: Path, body: &mut Map) {
        self.inner.token_response(path, body);
        if let Change::TokenResponse(change) = self.change {
            change(path, body);
        }
    }

    fn device_authorization(&self, body: &mut Map) {
        self.inner.device_authorization(body);
        if let Change::DeviceAuthorization(change) = self.change {
            change(body);
        }
    }

    fn userinfo(&self, body: &mut Map) {
        self.inner.userinfo(body);
        if let Change::Userinfo(change) = self.change {
            change(body);
        }
    }

    fn introspection(&self, body: &mut Map) {
        self.inner.introspection(body);
        if let Change::Introspection(change) = self.change {
            change(body);
        }
    }

    fn metadata(&self, body: &mut Map) {
        self.inner.metadata(body);
        if let Change::Metadata(change) = self.change {
            change(body);
        }
    }

    fn jwks(&self, body: &mut Map) {
        self.inner.jwks(body);
        if let Change::Jwks(change) = self.change {
            change(body);
        }
    }
}

/// Give a member this value.
pub(super) fn set(document: &mut Map, name: &str, value: Value) {
    document.insert(name.to_owned(), value);
}

/// All that a client of the demonstration may be granted.
const EVERY_SCOPE: &str = "openid profile email offline_access api:read";

fn append_slash(document: &mut Map, name: &str) {
    let with_slash = format!("{}/", document.get(name).and_then(Value::as_str).unwrap_or_default());
    set(document, name, json!(with_slash));
}

fn append_path(document: &mut Map, name: &str) {
    let with_path = format!("{}/realm", document.get(name).and_then(Value::as_str).unwrap_or_default());
    set(document, name, json!(with_path));
}
