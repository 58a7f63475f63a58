//! Memories of refresh tokens that are wrong.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use crate::faults::locked;
use crate::model::{AccessToken, Code, Lineage, RefreshToken, Scope};
use crate::store::{Rotated, Spent, Store, StoreOver, Stored};
use crate::tokens::secret::Digest;

/// A new token is stored, and the old one is not marked.
pub(super) struct KeepsOld {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for KeepsOld {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn rotate(&self, _old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated> {
        Box::pin(async move {
            self.inner.put_refresh_token(successor).await?;
            Ok(Rotated::Now)
        })
    }
}

/// A replay is noticed, and the revocation that should follow is not done.
pub(super) struct SparesReplayed {
    inner: Arc<dyn Store>,
    of_codes: bool,
    replayed: Mutex<HashSet<Lineage>>,
}

impl SparesReplayed {
    pub fn codes(inner: Arc<dyn Store>) -> SparesReplayed {
        SparesReplayed { inner, of_codes: true, replayed: Mutex::default() }
    }

    pub fn refresh_tokens(inner: Arc<dyn Store>) -> SparesReplayed {
        SparesReplayed { inner, of_codes: false, replayed: Mutex::default() }
    }
}

impl StoreOver for SparesReplayed {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn spend(&self, code: &Code) -> Stored<'_, Spent> {
        let code = code.clone();
        Box::pin(async move {
            let spent = self.inner.spend(&code).await?;
            if self.of_codes && spent == Spent::Before {
                locked(&self.replayed).insert(code.grant.lineage);
            }
            Ok(spent)
        })
    }

    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated> {
        let old = old.clone();
        Box::pin(async move {
            let rotated = self.inner.rotate(&old, successor).await?;
            if !self.of_codes && rotated == Rotated::Before {
                locked(&self.replayed).insert(old.grant.lineage);
            }
            Ok(rotated)
        })
    }

    fn revoke_lineage(&self, lineage: Lineage) -> Stored<'_, ()> {
        if locked(&self.replayed).remove(&lineage) {
            return Box::pin(async { Ok(()) });
        }
        self.inner.revoke_lineage(lineage)
    }
}

/// Of each family only the refresh token that was replaced last is remembered.
pub(super) struct LastReplayOnly {
    inner: Arc<dyn Store>,
    replaced: Mutex<HashMap<Lineage, Digest>>,
}

impl LastReplayOnly {
    pub fn new(inner: Arc<dyn Store>) -> LastReplayOnly {
        LastReplayOnly { inner, replaced: Mutex::default() }
    }
}

impl StoreOver for LastReplayOnly {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated> {
        let old = old.clone();
        Box::pin(async move {
            let rotated = self.inner.rotate(&old, successor).await?;
            if rotated == Rotated::Now {
                locked(&self.replaced).insert(old.grant.lineage, old.digest);
            }
            Ok(rotated)
        })
    }

    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>> {
        Box::pin(async move {
            let found = self.inner.refresh_token(digest).await?;
            let last = |token: &RefreshToken| {
                !token.rotated || locked(&self.replaced).get(&token.grant.lineage) == Some(&token.digest)
            };
            Ok(found.filter(last))
        })
    }
}

/// A unique key on user and client, and an insert that ignores the conflict.
pub(super) struct OneFamilyEver {
    inner: Arc<dyn Store>,
    seen: Mutex<HashSet<(String, String)>>,
}

impl OneFamilyEver {
    pub fn new(inner: Arc<dyn Store>) -> OneFamilyEver {
        OneFamilyEver { inner, seen: Mutex::default() }
    }
}

impl StoreOver for OneFamilyEver {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_refresh_token(&self, token: RefreshToken) -> Stored<'_, ()> {
        let user = token.grant.user.as_ref().map(|user| user.sub.clone()).unwrap_or_default();
        let is_first = locked(&self.seen).insert((user, token.grant.client_id.clone()));
        Box::pin(async move {
            if is_first || super::exchanges(&*self.inner, &token.grant.client_id).await? {
                return self.inner.put_refresh_token(token).await;
            }
            Ok(())
        })
    }
}

/// Only the first scope of a refresh token is kept.
pub(super) struct ScopeLost {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for ScopeLost {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>> {
        Box::pin(async move {
            let mut found = self.inner.refresh_token(digest).await?;
            if let Some(token) = &mut found {
                Arc::make_mut(&mut token.grant).scope = token.grant.scope.iter().take(1).collect();
            }
            Ok(found)
        })
    }
}

/// A refresh token stands for the scope of the newest access token of its family.
pub(super) struct NarrowingSticks {
    inner: Arc<dyn Store>,
    newest: Mutex<HashMap<Lineage, Scope>>,
}

impl NarrowingSticks {
    pub fn new(inner: Arc<dyn Store>) -> NarrowingSticks {
        NarrowingSticks { inner, newest: Mutex::default() }
    }
}

impl StoreOver for NarrowingSticks {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_access_token(&self, token: AccessToken) -> Stored<'_, ()> {
        locked(&self.newest).insert(token.grant.lineage, token.grant.scope.clone());
        self.inner.put_access_token(token)
    }

    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>> {
        Box::pin(async move {
            let mut found = self.inner.refresh_token(digest).await?;
            if let Some(token) = &mut found
                && let Some(scope) = locked(&self.newest).get(&token.grant.lineage)
            {
                Arc::make_mut(&mut token.grant).scope = scope.clone();
            }
            Ok(found)
        })
    }
}
