//! Refreshing.

use grantspec_reference::rules::Rule;
use std::sync::Arc;

use crate::support::{Browser, claims, disable_alice, is_active, pass, redeem, refresh, strict, token, tokens};

const DAY: u64 = 24 * 60 * 60;

#[tokio::test]
async fn every_use_brings_a_successor() {
    let server = strict();
    for client in ["web", "web-post", "spa"] {
        let first = tokens(&server, client).await;
        let second = refresh(&server, client, &first.member("refresh_token"), &[]).await;
        assert_ne!(second.is_token().member("refresh_token"), first.member("refresh_token"));
        assert_ne!(second.member("access_token"), first.member("access_token"));
        refresh(&server, client, &second.member("refresh_token"), &[]).await.is_token();
    }
}

#[tokio::test]
async fn the_id_token_keeps_the_user_and_loses_the_nonce() {
    let server = strict();
    let first = tokens(&server, "web").await;
    pass(&server, 100);
    let second = refresh(&server, "web", &first.member("refresh_token"), &[]).await;
    let (old, new) = (claims(&first.member("id_token")), claims(&second.member("id_token")));
    for name in ["iss", "sub", "aud", "auth_time"] {
        assert_eq!(old[name], new[name]);
    }
    assert!(new.get("nonce").is_none());
    assert!(new["iat"].as_u64() > old["iat"].as_u64());
}

#[tokio::test]
async fn a_second_use_revokes_the_family() {
    let server = strict();
    let first = tokens(&server, "web").await;
    let second = refresh(&server, "web", &first.member("refresh_token"), &[]).await;
    refresh(&server, "web", &first.member("refresh_token"), &[])
        .await
        .is_refused("invalid_grant", Rule::RefreshTokenIsUnused);
    refresh(&server, "web", &second.member("refresh_token"), &[])
        .await
        .is_refused("invalid_grant", Rule::RefreshTokenIsLive);
    for token in [first.member("access_token"), second.member("access_token")] {
        assert!(!is_active(&server, "web", &token).await);
    }
}

#[tokio::test]
async fn of_many_at_once_one_wins_and_the_family_dies() {
    let server = Arc::new(strict());
    let first = tokens(&server, "web").await.member("refresh_token");
    let mut attempts = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (server, value) = (Arc::clone(&server), first.clone());
        attempts.spawn(async move { refresh(&server, "web", &value, &[]).await });
    }
    let won: Vec<_> = attempts.join_all().await.into_iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(won.len(), 1);
    assert!(!is_active(&server, "web", &won[0].member("access_token")).await);
}

#[tokio::test]
async fn scope_narrows_the_access_token_only() {
    let server = strict();
    let first = tokens(&server, "web").await;
    let narrow = refresh(&server, "web", &first.member("refresh_token"), &[("scope", "api:read")]).await;
    assert_eq!(narrow.is_token().member("scope"), "api:read");
    assert!(narrow.json().get("id_token").is_none());
    let whole = refresh(&server, "web", &narrow.member("refresh_token"), &[]).await;
    assert_eq!(whole.is_token().member("scope"), "openid profile api:read");
}

#[tokio::test]
async fn scope_cannot_grow_and_asking_does_not_burn_the_token() {
    let server = strict();
    let first = tokens(&server, "web").await.member("refresh_token");
    for scope in ["openid email", "api:write", "bogus"] {
        refresh(&server, "web", &first, &[("scope", scope)])
            .await
            .is_refused("invalid_scope", Rule::RefreshScopeWithinGrant);
    }
    refresh(&server, "web", &first, &[("scope", "openid  profile")])
        .await
        .is_refused("invalid_scope", Rule::ScopeIsWellFormed);
    refresh(&server, "web", &first, &[]).await.is_token();
}

#[tokio::test]
async fn another_client_cannot_use_it() {
    let server = strict();
    let first = tokens(&server, "web").await.member("refresh_token");
    for client in ["web-post", "spa"] {
        refresh(&server, client, &first, &[]).await.is_refused("invalid_grant", Rule::RefreshTokenBelongsTo);
    }
    refresh(&server, "web", &first, &[]).await.is_token();
}

#[tokio::test]
async fn only_refresh_tokens_refresh() {
    let server = strict();
    let code = Browser::new(&server).code("web", &[]).await;
    refresh(&server, "web", &code, &[]).await.is_refused("invalid_grant", Rule::RefreshTokenIsKnown);
    let answer = redeem(&server, "web", &code, &[]).await;
    for name in ["access_token", "id_token"] {
        refresh(&server, "web", &answer.member(name), &[]).await.is_refused("invalid_grant", Rule::RefreshTokenIsKnown);
    }
    token(&server, "web", &[("grant_type", "refresh_token")])
        .await
        .is_refused("invalid_request", Rule::ParameterIsPresent);
}

#[tokio::test]
async fn it_dies_idle_and_it_dies_old() {
    let server = strict();
    let idle = tokens(&server, "web").await.member("refresh_token");
    pass(&server, 14 * DAY);
    refresh(&server, "web", &idle, &[]).await.is_refused("invalid_grant", Rule::RefreshTokenIsFresh);

    let mut busy = tokens(&server, "web").await.member("refresh_token");
    for _ in 0..2 {
        pass(&server, 13 * DAY);
        busy = refresh(&server, "web", &busy, &[]).await.is_token().member("refresh_token");
    }
    pass(&server, 4 * DAY);
    refresh(&server, "web", &busy, &[]).await.is_refused("invalid_grant", Rule::RefreshTokenIsFresh);
}

#[tokio::test]
async fn a_disabled_user_is_not_acted_for() {
    let server = strict();
    let first = tokens(&server, "web").await.member("refresh_token");
    disable_alice(&server, true).await;
    refresh(&server, "web", &first, &[]).await.is_refused("invalid_grant", Rule::UserIsActive);
    disable_alice(&server, false).await;
    refresh(&server, "web", &first, &[]).await.is_token();
}
