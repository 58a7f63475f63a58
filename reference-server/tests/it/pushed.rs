//! Pushed authorization requests: RFC 9126.

use grantspec_reference::rules::Rule;
use grantspec_reference::{Config, Server};
use http::StatusCode;

use crate::support::{
    Answer, Browser, CALLBACK, ISSUER, KEYS, asking, bare, config, encode, form_request, get, pass, post, redeem, send,
    strict,
};

/// Push the valid request of a client, with deviations.
async fn push(server: &Server, client_id: &str, deviations: &[(&str, &str)]) -> Answer {
    let pairs = asking(client_id, deviations);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let authenticates_in_body = ["web-post", "hybrid-post", "spa"].contains(&client_id);
    let pairs: Vec<(&str, &str)> =
        pairs.into_iter().filter(|(name, _)| !(authenticates_in_body && *name == "client_id")).collect();
    post(server, "/par", client_id, &pairs).await
}

async fn pushed(server: &Server, client_id: &str, deviations: &[(&str, &str)]) -> String {
    let answer = push(server, client_id, deviations).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    answer.member("request_uri")
}

fn reference(client_id: &str, request_uri: &str) -> String {
    format!("/authorize?{}", encode(&[("client_id", client_id), ("request_uri", request_uri)]))
}

#[tokio::test]
async fn a_pushed_request_is_answered_like_any_other() {
    for client_id in ["web", "web-post", "spa"] {
        let server = strict();
        let answer = push(&server, client_id, &[]).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.json()["expires_in"], 50);
        let request_uri = answer.member("request_uri");
        assert!(request_uri.strip_prefix("urn:ietf:params:oauth:request_uri:").unwrap().len() >= 43);

        let mut browser = Browser::new(&server);
        let first = browser.get(&reference(client_id, &request_uri)).await;
        let answer = browser.follow(first).await;
        assert!(answer.location().starts_with(CALLBACK));
        assert_eq!(answer.returned("state").as_deref(), Some("a state+with%odd \"characters\""));
        redeem(&server, client_id, &answer.returned("code").unwrap(), &[]).await.is_token();
    }
}

#[tokio::test]
async fn what_stands_beside_the_reference_does_not_count() {
    let server = strict();
    let request_uri = pushed(&server, "web", &[]).await;
    let beside = encode(&[("scope", "openid email"), ("state", "another"), ("redirect_uri", "https://evil.example/")]);
    let mut browser = Browser::new(&server);
    let first = browser.get(&format!("{}&{beside}", reference("web", &request_uri))).await;
    let answer = browser.follow(first).await;
    assert!(answer.location().starts_with(CALLBACK));
    assert_eq!(answer.returned("state").as_deref(), Some("a state+with%odd \"characters\""));
    let tokens = redeem(&server, "web", &answer.returned("code").unwrap(), &[]).await;
    assert_eq!(tokens.member("scope"), "openid profile api:read");
}

#[tokio::test]
async fn a_reference_is_used_once_and_its_pages_may_be_reloaded() {
    let server = strict();
    let request_uri = pushed(&server, "web", &[]).await;
    let mut browser = Browser::new(&server);
    let login = browser.get(&reference("web", &request_uri)).await.location().to_owned();
    for _ in 0..2 {
        assert_eq!(browser.get(&login).await.status, StatusCode::OK);
    }
    browser.get(&reference("web", &request_uri)).await.is_shown(StatusCode::BAD_REQUEST, Rule::RequestUriIsUnspent);
    let consent = browser.answer(&login, &[("username", "alice"), ("password", "alice-pw")]).await;
    let answer = browser.answer(consent.location(), &[("decision", "allow")]).await;
    assert!(answer.returned("code").is_some());
}

#[tokio::test]
async fn two_browsers_cannot_use_one_reference() {
    let server = strict();
    let request_uri = pushed(&server, "web", &[]).await;
    let address = reference("web", &request_uri);
    let (one, other) = tokio::join!(get(&server, &address), get(&server, &address));
    let begun = [&one, &other].into_iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
    assert_eq!(begun, 1);
}

#[tokio::test]
async fn a_reference_is_for_its_client_and_in_time() {
    let server = strict();
    let request_uri = pushed(&server, "web", &[]).await;
    get(&server, &reference("web-post", &request_uri))
        .await
        .is_shown(StatusCode::BAD_REQUEST, Rule::RequestUriBelongsTo);
    pass(&server, 49);
    assert_eq!(get(&server, &reference("web", &request_uri)).await.status, StatusCode::SEE_OTHER, "nobody spent it");

    let request_uri = pushed(&server, "web", &[]).await;
    pass(&server, 50);
    get(&server, &reference("web", &request_uri)).await.is_shown(StatusCode::BAD_REQUEST, Rule::RequestUriIsFresh);
}

