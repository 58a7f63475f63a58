//! Refresh tokens of which one thing was forgotten where they come from one grant: the others know it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use crate::config::{ClientConfig, Config};
use crate::faults::{BCP, Fault, OIDC, Seam, locked};
use crate::grants::device_code;
use crate::model::{
    AccessToken, Authentication, Client, Code, DeviceRequest, Grant, GrantType, Lineage, Path, RefreshToken,
};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::store::{Rotated, Store, StoreOver, Stored};
use crate::tokens::secret::Digest;

const DEVICE: Path = Path::Extension(device_code::NAME);
const BY_DEVICE: GrantType = GrantType::Extension(device_code::NAME);

/// What was forgotten of the refresh tokens of one grant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Forgotten {
    /// That one was replaced.
    Rotation,
    /// That the living one dies when a replaced one comes back.
    Family,
    /// That one was revoked.
    Revocation,
    /// That what it brought dies with one that was revoked.
    AccessTokens,
    /// That one expires.
    Expiry,
    /// How far one reaches.
    Scope,
    /// Whose one is: that of whoever was the last to allow the client anything.
    User,
}

macro_rules! forgets {
    ($forgotten:ident, $path:expr) => {
        Seam::Store(|inner| Arc::new(OfOneGrant::new(inner, Forgotten::$forgotten, $path)))
    };
}

