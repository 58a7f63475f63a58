//! Device authorization: RFC 8628.

use grantspec_reference::rules::Rule;
use grantspec_reference::{Config, Server};
use http::StatusCode;

use crate::support::{
    Answer, Browser, ISSUER, KEYS, bare, claims, config, device, get, hidden, is_active, pass, poll, post, refresh,
    strict, tell, token,
};

const GRANT: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
const ALICE: &[(&str, &str)] = &[("username", "alice"), ("password", "alice-pw")];

/// Both codes of a device.
fn codes(answer: &Answer) -> (String, String) {
    (answer.member("device_code"), answer.member("user_code"))
}

#[tokio::test]
async fn a_device_gets_what_its_user_allows() {
    let server = strict();
    for client in ["tv", "tv-box"] {
        let asked = device(&server, client, "openid profile api:read").await;
        assert_eq!(asked.header("cache-control"), "no-store");
        let (device_code, user_code) = codes(&asked);
        assert_eq!(device_code.len(), 43);
        assert_eq!(asked.member("verification_uri"), format!("{ISSUER}/device"));
        assert_eq!(asked.member("verification_uri_complete"), format!("{ISSUER}/device?user_code={user_code}"));
        assert_eq!((&asked.json()["expires_in"], &asked.json()["interval"]), (&600.into(), &5.into()));

        poll(&server, client, &device_code).await.is_refused("authorization_pending", Rule::DeviceCodeIsDecided);
        let before = server.clock.now();
        let done = Browser::new(&server).connect(&user_code, "allow").await;
        assert_eq!(done.status, StatusCode::OK, "{done:?}");
        assert!(done.body.contains("connected"), "{}", done.body);
        assert!(!done.body.contains(&device_code) && !done.body.contains(&user_code));

        let granted = poll(&server, client, &device_code).await;
        assert_eq!(granted.is_token().member("scope"), "openid profile api:read");
        let id_token = claims(&granted.member("id_token"));
        assert_eq!(
            (&id_token["sub"], &id_token["aud"], &id_token["nonce"]),
            (&"user-alice".into(), &client.into(), &().into())
        );
        assert!(id_token["auth_time"].as_u64().unwrap() >= before);
        refresh(&server, client, &granted.member("refresh_token"), &[]).await.is_token();
    }
}

#[tokio::test]
async fn the_user_code_is_read_as_people_type_it() {
    let server = strict();
    let mut browser = Browser::new(&server);
    for spell in [
        |code: &str| code.to_lowercase(),
        |code: &str| code.replace('-', ""),
        |code: &str| code.replace('-', " ") + " ",
    ] {
        let (_, user_code) = codes(&device(&server, "tv", "openid").await);
        let found = browser.find_device(&spell(&user_code)).await;
        let page = browser.get(found.location()).await;
        assert!(page.body.contains(&user_code), "it is shown again as the device shows it: {}", page.body);
    }
}