#[tokio::test]
async fn a_reference_that_leads_nowhere_is_told_to_the_client_where_its_address_is_certain() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let guessed = "urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let cases = [
        (guessed, "invalid_request_uri", Rule::RequestUriIsKnown),
        ("https://client.example/request.jwt", "request_uri_not_supported", Rule::RequestUriIsOwn),
        ("nonsense", "request_uri_not_supported", Rule::RequestUriIsOwn),
    ];
    for (request_uri, error, rule) in cases {
        browser.open("web", &[("request_uri", request_uri)]).await.is_returned(error, rule);
        browser.get(&reference("web", request_uri)).await.is_shown(StatusCode::BAD_REQUEST, rule);
        let elsewhere = [("request_uri", request_uri), ("redirect_uri", "https://evil.example/")];
        browser.open("web", &elsewhere).await.is_shown(StatusCode::BAD_REQUEST, rule);
    }
}

/// What deviates, the error and its rule.
type Refused<'a> = (&'a [(&'a str, &'a str)], &'a str, Rule);

#[tokio::test]
async fn what_would_be_refused_in_the_open_is_refused_when_pushed() {
    let server = strict();
    let cases: &[Refused<'_>] = &[
        (&[("redirect_uri", "https://evil.example/cb")], "invalid_request", Rule::RedirectUriIsRegistered),
        (&[("redirect_uri", "")], "invalid_request", Rule::RedirectUriIsGiven),
        (&[("response_mode", "nonsense")], "invalid_request", Rule::ResponseModeIsSupported),
        (&[("response_type", "")], "invalid_request", Rule::ResponseTypeIsPresent),
        (&[("response_type", "id_token")], "unauthorized_client", Rule::ClientMayUseResponseType),
        (&[("response_type", "nonsense")], "unsupported_response_type", Rule::ResponseTypeIsSupported),
        (&[("code_challenge", ""), ("code_challenge_method", "")], "invalid_request", Rule::ChallengeIsPresent),
        (&[("scope", "openid api:write")], "invalid_scope", Rule::ScopeWithinClient),
        (&[("scope", "openid"), ("scope", "openid")], "invalid_request", Rule::ParameterNotRepeated),
        (&[("id_token_hint", "x.y.z")], "invalid_request", Rule::IdTokenHintIsOwn),
        (&[("claims", "x")], "invalid_request", Rule::ClaimsAreWellFormed),
        (&[("client_id", "")], "invalid_request", Rule::ParameterIsPresent),
        (&[("request_uri", "urn:ietf:params:oauth:request_uri:x")], "invalid_request", Rule::RequestUriIsNotPushed),
    ];
    for (deviations, error, rule) in cases {
        let answer = push(&server, "web", deviations).await;
        answer.is_refused(error, *rule);
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    // Whether a page will be needed is found out when there is a browser.
    let request_uri = pushed(&server, "web", &[("prompt", "none")]).await;
    get(&server, &reference("web", &request_uri)).await.is_returned("login_required", Rule::LoginMayBePrompted);
}

#[tokio::test]
async fn the_client_authenticates_as_at_the_token_endpoint() {
    let server = strict();
    let pairs = asking("web", &[]);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    bare(&server, "/par", &pairs).await.is_refused("invalid_client", Rule::ConfidentialClientAuthenticates);
    let wrong = form_request("/par").header("authorization", crate::support::basic("web", "wrong"));
    send(&server, wrong.body(encode(&pairs).into()).unwrap())
        .await
        .is_refused("invalid_client", Rule::ClientSecretMatches);
    let another = push(&server, "web", &[("client_id", "web-post")]).await;
    another.is_refused("invalid_request", Rule::ClientIdAgrees);
    let read = get(&server, "/par").await;
    read.is_refused("invalid_request", Rule::RequestIsPost);
    assert_eq!((read.status, read.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
}

#[tokio::test]
async fn where_pushing_is_required_a_request_in_the_open_is_refused() {
    let mut one = config();
    one.clients[0].require_pushed_authorization_requests = true;
    let all = Config { require_pushed_authorization_requests: true, ..config() };
    for (config, of_all) in [(one, false), (all, true)] {
        let server = Server::new(config, KEYS.clone()).unwrap();
        let metadata = get(&server, "/.well-known/oauth-authorization-server").await.json();
        assert_eq!(metadata["require_pushed_authorization_requests"], of_all);
        assert_eq!(metadata["pushed_authorization_request_endpoint"], format!("{ISSUER}/par"));

        let mut browser = Browser::new(&server);
        browser.open("web", &[]).await.is_returned("invalid_request", Rule::RequestIsPushed);
        let request_uri = pushed(&server, "web", &[]).await;
        let first = browser.get(&reference("web", &request_uri)).await;
        assert!(browser.follow(first).await.returned("code").is_some());
        let answer = browser.open("spa", &[]).await;
        assert_eq!(answer.location().starts_with(ISSUER), !of_all, "{}", answer.location());
    }
}
