//! Refresh tokens.

use super::Shows::Refused;
use super::{Case, cases};
use crate::support::{pass, post, refresh, tokens};

const FORTNIGHT: u64 = 14 * 24 * 60 * 60;

pub const CASES: &[Case] = cases! {
    RefreshTokenIsKnown, Refused("invalid_grant"), |server, side| async {
        let value = tokens(server, "web").await.member("refresh_token");
        refresh(server, "web", side.of(&value, &value[1..]), &[]).await
    };

    RefreshTokenBelongsTo, Refused("invalid_grant"), |server, side| async {
        let value = tokens(server, "web").await.member("refresh_token");
        refresh(server, side.of("web", "web-post"), &value, &[]).await
    };

    RefreshTokenIsLive, Refused("invalid_grant"), |server, side| async {
        let value = tokens(server, "web").await.member("refresh_token");
        post(server, "/revoke", "web", &[("token", side.of("another", &value))]).await;
        refresh(server, "web", &value, &[]).await
    };

    RefreshTokenIsFresh, Refused("invalid_grant"), |server, side| async {
        let value = tokens(server, "web").await.member("refresh_token");
        pass(server, side.of(FORTNIGHT - 60, FORTNIGHT));
        refresh(server, "web", &value, &[]).await
    };

    RefreshScopeWithinGrant, Refused("invalid_scope"), |server, side| async {
        let value = tokens(server, "web").await.member("refresh_token");
        refresh(server, "web", &value, &[("scope", side.of("openid profile", "openid email"))]).await
    };

    RefreshTokenIsUnused, Refused("invalid_grant"), |server, side| async {
        let value = tokens(server, "web").await.member("refresh_token");
        for _ in 0..side.of(0, 1) {
            refresh(server, "web", &value, &[]).await.is_token();
        }
        refresh(server, "web", &value, &[]).await
    };
};
