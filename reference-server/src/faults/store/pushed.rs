//! A memory of pushed requests, and of sessions, that does not let go, or does not find.

use std::sync::{Arc, Mutex};

use super::super::{Fault, OIDC, Seam, locked};
use crate::model::PushedRequest;
use crate::store::{Spent, Store, StoreOver, Stored};
use crate::tokens::secret::Digest;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "request-uri-works-again",
        says: "A request_uri works again and again.",
        clause: "rfc9126/4/single-use",
        caught_by: &["pushed/single-use"],
        seams: &[Seam::Store(|inner| Arc::new(KeepsPushed { inner }))],
        ..OIDC
    },
    Fault {
        id: "unknown-request-uri-is-the-newest",
        says: "A request_uri that is not found stands for the request that was pushed last.",
        clause: "rfc9126/2.2/unguessable",
        caught_by: &["pushed/unknown"],
        seams: &[Seam::Store(|inner| Arc::new(NewestPushed { inner, newest: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "pushed-object-not-found",
        says: "A request object that was pushed is taken, and not found when the browser comes.",
        clause: "rfc9126/3/rules-of-objects",
        caught_by: &["pushed/object"],
        seams: &[Seam::Store(|inner| Arc::new(ForgetsObjects { inner }))],
        ..OIDC
    },
    Fault {
        id: "logout-clears-the-cookie-alone",
        says: "A logout clears the cookie in the browser, and the session lives on.",
        clause: "oidc-rp-initiated-logout/2/old-cookie-opens-nothing",
        caught_by: &["logout/ends-session"],
        seams: &[Seam::Store(|inner| Arc::new(KeepsSessions { inner }))],
        ..OIDC
    },
];

struct KeepsPushed {
    inner: Arc<dyn Store>,
}

impl StoreOver for KeepsPushed {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn spend_pushed(&self, _digest: Digest) -> Stored<'_, Spent> {
        Box::pin(async { Ok(Spent::Now) })
    }
}

struct NewestPushed {
    inner: Arc<dyn Store>,
    newest: Mutex<Option<PushedRequest>>,
}

impl StoreOver for NewestPushed {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_pushed(&self, pushed: PushedRequest) -> Stored<'_, ()> {
        *locked(&self.newest) = Some(pushed.clone());
        self.inner.put_pushed(pushed)
    }

    fn pushed(&self, digest: Digest) -> Stored<'_, Option<PushedRequest>> {
        Box::pin(async move {
            let found = self.inner.pushed(digest).await?;
            Ok(found.or_else(|| locked(&self.newest).clone()))
        })
    }
}

struct ForgetsObjects {
    inner: Arc<dyn Store>,
}

impl StoreOver for ForgetsObjects {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn pushed(&self, digest: Digest) -> Stored<'_, Option<PushedRequest>> {
        Box::pin(async move { Ok(self.inner.pushed(digest).await?.filter(|pushed| !pushed.signed)) })
    }
}

struct KeepsSessions {
    inner: Arc<dyn Store>,
}

impl StoreOver for KeepsSessions {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn end_session(&self, _session: Digest, _browser: Option<Digest>) -> Stored<'_, bool> {
        Box::pin(async { Ok(true) })
    }
}