macro_rules! unbound {
    ($grant_type:expr) => {
        Seam::Rules(|inner| Arc::new(Unbound { inner, grant_type: $grant_type }))
    };
}

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "replaced-device-token-works",
        says: "A refresh token that came to a device goes on working once it was replaced.",
        clause: "rfc9700/4.14.2/rotation-revokes",
        caught_by: &["refresh/old-token-after-rotation"],
        seams: &[forgets!(Rotation, DEVICE)],
        ..BCP
    },
    Fault {
        id: "replaced-password-token-works",
        says: "A refresh token that came with a password goes on working once it was replaced.",
        clause: "rfc9700/4.14.2/rotation-revokes",
        caught_by: &["refresh/old-token-after-rotation"],
        seams: &[Seam::Config(with_passwords), forgets!(Rotation, Path::Password)],
        ..BCP
    },
    Fault {
        id: "replaced-hybrid-token-works",
        says: "A refresh token that came beside an ID token through the browser goes on working once it was replaced.",
        clause: "rfc9700/4.14.2/rotation-revokes",
        caught_by: &["refresh/old-token-after-rotation"],
        seams: &[forgets!(Rotation, Path::CodeIdToken)],
        ..BCP
    },
    Fault {
        id: "reuse-spares-family-of-device",
        says: "The reuse of a refresh token of a device is refused, but its successor lives on.",
        clause: "rfc9700/4.14.2/reuse-kills-family",
        caught_by: &["refresh/reuse-kills-family"],
        seams: &[forgets!(Family, DEVICE)],
        ..BCP
    },
    Fault {
        id: "reuse-spares-family-of-password",
        says: "The reuse of a refresh token that came with a password is refused, but its successor lives on.",
        clause: "rfc9700/4.14.2/reuse-kills-family",
        caught_by: &["refresh/reuse-kills-family"],
        seams: &[Seam::Config(with_passwords), forgets!(Family, Path::Password)],
        ..BCP
    },
    Fault {
        id: "revoked-device-token-works",
        says: "Nobody looks whether a refresh token that came to a device was revoked.",
        clause: "rfc7009/2.1/invalidated-at-once",
        caught_by: &["revocation/refresh-token-dies"],
        seams: &[forgets!(Revocation, DEVICE)],
        ..OIDC
    },
    Fault {
        id: "revoked-password-token-works",
        says: "Nobody looks whether a refresh token that came with a password was revoked.",
        clause: "rfc7009/2.1/invalidated-at-once",
        caught_by: &["revocation/refresh-token-dies", "introspection/revoked-refresh-inactive"],
        seams: &[forgets!(Revocation, Path::Password)],
        ..OIDC
    },
    Fault {
        id: "revoked-hybrid-token-works",
        says: "Nobody looks whether a refresh token that came in the hybrid flow was revoked.",
        clause: "rfc7009/2.1/invalidated-at-once",
        caught_by: &["revocation/refresh-token-dies"],
        seams: &[forgets!(Revocation, Path::CodeIdToken)],
        ..OIDC
    },
    Fault {
        id: "revocation-spares-access-tokens-of-device",
        says: "A revoked refresh token of a device leaves the access tokens alive that it brought.",
        clause: "rfc7009/2.1/access-tokens-of-the-grant",
        caught_by: &["revocation/refresh-kills-access", "revocation/all-generations-die"],
        seams: &[forgets!(AccessTokens, DEVICE)],
        ..OIDC
    },
    Fault {
        id: "revocation-spares-access-tokens-of-password",
        says: "A revoked refresh token that came with a password leaves the access tokens alive that it brought.",
        clause: "rfc7009/2.1/access-tokens-of-the-grant",
        caught_by: &["revocation/refresh-kills-access", "revocation/all-generations-die"],
        seams: &[forgets!(AccessTokens, Path::Password)],
        ..OIDC
    },
    Fault {
        id: "device-token-never-expires",
        says: "A refresh token that came to a device works however long nobody used it.",
        clause: "rfc9700/4.14.2/idle-expiry",
        caught_by: &["refresh/expired"],
        seams: &[forgets!(Expiry, DEVICE)],
        ..BCP
    },
    Fault {
        id: "password-token-never-expires",
        says: "A refresh token that came with a password works however long nobody used it.",
        clause: "rfc9700/4.14.2/idle-expiry",
        caught_by: &["refresh/expired"],
        seams: &[Seam::Config(with_passwords), forgets!(Expiry, Path::Password)],
        ..BCP
    },
    Fault {
        id: "refresh-widens-scope-of-device",
        says: "A refresh by a device asks for more than its user granted, and gets it.",
        clause: "rfc6749/6/scope-not-widened",
        caught_by: &["refresh/scope-not-widened"],
        seams: &[forgets!(Scope, DEVICE)],
        ..OIDC
    },
    Fault {
        id: "refresh-widens-scope-of-password",
        says: "A refresh after a password asks for more than was granted, and gets it.",
        clause: "rfc6749/6/scope-not-widened",
        caught_by: &["refresh/scope-not-widened"],
        seams: &[forgets!(Scope, Path::Password)],
        ..OIDC
    },
    Fault {
        id: "device-token-of-the-newest-user",
        says: "The refresh by a device speaks of the user who last allowed a device of that client.",
        clause: "oidc-core/12.2/same-subject",
        caught_by: &["refresh/same-user"],
        seams: &[forgets!(User, DEVICE)],
        ..OIDC
    },
    Fault {
        id: "device-token-of-another-client",
        says: "A client on a device uses and revokes refresh tokens that were issued to another client.",
        clause: "rfc6749/6/bound-to-client",
        caught_by: &["refresh/other-client", "revocation/other-client"],
        seams: &[unbound!(BY_DEVICE)],
        ..OIDC
    },
    Fault {
        id: "password-token-of-another-client",
        says: "A client of the password grant uses and revokes refresh tokens that were issued to another client.",
        clause: "rfc6749/6/bound-to-client",
        caught_by: &["refresh/other-client", "revocation/other-client"],
        seams: &[unbound!(GrantType::Password)],
        ..OIDC
    },
];

/// RFC 9700 §2.4 forbids the grant; a server that has it all the same owes its clients the rest of that document.
fn with_passwords(config: &mut Config) {
    let by_password = |client: &ClientConfig| client.grant_types.iter().any(|name| name == "password");
    config.clients.extend(Config::demo(config.issuer.clone()).clients.into_iter().filter(by_password));
    config.without_grant_types.clear();
}

