//! Memories that go wrong where a password is a grant.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use crate::faults::locked;
use crate::model::{AccessToken, User};
use crate::store::{Store, StoreError, StoreOver, Stored};

/// A unique key on user and client for tokens without a login: those of a password, which bring no ID token along.
pub(super) struct OncePerPassword {
    inner: Arc<dyn Store>,
    seen: Mutex<HashSet<(String, String)>>,
}

impl OncePerPassword {
    pub fn new(inner: Arc<dyn Store>) -> OncePerPassword {
        OncePerPassword { inner, seen: Mutex::default() }
    }
}

impl StoreOver for OncePerPassword {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_access_token(&self, token: AccessToken) -> Stored<'_, ()> {
        let user = token.grant.user.as_ref().filter(|_| !token.grant.id_token).map(|user| user.sub.clone());
        let known = user.is_some_and(|user| !locked(&self.seen).insert((user, token.grant.client_id.clone())));
        if known {
            return Box::pin(async { Err(StoreError("the key is not unique".to_owned())) });
        }
        self.inner.put_access_token(token)
    }
}

/// Whoever is not known is somebody all the same: the first user that there is.
pub(super) struct MakesUpUsers {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for MakesUpUsers {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn user(&self, name: &str) -> Stored<'_, Option<Arc<User>>> {
        let name = name.to_owned();
        Box::pin(async move {
            match self.inner.user(&name).await? {
                Some(user) => Ok(Some(user)),
                None => Ok(self.inner.users().await?.into_iter().next()),
            }
        })
    }
}
