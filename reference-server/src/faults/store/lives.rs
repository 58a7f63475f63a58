//! Access tokens that do not die where they are of one format, or come from one grant: the others do.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use crate::config::AccessTokenFormat;
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::grants::{device_code, jwt_bearer, token_exchange};
use crate::model::{AccessToken, Client, GrantType, Lineage};
use crate::store::{Store, StoreOver, Stored};
use crate::tokens::secret::Digest;

const TEN_YEARS: u64 = 10 * 365 * 24 * 60 * 60;

/// The clients whose tokens live on.
type Whose = fn(&Client) -> bool;

macro_rules! lives_on {
    ($whose:expr) => {
        Seam::Store(|inner| Arc::new(OfSome { inner, whose: $whose, revocation: false }))
    };
}

macro_rules! outlives_revocation {
    ($whose:expr) => {
        Seam::Store(|inner| Arc::new(OfSome { inner, whose: $whose, revocation: true }))
    };
}

const BOTH: &[&str] = &["introspection/expired-inactive", "userinfo/expired-token"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "opaque-tokens-live-on",
        says: "An access token that is no JWT, and says nothing of its end, has none.",
        clause: "rfc6749/7/token-validated",
        caught_by: BOTH,
        seams: &[lives_on!(|client| client.access_token == AccessTokenFormat::Opaque)],
        ..OIDC
    },
    Fault {
        id: "device-tokens-live-on",
        says: "An access token of a device is alive long after the expiry that the device was told.",
        clause: "rfc6749/7/token-validated",
        caught_by: BOTH,
        seams: &[lives_on!(|client| client.may_use(GrantType::Extension(device_code::NAME)))],
        ..OIDC
    },
    Fault {
        id: "password-tokens-live-on",
        says: "An access token that was bought with a password is alive long after the expiry that the client was told.",
        clause: "rfc6749/7/token-validated",
        caught_by: BOTH,
        seams: &[lives_on!(|client| client.may_use(GrantType::Password))],
        ..OIDC
    },
    Fault {
        id: "assertion-tokens-live-on",
        says: "An access token that was bought with an assertion is alive long after the expiry that the client was told.",
        clause: "rfc7662/4/expired-inactive",
        caught_by: &["introspection/expired-inactive"],
        seams: &[lives_on!(|client| client.may_use(GrantType::Extension(jwt_bearer::NAME)))],
        ..OIDC
    },
    Fault {
        id: "exchanged-tokens-live-on",
        says: "An access token that came in exchange for another is alive long after the expiry that the client was told.",
        clause: "rfc7662/4/expired-inactive",
        caught_by: &["introspection/expired-inactive"],
        seams: &[lives_on!(|client| client.may_use(GrantType::Extension(token_exchange::NAME)))],
        ..OIDC
    },
    Fault {
        id: "refreshed-tokens-live-on",
        says: "An access token that came of a refresh is alive long after the expiry that the client was told.",
        clause: "rfc6749/7/token-validated",
        caught_by: BOTH,
        seams: &[Seam::Store(|inner| Arc::new(OfRefresh { inner, seen: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "implicit-tokens-live-on",
        says: "An access token that came through the browser alone is alive long after the expiry that the client was told.",
        clause: "rfc6749/7/token-validated",
        caught_by: &["front-channel/expired-inactive", "front-channel/expired-at-userinfo"],
        seams: &[lives_on!(|client| client.may_use(GrantType::Implicit))],
        ..OIDC
    },
    Fault {
        id: "implicit-token-cannot-be-revoked",
        says: "The revocation of an access token that came through the browser alone is a success that changes nothing.",
        clause: "rfc7009/2.1/invalidated-at-once",
        caught_by: &["front-channel/revoked-inactive", "front-channel/revoked-at-userinfo"],
        seams: &[outlives_revocation!(|client| client.may_use(GrantType::Implicit))],
        ..OIDC
    },
    Fault {
        id: "device-token-cannot-be-revoked",
        says: "The revocation of an access token of a device is a success that changes nothing.",
        clause: "rfc7009/2.1/invalidated-at-once",
        caught_by: &["revocation/access-token-dies", "introspection/revoked-inactive"],
        seams: &[outlives_revocation!(|client| client.may_use(GrantType::Extension(device_code::NAME)))],
        ..OIDC
    },
    Fault {
        id: "exchanged-token-cannot-be-revoked",
        says: "The revocation of an access token that came in exchange is a success that changes nothing.",
        clause: "rfc7009/2.1/invalidated-at-once",
        caught_by: &["revocation/access-token-dies", "introspection/revoked-inactive"],
        seams: &[outlives_revocation!(|client| client.may_use(GrantType::Extension(token_exchange::NAME)))],
        ..OIDC
    },
];

/// The tokens of some clients have ten years more, or are not revoked.
struct OfSome {
    inner: Arc<dyn Store>,
    whose: Whose,
    revocation: bool,
}

impl StoreOver for OfSome {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn access_token(&self, digest: Digest) -> Stored<'_, Option<AccessToken>> {
        Box::pin(async move {
            let Some(mut token) = self.inner.access_token(digest).await? else { return Ok(None) };
            let client = self.inner.client(&token.grant.client_id).await?;
            if client.is_some_and(|client| (self.whose)(&client)) {
                if self.revocation {
                    token.revoked = false;
                } else {
                    token.expires_at += TEN_YEARS;
                }
            }
            Ok(Some(token))
        })
    }
}

/// The end of a token that is not the first of its lineage is stored as if it had ten years more.
struct OfRefresh {
    inner: Arc<dyn Store>,
    seen: Mutex<HashSet<Lineage>>,
}

impl StoreOver for OfRefresh {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_access_token(&self, mut token: AccessToken) -> Stored<'_, ()> {
        if !locked(&self.seen).insert(token.grant.lineage) {
            token.expires_at += TEN_YEARS;
        }
        self.inner.put_access_token(token)
    }
}
