//! Redeeming an authorization code.

use grantspec_reference::Server;
use grantspec_reference::model::Code;
use grantspec_reference::rules::Rule;
use grantspec_reference::tokens::secret::Digest;
use std::sync::Arc;

use crate::support::{
    Browser, CALLBACK, CALLBACK_OF_CODE_ONLY, CHALLENGE, ISSUER, KEYS, OTHER_CALLBACK, VERIFIER, claims, config,
    disable_alice, is_active, pass, redeem, refresh, strict, token, tokens,
};

#[tokio::test]
async fn a_code_yields_access_refresh_and_id_token() {
    for client in ["web", "web-post", "spa"] {
        let answer = tokens(&strict(), client).await;
        assert_eq!(answer.member("scope"), "openid profile api:read");
        assert!(!answer.member("refresh_token").is_empty());
        let claims = claims(&answer.member("id_token"));
        assert_eq!(claims["iss"], ISSUER);
        assert_eq!(claims["aud"], client);
        assert_eq!(claims["sub"], "user-alice");
        assert_eq!(claims["nonce"], "a-nonce");
        assert!(["exp", "iat", "auth_time"].iter().all(|name| claims[name].is_u64()));
    }
}

#[tokio::test]
async fn without_openid_there_is_no_id_token_and_without_the_grant_no_refresh_token() {
    let server = strict();
    let code = Browser::new(&server).code("web", &[("scope", "api:read")]).await;
    assert!(redeem(&server, "web", &code, &[]).await.is_token().json().get("id_token").is_none());
    let own = [("redirect_uri", CALLBACK_OF_CODE_ONLY)];
    let code = Browser::new(&server).code("code-only", &own).await;
    assert!(redeem(&server, "code-only", &code, &own).await.is_token().json().get("refresh_token").is_none());
}

#[tokio::test]
async fn a_code_is_known_and_given() {
    let server = strict();
    redeem(&server, "web", "x", &[]).await.is_refused("invalid_grant", Rule::CodeIsKnown);
    redeem(&server, "web", "", &[("code", "")]).await.is_refused("invalid_request", Rule::ParameterIsPresent);
    let refresh_token = tokens(&server, "web").await.member("refresh_token");
    redeem(&server, "web", &refresh_token, &[]).await.is_refused("invalid_grant", Rule::CodeIsKnown);
}

#[tokio::test]
async fn a_failed_attempt_does_not_burn_the_code() {
    let server = strict();
    let code = Browser::new(&server).code("web", &[]).await;
    let other_verifier = VERIFIER.replace('a', "b");
    redeem(&server, "web-post", &code, &[]).await.is_refused("invalid_grant", Rule::CodeBelongsTo);
    redeem(&server, "spa", &code, &[]).await.is_refused("invalid_grant", Rule::CodeBelongsTo);
    for (deviation, rule) in [
        (("redirect_uri", OTHER_CALLBACK), Rule::RedirectUriRepeats),
        (("redirect_uri", ""), Rule::RedirectUriRepeats),
        (("code_verifier", ""), Rule::VerifierMatches),
        (("code_verifier", other_verifier.as_str()), Rule::VerifierMatches),
        (("code_verifier", CHALLENGE), Rule::VerifierMatches),
        (("code_verifier", "too-short"), Rule::VerifierIsWellFormed),
        (("code_verifier", &"v".repeat(129)), Rule::VerifierIsWellFormed),
        (("code_verifier", "a verifier with spaces that is long enough, really"), Rule::VerifierIsWellFormed),
    ] {
        redeem(&server, "web", &code, &[deviation]).await.is_refused("invalid_grant", rule);
    }
    redeem(&server, "web", &code, &[]).await.is_token();
}

#[tokio::test]
async fn a_verifier_without_a_challenge_is_refused() {
    let mut config = config();
    config.clients[0].require_pkce = false;
    let server = Server::new(config, Arc::clone(&KEYS)).unwrap();
    let code = Browser::new(&server).code("web", &[("code_challenge", ""), ("code_challenge_method", "")]).await;
    redeem(&server, "web", &code, &[]).await.is_refused("invalid_grant", Rule::VerifierMatches);
    redeem(&server, "web", &code, &[("code_verifier", "")]).await.is_token();
}

