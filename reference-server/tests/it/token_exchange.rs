//! Token exchange: RFC 8693.

mod parties;

use grantspec_reference::config::AccessTokenFormat;
use grantspec_reference::rules::Rule;
use grantspec_reference::{ClientConfig, Config, Server};
use serde_json::{Value, json};

use crate::support::{
    Answer, Browser, ISSUER, KEYS, claims, config, is_active, pass, post, redeem, refresh, strict, token, tokens,
};

const GRANT: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const OF_SUBJECT: (&str, &str) = ("subject_token_type", ACCESS_TOKEN);
const OF_ACTOR: (&str, &str) = ("actor_token_type", ACCESS_TOKEN);

async fn exchange(server: &Server, client_id: &str, subject: &str, more: &[(&str, &str)]) -> Answer {
    let typed = more.iter().any(|(name, _)| *name == "subject_token_type");
    let valid = [GRANT, ("subject_token", subject), OF_SUBJECT];
    token(server, client_id, &[&valid[..if typed { 2 } else { 3 }], more].concat()).await
}

/// An access token of alice, issued to `web` for the default resource.
async fn of_alice(server: &Server) -> String {
    tokens(server, "web").await.member("access_token")
}

/// An access token that a client has in its own name.
async fn of_client(server: &Server, client_id: &str) -> String {
    token(server, client_id, &[("grant_type", "client_credentials")]).await.is_token().member("access_token")
}

/// The demonstration, with a change.
fn server(change: impl FnOnce(&mut Config)) -> Server {
    let mut config = config();
    change(&mut config);
    Server::new(config, KEYS.clone()).unwrap()
}

fn client<'a>(config: &'a mut Config, client_id: &str) -> &'a mut ClientConfig {
    config.clients.iter_mut().find(|client| client.client_id == client_id).unwrap()
}

/// The demonstration in which `web` may exchange what it was issued.
fn with_web() -> Server {
    server(|config| client(config, "web").grant_types.push(GRANT.1.to_owned()))
}

async fn introspect(server: &Server, value: &str) -> Value {
    post(server, "/introspect", "web", &[("token", value)]).await.json()
}

#[tokio::test]
async fn a_resource_server_goes_on_in_the_name_of_the_user() {
    let server = strict();
    let subject = of_alice(&server).await;
    let answer = exchange(&server, "exchange", &subject, &[]).await;
    assert_eq!(answer.is_token().member("issued_token_type"), ACCESS_TOKEN);
    assert_eq!(
        (answer.member("token_type"), answer.member("scope")),
        ("Bearer".into(), "openid profile api:read".into())
    );
    assert_eq!((answer.member("refresh_token"), answer.member("id_token")), (String::new(), String::new()));

    let issued = claims(&answer.member("access_token"));
    assert_eq!((&issued["sub"], &issued["client_id"]), (&json!("user-alice"), &json!("exchange")));
    assert_eq!(issued["aud"], format!("{ISSUER}/api"));
    assert!(issued.get("act").is_none(), "nobody is said to act: {issued}");
    let described = introspect(&server, &answer.member("access_token")).await;
    assert_eq!((&described["sub"], &described["client_id"]), (&json!("user-alice"), &json!("exchange")));
    assert!(is_active(&server, "web", &subject).await, "an exchange uses nothing up");
    exchange(&server, "exchange", &subject, &[]).await.is_token();
}

