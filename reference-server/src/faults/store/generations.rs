//! Memories that are wrong from the second refresh on, and of consents that reach too far.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::faults::{Fault, OIDC, Seam, locked};
use crate::model::{
    AccessToken, Authentication, AuthorizationRequest, Client, Code, Lineage, Path, RefreshToken, Scope,
};
use crate::rules::{Rules, RulesOver};
use crate::store::{Rotated, Store, StoreError, StoreOver, Stored};
use crate::tokens::mint::new_lineage;
use crate::tokens::secret::Digest;

pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "third-refresh-fails",
        says: "The successor of a successor of a refresh token is handed out, and never stored.",
        clause: "rfc6749/6/token-response",
        caught_by: &["refresh/again-and-again"],
        seams: &[Seam::Store(|inner| Arc::new(TwoGenerations { inner, seen: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "refreshed-tokens-stand-alone",
        says: "The tokens that a refresh brings are not remembered as those of the same grant.",
        clause: "rfc6749/4.1.2/replay-revokes-tokens",
        caught_by: &["code/replay-revokes-refreshed-tokens", "revocation/all-generations-die"],
        seams: &[Seam::Store(|inner| Arc::new(NewLineages { inner, newest: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "refresh-yields-all-of-the-client",
        says: "A refresh that names no scope gets all that the client may have, however little was granted.",
        clause: "rfc6749/6/scope-not-widened",
        caught_by: &["refresh/narrow-grant-stays-narrow"],
        seams: &[Seam::Store(|inner| Arc::new(Widened { inner, at_once: true }))],
        ..OIDC
    },
    Fault {
        id: "second-refresh-yields-all-of-the-client",
        says: "The new refresh token stands for all that the client may have, so that the second refresh gets it.",
        clause: "rfc6749/6/scope-not-widened",
        caught_by: &["refresh/narrow-grant-stays-narrow"],
        seams: &[Seam::Store(|inner| Arc::new(Widened { inner, at_once: false }))],
        ..OIDC
    },
    Fault {
        id: "refresh-of-the-newest-user",
        says: "A refresh speaks of the user who last logged in for the client.",
        clause: "oidc-core/12.2/same-subject",
        caught_by: &["refresh/same-user"],
        seams: &[Seam::Store(|inner| Arc::new(NewestUser { inner, newest: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "consent-to-one-is-consent-to-all",
        says: "What a user allowed one client is allowed to every client.",
        clause: "oidc-core/3.1.2.4/consent",
        caught_by: &["authorize/consent-per-client"],
        seams: &[Seam::Store(|inner| Arc::new(AnyClient { inner }))],
        ..OIDC
    },
    Fault {
        id: "consent-of-one-is-consent-of-all",
        says: "What one user allowed a client every user has allowed it.",
        clause: "oidc-core/3.1.2.4/consent",
        precedent: Some("ory/hydra#770"),
        caught_by: &["authorize/consent-per-user"],
        seams: &[Seam::Store(|inner| Arc::new(AnyUser { inner }))],
        ..OIDC
    },
    Fault {
        id: "consent-to-little-is-consent-to-all",
        says: "A user who once allowed a client anything is not asked again, whatever it asks for.",
        clause: "oidc-core/3.1.2.4/consent",
        caught_by: &["authorize/consent-per-scope"],
        seams: &[Seam::Rules(|inner| Arc::new(AnyScope { inner }))],
        ..OIDC
    },
];

struct TwoGenerations {
    inner: Arc<dyn Store>,
    seen: Mutex<HashMap<Lineage, usize>>,
}

impl StoreOver for TwoGenerations {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn rotate(&self, old: &RefreshToken, mut successor: RefreshToken) -> Stored<'_, Rotated> {
        let mut seen = locked(&self.seen);
        let generation = seen.entry(old.grant.lineage).or_default();
        *generation += 1;
        if *generation >= 2 {
            // Kept under a name that nobody was given.
            successor.digest = Digest::of("lost");
        }
        self.inner.rotate(old, successor)
    }
}

/// Each refresh begins a lineage of its own.
struct NewLineages {
    inner: Arc<dyn Store>,
    newest: Mutex<HashMap<Lineage, Lineage>>,
}

impl StoreOver for NewLineages {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn rotate(&self, old: &RefreshToken, mut successor: RefreshToken) -> Stored<'_, Rotated> {
        Arc::make_mut(&mut successor.grant).lineage = new_lineage();
        locked(&self.newest).insert(old.grant.lineage, successor.grant.lineage);
        self.inner.rotate(old, successor)
    }

    fn put_access_token(&self, mut token: AccessToken) -> Stored<'_, ()> {
        if let Some(newest) = locked(&self.newest).get(&token.grant.lineage) {
            Arc::make_mut(&mut token.grant).lineage = *newest;
        }
        self.inner.put_access_token(token)
    }
}

/// A refresh token stands for all that its client may have: at once, or from its successor on.
struct Widened {
    inner: Arc<dyn Store>,
    at_once: bool,
}

impl Widened {
    async fn widen(&self, token: &mut RefreshToken) -> Result<(), StoreError> {
        if let Some(client) = self.inner.client(&token.grant.client_id).await? {
            Arc::make_mut(&mut token.grant).scope = client.scopes.clone();
        }
        Ok(())
    }
}

impl StoreOver for Widened {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>> {
        Box::pin(async move {
            let mut found = self.inner.refresh_token(digest).await?;
            if let (true, Some(token)) = (self.at_once, &mut found) {
                self.widen(token).await?;
            }
            Ok(found)
        })
    }

    fn rotate(&self, old: &RefreshToken, mut successor: RefreshToken) -> Stored<'_, Rotated> {
        let old = old.clone();
        Box::pin(async move {
            self.widen(&mut successor).await?;
            self.inner.rotate(&old, successor).await
        })
    }
}

/// The key of a consent is its user alone.
struct AnyClient {
    inner: Arc<dyn Store>,
}

impl StoreOver for AnyClient {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn consent(&self, sub: &str, _client_id: &str) -> Stored<'_, Scope> {
        let sub = sub.to_owned();
        Box::pin(async move {
            let mut allowed = Scope::default();
            for client in self.inner.clients().await? {
                allowed = allowed.union(&self.inner.consent(&sub, &client.client_id).await?);
            }
            Ok(allowed)
        })
    }
}

/// The scope of a consent is not kept.
struct AnyScope {
    inner: Arc<dyn Rules>,
}

impl RulesOver for AnyScope {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn consent_is_needed(
        &self,
        path: Path,
        client: &Client,
        request: &AuthorizationRequest,
        remembered: &Scope,
    ) -> bool {
        let allowed = if remembered.is_empty() { remembered } else { &request.scope };
        self.inner.consent_is_needed(path, client, request, allowed)
    }
}

/// One user is kept for each client: the last one.
struct NewestUser {
    inner: Arc<dyn Store>,
    newest: Mutex<HashMap<String, Authentication>>,
}

impl StoreOver for NewestUser {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_code(&self, code: Code) -> Stored<'_, ()> {
        if let Some(user) = code.grant.user.clone() {
            locked(&self.newest).insert(code.grant.client_id.clone(), user);
        }
        self.inner.put_code(code)
    }

    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>> {
        Box::pin(async move {
            let mut found = self.inner.refresh_token(digest).await?;
            if let Some(token) = &mut found {
                let newest = locked(&self.newest).get(&token.grant.client_id).cloned();
                let grant = Arc::make_mut(&mut token.grant);
                grant.user = newest.or(grant.user.take());
            }
            Ok(found)
        })
    }
}

struct AnyUser {
    inner: Arc<dyn Store>,
}

impl StoreOver for AnyUser {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn consent(&self, _: &str, client_id: &str) -> Stored<'_, Scope> {
        self.inner.consent("everybody", client_id)
    }

    fn put_consent(&self, _: &str, client_id: &str, scope: Scope) -> Stored<'_, ()> {
        self.inner.put_consent("everybody", client_id, scope)
    }
}
