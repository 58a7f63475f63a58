//! ID tokens that tell of another login than the one that was.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{changed, set};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::grants::device_code;
use crate::model::Path;
use crate::tokens::secret::random_string;
use crate::tokens::{Claims, ClaimsOver, Map};

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "auth-time-of-the-first-login",
        says: "The auth_time of an ID token is that of the first login of its user, however often they log in.",
        clause: "oidc-core/2/auth-time",
        caught_by: &["id-token/auth-time-renewed"],
        seams: &[Seam::Claims(|inner| Arc::new(FirstLogin { inner, first: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "auth-time-of-the-poll",
        says: "The auth_time of an ID token for a device is the time when the device came for it.",
        clause: "oidc-core/2/auth-time-of-login",
        caught_by: &["device/auth-time"],
        seams: &[Seam::Claims(|inner| Arc::new(OfThePoll { inner }))],
        ..OIDC
    },
    Fault {
        id: "sub-of-the-session",
        says: "The sub of an ID token is made up anew for each of them.",
        clause: "oidc-core/8/public-same",
        caught_by: &["id-token/sub-stable"],
        seams: &[TRANSIENT],
        ..OIDC
    },
    Fault {
        id: "pairwise-sub-of-the-session",
        says: "The metadata promises pairwise subjects, and each ID token has a sub of its own.",
        clause: "oidc-core/8.1/deterministic",
        caught_by: &["id-token/sub-stable"],
        seams: &[TRANSIENT, changed!(Metadata, |body| set(body, "subject_types_supported", json!(["pairwise"])))],
        ..OIDC
    },
    Fault {
        id: "acr-untold",
        says: "An ID token does not say how its user logged in, even where that was asked for.",
        clause: "oidc-core/5.5.1.1/voluntary-acr",
        caught_by: &["id-token/voluntary-acr"],
        seams: &[changed!(IdToken, |_, claims| drop(claims.remove("acr")))],
        ..OIDC
    },
    Fault {
        id: "issuer-with-a-query-in-id-tokens",
        says: "The iss of an ID token names the tenant in a query.",
        clause: "oidc-core/2/issuer-form",
        caught_by: &["id-token/issuer-form"],
        seams: &[changed!(IdToken, |_, claims| {
            let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
            let issuer = Value::from(format!("{issuer}?tenant=1"));
            set(claims, "iss", issuer);
        })],
        ..OIDC
    },
];

/// Each ID token is about somebody else.
const TRANSIENT: Seam = changed!(IdToken, |_, claims| set(claims, "sub", json!(random_string())));

struct FirstLogin {
    inner: Arc<dyn Claims>,
    first: Mutex<HashMap<String, Value>>,
}

impl ClaimsOver for FirstLogin {
    fn inner(&self) -> &dyn Claims {
        &*self.inner
    }

    fn id_token(&self, path: Path, header: &mut Map, claims: &mut Map) {
        self.inner.id_token(path, header, claims);
        let sub = claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(auth_time) = claims.get("auth_time").cloned() {
            let first = locked(&self.first).entry(sub).or_insert(auth_time).clone();
            set(claims, "auth_time", first);
        }
    }
}

struct OfThePoll {
    inner: Arc<dyn Claims>,
}

impl ClaimsOver for OfThePoll {
    fn inner(&self) -> &dyn Claims {
        &*self.inner
    }

    fn id_token(&self, path: Path, header: &mut Map, claims: &mut Map) {
        if path == Path::Extension(device_code::NAME) {
            let issued = claims.get("iat").cloned().unwrap_or_default();
            set(claims, "auth_time", issued);
        }
        self.inner.id_token(path, header, claims);
    }
}