#[tokio::test]
async fn whoever_acts_is_named_around_those_who_acted_before() {
    let server = strict();
    let subject = of_alice(&server).await;
    let (actor, next) = (of_client(&server, "exchange").await, of_client(&server, "service").await);

    let first = exchange(&server, "exchange", &subject, &[("actor_token", &actor), OF_ACTOR]).await;
    let first = first.is_token().member("access_token");
    assert_eq!(claims(&first)["sub"], "user-alice");
    assert_eq!(claims(&first)["act"], json!({ "sub": "exchange" }));
    assert_eq!(introspect(&server, &first).await["act"], json!({ "sub": "exchange" }));

    let chain = json!({ "sub": "service", "act": { "sub": "exchange" } });
    let second = exchange(&server, "exchange", &first, &[("actor_token", &next), OF_ACTOR]).await;
    let second = second.is_token().member("access_token");
    assert_eq!(claims(&second)["act"], chain);
    assert_eq!(introspect(&server, &second).await["act"], chain);
    let impersonated = exchange(&server, "exchange", &second, &[]).await;
    assert_eq!(claims(&impersonated.is_token().member("access_token"))["act"], chain, "nobody steps out of the chain");
}

#[tokio::test]
async fn a_client_can_be_the_subject() {
    let server = strict();
    let subject = of_client(&server, "service").await;
    let answer = exchange(&server, "exchange", &subject, &[]).await;
    let issued = answer.is_token().member("access_token");
    assert_eq!((&claims(&issued)["sub"], &claims(&issued)["client_id"]), (&json!("service"), &json!("exchange")));
    let described = introspect(&server, &issued).await;
    assert_eq!((&described["sub"], &described["username"]), (&json!("service"), &Value::Null));
    let again = exchange(&server, "exchange", &issued, &[]).await;
    assert_eq!(claims(&again.is_token().member("access_token"))["sub"], "service");
}

#[tokio::test]
async fn a_token_is_judged_by_its_type() {
    let server = with_web();
    let granted = tokens(&server, "web").await;
    let (access, id, refresh_token) =
        (granted.member("access_token"), granted.member("id_token"), granted.member("refresh_token"));
    for (value, token_type) in
        [(&access, ACCESS_TOKEN), (&access, JWT), (&id, ID_TOKEN), (&refresh_token, REFRESH_TOKEN)]
    {
        let answer = exchange(&server, "web", value, &[("subject_token_type", token_type)]).await;
        assert_eq!(claims(&answer.is_token().member("access_token"))["sub"], "user-alice", "{token_type}");
    }
    refresh(&server, "web", &refresh_token, &[]).await.is_token();

    let known = Rule::ExchangedTokenIsKnown;
    for (value, token_type) in [
        (&id, ACCESS_TOKEN),
        (&id, JWT),
        (&refresh_token, ACCESS_TOKEN),
        (&refresh_token, JWT),
        (&access, ID_TOKEN),
        (&access, REFRESH_TOKEN),
        (&"nothing".to_owned(), ACCESS_TOKEN),
        (&format!("{id}x"), ID_TOKEN),
    ] {
        let answer = exchange(&server, "web", value, &[("subject_token_type", token_type)]).await;
        answer.is_refused("invalid_request", known);
    }
    for unknown in ["urn:ietf:params:oauth:token-type:saml2", "access_token", "Urn:ietf:params:oauth:token-type:jwt"] {
        exchange(&server, "web", &access, &[("subject_token_type", unknown)])
            .await
            .is_refused("invalid_request", Rule::ExchangedTokenTypeIsSupported);
        let actor = [("actor_token", access.as_str()), ("actor_token_type", unknown)];
        exchange(&server, "web", &access, &actor)
            .await
            .is_refused("invalid_request", Rule::ExchangedTokenTypeIsSupported);
    }
    let actor = [("actor_token", refresh_token.as_str()), ("actor_token_type", REFRESH_TOKEN)];
    exchange(&server, "web", &access, &actor).await.is_refused("invalid_request", Rule::ExchangedTokenTypeIsSupported);
}

