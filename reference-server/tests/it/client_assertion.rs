//! Client authentication by JWT: RFC 7521 §4.2, RFC 7523 §2.2, §3, OpenID Connect Core §9.

mod registered;

use grantspec_reference::rules::Rule;
use grantspec_reference::{ClientConfig, Server};
use http::StatusCode;
use serde_json::{Value, json};

use crate::signer::{EC, RSA, Signer};
use crate::support::{
    ASSERTION_TYPE, Answer, Browser, ISSUER, KEYS, asking, bare, basic, client_assertion, config, encode, form_request,
    get, pass, post, redeem, refresh, secret_of, send, signer_of, strict, tell, token,
};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const BOTH: [&str; 2] = ["web-jwt", "web-key"];

/// A token request that is authenticated by this assertion.
async fn with_assertion(server: &Server, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let parameters = [GRANT, ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)];
    bare(server, "/token", &[&parameters, more].concat()).await
}

/// The assertion of a client with these claims, at a server of its own.
async fn claiming(client_id: &str, claims: Value) -> Answer {
    let server = strict();
    with_assertion(&server, &client_assertion(&server, client_id, json!({}), claims), &[]).await
}

fn now() -> u64 {
    strict().clock.now()
}

#[tokio::test]
async fn both_methods_work_wherever_a_client_authenticates() {
    let server = strict();
    for client_id in BOTH {
        let code = Browser::new(&server).code(client_id, &[]).await;
        let answer = redeem(&server, client_id, &code, &[]).await;
        answer.is_token();
        refresh(&server, client_id, &answer.member("refresh_token"), &[]).await.is_token();
        token(&server, client_id, &[GRANT]).await.is_token();
        let parameters = [("token", answer.member("access_token"))];
        let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(post(&server, "/introspect", client_id, &parameters).await.json()["active"], true);
        assert_eq!(post(&server, "/revoke", client_id, &parameters).await.status, StatusCode::OK);
        assert_eq!(post(&server, "/introspect", client_id, &parameters).await.json()["active"], false);
    }
}

