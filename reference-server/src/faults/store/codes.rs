//! Memories of codes that are wrong.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};

use crate::faults::locked;
use crate::model::{Code, Grant, Path, RefreshToken, Scope};
use crate::server::Server;
use crate::store::{BoxFuture, Spent, Store, StoreError, StoreOver, Stored};
use crate::tokens::secret::Digest;
use crate::transport::Wire;
use crate::transport::form::Form;

/// Every redemption is the first.
pub(super) struct KeepsCodes {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for KeepsCodes {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn spend(&self, _code: &Code) -> Stored<'_, Spent> {
        Box::pin(async { Ok(Spent::Now) })
    }
}

/// Every redemption of a code that came beside something else is the first.
pub(super) struct KeepsHybridCodes {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for KeepsHybridCodes {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn spend(&self, code: &Code) -> Stored<'_, Spent> {
        if code.path == Path::AuthorizationCode {
            return self.inner.spend(code);
        }
        Box::pin(async { Ok(Spent::Now) })
    }
}

/// A code that is looked up was never used; that it was shows only when it is used again.
pub(super) struct ForgetsUse {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for ForgetsUse {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn code(&self, digest: Digest) -> Stored<'_, Option<Code>> {
        Box::pin(async move { Ok(self.inner.code(digest).await?.map(|code| Code { spent: false, ..code })) })
    }
}

/// A unique key on user, client and response type, and an insert that ignores the conflict.
pub(super) struct OneCodeEver {
    inner: Arc<dyn Store>,
    seen: Mutex<HashSet<(String, String, Path)>>,
}

impl OneCodeEver {
    pub fn new(inner: Arc<dyn Store>) -> OneCodeEver {
        OneCodeEver { inner, seen: Mutex::default() }
    }
}

impl StoreOver for OneCodeEver {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_code(&self, code: Code) -> Stored<'_, ()> {
        let user = code.grant.user.as_ref().map(|user| user.sub.clone()).unwrap_or_default();
        let is_first = locked(&self.seen).insert((user, code.grant.client_id.clone(), code.path));
        Box::pin(async move {
            if is_first || super::exchanges(&*self.inner, &code.grant.client_id).await? {
                return self.inner.put_code(code).await;
            }
            Ok(())
        })
    }
}

/// "No rows" is taken for a failure of the database.
pub(super) struct CrashesOnUnknown {
    inner: Arc<dyn Store>,
    on_codes: bool,
}

impl CrashesOnUnknown {
    pub fn code(inner: Arc<dyn Store>) -> CrashesOnUnknown {
        CrashesOnUnknown { inner, on_codes: true }
    }

    pub fn refresh_token(inner: Arc<dyn Store>) -> CrashesOnUnknown {
        CrashesOnUnknown { inner, on_codes: false }
    }
}

impl StoreOver for CrashesOnUnknown {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn code(&self, digest: Digest) -> Stored<'_, Option<Code>> {
        Box::pin(async move {
            match self.inner.code(digest).await? {
                None if self.on_codes => Err(no_rows()),
                found => Ok(found),
            }
        })
    }

    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>> {
        Box::pin(async move {
            match self.inner.refresh_token(digest).await? {
                None if !self.on_codes => Err(no_rows()),
                found => Ok(found),
            }
        })
    }
}

fn no_rows() -> StoreError {
    StoreError("no rows".to_owned())
}

tokio::task_local! {
    /// The scope that a request names.
    static NAMED: Option<Scope>;
}

/// Whatever happens for a token request knows the scope that it names.
pub(super) struct ScopeHeard {
    pub inner: Arc<dyn Wire>,
}

impl Wire for ScopeHeard {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Response<Bytes>> {
        let named = Form::parse(request.body()).optional("scope").map(Scope::parse);
        Box::pin(NAMED.scope(named, self.inner.around(server, request)))
    }
}

/// A code stands for whatever the request that redeems it names.
pub(super) struct ScopeTaken {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for ScopeTaken {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn code(&self, digest: Digest) -> Stored<'_, Option<Code>> {
        let named = NAMED.try_with(Clone::clone).unwrap_or_default();
        Box::pin(async move {
            let found = self.inner.code(digest).await?;
            Ok(found.map(|code| match &named {
                Some(scope) => {
                    Code { grant: Arc::new(Grant { scope: scope.clone(), ..(*code.grant).clone() }), ..code }
                }
                None => code,
            }))
        })
    }
}