#[tokio::test]
async fn a_code_expires() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let code = browser.code("web", &[]).await;
    pass(&server, 60);
    redeem(&server, "web", &code, &[]).await.is_refused("invalid_grant", Rule::CodeIsFresh);
    let code = browser.code("web", &[]).await;
    pass(&server, 58);
    redeem(&server, "web", &code, &[]).await.is_token();
}

#[tokio::test]
async fn a_second_use_revokes_everything_that_came_from_the_first() {
    let server = strict();
    let code = Browser::new(&server).code("web", &[]).await;
    let first = redeem(&server, "web", &code, &[]).await;
    let (access_token, refresh_token) = (first.is_token().member("access_token"), first.member("refresh_token"));
    let second = refresh(&server, "web", &refresh_token, &[]).await;
    let newer = second.is_token().member("access_token");
    assert!(is_active(&server, "web", &access_token).await && is_active(&server, "web", &newer).await);

    redeem(&server, "web", &code, &[]).await.is_refused("invalid_grant", Rule::CodeIsUnspent);

    for token in [access_token, newer, second.member("refresh_token")] {
        assert!(!is_active(&server, "web", &token).await);
    }
    refresh(&server, "web", &second.member("refresh_token"), &[])
        .await
        .is_refused("invalid_grant", Rule::RefreshTokenIsLive);
}

#[tokio::test]
async fn a_late_second_use_revokes_as_well() {
    let server = strict();
    let code = Browser::new(&server).code("web", &[]).await;
    let first = redeem(&server, "web", &code, &[]).await;
    let refresh_token = first.is_token().member("refresh_token");
    pass(&server, 3600);
    let later = refresh(&server, "web", &refresh_token, &[]).await;
    let (access_token, refresh_token) = (later.is_token().member("access_token"), later.member("refresh_token"));
    assert!(is_active(&server, "web", &access_token).await);

    let spent = server.store.code(Digest::of(&code)).await.unwrap().unwrap();
    for at in 0..20_000 {
        let abandoned = Code { digest: Digest::of(&at.to_string()), spent: false, ..spent.clone() };
        server.store.put_code(abandoned).await.unwrap();
    }
    assert!(server.store.code(Digest::of("0")).await.unwrap().is_none(), "what expired unused is forgotten");

    redeem(&server, "web", &code, &[]).await.is_refused("invalid_grant", Rule::CodeIsUnspent);
    assert!(!is_active(&server, "web", &access_token).await);
    refresh(&server, "web", &refresh_token, &[]).await.is_refused("invalid_grant", Rule::RefreshTokenIsLive);
}

#[tokio::test]
async fn of_many_at_once_one_wins_and_its_tokens_die() {
    let server = Arc::new(strict());
    let code = Browser::new(&server).code("web", &[]).await;
    let mut attempts = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (server, code) = (Arc::clone(&server), code.clone());
        attempts.spawn(async move { redeem(&server, "web", &code, &[]).await });
    }
    let won: Vec<_> = attempts.join_all().await.into_iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(won.len(), 1);
    assert!(!is_active(&server, "web", &won[0].member("access_token")).await);
}

#[tokio::test]
async fn a_disabled_user_stops_the_exchange_without_burning_the_code() {
    let server = strict();
    let code = Browser::new(&server).code("web", &[]).await;
    disable_alice(&server, true).await;
    redeem(&server, "web", &code, &[]).await.is_refused("invalid_grant", Rule::UserIsActive);
    disable_alice(&server, false).await;
    redeem(&server, "web", &code, &[]).await.is_token();
}

#[tokio::test]
async fn two_codes_of_one_session_are_independent_and_scope_cannot_grow() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let (one, other) = (browser.code("web", &[]).await, browser.code("web", &[("redirect_uri", OTHER_CALLBACK)]).await);
    redeem(&server, "web", &other, &[("redirect_uri", OTHER_CALLBACK)]).await.is_token();
    let answer = redeem(&server, "web", &one, &[("scope", "openid api:read api:write")]).await;
    assert_eq!(answer.is_token().member("scope"), "openid profile api:read");
}

#[tokio::test]
async fn a_public_client_has_to_name_itself() {
    let server = strict();
    let code = Browser::new(&server).code("spa", &[]).await;
    let parameters = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    crate::support::bare(&server, "/token", &parameters).await.is_refused("invalid_client", Rule::ClientIsKnown);
    token(&server, "spa", &parameters).await.is_token();
}
