//! JWT bearer: RFC 7521 §4.1, RFC 7523 §2.1, §3.

use std::sync::Arc;

use grantspec_reference::Server;
use grantspec_reference::config::{AssertionIssuerConfig, ConfigError, SpeaksFor, demo_keys};
use grantspec_reference::rules::Rule;
use serde_json::{Value, json};

use crate::signer::{EC, RSA, Signer};
use crate::support::{
    Answer, ISSUER, JWT_BEARER, KEYS, bare, bear, claims, config, disable_alice, is_active, issuer_assertion, pass,
    strict, token,
};

/// What an assertion with these claims gets, at a server of its own.
async fn claiming(claims: Value) -> Answer {
    let server = strict();
    bear(&server, &issuer_assertion(&server, json!({}), claims), &[]).await
}

#[tokio::test]
async fn an_assertion_is_good_for_a_token_in_the_name_of_its_subject() {
    let server = strict();
    let issued_at = server.clock.now() - 5;
    let assertion = issuer_assertion(&server, json!({}), json!({ "iat": issued_at }));
    let answer = bear(&server, &assertion, &[("scope", "profile api:read")]).await;
    answer.is_token();
    let token_claims = claims(&answer.member("access_token"));
    for (name, value) in [
        ("sub", json!("user-alice")),
        ("client_id", json!("bearer")),
        ("scope", json!("profile api:read")),
        ("auth_time", json!(issued_at)),
    ] {
        assert_eq!(token_claims[name], value, "{name}");
    }
    for absent in ["refresh_token", "id_token"] {
        assert_eq!(answer.member(absent), "");
    }
    assert!(is_active(&server, "bearer", &answer.member("access_token")).await);
}

#[tokio::test]
async fn the_token_lives_no_longer_than_the_assertion() {
    let server = strict();
    let exp = server.clock.now() + 100;
    let answer = bear(&server, &issuer_assertion(&server, json!({}), json!({ "exp": exp })), &[]).await;
    answer.is_token();
    assert!(answer.json()["expires_in"].as_u64().unwrap() <= 100);
    assert_eq!(claims(&answer.member("access_token"))["exp"], exp);
    pass(&server, 100);
    assert!(!is_active(&server, "bearer", &answer.member("access_token")).await);
}

#[tokio::test]
async fn a_client_gets_no_refresh_token_even_if_it_could_use_one() {
    let mut config = config();
    let bearer = config.clients.iter_mut().find(|client| client.client_id == "bearer").unwrap();
    bearer.grant_types.push("refresh_token".to_owned());
    bearer.scopes.push("openid".to_owned());
    let server = Server::new(config, Arc::clone(&KEYS)).unwrap();
    let answer = bear(&server, &issuer_assertion(&server, json!({}), json!({})), &[("scope", "openid api:read")]).await;
    assert_eq!(answer.is_token().member("refresh_token"), "");
    assert_eq!(answer.member("id_token"), "", "nobody logged in");
}

#[tokio::test]
async fn the_assertion_is_there_once_and_a_jwt() {
    let server = strict();
    let assertion = issuer_assertion(&server, json!({}), json!({}));
    token(&server, "bearer", &[("grant_type", JWT_BEARER)])
        .await
        .is_refused("invalid_request", Rule::ParameterIsPresent);
    bear(&server, &assertion, &[("assertion", &assertion)])
        .await
        .is_refused("invalid_request", Rule::ParameterNotRepeated);
    let twice = format!("{assertion} {assertion}");
    let critical = issuer_assertion(&server, json!({ "crit": ["exp"] }), json!({}));
    for malformed in ["x", "x.y.z", &twice, &critical] {
        bear(&server, malformed, &[]).await.is_refused("invalid_grant", Rule::AssertionIsAJwt);
    }
    bear(&server, &assertion, &[]).await.is_token();
}

#[tokio::test]
async fn only_the_issuer_signs_for_itself() {
    for iss in [json!(null), json!("https://issuer.example/"), json!("bearer"), json!(["https://issuer.example"])] {
        claiming(json!({ "iss": iss })).await.is_refused("invalid_grant", Rule::AssertionIssuerIsTrusted);
    }
    let server = strict();
    let claims =
        json!({ "iss": demo_keys::ISSUER, "sub": "user-alice", "aud": ISSUER, "exp": server.clock.now() + 60 });
    let x = demo_keys::issuer_jwks()["keys"][0]["x"].as_str().unwrap().to_owned();
    let own = || Signer::from_pem(demo_keys::ISSUER_KEY);
    for (signer, alg) in [
        (&Signer::ec(), "ES256"),
        (&*RSA, "RS256"),
        (&Signer::secret(x), "HS256"),
        (&own(), "RS256"),
        (&own(), "none"),
        (&Signer::from_pem(demo_keys::WEB_KEY), "ES256"),
    ] {
        let assertion = signer.sign(&json!({ "alg": alg }), &claims);
        bear(&server, &assertion, &[]).await.is_refused("invalid_grant", Rule::AssertionIsSigned);
    }
    let assertion = own().sign(&json!({ "alg": "ES256" }), &claims);
    let (message, _) = assertion.rsplit_once('.').unwrap();
    bear(&server, &format!("{message}."), &[]).await.is_refused("invalid_grant", Rule::AssertionIsSigned);
    bear(&server, &assertion, &[]).await.is_token();
}

