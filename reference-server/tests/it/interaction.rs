//! Login and consent.

use grantspec_reference::rules::Rule;
use http::StatusCode;
use scraper::{Html, Selector};
use serde_json::{Value, json};

use crate::registration::registered;
use crate::support::{Browser, ISSUER, claims, disable_alice, hidden, pass, redeem, strict};

const ALICE: &[(&str, &str)] = &[("username", "alice"), ("password", "alice-pw")];
const BOB: &[(&str, &str)] = &[("username", "bob"), ("password", "bob-pw")];

#[tokio::test]
async fn pages_cannot_be_framed_kept_or_scripted() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let login = browser.open("web", &[]).await.location().to_owned();
    let page = browser.get(&login).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(!page.body.contains("<script"));
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let login = browser.open("web", &[]).await.location().to_owned();
    for fields in [[("username", "alice"), ("password", "bob-pw")], [("username", "nobody"), ("password", "alice-pw")]]
    {
        let answer = browser.answer(&login, &fields).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.headers.get("set-cookie").is_none());
        assert!(answer.body.contains("name=\"password\""));
    }
    assert!(browser.answer(&login, ALICE).await.location().contains("/consent"));
}

#[tokio::test]
async fn another_browser_cannot_answer() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let login = browser.open("web", &[]).await.location().to_owned();
    let page = browser.get(&login).await;
    let mut stranger = Browser::new(&server);
    stranger.get(&login).await.is_shown(StatusCode::FORBIDDEN, Rule::InteractionBelongsToBrowser);
    let (interaction, csrf) = (hidden(&page.body, "interaction"), hidden(&page.body, "csrf"));
    let fields =
        [("interaction", interaction.as_str()), ("csrf", &csrf), ("username", "alice"), ("password", "alice-pw")];
    stranger.post("/login", &fields).await.is_shown(StatusCode::FORBIDDEN, Rule::InteractionBelongsToBrowser);
}

#[tokio::test]
async fn a_form_without_its_value_does_nothing() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let login = browser.open("web", &[]).await.location().to_owned();
    let id = hidden(&browser.get(&login).await.body, "interaction");
    for csrf in ["", "wrong"] {
        let fields = [("interaction", id.as_str()), ("csrf", csrf), ("username", "alice"), ("password", "alice-pw")];
        browser.post("/login", &fields).await.is_shown(StatusCode::FORBIDDEN, Rule::CsrfTokenMatches);
    }
    let consent = browser.answer(&login, ALICE).await.location().to_owned();
    assert!(consent.contains("/consent"));
    browser
        .post("/consent", &[("interaction", &id), ("decision", "allow")])
        .await
        .is_shown(StatusCode::FORBIDDEN, Rule::CsrfTokenMatches);
}

#[tokio::test]
async fn consent_needs_a_login_and_is_given_once() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let login = browser.open("web", &[]).await.location().to_owned();
    let early = browser.get(&login.replace("/login", "/consent")).await;
    assert!(early.location().contains("/login"));

    let consent = browser.answer(&login, ALICE).await.location().to_owned();
    let page = browser.get(&consent).await;
    let (id, csrf) = (hidden(&page.body, "interaction"), hidden(&page.body, "csrf"));
    let fields = [("interaction", id.as_str()), ("csrf", csrf.as_str()), ("decision", "allow")];
    assert!(browser.post("/consent", &fields).await.returned("code").is_some());
    assert_eq!(browser.post("/consent", &fields).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(browser.get(&login).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_page_waits_only_so_long() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let login = browser.open("web", &[]).await.location().to_owned();
    pass(&server, 599);
    assert_eq!(browser.get(&login).await.status, StatusCode::OK);
    pass(&server, 1);
    browser.get(&login).await.is_shown(StatusCode::FORBIDDEN, Rule::InteractionIsFresh);
}

#[tokio::test]
async fn denying_grants_nothing() {
    let server = strict();
    let mut browser = Browser::new(&server);
    for decision in ["deny", ""] {
        let first = browser.open("web", &[("prompt", "login")]).await.location().to_owned();
        let consent = browser.answer(&first, ALICE).await.location().to_owned();
        browser.answer(&consent, &[("decision", decision)]).await.is_returned("access_denied", Rule::UserAllows);
    }
    assert!(browser.open("web", &[]).await.location().contains("/consent"));
}

#[tokio::test]
async fn a_confidential_client_is_remembered_and_a_public_one_never() {
    let server = strict();
    let mut browser = Browser::new(&server);
    browser.code("web", &[]).await;
    assert!(browser.open("web", &[("prompt", "none")]).await.returned("code").is_some());
    assert!(browser.open("web", &[("prompt", "consent")]).await.location().contains("/consent"));
    assert!(browser.open("web", &[("scope", "openid email")]).await.location().contains("/consent"));
    browser
        .open("web", &[("scope", "openid email"), ("prompt", "none")])
        .await
        .is_returned("consent_required", Rule::ConsentMayBePrompted);

    browser.code("spa", &[]).await;
    assert!(browser.open("spa", &[]).await.location().starts_with(&format!("{ISSUER}/consent")));
}

#[tokio::test]
async fn a_login_is_asked_for_again_when_the_client_wants_it_or_it_is_too_old() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let code = browser.code("web", &[]).await;
    let first = claims(&redeem(&server, "web", &code, &[]).await.member("id_token"))["auth_time"].as_u64().unwrap();

    pass(&server, 100);
    assert!(browser.open("web", &[("max_age", "200")]).await.returned("code").is_some());
    for (name, value) in [("prompt", "login"), ("max_age", "0"), ("max_age", "99")] {
        let deviation = [(name, value)];
        assert!(browser.open("web", &deviation).await.location().contains("/login"));
    }
    let code = browser.code("web", &[("prompt", "login")]).await;
    let second = claims(&redeem(&server, "web", &code, &[]).await.member("id_token"))["auth_time"].as_u64().unwrap();
    assert!(second >= first + 100);

    pass(&server, 12 * 60 * 60);
    assert!(browser.open("web", &[]).await.location().contains("/login"));
}

