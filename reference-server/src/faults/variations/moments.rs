//! What comes late, or only to those who ask for it; and keys without names.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::choices::Tokens;
use crate::config::AccessTokenFormat;
use crate::faults::claims::changed;
use crate::faults::{Seam, Variation, locked};
use crate::model::{AccessToken, Client, Grant, Path};
use crate::rules::{Rules, RulesOver};
use crate::store::{Store, StoreOver, Stored};
use crate::tokens::secret::Digest;

pub(in super::super) static VARIATIONS: &[Variation] = &[
    Variation {
        id: "replica-one-read-behind",
        says: "Whoever looks first at an access token that was revoked sees an old copy, in which it is alive.",
        clause: "rfc7009/2.1/invalidated-at-once",
        seams: &[Seam::Store(|inner| Arc::new(LaggingReplica { inner, old_copies: Mutex::default() }))],
    },
    Variation {
        id: "refresh-token-for-offline-access",
        says: "A refresh token comes only where the scope has offline_access.",
        clause: "oidc-core/11/consent",
        seams: &[Seam::Rules(|inner| Arc::new(OfflineAccessOnly { inner }))],
    },
    Variation {
        id: "one-key-without-kid",
        says: "The server has a single key, which has no kid; its access tokens are opaque.",
        clause: "oidc-core/10.1/kid",
        seams: &[
            Seam::Rules(|inner| Arc::new(Tokens { inner, format: AccessTokenFormat::Opaque })),
            changed!(IdToken, |header, _| drop(header.remove("kid"))),
            changed!(Jwks, |body| {
                if let Some(keys) = body.get_mut("keys").and_then(Value::as_array_mut) {
                    keys.retain(|key| key["kty"] == "RSA");
                    keys.iter_mut().filter_map(Value::as_object_mut).for_each(|key| drop(key.remove("kid")));
                }
            }),
        ],
    },
];

/// Beside the store a copy that learns of each revocation one read too late.
struct LaggingReplica {
    inner: Arc<dyn Store>,
    old_copies: Mutex<HashMap<Digest, AccessToken>>,
}

impl StoreOver for LaggingReplica {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn access_token(&self, digest: Digest) -> Stored<'_, Option<AccessToken>> {
        Box::pin(async move {
            let old = locked(&self.old_copies).remove(&digest);
            match old {
                Some(old) => Ok(Some(old)),
                None => self.inner.access_token(digest).await,
            }
        })
    }

    fn revoke_access_token(&self, digest: Digest) -> Stored<'_, ()> {
        Box::pin(async move {
            if let Some(token) = self.inner.access_token(digest).await? {
                locked(&self.old_copies).insert(digest, token);
            }
            self.inner.revoke_access_token(digest).await
        })
    }
}

/// OpenID Connect Core §11: `offline_access` asks for a refresh token.
struct OfflineAccessOnly {
    inner: Arc<dyn Rules>,
}

impl RulesOver for OfflineAccessOnly {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn refresh_token_is_issued(&self, path: Path, client: &Client, grant: &Grant) -> bool {
        grant.scope.contains("offline_access") && self.inner.refresh_token_is_issued(path, client, grant)
    }
}
