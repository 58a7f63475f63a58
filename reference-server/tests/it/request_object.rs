//! Request objects: OpenID Connect Core §6, RFC 9101.

use grantspec_reference::config::Preset;
use grantspec_reference::rules::Rule;
use grantspec_reference::{Config, Server};
use http::StatusCode;
use serde_json::{Value, json};

use crate::signer::{EC, ED, RSA, Signer};
use crate::support::{
    Answer, Browser, CALLBACK, CHALLENGE, ISSUER, KEYS, OTHER_CALLBACK, bare, client_assertion, config, deviating,
    encode, get, pass, redeem, signer_of, strict,
};

/// What stands in the open beside an object in OpenID Connect.
const OPENID: [(&str, &str); 3] = [("client_id", "web-key"), ("response_type", "code"), ("scope", "openid")];
/// And in plain OAuth.
const PLAIN: [(&str, &str); 1] = [("client_id", "web-key")];

/// A valid request object of `web-key`, with deviations of header and claims: a value replaces, null removes.
pub fn request_object(server: &Server, header: Value, claims: Value) -> String {
    let valid = json!({
        "iss": "web-key", "aud": ISSUER, "exp": server.clock.now() + 300,
        "client_id": "web-key", "response_type": "code", "redirect_uri": CALLBACK, "scope": "openid profile",
        "state": "a-state", "nonce": "a-nonce", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    });
    signer_of("web-key").sign(&deviating(json!({ "alg": "ES256" }), header), &deviating(valid, claims))
}

/// Ask with this object and what is beside it.
async fn open(browser: &mut Browser<'_>, object: &str, beside: &[(&str, &str)]) -> Answer {
    browser.get(&format!("/authorize?{}", encode(&[&[("request", object)], beside].concat()))).await
}

/// Ask with the object of `web-key` with these deviations, and go on to the end.
async fn authorized(server: &Server, beside: &[(&str, &str)], claims: Value) -> Answer {
    let mut browser = Browser::new(server);
    let first = open(&mut browser, &request_object(server, json!({}), claims), beside).await;
    browser.follow(first).await
}

/// A server with one more client, like `web-key` but with these settings.
fn with_client(change: impl Fn(&mut grantspec_reference::ClientConfig)) -> Server {
    let mut config = config();
    let client = config.clients.iter_mut().find(|client| client.client_id == "web-key").unwrap();
    change(client);
    Server::new(config, KEYS.clone()).unwrap()
}

#[tokio::test]
async fn a_signed_request_is_answered() {
    for beside in [&OPENID[..], &PLAIN] {
        let server = strict();
        let answer = authorized(&server, beside, json!({ "state": "of the object" })).await;
        assert!(answer.location().starts_with(CALLBACK));
        assert_eq!(answer.returned("state").as_deref(), Some("of the object"));
        let tokens = redeem(&server, "web-key", &answer.returned("code").unwrap(), &[]).await;
        assert_eq!(tokens.is_token().member("scope"), "openid profile");
    }
}

#[tokio::test]
async fn the_object_comes_first_and_in_openid_connect_what_is_beside_it_completes_it() {
    let server = strict();
    let beside = [("state", "beside"), ("redirect_uri", OTHER_CALLBACK), ("nonce", "beside")];
    let in_openid = [&OPENID[..], &beside].concat();
    let answer = authorized(&server, &in_openid, json!({ "nonce": "inside", "state": null })).await;
    assert!(answer.location().starts_with(CALLBACK), "the address in the object comes first");
    assert_eq!(answer.returned("state").as_deref(), Some("beside"), "the object is silent about it");
    let tokens = redeem(&server, "web-key", &answer.returned("code").unwrap(), &[]).await;
    assert_eq!(crate::support::claims(&tokens.member("id_token"))["nonce"], "inside");

    let in_plain = [&PLAIN[..], &beside].concat();
    let answer = authorized(&server, &in_plain, json!({ "state": null })).await;
    assert_eq!(answer.returned("state"), None, "nothing beside the object counts");
}