#[tokio::test]
async fn an_access_token_of_this_server_is_no_assertion() {
    let server = strict();
    let first = bear(&server, &issuer_assertion(&server, json!({}), json!({})), &[]).await;
    bear(&server, &first.member("access_token"), &[]).await.is_refused("invalid_grant", Rule::AssertionIssuerIsTrusted);
}

#[tokio::test]
async fn an_assertion_is_for_this_server_and_for_now() {
    let now = strict().clock.now();
    for (claims, rule) in [
        (json!({ "aud": null }), Rule::AssertionIsForServer),
        (json!({ "aud": "https://elsewhere.example" }), Rule::AssertionIsForServer),
        (json!({ "exp": null }), Rule::AssertionHasNotExpired),
        (json!({ "exp": now - 1 }), Rule::AssertionHasNotExpired),
        (json!({ "exp": now + 3700 }), Rule::AssertionExpiresSoon),
        (json!({ "nbf": now + 40 }), Rule::AssertionHasBegun),
        (json!({ "iat": now - 3700 }), Rule::AssertionIsRecent),
    ] {
        claiming(claims).await.is_refused("invalid_grant", rule);
    }
    for claims in [
        json!({ "aud": format!("{ISSUER}/token") }),
        json!({ "aud": ["https://elsewhere.example", ISSUER] }),
        json!({ "nbf": now - 10, "iat": null, "jti": null, "anything": { "else": true } }),
    ] {
        claiming(claims).await.is_token();
    }
}

#[tokio::test]
async fn an_issuer_speaks_for_those_it_may() {
    let mut config = config();
    config.assertion_issuers[0].speaks_for = SpeaksFor::These(vec!["user-bob".to_owned(), "user-nobody".to_owned()]);
    let server = Server::new(config, Arc::clone(&KEYS)).unwrap();
    let of = |sub: Value| issuer_assertion(&server, json!({}), json!({ "sub": sub }));
    bear(&server, &of(json!("user-bob")), &[]).await.is_token();
    for (sub, rule) in [
        (json!("user-alice"), Rule::AssertionIssuerSpeaksFor),
        (json!("bob"), Rule::AssertionIssuerSpeaksFor),
        (json!(null), Rule::AssertionIssuerSpeaksFor),
        (json!(["user-bob"]), Rule::AssertionIssuerSpeaksFor),
        (json!("user-nobody"), Rule::AssertionNamesAUser),
    ] {
        bear(&server, &of(sub), &[]).await.is_refused("invalid_grant", rule);
    }
}

#[tokio::test]
async fn nothing_is_granted_in_the_name_of_a_disabled_user() {
    let server = strict();
    disable_alice(&server, true).await;
    let assertion = || issuer_assertion(&server, json!({}), json!({}));
    bear(&server, &assertion(), &[]).await.is_refused("invalid_grant", Rule::UserIsActive);
    disable_alice(&server, false).await;
    bear(&server, &assertion(), &[]).await.is_token();
}

#[tokio::test]
async fn an_assertion_with_a_jti_is_used_once() {
    let server = strict();
    let assertion = issuer_assertion(&server, json!({}), json!({}));
    bear(&server, &assertion, &[]).await.is_token();
    bear(&server, &assertion, &[]).await.is_refused("invalid_grant", Rule::AssertionIsUnused);
    let without = issuer_assertion(&server, json!({}), json!({ "jti": null }));
    for _ in 0..2 {
        bear(&server, &without, &[]).await.is_token();
    }
}

#[tokio::test]
async fn the_client_is_asked_who_it_is_and_what_it_may() {
    let server = strict();
    let assertion = || issuer_assertion(&server, json!({}), json!({}));
    let grant = ("grant_type", JWT_BEARER);
    bare(&server, "/token", &[grant, ("assertion", &assertion()), ("client_id", "bearer")])
        .await
        .is_refused("invalid_client", Rule::ConfidentialClientAuthenticates);
    token(&server, "web", &[grant, ("assertion", &assertion())])
        .await
        .is_refused("unauthorized_client", Rule::ClientMayUseGrant);
    bear(&server, &assertion(), &[("scope", "api:write")]).await.is_refused("invalid_scope", Rule::ScopeWithinClient);
    bear(&server, &assertion(), &[("scope", "api:read")]).await.is_token();
}

#[tokio::test]
async fn an_issuer_is_written_down_with_its_keys_and_once() {
    let with = |issuers: Vec<AssertionIssuerConfig>| {
        let mut config = config();
        config.assertion_issuers = issuers;
        Server::new(config, Arc::clone(&KEYS)).map(drop)
    };
    let issuer = |jwks: Value| AssertionIssuerConfig {
        issuer: "https://a.example".to_owned(),
        jwks,
        speaks_for: SpeaksFor::Everybody,
    };
    let public = json!({ "keys": [EC.jwk(&[])] });
    with(vec![issuer(public.clone())]).unwrap();
    assert!(matches!(with(vec![issuer(json!({ "keys": [] }))]), Err(ConfigError::AssertionIssuer(..))));
    let private = json!({ "keys": [EC.jwk(&[("d", "AQAB")])] });
    assert!(matches!(with(vec![issuer(private)]), Err(ConfigError::AssertionIssuer(..))));
    assert!(matches!(with(vec![issuer(public.clone()), issuer(public)]), Err(ConfigError::AssertionIssuerTwice(_))));
    for (text, is_read) in
        [(r#""everybody""#, true), (r#"{"these": ["a"]}"#, true), (r#""anybody""#, false), ("[]", false)]
    {
        assert_eq!(serde_json::from_str::<SpeaksFor>(text).is_ok(), is_read, "{text}");
    }
}
