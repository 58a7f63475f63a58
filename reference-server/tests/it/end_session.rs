//! Logout: OpenID Connect RP-Initiated Logout.

use grantspec_reference::config::Preset;
use grantspec_reference::rules::Rule;
use grantspec_reference::{Config, Server};
use http::{Request, StatusCode};

use crate::support::{Answer, Browser, ISSUER, KEYS, config, encode, get, hidden, is_active, pass, redeem, strict};

const AFTER: &str = "http://127.0.0.1:8765/bye";
const BOB: &[(&str, &str)] = &[("username", "bob"), ("password", "bob-pw")];

/// A browser in which alice is logged in, and what `web` got for it.
async fn alice(server: &Server) -> (Browser<'_>, Answer) {
    let mut browser = Browser::new(server);
    let code = browser.code("web", &[]).await;
    let tokens = redeem(server, "web", &code, &[]).await;
    (browser, tokens)
}

fn logout(parameters: &[(&str, &str)]) -> String {
    format!("/end_session?{}", encode(parameters))
}

async fn is_logged_in(browser: &mut Browser<'_>) -> bool {
    browser.open("web", &[("prompt", "none")]).await.returned("code").is_some()
}

/// Answer the page that asks.
async fn decide(browser: &mut Browser<'_>, page: &Answer, decision: &str) -> Answer {
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    let mut fields: Vec<(&str, String)> = vec![("csrf", hidden(&page.body, "csrf")), ("decision", decision.to_owned())];
    for name in ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"] {
        if page.body.contains(&format!("name=\"{name}\"")) {
            fields.push((name, hidden(&page.body, name).replace("&#38;", "&").replace("&#34;", "\"")));
        }
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post("/end_session", &fields).await
}

#[tokio::test]
async fn a_user_who_says_yes_is_logged_out_and_sent_back() {
    for by_post in [false, true] {
        let server = strict();
        let (mut browser, tokens) = alice(&server).await;
        let hint = tokens.member("id_token");
        pass(&server, 3600);
        let request = [
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", AFTER),
            ("state", "a state & \"more\""),
            ("ui_locales", "xx"),
            ("logout_hint", "alice"),
        ];
        let page =
            if by_post { browser.post("/end_session", &request).await } else { browser.get(&logout(&request)).await };
        assert!(
            page.body.contains("<strong>Alice Adams</strong>")
                && page.body.contains(config().clients[0].name.as_deref().unwrap())
        );
        assert!(is_logged_in(&mut browser).await, "nobody has said yes yet");

        let answer = decide(&mut browser, &page, "logout").await;
        assert!(answer.location().starts_with(&format!("{AFTER}?")), "{}", answer.location());
        assert_eq!(answer.returned("state").as_deref(), Some("a state & \"more\""));
        assert!(answer.header("set-cookie").contains("Max-Age=0"));
        browser.open("web", &[("prompt", "none")]).await.is_returned("login_required", Rule::LoginMayBePrompted);
    }
}

#[tokio::test]
async fn the_session_ends_at_the_server_and_not_only_in_the_browser() {
    let server = strict();
    let (mut browser, _) = alice(&server).await;
    let stolen = browser.cookie("grantspec_session");
    let page = browser.get("/end_session").await;
    assert_eq!(decide(&mut browser, &page, "logout").await.status, StatusCode::OK);
    let mut thief = Browser::new(&server);
    thief.plant("grantspec_session", &stolen);
    assert!(!is_logged_in(&mut thief).await);
}

#[tokio::test]
async fn pages_that_are_still_open_end_with_the_session() {
    let server = strict();
    let (mut browser, _) = alice(&server).await;
    let consent = browser.open("web", &[("prompt", "consent")]).await.location().to_owned();
    assert_eq!(browser.get(&consent).await.status, StatusCode::OK);
    let page = browser.get("/end_session").await;
    decide(&mut browser, &page, "logout").await;
    assert_eq!(browser.get(&consent).await.status, StatusCode::BAD_REQUEST, "nobody allows in the name of alice now");
}

#[tokio::test]
async fn what_was_granted_lives_on() {
    let server = strict();
    let (mut browser, tokens) = alice(&server).await;
    let page = browser.get("/end_session").await;
    decide(&mut browser, &page, "logout").await;
    assert!(is_active(&server, "web", &tokens.member("access_token")).await);
    assert!(is_active(&server, "web", &tokens.member("refresh_token")).await);
}