#[tokio::test]
async fn nothing_counts_beside_the_object_of_a_client_that_always_signs() {
    let server = with_client(|client| client.require_signed_request_object = true);
    let beside = [&OPENID[..], &[("state", "beside"), ("prompt", "none")]].concat();
    let answer = authorized(&server, &beside, json!({ "state": null })).await;
    assert!(answer.returned("code").is_some() && answer.returned("state").is_none());
    Browser::new(&server).open("web-key", &[]).await.is_returned("invalid_request", Rule::RequestIsSigned);
}

#[tokio::test]
async fn parameters_that_are_no_strings_are_read_as_json() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let members = json!({ "max_age": 0, "claims": { "id_token": { "email": null } } });
    let object = request_object(&server, json!({}), members);
    let login = open(&mut browser, &object, &OPENID).await;
    let answer = browser.follow(login).await;
    let tokens = redeem(&server, "web-key", &answer.returned("code").unwrap(), &[]).await;
    assert_eq!(crate::support::claims(&tokens.member("id_token"))["email"], "alice@example.com");
    let again = open(&mut browser, &object, &OPENID).await;
    assert!(again.location().contains("/login"), "max_age is 0");

    for wrong in [json!({ "state": ["a"] }), json!({ "claims": "{}" }), json!({ "nonce": 1 }), json!({ "scope": true })]
    {
        let answer = open(&mut browser, &request_object(&server, json!({}), wrong), &OPENID).await;
        answer.is_shown(StatusCode::BAD_REQUEST, Rule::RequestObjectHoldsParameters);
    }
    let extension = request_object(&server, json!({}), json!({ "unheard_of": [true] }));
    assert_eq!(open(&mut browser, &extension, &OPENID).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_is_wrong_with_the_object_is_told_where_the_address_is_certain() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let certain = [&OPENID[..], &[("redirect_uri", CALLBACK), ("state", "s")]].concat();
    let answer = open(&mut browser, "x.y.z", &certain).await;
    answer.is_returned("invalid_request_object", Rule::RequestObjectIsAJwt);
    assert_eq!(answer.returned("state").as_deref(), Some("s"));
    open(&mut browser, "x.y.z", &OPENID).await.is_shown(StatusCode::BAD_REQUEST, Rule::RequestObjectIsAJwt);
    let elsewhere = [&OPENID[..], &[("redirect_uri", "https://evil.example/")]].concat();
    open(&mut browser, "x.y.z", &elsewhere).await.is_shown(StatusCode::BAD_REQUEST, Rule::RequestObjectIsAJwt);

    // What is wrong with a request in a good object is told at the address in the object.
    let object = request_object(&server, json!({}), json!({ "prompt": "none login" }));
    open(&mut browser, &object, &OPENID).await.is_returned("invalid_request", Rule::PromptIsConsistent);
    let object = request_object(&server, json!({}), json!({ "redirect_uri": "https://evil.example/" }));
    open(&mut browser, &object, &certain).await.is_shown(StatusCode::BAD_REQUEST, Rule::RedirectUriIsRegistered);
}

#[tokio::test]
async fn nobody_signs_for_a_client_but_the_client() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let certain = [&OPENID[..], &[("redirect_uri", CALLBACK)]].concat();
    let valid = request_object(&server, json!({}), json!({}));
    let (message, _) = valid.rsplit_once('.').unwrap();
    let another = request_object(&server, json!({}), json!({ "state": "another" }));
    let (_, signature) = another.rsplit_once('.').unwrap();
    let claims: Value = crate::support::claims(&valid);
    let public_key = EC.jwk(&[]).to_string();
    let forged = [
        EC.sign(&json!({ "alg": "ES256" }), &claims),
        RSA.sign(&json!({ "alg": "RS256" }), &claims),
        Signer::secret(public_key).sign(&json!({ "alg": "HS256" }), &claims),
        format!("{message}.{signature}"),
        format!("{message}."),
        signer_of("web-key").sign(&json!({ "alg": "none" }), &claims),
        signer_of("web-key").sign(&json!({ "alg": "ES256", "kid": "another" }), &claims),
    ];
    for object in forged {
        let answer = open(&mut browser, &object, &certain).await;
        answer.is_returned("invalid_request_object", Rule::RequestObjectIsSecured);
    }
    // A client without keys cannot sign.
    let beside = [("client_id", "web"), ("response_type", "code"), ("scope", "openid"), ("redirect_uri", CALLBACK)];
    let object = request_object(&server, json!({}), json!({ "client_id": "web", "iss": "web" }));
    let answer = open(&mut browser, &object, &beside).await;
    answer.is_returned("invalid_request_object", Rule::RequestObjectIsSecured);
}

