//! One shelf for all kinds of tokens.

use std::sync::Arc;

use crate::model::{AccessToken, Code, Grant, Path, RefreshToken};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::store::{Rotated, Spent, Store, StoreOver, Stored};
use crate::tokens::secret::Digest;

/// What is found passes for what was looked for.
pub(super) struct OneShelf {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for OneShelf {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn code(&self, digest: Digest) -> Stored<'_, Option<Code>> {
        Box::pin(async move {
            if let Some(code) = self.inner.code(digest).await? {
                return Ok(Some(code));
            }
            if let Some(AccessToken { grant, expires_at, .. }) = self.inner.access_token(digest).await? {
                return Ok(Some(as_code(digest, grant, expires_at)));
            }
            let found = self.inner.refresh_token(digest).await?;
            Ok(found.map(|token| as_code(digest, token.grant, token.expires_at)))
        })
    }

    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>> {
        Box::pin(async move {
            if let Some(token) = self.inner.refresh_token(digest).await? {
                return Ok(Some(token));
            }
            if let Some(AccessToken { grant, expires_at, .. }) = self.inner.access_token(digest).await? {
                return Ok(Some(as_refresh_token(digest, grant, expires_at)));
            }
            let found = self.inner.code(digest).await?;
            Ok(found.map(|code| as_refresh_token(digest, code.grant, code.expires_at)))
        })
    }

    fn spend(&self, code: &Code) -> Stored<'_, Spent> {
        let code = code.clone();
        Box::pin(async move {
            match self.inner.code(code.digest).await? {
                Some(_) => self.inner.spend(&code).await,
                None => Ok(Spent::Now),
            }
        })
    }

    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated> {
        let old = old.clone();
        Box::pin(async move {
            if self.inner.refresh_token(old.digest).await?.is_some() {
                return self.inner.rotate(&old, successor).await;
            }
            self.inner.put_refresh_token(successor).await?;
            Ok(Rotated::Now)
        })
    }
}

fn as_code(digest: Digest, grant: Arc<Grant>, expires_at: u64) -> Code {
    Code {
        digest,
        path: Path::AuthorizationCode,
        grant,
        redirect_uri: None,
        challenge: None,
        expires_at,
        remembered_until: expires_at,
        spent: false,
    }
}

fn as_refresh_token(digest: Digest, grant: Arc<Grant>, expires_at: u64) -> RefreshToken {
    RefreshToken {
        digest,
        grant,
        issued_at: 0,
        expires_at,
        family_expires_at: expires_at,
        revoked: false,
        rotated: false,
    }
}

/// What a token was never bound to is not compared.
pub(super) fn nothing_bound(inner: Arc<dyn Rules>) -> Arc<dyn Rules> {
    Arc::new(NothingBound { inner })
}

struct NothingBound {
    inner: Arc<dyn Rules>,
}

impl RulesOver for NothingBound {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn redirect_uri_repeats(&self, path: Path, code: &Code, redirect_uri: Option<&str>) -> Ruling {
        match code.redirect_uri {
            Some(_) => self.inner.redirect_uri_repeats(path, code, redirect_uri),
            None => Ok(()),
        }
    }

    fn verifier_matches(&self, path: Path, code: &Code, verifier: Option<&str>) -> Ruling {
        match code.challenge {
            Some(_) => self.inner.verifier_matches(path, code, verifier),
            None => Ok(()),
        }
    }
}
