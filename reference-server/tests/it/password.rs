//! The resource owner password grant.

use grantspec_reference::rules::Rule;

use crate::support::{claims, disable_alice, refresh, strict, token};

const GRANT: (&str, &str) = ("grant_type", "password");
const ALICE: (&str, &str) = ("username", "alice");
const PASSWORD: (&str, &str) = ("password", "alice-pw");

#[tokio::test]
async fn a_client_passes_on_what_its_user_told_it() {
    let server = strict();
    for client in ["legacy", "legacy-post"] {
        let answer = token(&server, client, &[GRANT, ALICE, PASSWORD, ("scope", "openid api:read")]).await;
        assert_eq!(claims(&answer.is_token().member("access_token"))["sub"], "user-alice");
        assert_eq!(answer.member("id_token"), "", "OpenID Connect defines no authentication here");

        let refreshed = refresh(&server, client, &answer.member("refresh_token"), &[]).await;
        assert_eq!(claims(&refreshed.is_token().member("access_token"))["sub"], "user-alice");
        assert_eq!(refreshed.member("id_token"), "");
    }
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_look_alike() {
    let server = strict();
    let wrong_password = token(&server, "legacy", &[GRANT, ALICE, ("password", "wrong")]).await;
    let wrong_name = token(&server, "legacy", &[GRANT, ("username", "nobody"), PASSWORD]).await;
    wrong_password.is_refused("invalid_grant", Rule::PasswordMatches);
    assert_eq!(wrong_password.body, wrong_name.body);
    disable_alice(&server, true).await;
    assert_eq!(token(&server, "legacy", &[GRANT, ALICE, PASSWORD]).await.body, wrong_name.body);
    disable_alice(&server, false).await;
    token(&server, "legacy", &[GRANT, ALICE, PASSWORD]).await.is_token();
}

#[tokio::test]
async fn name_and_password_are_required_and_sent_once() {
    let server = strict();
    token(&server, "legacy", &[GRANT, PASSWORD]).await.is_refused("invalid_request", Rule::ParameterIsPresent);
    token(&server, "legacy", &[GRANT, ALICE]).await.is_refused("invalid_request", Rule::ParameterIsPresent);
    token(&server, "legacy", &[GRANT, ALICE, PASSWORD, ALICE])
        .await
        .is_refused("invalid_request", Rule::ParameterNotRepeated);
}

#[tokio::test]
async fn the_scope_stays_within_the_client() {
    let server = strict();
    for (scope, rule) in [
        ("api:read  openid", Rule::ScopeIsWellFormed),
        ("bogus", Rule::ScopeIsKnown),
        ("api:write", Rule::ScopeWithinClient),
    ] {
        token(&server, "legacy", &[GRANT, ALICE, PASSWORD, ("scope", scope)]).await.is_refused("invalid_scope", rule);
    }
    let by_default = token(&server, "legacy", &[GRANT, ALICE, PASSWORD]).await;
    assert_eq!(by_default.is_token().member("scope"), "api:read");
}

#[tokio::test]
async fn another_client_may_not() {
    token(&strict(), "web", &[GRANT, ALICE, PASSWORD]).await.is_refused("unauthorized_client", Rule::ClientMayUseGrant);
}
