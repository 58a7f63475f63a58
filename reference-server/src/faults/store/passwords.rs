//! Memories of users that are wrong.

use std::sync::Arc;

use crate::model::User;
use crate::store::{Store, StoreOver, Stored};

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
