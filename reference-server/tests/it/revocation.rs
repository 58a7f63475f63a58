//! The revocation endpoint.

use grantspec_reference::rules::Rule;
use http::StatusCode;

use crate::support::{bare, get, is_active, post, refresh, strict, tokens};

#[tokio::test]
async fn a_revoked_refresh_token_takes_its_access_tokens_with_it_whatever_the_hint() {
    let server = strict();
    for (client, hint) in [("web", ""), ("web-post", "access_token"), ("spa", "nonsense")] {
        let answer = tokens(&server, client).await;
        let (access_token, refresh_token) = (answer.member("access_token"), answer.member("refresh_token"));
        let parameters = [("token", refresh_token.as_str()), ("token_type_hint", hint)];
        for _ in 0..2 {
            assert_eq!(post(&server, "/revoke", client, &parameters).await.status, StatusCode::OK);
        }
        refresh(&server, client, &refresh_token, &[]).await.is_refused("invalid_grant", Rule::RefreshTokenIsLive);
        assert!(!is_active(&server, "web", &access_token).await);
    }
}

#[tokio::test]
async fn a_revoked_access_token_leaves_its_refresh_token() {
    let server = strict();
    let answer = tokens(&server, "web").await;
    let access_token = answer.member("access_token");
    let parameters = [("token", access_token.as_str()), ("token_type_hint", "refresh_token")];
    assert_eq!(post(&server, "/revoke", "web", &parameters).await.status, StatusCode::OK);
    assert!(!is_active(&server, "web", &access_token).await);
    refresh(&server, "web", &answer.member("refresh_token"), &[]).await.is_token();
}

#[tokio::test]
async fn a_stranger_revokes_nothing() {
    let server = strict();
    let answer = tokens(&server, "web").await;
    for name in ["access_token", "refresh_token"] {
        for stranger in ["web-post", "spa"] {
            post(&server, "/revoke", stranger, &[("token", &answer.member(name))])
                .await
                .is_refused("invalid_request", Rule::RevocationBelongsTo);
        }
        assert!(is_active(&server, "web", &answer.member(name)).await);
    }
}

#[tokio::test]
async fn what_is_unknown_is_revoked_already() {
    let server = strict();
    assert_eq!(post(&server, "/revoke", "web", &[("token", "garbage")]).await.status, StatusCode::OK);
    post(&server, "/revoke", "web", &[]).await.is_refused("invalid_request", Rule::ParameterIsPresent);
    bare(&server, "/revoke", &[("token", "x")]).await.is_refused("invalid_client", Rule::ClientIsKnown);
    get(&server, "/revoke?token=x").await.is_refused("invalid_request", Rule::RequestIsPost);
}
