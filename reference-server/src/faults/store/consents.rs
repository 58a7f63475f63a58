//! What a user allowed is kept under a key that says too little.

use std::sync::Arc;

use crate::faults::{Fault, OIDC, Seam};
use crate::model::Scope;
use crate::store::{Store, StoreOver, Stored};

pub(in super::super) static FAULTS: &[Fault] = &[Fault {
    id: "consents-of-everybody",
    says: "What one user allowed a client, all have allowed it.",
    clause: "oidc-core/3.1.2.4/consent",
    precedent: Some("ory/hydra#770"),
    caught_by: &["authorize/consent-per-user"],
    seams: &[Seam::Store(|inner| Arc::new(Shared { inner }))],
    ..OIDC
}];

/// Consents are kept by client alone.
struct Shared {
    inner: Arc<dyn Store>,
}

impl StoreOver for Shared {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn consent(&self, _sub: &str, client_id: &str) -> Stored<'_, Scope> {
        self.inner.consent("", client_id)
    }

    fn put_consent(&self, _sub: &str, client_id: &str, scope: Scope) -> Stored<'_, ()> {
        self.inner.put_consent("", client_id, scope)
    }
}
