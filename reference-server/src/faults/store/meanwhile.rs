//! A revocation that ends what there is, and not what is being made.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::sleep;

use crate::faults::{Fault, OIDC, Seam, locked};
use crate::model::{Lineage, RefreshToken};
use crate::store::{Rotated, Store, StoreOver, Stored};
use crate::tokens::secret::Digest;

pub(in super::super) static FAULTS: &[Fault] = &[Fault {
    id: "revocation-spares-what-is-being-made",
    says: "The revocation of a refresh token that is being used ends it, and the successor that comes a moment later lives.",
    clause: "rfc7009/2.1/successor-dies",
    caught_by: &["revocation/race-with-refresh"],
    seams: &[Seam::Store(|inner| Arc::new(ExistingOnly { inner, known: Mutex::default(), dead: Mutex::default() }))],
    ..OIDC
}];

/// What a database and its driver take between looking and writing.
const WRITE: Duration = Duration::from_millis(10);

/// A revocation marks the refresh tokens that are there.
struct ExistingOnly {
    inner: Arc<dyn Store>,
    known: Mutex<HashMap<Lineage, Vec<Digest>>>,
    dead: Mutex<HashSet<Digest>>,
}

impl StoreOver for ExistingOnly {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>> {
        Box::pin(async move {
            let found = self.inner.refresh_token(digest).await?;
            Ok(found.map(|mut token| {
                token.revoked |= locked(&self.dead).contains(&token.digest);
                token
            }))
        })
    }

    fn put_refresh_token(&self, token: RefreshToken) -> Stored<'_, ()> {
        locked(&self.known).entry(token.grant.lineage).or_default().push(token.digest);
        self.inner.put_refresh_token(token)
    }

    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated> {
        let old = old.clone();
        Box::pin(async move {
            sleep(WRITE).await;
            let (lineage, digest) = (successor.grant.lineage, successor.digest);
            let rotated = self.inner.rotate(&old, successor).await?;
            locked(&self.known).entry(lineage).or_default().push(digest);
            Ok(rotated)
        })
    }

    fn revoke_lineage(&self, lineage: Lineage) -> Stored<'_, ()> {
        let known = locked(&self.known).get(&lineage).cloned().unwrap_or_default();
        locked(&self.dead).extend(known);
        Box::pin(async { Ok(()) })
    }
}
