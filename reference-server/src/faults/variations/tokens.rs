//! Tokens: who gets them, what they tell of themselves, how soon a revocation is seen, and the key that signs them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::choices::Tokens;
use crate::config::AccessTokenFormat;
use crate::faults::claims::{changed, set};
use crate::faults::{Seam, Variation, locked};
use crate::model::{AccessToken, Client, Grant, Path};
use crate::rules::{Rules, RulesOver};
use crate::store::{Store, StoreOver, Stored};
use crate::tokens::secret::Digest;
use crate::tokens::{Algorithm, Map};

/// `offline_access` is the one way to a refresh token.
pub(in crate::faults) const OFFLINE_ACCESS_ONLY: Seam = Seam::Rules(|inner| Arc::new(OfflineAccessOnly { inner }));

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
        seams: &[OFFLINE_ACCESS_ONLY],
    },
    Variation {
        id: "offline-access-told-once",
        says: "offline_access is told with the code, and neither at a refresh nor of an access token.",
        clause: "rfc6749/3.3/scope-reported",
        seams: &[
            changed!(AccessToken, |_, claims| without_offline_access(claims)),
            changed!(Introspection, without_offline_access),
            changed!(TokenResponse, |path, body| {
                if path == Path::RefreshToken {
                    without_offline_access(body);
                }
            }),
        ],
    },
    Variation {
        id: "living-token-handed-out-again",
        says: "An access token was issued a quarter of an hour before the answer, whose expires_in is what is left.",
        clause: "rfc6749/5.1/lifetime",
        seams: &[changed!(AccessToken, |_, claims| issued_before(claims)), changed!(Introspection, issued_before)],
    },
    Variation {
        id: "one-key-without-kid",
        says: "The server has a single key, which has no kid; its access tokens are opaque, and its userinfo is not signed.",
        clause: "oidc-core/10.1/kid",
        seams: &[
            Seam::Config(|config| {
                for client in &mut config.clients {
                    client.id_token_signed_response_alg = Algorithm::Rs256;
                }
            }),
            Seam::Rules(|inner| Arc::new(Tokens { inner, format: AccessTokenFormat::Opaque })),
            changed!(IdToken, |header, _| drop(header.remove("kid"))),
            changed!(Metadata, |body| drop(body.remove("userinfo_signing_alg_values_supported"))),
            changed!(Jwks, |body| {
                if let Some(keys) = body.get_mut("keys").and_then(Value::as_array_mut) {
                    keys.retain(|key| key["alg"] == "RS256");
                    keys.iter_mut().filter_map(Value::as_object_mut).for_each(|key| drop(key.remove("kid")));
                }
            }),
        ],
    },
];

fn without_offline_access(document: &mut Map) {
    if let Some(scope) = document.get("scope").and_then(Value::as_str) {
        let rest: Vec<&str> = scope.split(' ').filter(|token| *token != "offline_access").collect();
        let rest = json!(rest.join(" "));
        set(document, "scope", rest);
    }
}

fn issued_before(document: &mut Map) {
    if let Some(issued) = document.get("iat").and_then(Value::as_u64) {
        set(document, "iat", json!(issued - 15 * 60));
    }
}

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
