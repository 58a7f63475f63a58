//! Extension grants: the example, and what the core keeps for itself.

use std::sync::Arc;

use grantspec_reference::error::TokenError;
use grantspec_reference::grants::extension::{
    Approved, Asked, ExtensionGrant, Extensions, Parameter, Refresh, Subject, once, repeatable,
};
use grantspec_reference::model::Authentication;
use grantspec_reference::rules::Rule;
use grantspec_reference::store::BoxFuture;
use grantspec_reference::{ClientConfig, Server};

use crate::support::{KEYS, claims, config, refresh, secret_of, strict, token};

const VOUCHER: (&str, &str) = ("grant_type", "urn:example:grant-type:voucher");

#[tokio::test]
async fn a_voucher_is_good_for_a_token() {
    let server = strict();
    let answer = token(&server, "example", &[VOUCHER, ("voucher", "one-coffee")]).await;
    assert_eq!(answer.is_token().member("voucher"), "spent");
    assert_eq!(answer.member("scope"), "api:read");
    assert_eq!(answer.member("refresh_token"), "");
    assert_eq!(claims(&answer.member("access_token"))["sub"], "example");
}

#[tokio::test]
async fn another_voucher_is_not() {
    let server = strict();
    token(&server, "example", &[VOUCHER, ("voucher", "two-coffees")])
        .await
        .is_refused("invalid_grant", Rule::ExtensionApproves);
    token(&server, "example", &[VOUCHER]).await.is_refused("invalid_request", Rule::ParameterIsPresent);
    token(&server, "example", &[VOUCHER, ("voucher", "one-coffee"), ("voucher", "one-coffee")])
        .await
        .is_refused("invalid_request", Rule::ParameterNotRepeated);
    token(&server, "example", &[VOUCHER, ("voucher", "one-coffee"), ("scope", "api:write")])
        .await
        .is_refused("invalid_scope", Rule::ScopeWithinClient);
    token(&server, "web", &[VOUCHER, ("voucher", "one-coffee")])
        .await
        .is_refused("unauthorized_client", Rule::ClientMayUseGrant);
    token(&server, "example", &[("grant_type", "urn:example:grant-type:Voucher"), ("voucher", "one-coffee")])
        .await
        .is_refused("unsupported_grant_type", Rule::GrantTypeIsSupported);
}

/// An extension of somebody else: it grants in the name of the user whom it is told.
struct OnBehalf;

impl ExtensionGrant for OnBehalf {
    fn name(&self) -> &'static str {
        "urn:example:on-behalf"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[once("user"), repeatable("reason")] }
    }

    fn approve<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Approved, TokenError>> {
        Box::pin(async move {
            let sub = asked.form.required("user")?.to_owned();
            let subject = Subject::User(Authentication { sub, auth_time: asked.server.clock.now() });
            Ok(Approved { refresh: Refresh::Allowed, ..Approved::new(subject, asked.scope.clone()) })
        })
    }
}

#[tokio::test]
async fn a_server_serves_the_extensions_that_it_is_given() {
    let mut config = config();
    let client = |refresh: bool| ClientConfig {
        client_id: if refresh { "legacy" } else { "service" }.to_owned(),
        secret: Some(secret_of(if refresh { "legacy" } else { "service" })),
        grant_types: std::iter::once("urn:example:on-behalf")
            .chain(refresh.then_some("refresh_token"))
            .map(str::to_owned)
            .collect(),
        scopes: vec!["api:read".to_owned(), "openid".to_owned()],
        ..ClientConfig::default()
    };
    config.clients = vec![client(true), client(false)];
    let extensions = Extensions::default().with(Arc::new(OnBehalf));
    let server = Server::with_extensions(config, Arc::clone(&KEYS), extensions).unwrap();

    let grant = [("grant_type", "urn:example:on-behalf"), ("user", "user-alice"), ("scope", "openid api:read")];
    let answer = token(&server, "legacy", &[&grant[..], &[("reason", "a"), ("reason", "b")]].concat()).await;
    assert_eq!(claims(&answer.is_token().member("access_token"))["sub"], "user-alice");
    assert_eq!(answer.member("id_token"), "", "nobody logged in");
    refresh(&server, "legacy", &answer.member("refresh_token"), &[]).await.is_token();

    let without_refresh = token(&server, "service", &grant).await;
    assert_eq!(without_refresh.is_token().member("refresh_token"), "");
    token(&server, "legacy", &[&grant[..1], &[("user", "nobody")]].concat())
        .await
        .is_refused("invalid_grant", Rule::UserIsActive);
}