#[tokio::test]
async fn a_hint_is_answered_for_the_user_whom_it_names() {
    let server = strict();
    let mut alice = Browser::new(&server);
    let code = alice.code("web", &[]).await;
    let hint = redeem(&server, "web", &code, &[]).await.member("id_token");
    let silently = [("id_token_hint", hint.as_str()), ("prompt", "none")];
    pass(&server, 60 * 60);
    assert!(
        alice.open("web", &silently).await.returned("code").is_some(),
        "its user is logged in, though it has expired"
    );

    let mut bob = Browser::new(&server);
    let login = bob.open("web", &[]).await.location().to_owned();
    bob.answer(&login, BOB).await;
    bob.open("web", &silently).await.is_returned("login_required", Rule::UserIsHinted);
    let login = bob.open("web", &silently[..1]).await.location().to_owned();
    assert!(login.contains("/login"), "{login}");
    bob.answer(&login, BOB).await.is_returned("login_required", Rule::UserIsHinted);
    let login = bob.open("web", &silently[..1]).await.location().to_owned();
    assert!(bob.answer(&login, ALICE).await.returned("code").is_some(), "the user of the hint has logged in");

    let (claims, signature) = hint.rsplit_once('.').unwrap();
    for foreign in ["not.a.jwt", &format!("{claims}.{}", signature.to_uppercase()), &format!("{claims}.")] {
        let asked = alice.open("web", &[("id_token_hint", foreign)]).await;
        asked.is_returned("invalid_request", Rule::IdTokenHintIsOwn);
    }
}

#[tokio::test]
async fn a_disabled_user_gets_no_code() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let login = browser.open("web", &[]).await.location().to_owned();
    disable_alice(&server, true).await;
    assert_eq!(browser.answer(&login, ALICE).await.status, StatusCode::UNAUTHORIZED);
    disable_alice(&server, false).await;
    let consent = browser.answer(&login, ALICE).await.location().to_owned();
    disable_alice(&server, true).await;
    browser.answer(&consent, &[("decision", "allow")]).await.is_returned("access_denied", Rule::UserIsActive);
    assert!(browser.open("web", &[]).await.location().contains("/login"));
}

#[tokio::test]
async fn a_client_that_registered_itself_has_its_picture_shown_where_the_user_decides() {
    for (logo, shown) in [("https://client.example/logo.png?a=1&b", true), ("http://client.example/logo.png", false)] {
        let server = strict();
        let client = registered(&server, &json!({ "logo_uri": logo })).await;
        let mut browser = Browser::new(&server);
        let login = browser.open(client["client_id"].as_str().unwrap(), &[]).await.location().to_owned();
        let consent = browser.answer(&login, ALICE).await.location().to_owned();
        let page = browser.get(&consent).await;
        assert!(page.header("content-security-policy").contains("img-src 'self' https:;"));
        let document = Html::parse_document(&page.body);
        let images = Selector::parse("img.logo").unwrap();
        let found: Vec<_> = document.select(&images).filter_map(|image| image.attr("src")).collect();
        assert_eq!(found, if shown { vec![logo] } else { Vec::new() });
    }
}

#[tokio::test]
async fn a_client_that_registered_itself_has_its_pages_linked() {
    let server = strict();
    let own = [
        ("client_uri", "Home page", "https://client.example/?a=1&b=%22"),
        ("policy_uri", "Privacy policy", "https://client.example/privacy"),
        ("tos_uri", "Terms of service", "http://terms.example:8080/"),
    ];
    let members = own.iter().map(|(member, _, address)| ((*member).to_owned(), json!(address))).collect();
    let client = registered(&server, &Value::Object(members)).await;
    let mut browser = Browser::new(&server);
    let login = browser.open(client["client_id"].as_str().unwrap(), &[]).await.location().to_owned();
    let consent = browser.answer(&login, ALICE).await.location().to_owned();
    for page in [browser.get(&login).await, browser.get(&consent).await] {
        let document = Html::parse_document(&page.body);
        let links = Selector::parse("ul.own li").unwrap();
        let found: Vec<String> = document.select(&links).map(|link| link.text().collect()).collect();
        assert_eq!(
            found,
            ["Home page at client.example", "Privacy policy at client.example", "Terms of service at terms.example"]
        );
        let anchors = Selector::parse("ul.own a[rel~=noreferrer]").unwrap();
        let addresses: Vec<_> = document.select(&anchors).filter_map(|link| link.attr("href")).collect();
        assert_eq!(addresses, own.map(|(_, _, address)| address));
    }
    let mut browser = Browser::new(&server);
    let login = browser.open("web", &[]).await.location().to_owned();
    let page = browser.get(&login).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("class=\"quiet-text own"));
}
