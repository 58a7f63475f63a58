//! The client credentials grant.

use grantspec_reference::model::{AuthMethod, Client};
use grantspec_reference::rules::Rule;

use crate::support::{ISSUER, claims, strict, token};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn a_client_gets_a_token_for_itself_and_nothing_more() {
    let answer = token(&strict(), "service", &[GRANT, ("scope", "api:read")]).await;
    answer.is_token();
    assert_eq!(answer.member("scope"), "api:read");
    let body = answer.json();
    assert!(body.get("refresh_token").is_none() && body.get("id_token").is_none());
    let claims = claims(&answer.member("access_token"));
    assert_eq!(claims["sub"], "service");
    assert_eq!(claims["iss"], ISSUER);
    assert!(["aud", "client_id", "exp", "iat", "jti", "scope"].iter().all(|name| claims.get(*name).is_some()));
}

#[tokio::test]
async fn without_a_scope_the_default_is_granted() {
    assert_eq!(token(&strict(), "web", &[GRANT]).await.is_token().member("scope"), "api:read");
}

#[tokio::test]
async fn scope_is_well_formed_known_fitting_and_within_the_client() {
    let server = strict();
    let cases = [
        ("api:read  api:read", Rule::ScopeIsWellFormed),
        (" api:read", Rule::ScopeIsWellFormed),
        ("api:\"read", Rule::ScopeIsWellFormed),
        ("api:read bogus", Rule::ScopeIsKnown),
        ("API:READ", Rule::ScopeIsKnown),
        ("openid", Rule::ScopeFitsGrant),
        ("api:read offline_access", Rule::ScopeFitsGrant),
        ("api:read api:write", Rule::ScopeWithinClient),
    ];
    for (scope, rule) in cases {
        token(&server, "web", &[GRANT, ("scope", scope)]).await.is_refused("invalid_scope", rule);
    }
}

#[tokio::test]
async fn a_public_client_cannot_act_for_itself() {
    // No door lets such a client in, so it comes through the store.
    let server = strict();
    let service = server.store.client("service").await.unwrap().unwrap();
    let public = Client { auth_method: AuthMethod::None, secret: None, ..(*service).clone() };
    server.store.put_client(Client { client_id: "spa".to_owned(), ..public }).await.unwrap();
    token(&server, "spa", &[GRANT]).await.is_refused("unauthorized_client", Rule::ClientIsConfidential);
}