/// The refresh tokens of one grant are remembered without one thing.
struct OfOneGrant {
    inner: Arc<dyn Store>,
    forgotten: Forgotten,
    path: Path,
    /// Where a lineage comes from: of a code or a device; what else there is comes of a password.
    paths: Mutex<HashMap<Lineage, Path>>,
    replayed: Mutex<HashSet<Lineage>>,
    newest: Mutex<HashMap<String, Authentication>>,
}

impl OfOneGrant {
    fn new(inner: Arc<dyn Store>, forgotten: Forgotten, path: Path) -> OfOneGrant {
        let (paths, replayed, newest) = (Mutex::default(), Mutex::default(), Mutex::default());
        OfOneGrant { inner, forgotten, path, paths, replayed, newest }
    }

    fn forgets(&self, forgotten: Forgotten, lineage: Lineage) -> bool {
        let path = locked(&self.paths).get(&lineage).copied().unwrap_or(Path::Password);
        self.forgotten == forgotten && self.path == path
    }
}

impl StoreOver for OfOneGrant {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_code(&self, code: Code) -> Stored<'_, ()> {
        locked(&self.paths).insert(code.grant.lineage, code.path);
        self.inner.put_code(code)
    }

    fn put_device(&self, request: DeviceRequest) -> Stored<'_, bool> {
        locked(&self.paths).insert(request.lineage, DEVICE);
        self.inner.put_device(request)
    }

    fn put_refresh_token(&self, token: RefreshToken) -> Stored<'_, ()> {
        if let (true, Some(user)) = (self.forgets(Forgotten::User, token.grant.lineage), &token.grant.user) {
            locked(&self.newest).insert(token.grant.client_id.clone(), user.clone());
        }
        self.inner.put_refresh_token(token)
    }

    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>> {
        Box::pin(async move {
            let Some(mut token) = self.inner.refresh_token(digest).await? else { return Ok(None) };
            let lineage = token.grant.lineage;
            if self.forgets(Forgotten::Revocation, lineage) {
                token.revoked = false;
            }
            if self.forgets(Forgotten::Expiry, lineage) {
                (token.expires_at, token.family_expires_at) = (u64::MAX, u64::MAX);
            }
            if self.forgets(Forgotten::Scope, lineage)
                && let Some(client) = self.inner.client(&token.grant.client_id).await?
            {
                Arc::make_mut(&mut token.grant).scope = client.scopes.clone();
            }
            if self.forgets(Forgotten::User, lineage) {
                let newest = locked(&self.newest).get(&token.grant.client_id).cloned();
                Arc::make_mut(&mut token.grant).user = newest;
            }
            Ok(Some(token))
        })
    }

    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated> {
        let old = old.clone();
        Box::pin(async move {
            let lineage = old.grant.lineage;
            if self.forgets(Forgotten::Rotation, lineage) {
                self.inner.put_refresh_token(successor).await?;
                return Ok(Rotated::Now);
            }
            let rotated = self.inner.rotate(&old, successor).await?;
            if rotated == Rotated::Before && self.forgets(Forgotten::Family, lineage) {
                locked(&self.replayed).insert(lineage);
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

    fn access_token(&self, digest: Digest) -> Stored<'_, Option<AccessToken>> {
        Box::pin(async move {
            let mut found = self.inner.access_token(digest).await?;
            if let Some(token) = &mut found
                && self.forgets(Forgotten::AccessTokens, token.grant.lineage)
            {
                token.revoked = false;
            }
            Ok(found)
        })
    }
}

/// To the clients of one grant nobody says that a refresh token is another's.
struct Unbound {
    inner: Arc<dyn Rules>,
    grant_type: GrantType,
}

impl RulesOver for Unbound {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn refresh_token_belongs_to(&self, path: Path, token: &RefreshToken, client: &Client) -> Ruling {
        if client.may_use(self.grant_type) {
            return Ok(());
        }
        self.inner.refresh_token_belongs_to(path, token, client)
    }

    fn revocation_belongs_to(&self, path: Path, grant: &Grant, client: &Client) -> Ruling {
        if client.may_use(self.grant_type) {
            return Ok(());
        }
        self.inner.revocation_belongs_to(path, grant, client)
    }
}
