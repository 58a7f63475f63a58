//! Memories of access tokens that are wrong.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use crate::faults::{Fault, OIDC, Seam, locked};
use crate::model::{AccessToken, Authentication, Grant, Jti, Scope};
use crate::store::{Store, StoreError, StoreOver, Stored};
use crate::tokens::secret::Digest;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "codes-are-access-tokens",
        says: "What holds good for an access token holds good for a code that nobody has redeemed yet.",
        clause: "rfc7662/2.2/code-is-no-token",
        caught_by: &["userinfo/code-refused", "introspection/code-inactive", "token-exchange/code-as-access-token"],
        seams: &[Seam::Store(|inner| Arc::new(AnyKind { inner, refresh_tokens: false }))],
        ..OIDC
    },
    Fault {
        id: "refresh-tokens-are-access-tokens",
        says: "What holds good for an access token holds good for a refresh token.",
        clause: "rfc6749/7/token-validated",
        caught_by: &["userinfo/refresh-token-refused"],
        seams: &[Seam::Store(|inner| Arc::new(AnyKind { inner, refresh_tokens: true }))],
        ..OIDC
    },
    Fault {
        id: "access-token-dies-early",
        says: "An access token dies after half of the time that its client was told.",
        clause: "rfc6749/5.1/lifetime",
        caught_by: &["access-token/lives-as-told"],
        seams: &[Seam::Store(|inner| Arc::new(DiesEarly { inner }))],
        ..OIDC
    },
    Fault {
        id: "refresh-forgets-the-user",
        says: "The access token of a refresh speaks for the client, and no longer for the user.",
        clause: "oidc-core/5.3/about-the-user",
        caught_by: &["userinfo/after-refresh"],
        seams: &[Seam::Store(|inner| Arc::new(UserForgotten { inner }))],
        ..OIDC
    },
];

struct DiesEarly {
    inner: Arc<dyn Store>,
}

impl StoreOver for DiesEarly {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_access_token(&self, token: AccessToken) -> Stored<'_, ()> {
        let expires_at = token.issued_at.midpoint(token.expires_at);
        self.inner.put_access_token(AccessToken { expires_at, ..token })
    }
}

/// An access token is looked for among the codes or the refresh tokens as well.
struct AnyKind {
    inner: Arc<dyn Store>,
    refresh_tokens: bool,
}

impl StoreOver for AnyKind {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn access_token(&self, digest: Digest) -> Stored<'_, Option<AccessToken>> {
        Box::pin(async move {
            if let Some(token) = self.inner.access_token(digest).await? {
                return Ok(Some(token));
            }
            if self.refresh_tokens {
                let found = self.inner.refresh_token(digest).await?.filter(|token| !token.revoked && !token.rotated);
                return Ok(found.map(|token| as_access_token(digest, token.grant, token.expires_at)));
            }
            let found = self.inner.code(digest).await?;
            Ok(found.map(|code| as_access_token(digest, code.grant, code.expires_at)))
        })
    }
}

fn as_access_token(digest: Digest, grant: Arc<Grant>, expires_at: u64) -> AccessToken {
    AccessToken { digest, grant, jti: Jti([0; 16]), issued_at: 0, expires_at, revoked: false }
}

/// An access token without the nonce of a login, which comes of a refresh, is stored without its user.
struct UserForgotten {
    inner: Arc<dyn Store>,
}

impl StoreOver for UserForgotten {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_access_token(&self, mut token: AccessToken) -> Stored<'_, ()> {
        if token.grant.nonce.is_none() {
            Arc::make_mut(&mut token.grant).user = None;
        }
        self.inner.put_access_token(token)
    }
}

/// The revocation of an access token is forgotten at once.
pub(super) struct RevokesNothing {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for RevokesNothing {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn revoke_access_token(&self, _digest: Digest) -> Stored<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// Access tokens die one by one; that their lineage was revoked does not reach them.
pub(super) struct LineageForgotten {
    inner: Arc<dyn Store>,
    kept: Mutex<HashMap<Digest, AccessToken>>,
}

impl LineageForgotten {
    pub fn new(inner: Arc<dyn Store>) -> LineageForgotten {
        LineageForgotten { inner, kept: Mutex::default() }
    }
}

impl StoreOver for LineageForgotten {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn access_token(&self, digest: Digest) -> Stored<'_, Option<AccessToken>> {
        let found = locked(&self.kept).get(&digest).cloned();
        Box::pin(async { Ok(found) })
    }

    fn put_access_token(&self, token: AccessToken) -> Stored<'_, ()> {
        locked(&self.kept).insert(token.digest, token.clone());
        self.inner.put_access_token(token)
    }

    fn revoke_access_token(&self, digest: Digest) -> Stored<'_, ()> {
        if let Some(token) = locked(&self.kept).get_mut(&digest) {
            token.revoked = true;
        }
        self.inner.revoke_access_token(digest)
    }
}

/// The end of an access token is stored as if it had ten years more.
pub(super) struct Lives {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for Lives {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_access_token(&self, mut token: AccessToken) -> Stored<'_, ()> {
        const TEN_YEARS: u64 = 10 * 365 * 24 * 60 * 60;
        token.expires_at += TEN_YEARS;
        self.inner.put_access_token(token)
    }
}

/// A unique key on the client of a token without a user, and an insert that fails.
pub(super) struct OncePerClient {
    inner: Arc<dyn Store>,
    seen: Mutex<HashSet<String>>,
}

impl OncePerClient {
    pub fn new(inner: Arc<dyn Store>) -> OncePerClient {
        OncePerClient { inner, seen: Mutex::default() }
    }
}

impl StoreOver for OncePerClient {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_access_token(&self, token: AccessToken) -> Stored<'_, ()> {
        if token.grant.user.is_none() && !locked(&self.seen).insert(token.grant.client_id.clone()) {
            return Box::pin(async { Err(StoreError("the key is not unique".to_owned())) });
        }
        self.inner.put_access_token(token)
    }
}

/// A token without a user gets the first one that there is.
pub(super) struct UserOfMachines {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for UserOfMachines {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_access_token(&self, mut token: AccessToken) -> Stored<'_, ()> {
        Box::pin(async move {
            if token.grant.user.is_none() {
                let users = self.inner.users().await?;
                let auth_time = token.issued_at;
                Arc::make_mut(&mut token.grant).user =
                    users.first().map(|user| Authentication { sub: user.sub.clone(), auth_time });
                Arc::make_mut(&mut token.grant).scope = token.grant.scope.union(&Scope::parse("openid"));
            }
            self.inner.put_access_token(token).await
        })
    }
}