#[tokio::test]
async fn a_user_who_says_no_stays() {
    let server = strict();
    let (mut browser, tokens) = alice(&server).await;
    let hint = tokens.member("id_token");
    let page = browser.get(&logout(&[("id_token_hint", &hint), ("post_logout_redirect_uri", AFTER)])).await;
    let answer = decide(&mut browser, &page, "stay").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("still logged in"));
    assert!(is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn nobody_else_says_yes() {
    let server = strict();
    let (mut browser, tokens) = alice(&server).await;
    let hint = tokens.member("id_token");
    let (mut other, _) = alice(&server).await;
    let page = other.get("/end_session").await;
    let of_another = hidden(&page.body, "csrf");
    for csrf in ["", "guessed", &of_another] {
        let forged = [("id_token_hint", hint.as_str()), ("decision", "logout"), ("csrf", csrf)];
        browser.post("/end_session", &forged).await.is_shown(StatusCode::BAD_REQUEST, Rule::LogoutIsConfirmed);
        browser.get(&logout(&forged)).await.is_shown(StatusCode::BAD_REQUEST, Rule::LogoutIsConfirmed);
    }
    assert!(is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn nobody_is_sent_where_no_client_registered_to_go() {
    let server = strict();
    let (mut browser, tokens) = alice(&server).await;
    let hint = tokens.member("id_token");
    for elsewhere in ["https://evil.example/", "http://127.0.0.1:8765/bye?more=1", "http://127.0.0.1:8765/cb"] {
        let request = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", elsewhere)];
        browser.get(&logout(&request)).await.is_shown(StatusCode::BAD_REQUEST, Rule::PostLogoutRedirectUriIsRegistered);
    }
    for unproven in [vec![], vec![("client_id", "web")]] {
        let request = [unproven, vec![("post_logout_redirect_uri", AFTER)]].concat();
        browser.get(&logout(&request)).await.is_shown(StatusCode::BAD_REQUEST, Rule::PostLogoutRedirectNeedsHint);
    }
    assert!(is_logged_in(&mut browser).await);

    // Nobody is logged in there, so there is nothing to ask; the address has to be right all the same.
    let known = logout(&[("id_token_hint", &hint), ("post_logout_redirect_uri", AFTER)]);
    assert_eq!(get(&server, &known).await.location(), AFTER);
    let unknown = logout(&[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://evil.example/")]);
    get(&server, &unknown).await.is_shown(StatusCode::BAD_REQUEST, Rule::PostLogoutRedirectUriIsRegistered);
}

#[tokio::test]
async fn a_hint_is_an_id_token_of_this_server_for_this_client() {
    let server = strict();
    let (mut browser, tokens) = alice(&server).await;
    let hint = tokens.member("id_token");
    for bad in ["x.y.z", &hint[1..], &tokens.member("access_token")] {
        browser.get(&logout(&[("id_token_hint", bad)])).await.is_shown(StatusCode::BAD_REQUEST, Rule::IdTokenHintIsOwn);
    }
    let mismatch = logout(&[("id_token_hint", &hint), ("client_id", "spa")]);
    browser.get(&mismatch).await.is_shown(StatusCode::BAD_REQUEST, Rule::LogoutClientAgrees);
    browser.get(&logout(&[("client_id", "nobody")])).await.is_shown(StatusCode::BAD_REQUEST, Rule::ClientIsKnown);
    let agreed = logout(&[("id_token_hint", &hint), ("client_id", "web")]);
    assert_eq!(browser.get(&agreed).await.status, StatusCode::OK);
    let twice = logout(&[("state", "a"), ("state", "b")]);
    browser.get(&twice).await.is_shown(StatusCode::BAD_REQUEST, Rule::ParameterNotRepeated);
}

#[tokio::test]
async fn where_nobody_is_there_to_click_a_hint_of_the_user_is_enough() {
    let asks_less = Config { control: true, ..config().preset(Preset::OidcCertification) };
    let server = Server::new(asks_less, KEYS.clone()).unwrap();
    let (mut browser, tokens) = alice(&server).await;
    let hint = tokens.member("id_token");
    let request = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", AFTER), ("state", "s")];

    let mut bob = Browser::new(&server);
    let login = bob.open("web", &[]).await.location().to_owned();
    bob.answer(&login, BOB).await;
    assert!(
        bob.get(&logout(&request)).await.body.contains("<strong>Bob Brown</strong>"),
        "the hint is of somebody else"
    );
    assert!(browser.get("/end_session").await.body.contains("Log out?"), "there is no hint");

    assert_eq!(browser.get(&logout(&request)).await.location(), format!("{AFTER}?state=s"));
    assert!(!is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn the_page_is_a_page_like_the_others() {
    let server = strict();
    let (mut browser, _) = alice(&server).await;
    let page = browser.get("/end_session").await;
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.header("cache-control"), "no-store");
    let metadata = get(&server, "/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["end_session_endpoint"], format!("{ISSUER}/end_session"));
    let put = Request::put("/end_session").body(bytes::Bytes::new()).unwrap();
    assert_eq!(browser.send(put).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let json = Request::post("/end_session").header("content-type", "application/json").body("{}".into()).unwrap();
    browser.send(json).await.is_shown(StatusCode::BAD_REQUEST, Rule::BodyIsForm);
}

#[test]
fn an_address_for_after_a_logout_leads_somewhere() {
    let with = |uri: &str| {
        let mut config = config();
        config.clients[0].post_logout_redirect_uris = vec![AFTER.to_owned(), uri.to_owned()];
        Server::new(config, KEYS.clone()).map(drop)
    };
    assert!(with("com.example.app:/bye").is_ok());
    for bad in ["/bye", "https://a.example/#bye", "javascript:alert(1)"] {
        assert!(with(bad).unwrap_err().to_string().contains("post-logout redirect URI number 2"), "{bad}");
    }
}