#[tokio::test]
async fn an_opaque_access_token_is_no_jwt() {
    let server = server(|config| {
        client(config, "exchange").access_token = AccessTokenFormat::Opaque;
        client(config, "service").access_token = AccessTokenFormat::Opaque;
    });
    let opaque = of_client(&server, "service").await;
    exchange(&server, "exchange", &opaque, &[("subject_token_type", JWT)])
        .await
        .is_refused("invalid_request", Rule::ExchangedTokenIsKnown);
    exchange(&server, "exchange", &opaque, &[("requested_token_type", JWT)])
        .await
        .is_refused("invalid_request", Rule::RequestedTokenTypeIsSupported);
    let actor = of_client(&server, "exchange").await;
    let answer = exchange(&server, "exchange", &opaque, &[("actor_token", &actor), OF_ACTOR]).await;
    let described = introspect(&server, &answer.is_token().member("access_token")).await;
    assert_eq!((&described["sub"], &described["act"]), (&json!("service"), &json!({ "sub": "exchange" })));
}

#[tokio::test]
async fn what_is_issued_is_what_was_asked_for() {
    let server = strict();
    let subject = of_alice(&server).await;
    for (requested, issued) in [("", ACCESS_TOKEN), (ACCESS_TOKEN, ACCESS_TOKEN), (JWT, JWT)] {
        let answer = exchange(&server, "exchange", &subject, &[("requested_token_type", requested)]).await;
        assert_eq!(answer.is_token().member("issued_token_type"), issued);
        assert_eq!(answer.member("token_type"), "Bearer", "either is used as an access token");
    }
    for requested in [REFRESH_TOKEN, ID_TOKEN, "urn:ietf:params:oauth:token-type:saml1", "jwt"] {
        exchange(&server, "exchange", &subject, &[("requested_token_type", requested)])
            .await
            .is_refused("invalid_request", Rule::RequestedTokenTypeIsSupported);
    }
}

#[tokio::test]
async fn targets_may_repeat_and_have_to_be_known() {
    let server = strict();
    let subject = of_alice(&server).await;
    let (api, backend) = (format!("{ISSUER}/api"), format!("{ISSUER}/backend"));
    let targets: &[(&[(&str, &str)], Value)] = &[
        (&[], json!(api)),
        (&[("resource", &backend)], json!(backend)),
        (&[("resource", &backend), ("resource", &api)], json!([backend, api])),
        (&[("audience", "service")], json!("service")),
        (&[("audience", &backend), ("audience", "service"), ("resource", &backend)], json!([backend, "service"])),
        (&[("resource", "")], json!(api)),
    ];
    for (asked, audience) in targets {
        let issued = exchange(&server, "exchange", &subject, asked).await.is_token().member("access_token");
        assert_eq!(&claims(&issued)["aud"], audience, "{asked:?}");
        assert_eq!(&introspect(&server, &issued).await["aud"], audience, "{asked:?}");
    }
    for asked in [
        [("resource", "https://elsewhere.example/")],
        [("resource", "service")],
        [("resource", &format!("{backend}#x"))],
        [("resource", "not a uri")],
        [("audience", "nobody")],
    ] {
        exchange(&server, "exchange", &subject, &asked).await.is_refused("invalid_target", Rule::TargetsAreKnown);
    }
    let mixed = [("resource", backend.as_str()), ("audience", "nobody")];
    exchange(&server, "exchange", &subject, &mixed).await.is_refused("invalid_target", Rule::TargetsAreKnown);
}

#[tokio::test]
async fn the_target_left_out_is_where_the_subject_token_was_for() {
    let server = server(|config| client(config, "exchange").exchange_from.push("exchange".to_owned()));
    let backend = format!("{ISSUER}/backend");
    let subject = of_alice(&server).await;
    let elsewhere = exchange(&server, "exchange", &subject, &[("resource", &backend)]).await.member("access_token");
    let again = exchange(&server, "exchange", &elsewhere, &[]).await;
    assert_eq!(claims(&again.is_token().member("access_token"))["aud"], backend);
}

