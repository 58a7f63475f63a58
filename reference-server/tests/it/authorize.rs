//! The authorization request.

use grantspec_reference::rules::Rule;
use http::StatusCode;

use crate::support::{Browser, CHALLENGE, ISSUER, asking, encode, form_request, get, send, strict};

type Deviations = &'static [(&'static str, &'static str)];

#[tokio::test]
async fn a_code_comes_back_with_state_and_issuer() {
    let server = strict();
    let answer = Browser::new(&server).authorize("web", &[]).await;
    assert!(answer.returned("code").is_some_and(|code| code.len() >= 43));
    assert_eq!(answer.returned("state").as_deref(), Some("a state+with%odd \"characters\""));
    assert_eq!(answer.returned("iss").as_deref(), Some(ISSUER));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_request_may_be_posted() {
    let server = strict();
    let pairs = asking("web", &[]);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = send(&server, form_request("/authorize").body(encode(&pairs).into()).unwrap()).await;
    assert!(answer.location().starts_with(&format!("{ISSUER}/login")));
    let json = http::Request::post("/authorize").header("content-type", "application/json").body("{}".into()).unwrap();
    send(&server, json).await.is_shown(StatusCode::BAD_REQUEST, Rule::BodyIsForm);
}

#[tokio::test]
async fn doubts_about_the_client_are_shown_and_never_redirected() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let cases: &[(Deviations, Rule)] = &[
        (&[("client_id", "")], Rule::ParameterIsPresent),
        (&[("client_id", "nobody")], Rule::ClientIsKnown),
        (&[("client_id", "web"), ("client_id", "web")], Rule::ParameterNotRepeated),
        (
            &[("redirect_uri", "http://127.0.0.1:8765/cb"), ("redirect_uri", "http://e.example/")],
            Rule::ParameterNotRepeated,
        ),
        (&[("redirect_uri", "")], Rule::RedirectUriIsGiven),
        (&[("redirect_uri", ""), ("scope", "api:read")], Rule::RedirectUriIsGiven),
        (&[("redirect_uri", "https://evil.example/cb")], Rule::RedirectUriIsRegistered),
        (&[("response_mode", "nonsense")], Rule::ResponseModeIsSupported),
    ];
    for (deviations, rule) in cases {
        browser.open("web", deviations).await.is_shown(StatusCode::BAD_REQUEST, *rule);
    }
    get(&server, "/authorize?client_id=%zz").await.is_shown(StatusCode::BAD_REQUEST, Rule::FormIsWellFormed);
}

#[tokio::test]
async fn other_mistakes_are_told_to_the_client() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let cases: &[(Deviations, &str, Rule)] = &[
        (&[("scope", "openid"), ("scope", "openid")], "invalid_request", Rule::ParameterNotRepeated),
        (&[("request", "x.y.z")], "invalid_request_object", Rule::RequestObjectIsAJwt),
        (&[("request_uri", "https://a.example/r")], "request_uri_not_supported", Rule::RequestUriIsOwn),
        (&[("response_type", "")], "invalid_request", Rule::ResponseTypeIsPresent),
        (&[("response_type", "nonsense")], "unsupported_response_type", Rule::ResponseTypeIsSupported),
        (&[("response_type", "id_token token")], "unauthorized_client", Rule::ClientMayUseResponseType),
        (&[("code_challenge", ""), ("code_challenge_method", "")], "invalid_request", Rule::ChallengeIsPresent),
        (&[("code_challenge_method", "plain")], "invalid_request", Rule::ChallengeMethodIsSupported),
        (&[("code_challenge_method", "")], "invalid_request", Rule::ChallengeMethodIsSupported),
        (&[("code_challenge_method", "s256")], "invalid_request", Rule::ChallengeMethodIsSupported),
        (&[("code_challenge", "short")], "invalid_request", Rule::ChallengeIsWellFormed),
        (&[("scope", "openid  profile")], "invalid_scope", Rule::ScopeIsWellFormed),
        (&[("scope", "openid api:write")], "invalid_scope", Rule::ScopeWithinClient),
        (&[("scope", "bogus")], "invalid_scope", Rule::ScopeWithinClient),
        (&[("prompt", "none login")], "invalid_request", Rule::PromptIsConsistent),
        (&[("max_age", "-1")], "invalid_request", Rule::MaxAgeIsANumber),
        (&[("max_age", "soon")], "invalid_request", Rule::MaxAgeIsANumber),
        (&[("prompt", "none")], "login_required", Rule::LoginMayBePrompted),
    ];
    for (deviations, error, rule) in cases {
        let answer = browser.open("web", deviations).await;
        answer.is_returned(error, *rule);
        assert_eq!(answer.returned("state").as_deref(), Some("a state+with%odd \"characters\""));
    }
    let without_state = browser.open("web", &[("state", ""), ("max_age", "x")]).await;
    assert_eq!(without_state.returned("state"), None);
}