#[tokio::test]
async fn a_link_with_the_user_code_still_asks_and_shows_it() {
    let server = strict();
    let asked = device(&server, "tv", "openid api:read").await;
    let (device_code, user_code) = codes(&asked);
    let mut browser = Browser::new(&server);
    let login = browser.get(&asked.member("verification_uri_complete")).await.location().to_owned();
    assert!(login.contains("/login"));
    let device_page = browser.answer(&login, ALICE).await.location().to_owned();
    let question = browser.get(&device_page).await.location().to_owned();
    let page = browser.get(&question).await;
    for shown in [user_code.as_str(), "tv", "Alice Adams", "api:read"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    poll(&server, "tv", &device_code).await.is_refused("authorization_pending", Rule::DeviceCodeIsDecided);
    let answered = browser.answer(&question, &[("user_code", &user_code), ("decision", "allow")]).await;
    assert_eq!(answered.status, StatusCode::OK);
    poll(&server, "tv", &device_code).await.is_token();

    // Logged in already: the question comes at once.
    let asked = device(&server, "tv", "openid").await;
    let first = browser.get(&asked.member("verification_uri_complete")).await.location().to_owned();
    let question = browser.get(&first).await.location().to_owned();
    assert!(browser.get(&question).await.body.contains(&asked.member("user_code")));
}

#[tokio::test]
async fn what_is_denied_stays_denied() {
    let server = strict();
    for decision in ["deny", "perhaps"] {
        let (device_code, user_code) = codes(&device(&server, "tv", "openid").await);
        let done = Browser::new(&server).connect(&user_code, decision).await;
        assert!(done.body.contains("gets nothing"), "{}", done.body);
        for _ in 0..2 {
            poll(&server, "tv", &device_code).await.is_refused("access_denied", Rule::DeviceCodeIsAllowed);
        }
    }
}

#[tokio::test]
async fn a_device_that_asks_too_often_waits_longer_each_time() {
    let server = strict();
    let (device_code, user_code) = codes(&device(&server, "tv", "openid").await);
    let pending =
        async || poll(&server, "tv", &device_code).await.is_refused("authorization_pending", Rule::DeviceCodeIsDecided);
    let slower = async || poll(&server, "tv", &device_code).await.is_refused("slow_down", Rule::DevicePollsSlowly);
    pending().await;
    pass(&server, 5);
    pending().await;
    pass(&server, 3);
    slower().await; // ten seconds from now on
    pass(&server, 8);
    slower().await; // fifteen
    pass(&server, 15);
    pending().await;
    pass(&server, 11);
    slower().await; // the interval stays what it became, and grew

    Browser::new(&server).connect(&user_code, "allow").await;
    poll(&server, "tv", &device_code).await.is_token();
}

#[tokio::test]
async fn a_poll_of_somebody_else_slows_nobody_down() {
    let server = strict();
    let (device_code, _) = codes(&device(&server, "tv", "openid").await);
    for _ in 0..2 {
        poll(&server, "tv-box", &device_code).await.is_refused("invalid_grant", Rule::DeviceCodeBelongsTo);
    }
    poll(&server, "tv", &device_code).await.is_refused("authorization_pending", Rule::DeviceCodeIsDecided);
}

#[tokio::test]
async fn codes_expire() {
    let server = strict();
    let (device_code, user_code) = codes(&device(&server, "tv", "openid").await);
    let (allowed_code, allowed_user_code) = codes(&device(&server, "tv", "openid").await);
    let mut browser = Browser::new(&server);
    browser.connect(&allowed_user_code, "allow").await;
    pass(&server, 599);
    poll(&server, "tv", &device_code).await.is_refused("authorization_pending", Rule::DeviceCodeIsDecided);
    pass(&server, 1);
    poll(&server, "tv", &device_code).await.is_refused("expired_token", Rule::DeviceCodeIsFresh);
    poll(&server, "tv", &allowed_code).await.is_refused("expired_token", Rule::DeviceCodeIsFresh);
    browser.find_device(&user_code).await.is_shown(StatusCode::BAD_REQUEST, Rule::UserCodeIsOpen);
}

#[tokio::test]
async fn a_device_code_is_used_once() {
    let server = strict();
    let (device_code, user_code) = codes(&device(&server, "tv-box", "openid api:read").await);
    let mut browser = Browser::new(&server);
    browser.connect(&user_code, "allow").await;
    let granted = poll(&server, "tv-box", &device_code).await;
    let access_token = granted.is_token().member("access_token");
    assert!(is_active(&server, "web", &access_token).await);

    poll(&server, "tv-box", &device_code).await.is_refused("invalid_grant", Rule::DeviceCodeIsUnspent);
    assert!(!is_active(&server, "web", &access_token).await);
    refresh(&server, "tv-box", &granted.member("refresh_token"), &[])
        .await
        .is_refused("invalid_grant", Rule::RefreshTokenIsLive);
    browser.find_device(&user_code).await.is_shown(StatusCode::BAD_REQUEST, Rule::UserCodeIsOpen);
}

#[tokio::test]
async fn codes_are_no_other_codes() {
    let server = strict();
    let (device_code, user_code) = codes(&device(&server, "tv", "openid").await);
    poll(&server, "tv", &user_code).await.is_refused("invalid_grant", Rule::DeviceCodeIsKnown);
    token(&server, "tv", &[GRANT]).await.is_refused("invalid_request", Rule::ParameterIsPresent);
    token(&server, "tv", &[GRANT, ("device_code", &device_code), ("device_code", &device_code)])
        .await
        .is_refused("invalid_request", Rule::ParameterNotRepeated);
    poll(&server, "web", &device_code).await.is_refused("unauthorized_client", Rule::ClientMayUseGrant);
    token(&server, "spa", &[("grant_type", "authorization_code"), ("code", &device_code)])
        .await
        .is_refused("invalid_grant", Rule::CodeIsKnown);

    // Nothing is narrowed here: the grant defines no scope, so whatever it says is ignored.
    Browser::new(&server).connect(&user_code, "allow").await;
    let granted = token(&server, "tv", &[GRANT, ("device_code", &device_code), ("scope", "bogus")]).await;
    assert_eq!(granted.is_token().member("scope"), "openid");
}

#[tokio::test]
async fn the_device_endpoint_judges_who_asks_for_what() {
    let server = strict();
    let at = "/device_authorization";
    post(&server, at, "web", &[]).await.is_refused("unauthorized_client", Rule::ClientMayUseGrant);
    bare(&server, at, &[]).await.is_refused("invalid_client", Rule::ClientIsKnown);
    bare(&server, at, &[("client_id", "nobody")]).await.is_refused("invalid_client", Rule::ClientIsKnown);
    bare(&server, at, &[("client_id", "tv-box")])
        .await
        .is_refused("invalid_client", Rule::ConfidentialClientAuthenticates);
    for (scope, rule) in [
        ("openid  profile", Rule::ScopeIsWellFormed),
        ("bogus", Rule::ScopeIsKnown),
        ("api:write", Rule::ScopeWithinClient),
    ] {
        post(&server, at, "tv", &[("scope", scope)]).await.is_refused("invalid_scope", rule);
    }
    post(&server, at, "tv", &[("scope", "openid"), ("scope", "openid")])
        .await
        .is_refused("invalid_request", Rule::ParameterNotRepeated);
    let by_get = get(&server, &format!("{at}?client_id=tv")).await;
    assert_eq!((by_get.status, by_get.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));

    for parameters in [&[("unknown", "x")][..], &[("scope", "")]] {
        let (device_code, user_code) = codes(&post(&server, at, "tv", parameters).await);
        Browser::new(&server).connect(&user_code, "allow").await;
        assert_eq!(poll(&server, "tv", &device_code).await.is_token().member("scope"), "api:read");
    }
}

#[tokio::test]
async fn the_question_belongs_to_one_browser_and_is_answered_once() {
    let server = strict();
    let (device_code, user_code) = codes(&device(&server, "tv", "openid").await);
    let mut browser = Browser::new(&server);
    let question = browser.find_device(&user_code).await.location().to_owned();
    Browser::new(&server).get(&question).await.is_shown(StatusCode::FORBIDDEN, Rule::InteractionBelongsToBrowser);

    let page = browser.get(&question).await.body;
    let (interaction, csrf) = (hidden(&page, "interaction"), hidden(&page, "csrf"));
    let form = [("interaction", interaction.as_str()), ("user_code", &user_code), ("decision", "allow")];
    browser.post("/device", &form).await.is_shown(StatusCode::FORBIDDEN, Rule::CsrfTokenMatches);
    let form = [&form[..], &[("csrf", csrf.as_str())]].concat();
    assert!(browser.post("/device", &form).await.body.contains("connected"));
    assert_eq!(browser.post("/device", &form).await.status, StatusCode::BAD_REQUEST);
    poll(&server, "tv", &device_code).await.is_token();
}

#[tokio::test]
async fn what_is_allowed_is_what_was_shown() {
    let server = strict();
    let (first_device, first_code) = codes(&device(&server, "tv", "openid").await);
    let (second_device, second_code) = codes(&device(&server, "tv-box", "openid").await);
    let mut browser = Browser::new(&server);
    let question = browser.find_device(&first_code).await.location().to_owned();
    browser.answer(&question, &[("user_code", &second_code)]).await; // in another tab

    let again = browser.answer(&question, &[("user_code", &first_code), ("decision", "allow")]).await;
    assert!(again.body.contains(&second_code), "the question comes again, for what is asked now: {}", again.body);
    for (client, device_code) in [("tv", first_device), ("tv-box", second_device)] {
        poll(&server, client, &device_code).await.is_refused("authorization_pending", Rule::DeviceCodeIsDecided);
    }
}

#[tokio::test]
async fn two_users_who_answer_together_are_not_both_heard() {
    let server = strict();
    let (device_code, user_code) = codes(&device(&server, "tv", "openid").await);
    let (mut one, mut other) = (Browser::new(&server), Browser::new(&server));
    let late = one.find_device(&user_code).await.location().to_owned();
    let page = one.get(&late).await.body;
    let (interaction, csrf) = (hidden(&page, "interaction"), hidden(&page, "csrf"));
    other.connect(&user_code, "deny").await;
    let form =
        [("interaction", interaction.as_str()), ("csrf", &csrf), ("user_code", &user_code), ("decision", "allow")];
    one.post("/device", &form).await.is_shown(StatusCode::BAD_REQUEST, Rule::UserCodeIsOpen);
    poll(&server, "tv", &device_code).await.is_refused("access_denied", Rule::DeviceCodeIsAllowed);
}

#[tokio::test]
async fn a_disabled_user_allows_nothing_and_gets_nothing() {
    let server = strict();
    let (device_code, user_code) = codes(&device(&server, "tv", "openid").await);
    let mut browser = Browser::new(&server);
    let question = browser.find_device(&user_code).await.location().to_owned();
    let page = browser.get(&question).await.body;
    let (interaction, csrf) = (hidden(&page, "interaction"), hidden(&page, "csrf"));
    tell(&server, "/_/users/alice", r#"{"disabled": true}"#).await;
    let form =
        [("interaction", interaction.as_str()), ("csrf", &csrf), ("user_code", &user_code), ("decision", "allow")];
    browser.post("/device", &form).await.is_shown(StatusCode::BAD_REQUEST, Rule::UserIsActive);
    assert!(browser.get("/device").await.location().contains("/login"), "the session is worth nothing");

    tell(&server, "/_/users/alice", r#"{"disabled": false}"#).await;
    assert!(browser.connect(&user_code, "allow").await.body.contains("connected"));
    tell(&server, "/_/users/alice", r#"{"disabled": true}"#).await;
    poll(&server, "tv", &device_code).await.is_refused("invalid_grant", Rule::UserIsActive);
}

#[tokio::test]
async fn pages_lead_to_where_they_belong() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let login = browser.get("/device").await.location().to_owned();
    assert!(browser.get(&login.replace("/login", "/device")).await.location().contains("/login"));
    let code_page = browser.answer(&login, ALICE).await.location().to_owned();
    assert!(browser.get(&code_page.replace("/device", "/consent")).await.location().contains("/device"));
    let empty = browser.answer(&code_page, &[("user_code", "")]).await;
    assert!(empty.body.contains("name=\"user_code\""));

    let consent = browser.open("spa", &[]).await.location().to_owned();
    assert!(browser.get(&consent.replace("/consent", "/device")).await.location().contains("/consent"));
    pass(&server, 12 * 60 * 60);
    assert!(browser.get("/device").await.location().contains("/login"), "the session is over");
}

#[tokio::test]
async fn a_server_without_the_grant_has_no_such_endpoint() {
    let with = get(&strict(), "/.well-known/openid-configuration").await;
    assert_eq!(with.member("device_authorization_endpoint"), format!("{ISSUER}/device_authorization"));

    let mut without = Config { without_grant_types: vec![GRANT.1.to_owned()], ..config() };
    without.clients.retain(|client| !client.grant_types.contains(&GRANT.1.to_owned()));
    let server = Server::new(without, KEYS.clone()).unwrap();
    assert_eq!(get(&server, "/.well-known/openid-configuration").await.member("device_authorization_endpoint"), "");
    assert_eq!(get(&server, "/device").await.status, StatusCode::NOT_FOUND);
    assert_eq!(bare(&server, "/device_authorization", &[]).await.status, StatusCode::NOT_FOUND);
}