#[tokio::test]
async fn the_scope_stays_within_subject_and_client() {
    let server = strict();
    let subject = of_alice(&server).await; // openid profile api:read
    let narrow = exchange(&server, "exchange", &subject, &[("scope", "api:read")]).await;
    assert_eq!(narrow.is_token().member("scope"), "api:read");
    let narrow = narrow.member("access_token");
    for (scope, rule) in [
        ("openid", Rule::ExchangeScopeWithinSubject),
        ("api:read openid", Rule::ExchangeScopeWithinSubject),
        ("bogus", Rule::ScopeIsKnown),
        ("api:read  openid", Rule::ScopeIsWellFormed),
        ("api:write", Rule::ScopeWithinClient),
    ] {
        exchange(&server, "exchange", &narrow, &[("scope", scope)]).await.is_refused("invalid_scope", rule);
    }

    let server = self::server(|config| client(config, "exchange").scopes = vec!["api:read".to_owned()]);
    let subject = of_alice(&server).await;
    let common = exchange(&server, "exchange", &subject, &[]).await;
    assert_eq!(common.is_token().member("scope"), "api:read", "left out, it is what both have in common");
    let code = Browser::new(&server).code("web", &[("scope", "openid")]).await;
    let nothing_in_common = redeem(&server, "web", &code, &[]).await.member("access_token");
    exchange(&server, "exchange", &nothing_in_common, &[]).await.is_refused("invalid_scope", Rule::ScopeWithinClient);
}

#[tokio::test]
async fn an_exchanged_token_dies_with_the_first_of_those_it_came_from() {
    let server = strict();
    let actor = of_client(&server, "exchange").await;
    pass(&server, 600);
    let subject = of_alice(&server).await;
    pass(&server, 1000);
    let lent = exchange(&server, "exchange", &subject, &[]).await;
    assert_eq!(lent.is_token().json()["expires_in"], 2600);
    let acting = exchange(&server, "exchange", &subject, &[("actor_token", &actor), OF_ACTOR]).await;
    assert_eq!(acting.is_token().json()["expires_in"], 2000);
    let (lent, acting) = (lent.member("access_token"), acting.member("access_token"));
    pass(&server, 2000);
    assert!(is_active(&server, "web", &lent).await && !is_active(&server, "web", &acting).await);
    exchange(&server, "exchange", &subject, &[("actor_token", &actor), OF_ACTOR])
        .await
        .is_refused("invalid_request", Rule::ExchangedTokenIsLive);
    pass(&server, 600);
    assert!(!is_active(&server, "web", &lent).await);
    exchange(&server, "exchange", &subject, &[]).await.is_refused("invalid_request", Rule::ExchangedTokenIsLive);
}