#[tokio::test]
async fn each_algorithm_signs_and_a_registered_one_is_the_only_one() {
    let keys = [("RS256", &*RSA), ("PS256", &*RSA), ("ES256", &*EC), ("EdDSA", &*ED)];
    for (alg, key) in keys {
        for registered in [None, Some("ES256")] {
            let server = with_client(|client| {
                client.jwks =
                    Some(json!({ "keys": [key.jwk(&[("alg", alg), ("kid", "k")]), EC.jwk(&[("kid", "ec")])] }));
                client.request_object_signing_alg = registered.map(str::to_owned);
            });
            let claims = crate::support::claims(&request_object(&server, json!({}), json!({})));
            let object = key.sign(&json!({ "alg": alg, "kid": "k" }), &claims);
            let certain = [&OPENID[..], &[("redirect_uri", CALLBACK)]].concat();
            let answer = open(&mut Browser::new(&server), &object, &certain).await;
            if registered.is_none_or(|registered| registered == alg) {
                assert!(answer.location().starts_with(ISSUER), "{alg}: {answer:?}");
            } else {
                answer.is_returned("invalid_request_object", Rule::RequestObjectIsSecured);
            }
        }
    }
}

#[tokio::test]
async fn an_object_is_for_this_server_from_this_client_and_in_time() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let certain = [&OPENID[..], &[("redirect_uri", CALLBACK)]].concat();
    let now = server.clock.now();
    let cases = [
        (json!({ "iss": "web" }), Rule::RequestObjectNamesClient),
        (json!({ "client_id": "web" }), Rule::RequestObjectNamesClient),
        (json!({ "aud": "https://another.example" }), Rule::RequestObjectIsForServer),
        (json!({ "aud": format!("{ISSUER}/") }), Rule::RequestObjectIsForServer),
        (json!({ "exp": now }), Rule::RequestObjectIsCurrent),
        (json!({ "exp": "tomorrow" }), Rule::RequestObjectIsCurrent),
        (json!({ "nbf": now + 1000 }), Rule::RequestObjectIsCurrent),
        (json!({ "request": "x.y.z" }), Rule::RequestObjectHoldsParameters),
        (json!({ "request_uri": "urn:ietf:params:oauth:request_uri:x" }), Rule::RequestObjectHoldsParameters),
        (json!({ "response_type": "code id_token" }), Rule::RequestObjectAgrees),
    ];
    for (claims, rule) in cases {
        let answer = open(&mut browser, &request_object(&server, json!({}), claims), &certain).await;
        answer.is_returned("invalid_request_object", rule);
    }
    for good in [
        json!({ "iss": null, "aud": null, "exp": null, "client_id": null, "response_type": null }),
        json!({ "aud": ["https://another.example", ISSUER], "nbf": now }),
    ] {
        let object = request_object(&server, json!({}), good);
        assert!(open(&mut browser, &object, &certain).await.location().starts_with(ISSUER));
    }
    // In plain OAuth nothing names the client unless the object does.
    let object = request_object(&server, json!({}), json!({ "client_id": null }));
    open(&mut browser, &object, &PLAIN).await.is_shown(StatusCode::BAD_REQUEST, Rule::RequestObjectNamesClient);

    let object = request_object(&server, json!({}), json!({}));
    pass(&server, 300);
    open(&mut browser, &object, &certain).await.is_returned("invalid_request_object", Rule::RequestObjectIsCurrent);
}

