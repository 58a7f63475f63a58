//! Introspection and userinfo that do not look at all of the state of a token.

use std::sync::Arc;

use super::super::{Fault, OIDC, Seam};
use crate::model::{AccessToken, Client, Grant, Path, RefreshToken};
use crate::rules::{Rules, RulesOver, Ruling};

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "revoked-access-token-is-active",
        says: "Introspection does not look whether an access token was revoked.",
        clause: "rfc7662/4/revoked-inactive",
        caught_by: &[
            "introspection/revoked-inactive",
            "front-channel/revoked-inactive",
            "revocation/access-token-dies",
        ],
        seams: &[Seam::Rules(|inner| Arc::new(RevokedOverlooked { inner }))],
        ..OIDC
    },
    Fault {
        id: "revoked-access-token-opens-userinfo",
        says: "userinfo does not look whether an access token was revoked.",
        clause: "rfc7009/2.1/invalidated-at-once",
        caught_by: &["front-channel/revoked-at-userinfo", "revocation/access-token-dies"],
        seams: &[Seam::Rules(|inner| Arc::new(AtUserinfo { inner, edit: |token| token.revoked = false }))],
        ..OIDC
    },
    Fault {
        id: "expired-access-token-opens-userinfo",
        says: "userinfo does not look whether an access token has expired.",
        clause: "rfc6749/7/token-validated",
        caught_by: &["userinfo/expired-token", "front-channel/expired-at-userinfo"],
        seams: &[Seam::Rules(|inner| Arc::new(AtUserinfo { inner, edit: |token| token.expires_at = u64::MAX }))],
        ..OIDC
    },
    Fault {
        id: "revoked-refresh-token-is-active",
        says: "Introspection does not look whether a refresh token was revoked.",
        clause: "rfc7662/4/revoked-inactive",
        caught_by: &["introspection/revoked-refresh-inactive"],
        seams: &[Seam::Rules(|inner| Arc::new(Overlooked { inner, edit: |token| token.revoked = false }))],
        ..OIDC
    },
    Fault {
        id: "replaced-refresh-token-is-active",
        says: "Introspection does not look whether a refresh token was used before.",
        clause: "rfc7662/4/state-checked",
        caught_by: &["introspection/replaced-refresh-inactive"],
        seams: &[Seam::Rules(|inner| Arc::new(Overlooked { inner, edit: |token| token.rotated = false }))],
        ..OIDC
    },
    Fault {
        id: "expired-refresh-token-is-active",
        says: "Introspection does not look whether a refresh token has expired.",
        clause: "rfc7662/4/expired-inactive",
        caught_by: &["introspection/expired-refresh-inactive"],
        seams: &[Seam::Rules(|inner| {
            Arc::new(Overlooked {
                inner,
                edit: |token| (token.expires_at, token.family_expires_at) = (u64::MAX, u64::MAX),
            })
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-for-whoever-registers",
        says: "A client that registered itself is told about the access tokens of all others.",
        clause: "rfc7662/4/callers-authorized",
        caught_by: &["introspection/caller-just-registered"],
        seams: &[Seam::Rules(|inner| Arc::new(AnybodyAsks { inner, about_refresh_tokens: false }))],
        ..OIDC
    },
    Fault {
        id: "introspection-of-refresh-tokens-for-everybody",
        says: "Every client that authenticates is told about the refresh tokens of all others.",
        clause: "rfc7662/4/callers-authorized",
        caught_by: &["introspection/caller-just-registered"],
        seams: &[Seam::Rules(|inner| Arc::new(AnybodyAsks { inner, about_refresh_tokens: true }))],
        ..OIDC
    },
];

/// Whoever authenticates may ask about any token of this kind.
struct AnybodyAsks {
    inner: Arc<dyn Rules>,
    about_refresh_tokens: bool,
}

impl RulesOver for AnybodyAsks {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn token_may_be_introspected_by(
        &self,
        path: Path,
        grant: &Grant,
        is_refresh_token: bool,
        client: &Client,
    ) -> Ruling {
        if is_refresh_token == self.about_refresh_tokens {
            return Ok(());
        }
        self.inner.token_may_be_introspected_by(path, grant, is_refresh_token, client)
    }
}

/// One thing about a refresh token is overlooked.
struct Overlooked {
    inner: Arc<dyn Rules>,
    edit: fn(&mut RefreshToken),
}

impl RulesOver for Overlooked {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn refresh_token_is_active(&self, path: Path, token: &RefreshToken, now: u64) -> Ruling {
        let mut seen = token.clone();
        (self.edit)(&mut seen);
        self.inner.refresh_token_is_active(path, &seen, now)
    }
}

/// That an access token was revoked is overlooked.
struct RevokedOverlooked {
    inner: Arc<dyn Rules>,
}

impl RulesOver for RevokedOverlooked {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn access_token_is_live(&self, path: Path, token: &AccessToken, now: u64) -> Ruling {
        self.inner.access_token_is_live(path, &AccessToken { revoked: false, ..token.clone() }, now)
    }
}

struct AtUserinfo {
    inner: Arc<dyn Rules>,
    edit: fn(&mut AccessToken),
}

impl RulesOver for AtUserinfo {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn bearer_token_is_live(&self, path: Path, token: &AccessToken, now: u64) -> Ruling {
        let mut token = token.clone();
        (self.edit)(&mut token);
        self.inner.bearer_token_is_live(path, &token, now)
    }
}

/// No access token is ever too old, neither for introspection nor for userinfo.
pub(in crate::faults) fn for_good(inner: Arc<dyn Rules>) -> Arc<dyn Rules> {
    Arc::new(ForGood { inner })
}

struct ForGood {
    inner: Arc<dyn Rules>,
}

impl RulesOver for ForGood {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn bearer_token_is_live(&self, path: Path, token: &AccessToken, now: u64) -> Ruling {
        self.inner.bearer_token_is_live(path, &ageless(token), now)
    }

    fn access_token_is_live(&self, path: Path, token: &AccessToken, now: u64) -> Ruling {
        self.inner.access_token_is_live(path, &ageless(token), now)
    }
}

fn ageless(token: &AccessToken) -> AccessToken {
    AccessToken { expires_at: u64::MAX, ..token.clone() }
}