#[tokio::test]
async fn the_metadata_says_so() {
    let metadata = get(&strict(), "/.well-known/openid-configuration").await.json();
    for endpoint in ["token", "introspection", "revocation"] {
        let methods = metadata[format!("{endpoint}_endpoint_auth_methods_supported")].as_array().unwrap();
        assert!(methods.contains(&json!("private_key_jwt")) && methods.contains(&json!("client_secret_jwt")));
        let algorithms = &metadata[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")];
        assert_eq!(*algorithms, json!(["HS256", "RS256", "ES256", "PS256", "EdDSA"]));
    }
}

#[tokio::test]
async fn the_type_of_an_assertion_is_that_of_jwts() {
    let server = strict();
    let assertion = || client_assertion(&server, "web-key", json!({}), json!({}));
    with_assertion(&server, &assertion(), &[]).await.is_token();
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    for parameters in [
        vec![("client_assertion_type", saml), ("client_assertion", &assertion())],
        vec![("client_assertion_type", ""), ("client_assertion", &assertion())],
        vec![("client_assertion", &assertion())],
        vec![("client_assertion_type", ASSERTION_TYPE), ("client_id", "web-key")],
    ] {
        bare(&server, "/token", &[&[GRANT][..], &parameters].concat())
            .await
            .is_refused("invalid_client", Rule::ClientAssertionTypeIsKnown);
    }
}

#[tokio::test]
async fn an_assertion_is_one_well_formed_jwt() {
    let server = strict();
    let valid = client_assertion(&server, "web-key", json!({}), json!({}));
    let critical = client_assertion(&server, "web-key", json!({ "crit": ["exp"] }), json!({}));
    for assertion in ["x.y.z", "a", &format!("{valid} {valid}"), &format!("{valid}."), &critical] {
        let answer = with_assertion(&server, assertion, &[("client_id", "web-key")]).await;
        answer.is_refused("invalid_client", Rule::ClientAssertionIsAJwt);
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    with_assertion(&server, &valid, &[]).await.is_token();
}

#[tokio::test]
async fn an_assertion_is_signed_by_its_client() {
    let server = strict();
    for client_id in BOTH {
        let valid = client_assertion(&server, client_id, json!({}), json!({}));
        let (message, signature) = valid.rsplit_once('.').unwrap();
        let another = client_assertion(&server, client_id, json!({}), json!({}));
        for forged in [format!("{message}."), format!("{message}.{}", another.rsplit_once('.').unwrap().1)] {
            let answer = with_assertion(&server, &forged, &[]).await;
            answer.is_refused("invalid_client", Rule::ClientAssertionIsSigned);
        }
        with_assertion(&server, &format!("{message}.{signature}"), &[]).await.is_token();
    }
    let claims = json!({ "iss": "web-key", "sub": "web-key", "aud": ISSUER, "jti": "a", "exp": now() + 60 });
    let stranger = Signer::ec().sign(&json!({ "alg": "ES256" }), &claims);
    with_assertion(&server, &stranger, &[]).await.is_refused("invalid_client", Rule::ClientAssertionIsSigned);
    let (header, own) = (json!({ "alg": "ES256", "kid": "web-key-2" }), signer_of("web-key"));
    let misnamed = own.sign(&header, &claims);
    with_assertion(&server, &misnamed, &[]).await.is_refused("invalid_client", Rule::ClientAssertionIsSigned);
    let named = own.sign(&json!({ "alg": "ES256", "kid": "web-key-1" }), &claims);
    with_assertion(&server, &named, &[]).await.is_token();
}

/// A server with a client `keyed` that has an RSA and a P-256 key, and registered this algorithm.
fn keyed(registered: Option<&str>) -> Server {
    let mut config = config();
    config.clients.push(ClientConfig {
        client_id: "keyed".to_owned(),
        auth_method: grantspec_reference::model::AuthMethod::PrivateKeyJwt,
        token_endpoint_auth_signing_alg: registered.map(|alg| serde_json::from_value(json!(alg)).unwrap()),
        jwks: Some(json!({ "keys": [RSA.jwk(&[]), EC.jwk(&[])] })),
        grant_types: vec!["client_credentials".to_owned()],
        scopes: vec!["api:read".to_owned()],
        ..ClientConfig::default()
    });
    Server::new(config, std::sync::Arc::clone(&KEYS)).unwrap()
}

#[tokio::test]
async fn no_algorithm_is_taken_for_another() {
    let claims = || {
        let jti = grantspec_reference::tokens::secret::random_string();
        json!({ "iss": "keyed", "sub": "keyed", "aud": ISSUER, "jti": jti, "exp": now() + 60 })
    };
    let (rs256, es256) = (json!({ "alg": "RS256" }), json!({ "alg": "ES256" }));
    let (any, only_rs256) = (keyed(None), keyed(Some("RS256")));
    with_assertion(&any, &RSA.sign(&rs256, &claims()), &[]).await.is_token();
    with_assertion(&any, &EC.sign(&es256, &claims()), &[]).await.is_token();
    with_assertion(&only_rs256, &RSA.sign(&rs256, &claims()), &[]).await.is_token();
    with_assertion(&only_rs256, &EC.sign(&es256, &claims()), &[])
        .await
        .is_refused("invalid_client", Rule::ClientAssertionIsSigned);

    let public = RSA.jwk(&[]);
    for (signer, alg, rule) in [
        (&*RSA, "none", Rule::ClientAssertionIsSigned),
        (&*RSA, "ES256", Rule::ClientAssertionIsSigned),
        (&*EC, "RS256", Rule::ClientAssertionIsSigned),
        (&*RSA, "RS512", Rule::ClientAssertionIsSigned),
        (&Signer::secret(public.to_string()), "HS256", Rule::ClientUsesItsMethod),
        (&Signer::secret(public["n"].as_str().unwrap()), "HS256", Rule::ClientUsesItsMethod),
    ] {
        let assertion = signer.sign(&json!({ "alg": alg }), &claims());
        with_assertion(&any, &assertion, &[]).await.is_refused("invalid_client", rule);
    }
    let unsecured = client_assertion(&any, "web-jwt", json!({ "alg": "none" }), json!({}));
    let unsecured = format!("{}.", unsecured.rsplit_once('.').unwrap().0);
    with_assertion(&any, &unsecured, &[]).await.is_refused("invalid_client", Rule::ClientUsesItsMethod);
}

#[tokio::test]
async fn another_method_than_the_registered_one_is_refused() {
    let server = strict();
    let claims = json!({ "iss": "web", "sub": "web", "aud": ISSUER, "jti": "a", "exp": now() + 60 });
    let of_web = Signer::secret(secret_of("web")).sign(&json!({ "alg": "HS256" }), &claims);
    with_assertion(&server, &of_web, &[]).await.is_refused("invalid_client", Rule::ClientUsesItsMethod);

    let secret = secret_of("web-jwt");
    bare(&server, "/token", &[GRANT, ("client_id", "web-jwt"), ("client_secret", &secret)])
        .await
        .is_refused("invalid_client", Rule::ClientUsesItsMethod);
    for client_id in BOTH {
        bare(&server, "/token", &[GRANT, ("client_id", client_id)])
            .await
            .is_refused("invalid_client", Rule::ConfidentialClientAuthenticates);
    }
}

#[tokio::test]
async fn an_assertion_stands_alone() {
    let server = strict();
    let assertion = || client_assertion(&server, "web-key", json!({}), json!({}));
    with_assertion(&server, &assertion(), &[("client_secret", "x")])
        .await
        .is_refused("invalid_client", Rule::OneAuthenticationMethod);
    let parameters = [GRANT, ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &assertion())];
    let request = form_request("/token").header("authorization", basic("web", &secret_of("web")));
    send(&server, request.body(encode(&parameters).into()).unwrap())
        .await
        .is_refused("invalid_client", Rule::OneAuthenticationMethod);

    with_assertion(&server, &assertion(), &[("client_id", "web")])
        .await
        .is_refused("invalid_client", Rule::ClientIdAgrees);
    with_assertion(&server, &assertion(), &[("client_id", "web-key")]).await.is_token();
}

#[tokio::test]
async fn an_assertion_names_its_client_twice() {
    for client_id in BOTH {
        claiming(client_id, json!({})).await.is_token();
        for claims in [json!({ "iss": null }), json!({ "iss": "web" }), json!({ "iss": [client_id] })] {
            let answer = claiming(client_id, claims).await;
            answer.is_refused("invalid_client", Rule::ClientAssertionNamesClient);
        }
    }
    let server = strict();
    for sub in [json!(null), json!(["web-key"])] {
        let assertion = client_assertion(&server, "web-key", json!({}), json!({ "sub": sub }));
        let answer = with_assertion(&server, &assertion, &[("client_id", "web-key")]).await;
        answer.is_refused("invalid_client", Rule::ClientAssertionNamesClient);
        with_assertion(&server, &assertion, &[]).await.is_refused("invalid_client", Rule::ClientIsKnown);
    }
}

#[tokio::test]
async fn an_assertion_is_for_this_server() {
    let token_endpoint = format!("{ISSUER}/token");
    for aud in
        [json!(ISSUER), json!(token_endpoint), json!([ISSUER]), json!(["https://elsewhere.example", token_endpoint])]
    {
        claiming("web-key", json!({ "aud": aud })).await.is_token();
    }
    for aud in [
        json!(null),
        json!([]),
        json!("https://elsewhere.example"),
        json!(format!("{ISSUER}/")),
        json!(format!("{ISSUER}/par")),
        json!(ISSUER.to_uppercase()),
        json!([[ISSUER]]),
        json!({ "url": ISSUER }),
    ] {
        let answer = claiming("web-key", json!({ "aud": aud })).await;
        answer.is_refused("invalid_client", Rule::ClientAssertionIsForServer);
    }
}

#[tokio::test]
async fn the_endpoint_for_pushed_requests_goes_by_three_names() {
    let server = strict();
    let asked = asking("web-key", &[]);
    let pushed = async |aud: String| {
        let assertion = client_assertion(&server, "web-key", json!({}), json!({ "aud": aud }));
        let mut parameters: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (&**name, &**value)).collect();
        parameters.extend([("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &assertion)]);
        bare(&server, "/par", &parameters).await
    };
    for path in ["", "/token", "/par"] {
        assert_eq!(pushed(format!("{ISSUER}{path}")).await.status, StatusCode::CREATED, "{path}");
    }
    for path in ["/", "/par/", "/authorize", "/introspect"] {
        let answer = pushed(format!("{ISSUER}{path}")).await;
        answer.is_refused("invalid_client", Rule::ClientAssertionIsForServer);
    }
}

#[tokio::test]
async fn an_assertion_lives_for_a_while_and_not_for_ever() {
    for (exp, rule) in [
        (json!(null), Rule::ClientAssertionHasNotExpired),
        (json!("9999999999"), Rule::ClientAssertionHasNotExpired),
        (json!(now() - 1), Rule::ClientAssertionHasNotExpired),
        (json!(-1), Rule::ClientAssertionHasNotExpired),
        (json!(now() + 3700), Rule::ClientAssertionExpiresSoon),
        (json!(1e300), Rule::ClientAssertionExpiresSoon),
    ] {
        claiming("web-jwt", json!({ "exp": exp })).await.is_refused("invalid_client", rule);
    }
    claiming("web-jwt", json!({ "exp": now() + 3590 })).await.is_token();
    #[allow(clippy::cast_precision_loss)]
    claiming("web-jwt", json!({ "exp": now() as f64 + 60.5 })).await.is_token();

    let server = strict();
    let assertion = client_assertion(&server, "web-jwt", json!({}), json!({}));
    pass(&server, 60);
    with_assertion(&server, &assertion, &[]).await.is_refused("invalid_client", Rule::ClientAssertionHasNotExpired);
}

#[tokio::test]
async fn an_assertion_is_neither_early_nor_stale() {
    for (claims, rule) in [
        (json!({ "nbf": now() + 40 }), Rule::ClientAssertionHasBegun),
        (json!({ "nbf": "now" }), Rule::ClientAssertionHasBegun),
        (json!({ "iat": now() + 40 }), Rule::ClientAssertionIsRecent),
        (json!({ "iat": now() - 3700 }), Rule::ClientAssertionIsRecent),
        (json!({ "iat": true }), Rule::ClientAssertionIsRecent),
    ] {
        claiming("web-key", claims).await.is_refused("invalid_client", rule);
    }
    for claims in [
        json!({ "nbf": now() + 20, "iat": now() + 20 }),
        json!({ "nbf": now() - 5000, "iat": now() - 3000 }),
        json!({ "iat": null }),
    ] {
        claiming("web-key", claims).await.is_token();
    }
}

#[tokio::test]
async fn an_assertion_is_used_once() {
    for jti in [json!(null), json!(""), json!(7)] {
        let answer = claiming("web-key", json!({ "jti": jti })).await;
        answer.is_refused("invalid_client", Rule::ClientAssertionHasJti);
    }
    let server = strict();
    for client_id in BOTH {
        let assertion = client_assertion(&server, client_id, json!({}), json!({ "jti": "the same" }));
        with_assertion(&server, &assertion, &[]).await.is_token();
        with_assertion(&server, &assertion, &[]).await.is_refused("invalid_client", Rule::ClientAssertionIsUnused);
        let parameters = [("token", "x"), ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &assertion)];
        bare(&server, "/introspect", &parameters).await.is_refused("invalid_client", Rule::ClientAssertionIsUnused);
    }
    pass(&server, 61);
    let later = client_assertion(&server, "web-key", json!({}), json!({ "jti": "another" }));
    with_assertion(&server, &later, &[]).await.is_token();
}

#[tokio::test]
async fn a_refused_assertion_is_not_used_up() {
    let server = strict();
    let assertion = client_assertion(
        &server,
        "web-key",
        json!({}),
        json!({ "nbf": server.clock.now() + 100, "exp": server.clock.now() + 300 }),
    );
    with_assertion(&server, &assertion, &[]).await.is_refused("invalid_client", Rule::ClientAssertionHasBegun);
    pass(&server, 120);
    with_assertion(&server, &assertion, &[]).await.is_token();
}

#[tokio::test]
async fn one_of_many_uses_at_once_succeeds() {
    let server = std::sync::Arc::new(strict());
    let assertion = client_assertion(&server, "web-key", json!({}), json!({}));
    let uses = (0..16).map(|_| {
        let (server, assertion) = (std::sync::Arc::clone(&server), assertion.clone());
        tokio::spawn(async move { with_assertion(&server, &assertion, &[]).await.status })
    });
    let mut succeeded = 0;
    for used in uses.collect::<Vec<_>>() {
        succeeded += usize::from(used.await.unwrap() == StatusCode::OK);
    }
    assert_eq!(succeeded, 1);
}

#[tokio::test]
async fn a_client_is_registered_with_what_its_method_needs() {
    let server = strict();
    let (jwks, private) = (json!({ "keys": [EC.jwk(&[])] }), json!({ "keys": [EC.jwk(&[("d", "AQAB")])] }));
    let long = "x".repeat(32);
    for (members, says) in [
        (json!({ "auth_method": "private_key_jwt" }), "jwks"),
        (json!({ "auth_method": "private_key_jwt", "jwks": private }), "private member d"),
        (json!({ "auth_method": "private_key_jwt", "jwks": jwks, "secret": long }), "no secret"),
        (
            json!({ "auth_method": "private_key_jwt", "jwks": jwks, "token_endpoint_auth_signing_alg": "RS256" }),
            "RS256",
        ),
        (
            json!({ "auth_method": "private_key_jwt", "jwks": jwks, "token_endpoint_auth_signing_alg": "HS256" }),
            "HS256",
        ),
        (json!({ "auth_method": "private_key_jwt", "jwks": jwks, "token_endpoint_auth_signing_alg": "none" }), "none"),
        (json!({ "auth_method": "client_secret_jwt" }), "secret"),
        (json!({ "auth_method": "client_secret_jwt", "secret": "too short" }), "32 octets"),
        (
            json!({ "auth_method": "client_secret_jwt", "secret": long, "token_endpoint_auth_signing_alg": "ES256" }),
            "ES256",
        ),
        (json!({ "auth_method": "client_secret_basic", "secret": "x", "jwks": { "keys": [] } }), "no key"),
        (json!({ "auth_method": "client_secret_basic", "secret": "fifteen letters" }), "at least 16 characters"),
        (json!({ "auth_method": "client_secret_post", "secret": "fifteen letters" }), "at least 16 characters"),
        (json!({ "auth_method": "client_secret_post", "secret": "fifteen letters!" }), ""),
        (json!({ "auth_method": "private_key_jwt", "jwks": jwks }), ""),
        (json!({ "auth_method": "private_key_jwt", "jwks": jwks, "token_endpoint_auth_signing_alg": "ES256" }), ""),
        (json!({ "auth_method": "client_secret_jwt", "secret": long, "token_endpoint_auth_signing_alg": "HS256" }), ""),
    ] {
        let mut client = json!({ "client_id": "new", "grant_types": ["client_credentials"] });
        client.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let answer = tell(&server, "/_/clients", &client.to_string()).await;
        assert_eq!(answer.status.is_success(), says.is_empty(), "{members}: {}", answer.body);
        assert!(answer.member("error").contains(says), "{members}: {}", answer.body);
        assert!(!answer.body.contains(&long));
    }
}