#[tokio::test]
async fn a_jwt_of_another_kind_is_no_request_object() {
    let server = strict();
    let mut browser = Browser::new(&server);
    for typ in ["oauth-authz-req+jwt", "application/oauth-authz-req+jwt", "JWT", "jwt"] {
        let object = request_object(&server, json!({ "typ": typ }), json!({}));
        assert_eq!(open(&mut browser, &object, &OPENID).await.status, StatusCode::SEE_OTHER, "{typ}");
    }
    for typ in ["at+jwt", "dpop+jwt", ""] {
        let object = request_object(&server, json!({ "typ": typ }), json!({}));
        open(&mut browser, &object, &OPENID).await.is_shown(StatusCode::BAD_REQUEST, Rule::RequestObjectIsTyped);
    }
    // An assertion that authenticates the client says nothing about what is asked for.
    let assertion = client_assertion(&server, "web-key", json!({}), json!({ "aud": ISSUER }));
    open(&mut browser, &assertion, &PLAIN).await.is_shown(StatusCode::BAD_REQUEST, Rule::RequestObjectNamesClient);
}

#[tokio::test]
async fn an_unsecured_object_is_for_servers_and_clients_that_take_it() {
    let header = json!({ "alg": "none" });
    let unsecured = |server: &Server| {
        let claims = crate::support::claims(&request_object(server, json!({}), json!({})));
        let signed = EC.sign(&header, &claims);
        format!("{}.", signed.rsplit_once('.').unwrap().0)
    };
    let certain = [&OPENID[..], &[("redirect_uri", CALLBACK)]].concat();
    let server = strict();
    let answer = open(&mut Browser::new(&server), &unsecured(&server), &certain).await;
    answer.is_returned("invalid_request_object", Rule::RequestObjectIsSecured);

    for (registered, taken) in [(None, true), (Some("none"), true), (Some("ES256"), false)] {
        let mut lenient = Config { unsecured_request_objects: true, ..config() };
        let client = lenient.clients.iter_mut().find(|client| client.client_id == "web-key").unwrap();
        client.request_object_signing_alg = registered.map(str::to_owned);
        let server = Server::new(lenient, KEYS.clone()).unwrap();
        let algorithms = get(&server, "/.well-known/openid-configuration").await.json();
        let algorithms = algorithms["request_object_signing_alg_values_supported"].as_array().unwrap().clone();
        assert!(algorithms.contains(&json!("none")));
        let answer = open(&mut Browser::new(&server), &unsecured(&server), &certain).await;
        if taken {
            assert!(answer.location().starts_with(ISSUER), "{answer:?}");
        } else {
            answer.is_returned("invalid_request_object", Rule::RequestObjectIsSecured);
        }
        // RFC 9101 knows no unsecured objects.
        let answer = open(&mut Browser::new(&server), &unsecured(&server), &PLAIN).await;
        answer.is_shown(StatusCode::BAD_REQUEST, Rule::RequestObjectIsSecured);
    }
    let outside = Config { control: true, ..config().preset(Preset::OidcCertification) };
    assert!(outside.unsecured_request_objects);
}