#[tokio::test]
async fn an_exchanged_token_is_of_the_lineage_of_its_subject() {
    let server = strict();
    let code = Browser::new(&server).code("web", &[]).await;
    let granted = redeem(&server, "web", &code, &[]).await;
    let subject = granted.member("access_token");
    let lent = exchange(&server, "exchange", &subject, &[]).await.member("access_token");
    let twice = exchange(&server, "exchange", &lent, &[]).await.member("access_token");

    post(&server, "/revoke", "web", &[("token", &subject)]).await;
    assert!(is_active(&server, "web", &lent).await, "one token was revoked, not what came from it");
    exchange(&server, "exchange", &subject, &[]).await.is_refused("invalid_request", Rule::ExchangedTokenIsLive);

    redeem(&server, "web", &code, &[]).await.is_refused("invalid_grant", Rule::CodeIsUnspent);
    assert!(!is_active(&server, "web", &lent).await && !is_active(&server, "web", &twice).await);
    exchange(&server, "exchange", &lent, &[]).await.is_refused("invalid_request", Rule::ExchangedTokenIsLive);
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_by_its_owner_as_long_as_it_is_good() {
    let server = server(|config| {
        client(config, "web").grant_types.push(GRANT.1.to_owned());
        client(config, "exchange").exchange_from.push("web".to_owned());
    });
    let granted = tokens(&server, "web").await;
    let (old, of_type) = (granted.member("refresh_token"), [("subject_token_type", REFRESH_TOKEN)]);
    exchange(&server, "exchange", &old, &of_type).await.is_refused("invalid_request", Rule::TokenMayBeExchangedBy);
    let lent = exchange(&server, "web", &old, &of_type).await.is_token().member("access_token");

    let successor = refresh(&server, "web", &old, &[]).await.is_token().member("refresh_token");
    exchange(&server, "web", &old, &of_type).await.is_refused("invalid_request", Rule::ExchangedTokenIsLive);
    assert!(is_active(&server, "web", &lent).await);
    post(&server, "/revoke", "web", &[("token", &successor)]).await;
    assert!(!is_active(&server, "web", &lent).await);
}

#[tokio::test]
async fn a_client_exchanges_its_own_and_what_is_meant_for_it() {
    let server = server(|config| {
        client(config, "web-post").grant_types.push(GRANT.1.to_owned());
        client(config, "web").grant_types.push(GRANT.1.to_owned());
    });
    let subject = of_alice(&server).await;
    exchange(&server, "web", &subject, &[]).await.is_token();
    exchange(&server, "web-post", &subject, &[]).await.is_refused("invalid_request", Rule::TokenMayBeExchangedBy);
    exchange(&server, "exchange", &subject, &[]).await.is_token();

    let for_web_post = exchange(&server, "web", &subject, &[("audience", "web-post")]).await.member("access_token");
    exchange(&server, "web-post", &for_web_post, &[]).await.is_token();
    exchange(&server, "exchange", &for_web_post, &[]).await.is_refused("invalid_request", Rule::TokenMayBeExchangedBy);
    let own = of_client(&server, "web-post").await;
    let actor = [("actor_token", subject.as_str()), OF_ACTOR];
    exchange(&server, "web-post", &own, &actor).await.is_refused("invalid_request", Rule::TokenMayBeExchangedBy);
    exchange(&server, "web", &subject, &[GRANT]).await.is_refused("invalid_request", Rule::ParameterNotRepeated);

    let trusting = self::server(|config| {
        let client = client(config, "web-post");
        client.grant_types.push(GRANT.1.to_owned());
        client.exchange_from.push("web".to_owned());
    });
    let subject = of_alice(&trusting).await;
    exchange(&trusting, "web-post", &subject, &[]).await.is_token();
}

#[tokio::test]
async fn an_id_token_reaches_as_far_as_its_user_has_allowed_its_client() {
    let server = with_web();
    let of_type = [("subject_token_type", ID_TOKEN)];
    let mut browser = Browser::new(&server);
    let code = browser.code("web", &[("scope", "openid email")]).await;
    let id_token = redeem(&server, "web", &code, &[]).await.member("id_token");
    let answer = exchange(&server, "web", &id_token, &of_type).await;
    assert_eq!(answer.is_token().member("scope"), "openid email");
    assert_eq!(claims(&answer.member("access_token"))["aud"], format!("{ISSUER}/api"));
    exchange(&server, "web", &id_token, &[of_type[0], ("scope", "api:read")])
        .await
        .is_refused("invalid_scope", Rule::ExchangeScopeWithinSubject);
    exchange(&server, "exchange", &id_token, &of_type).await.is_refused("invalid_request", Rule::TokenMayBeExchangedBy);

    browser.code("web", &[("scope", "openid api:read")]).await;
    let wider = exchange(&server, "web", &id_token, &[of_type[0], ("scope", "api:read")]).await;
    assert_eq!(wider.is_token().member("scope"), "api:read");
    assert_eq!(wider.json()["expires_in"], 300, "no longer than the ID token");
    pass(&server, 300);
    exchange(&server, "web", &id_token, &of_type).await.is_refused("invalid_request", Rule::ExchangedTokenIsLive);
}