#[tokio::test]
async fn a_client_without_the_grant_is_refused() {
    let mut config = crate::support::config();
    let service = config.clients.iter_mut().find(|client| client.client_id == "service").unwrap();
    service.redirect_uris.push(crate::support::CALLBACK.to_owned());
    let server = grantspec_reference::Server::new(config, std::sync::Arc::clone(&crate::support::KEYS)).unwrap();
    Browser::new(&server)
        .open("service", &[("scope", "api:read")])
        .await
        .is_returned("unauthorized_client", Rule::ClientMayUseResponseType);
}

#[tokio::test]
async fn what_changes_nothing_is_ignored() {
    let server = strict();
    let mut browser = Browser::new(&server);
    for (name, value) in [
        ("foo", "bar"),
        ("display", "wap"),
        ("ui_locales", "xx"),
        ("acr_values", "level-9"),
        ("login_hint", "bob"),
        ("prompt", "unheard-of"),
        ("response_mode", "query"),
        ("scope", "openid bogus"),
    ] {
        browser.code("web", &[(name, value)]).await;
    }
}

#[tokio::test]
async fn a_challenge_is_not_needed_where_the_client_is_registered_so() {
    let mut config = crate::support::config();
    config.clients[0].require_pkce = false;
    let server = grantspec_reference::Server::new(config, std::sync::Arc::clone(&crate::support::KEYS)).unwrap();
    let mut browser = Browser::new(&server);
    browser.code("web", &[("code_challenge", ""), ("code_challenge_method", "")]).await;
    browser
        .open("web", &[("code_challenge", "")])
        .await
        .is_returned("invalid_request", Rule::ChallengeMethodIsSupported);
    browser.code("web", &[("code_challenge", CHALLENGE)]).await;
}

#[tokio::test]
async fn where_the_best_practices_hold_a_login_comes_before_an_error() {
    let config = grantspec_reference::Config { login_before_errors: true, ..crate::support::config() };
    let server = grantspec_reference::Server::new(config, std::sync::Arc::clone(&crate::support::KEYS)).unwrap();
    let mut browser = Browser::new(&server);
    let wrong = &[("response_type", "nonsense")];

    let stopped = browser.open("web", wrong).await;
    assert!(stopped.location().starts_with(&format!("{ISSUER}/login")));
    assert_eq!(stopped.returned("error"), None);
    let told = browser.follow(stopped).await;
    told.is_returned("unsupported_response_type", Rule::ResponseTypeIsSupported);
    assert_eq!(told.returned("state").as_deref(), Some("a state+with%odd \"characters\""));

    // Who is logged in is sent on at once, and a request that asks for silence is answered in silence.
    browser.open("web", wrong).await.is_returned("unsupported_response_type", Rule::ResponseTypeIsSupported);
    Browser::new(&server)
        .open("web", &[("prompt", "none"), ("response_type", "nonsense")])
        .await
        .is_returned("unsupported_response_type", Rule::ResponseTypeIsSupported);
    Browser::new(&server)
        .open("web", &[("redirect_uri", "https://evil.example/cb")])
        .await
        .is_shown(StatusCode::BAD_REQUEST, Rule::RedirectUriIsRegistered);
}