#[tokio::test]
async fn an_object_may_be_pushed() {
    let server = strict();
    let assertion = client_assertion(&server, "web-key", json!({}), json!({ "aud": format!("{ISSUER}/par") }));
    let object = request_object(&server, json!({}), json!({}));
    let push = |object: String, assertion: String| {
        let server = &server;
        async move {
            let parameters = [
                ("client_id", "web-key"),
                ("client_assertion_type", crate::support::ASSERTION_TYPE),
                ("client_assertion", &assertion),
                ("request", &object),
                ("state", "beside"),
            ];
            bare(server, "/par", &parameters).await
        }
    };
    let pushed = push(object, assertion).await;
    assert_eq!(pushed.status, StatusCode::CREATED, "{pushed:?}");
    let query = encode(&[("client_id", "web-key"), ("request_uri", &pushed.member("request_uri"))]);
    let mut browser = Browser::new(&server);
    let first = browser.get(&format!("/authorize?{query}")).await;
    let answer = browser.follow(first).await;
    assert!(
        answer.returned("code").is_some() && answer.returned("state").as_deref() == Some("a-state"),
        "nothing beside it counts"
    );

    for (claims, rule) in [
        (json!({ "client_id": null }), Rule::RequestObjectNamesClient),
        (json!({ "client_id": "web" }), Rule::RequestObjectNamesClient),
        (json!({ "aud": "https://another.example" }), Rule::RequestObjectIsForServer),
        (json!({ "exp": 1 }), Rule::RequestObjectIsCurrent),
        (json!({ "request": "x.y.z" }), Rule::RequestObjectHoldsParameters),
    ] {
        let assertion = client_assertion(&server, "web-key", json!({}), json!({}));
        let answer = push(request_object(&server, json!({}), claims), assertion).await;
        answer.is_refused("invalid_request_object", rule);
    }
    for (object, rule) in [
        ("x.y.z".to_owned(), Rule::RequestObjectIsAJwt),
        (request_object(&server, json!({ "alg": "ES384" }), json!({})), Rule::RequestObjectIsSecured),
        (request_object(&server, json!({ "typ": "at+jwt" }), json!({})), Rule::RequestObjectIsTyped),
    ] {
        let assertion = client_assertion(&server, "web-key", json!({}), json!({}));
        push(object, assertion).await.is_refused("invalid_request_object", rule);
    }
}

#[tokio::test]
async fn an_object_and_a_reference_exclude_each_other() {
    let server = strict();
    let object = request_object(&server, json!({}), json!({}));
    let reference = ("request_uri", "urn:ietf:params:oauth:request_uri:x");
    let certain = [&OPENID[..], &[("redirect_uri", CALLBACK), reference]].concat();
    let mut browser = Browser::new(&server);
    open(&mut browser, &object, &certain).await.is_returned("invalid_request", Rule::OneRequestParameter);
    let uncertain = [&PLAIN[..], &[reference]].concat();
    open(&mut browser, &object, &uncertain).await.is_shown(StatusCode::BAD_REQUEST, Rule::OneRequestParameter);
}

#[tokio::test]
async fn a_client_that_always_signs_pushes_nothing_unsigned() {
    let server = with_client(|client| client.require_signed_request_object = true);
    let signed = request_object(&server, json!({}), json!({}));
    let unsigned = signer_of("web-key").sign(&json!({ "alg": "none" }), &crate::support::claims(&signed));
    let push = async |more: &[(&str, &str)]| {
        let assertion = client_assertion(&server, "web-key", json!({}), json!({}));
        let who = [("client_assertion_type", crate::support::ASSERTION_TYPE), ("client_assertion", &assertion)];
        bare(&server, "/par", &[&PLAIN[..], &who, more].concat()).await
    };
    assert_eq!(push(&[("request", &signed)]).await.status, StatusCode::CREATED);
    let open = [("response_type", "code"), ("redirect_uri", CALLBACK), ("scope", "openid")];
    for (refused, rule) in [
        (push(&open).await, Rule::RequestIsSigned),
        (push(&[("request", &unsigned)]).await, Rule::RequestObjectIsSecured),
    ] {
        refused.is_refused("invalid_request", rule);
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    }
}

#[test]
fn what_cannot_be_verified_cannot_be_registered() {
    let with = |client_id: &str, alg: &str| {
        let mut config = config();
        let client = config.clients.iter_mut().find(|client| client.client_id == client_id).unwrap();
        client.request_object_signing_alg = Some(alg.to_owned());
        Server::new(config, KEYS.clone()).map(drop)
    };
    assert!(with("web-key", "ES256").is_ok());
    for (client_id, alg) in [("web-key", "HS256"), ("web-key", "none"), ("web-key", "RS256"), ("web", "ES256")] {
        assert!(with(client_id, alg).unwrap_err().to_string().contains(alg), "{client_id} {alg}");
    }
}

#[test]
fn the_valid_object_of_these_tests_is_one() {
    let server = strict();
    let claims = crate::support::claims(&request_object(&server, json!({}), json!({})));
    assert_eq!(claims["code_challenge"], CHALLENGE);
    assert_eq!(deviating(claims, json!({ "scope": null })).get("scope"), None);
}
