//! The pages: every one of them can be used by everybody, and the ready links of the start page lead to the end.

mod accessible;
mod contrast;
mod walk;

use std::collections::HashMap;
use std::sync::Arc;

use grantspec_reference::rules::Rule;
use grantspec_reference::{Config, Server};
use http::StatusCode;
use scraper::{Html, Selector};

use crate::support::{Answer, Browser, ISSUER, KEYS, bare, get, send, strict};

/// The text of everything that a selector finds.
fn texts(html: &str, selector: &str) -> Vec<String> {
    let document = Html::parse_document(html);
    document.select(&Selector::parse(selector).unwrap()).map(|element| element.text().collect()).collect()
}

/// An attribute of everything that a selector finds.
fn attributes(html: &str, selector: &str, name: &str) -> Vec<String> {
    let (document, selector) = (Html::parse_document(html), Selector::parse(selector).unwrap());
    document.select(&selector).filter_map(|element| element.attr(name)).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_page_can_be_used_by_everybody() {
    let server = strict();
    let mut problems = Vec::new();
    let mut titles: HashMap<String, &'static str> = HashMap::new();
    for (name, page) in walk::pages(&server).await {
        problems.extend(accessible::problems(&page.body).into_iter().map(|problem| format!("{name}: {problem}")));
        let title = texts(&page.body, "title").concat();
        if let Some(other) = titles.insert(title.clone(), name).filter(|other| *other != name) {
            problems.push(format!("{name}: {other} has the same title, {title}"));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[tokio::test]
async fn every_page_is_guarded() {
    let server = strict();
    for (name, page) in walk::pages(&server).await {
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self'"), "{name}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{name}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("form-action"), "{name}: {policy}");
        assert_eq!(policy.contains("script-src 'self'"), page.body.contains("<script src="), "{name}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{name}");
        assert_eq!(page.header("x-frame-options"), "DENY", "{name}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{name}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{name}");
        assert_eq!(page.header("cache-control"), "no-store", "{name}");
    }
}

#[tokio::test]
async fn what_a_page_loads_is_there() {
    let server = strict();
    for (name, page) in walk::pages(&server).await {
        let links = attributes(&page.body, "link[href]", "href").into_iter();
        for address in links.chain(attributes(&page.body, "script[src]", "src")) {
            let file = get(&server, &address).await;
            assert_eq!(file.status, StatusCode::OK, "{name}: {address}");
            assert_eq!(file.header("x-content-type-options"), "nosniff", "{name}: {address}");
        }
        for address in attributes(&page.body, "a[href^='/']", "href") {
            assert!(get(&server, &address).await.status.as_u16() < 400, "{name}: {address}");
        }
    }
}

#[tokio::test]
async fn the_error_uri_of_every_refusal_leads_to_its_rule() {
    let server = strict();
    let unexplained: Vec<&Rule> = Rule::ALL.iter().filter(|rule| rule.shapes().is_empty()).collect();
    assert!(unexplained.is_empty(), "src/rules/shape.rs does not say how these refuse: {unexplained:?}");
    let listed = get(&server, "/rules").await.body;
    for rule in Rule::ALL {
        let address = format!("/rules/{}", rule.name());
        let page = get(&server, &address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert_eq!(texts(&page.body, "h1"), [rule.name()]);
        assert_eq!(texts(&page.body, "main .lead"), [rule.says()]);
        assert_eq!(texts(&page.body, "main pre").len(), rule.shapes().len(), "{address}");
        assert!(listed.contains(&format!("href=\"{address}\"")), "/rules does not list {address}");
    }
}

#[tokio::test]
async fn login_and_consent_say_who_asks_for_what() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let login = browser.open("web", &[]).await.location().to_owned();
    let page = browser.get(&login).await.body;
    assert_eq!(texts(&page, "main strong"), ["The web shop", "127.0.0.1:8765"]);
    let consent = browser.answer(&login, walk::ALICE).await.location().to_owned();
    let page = browser.get(&consent).await.body;
    assert_eq!(texts(&page, "main strong"), ["Alice Adams", "The web shop", "127.0.0.1:8765"]);
    let asked = ["know who you are openid", "see your name and profile profile", "read your data api:read"];
    assert_eq!(texts(&page, ".asked li"), asked);
}

#[tokio::test]
async fn a_failed_login_is_told_beside_the_fields() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let login = browser.open("web", &[]).await.location().to_owned();
    assert!(texts(&browser.get(&login).await.body, "[role=alert]").is_empty());
    let page = browser.answer(&login, &[("username", "alice"), ("password", "no")]).await.body;
    assert_eq!(texts(&page, "[role=alert]"), ["The name or the password is wrong. Try again."]);
    assert_eq!(attributes(&page, "input[aria-invalid=true]", "aria-describedby"), ["problem", "problem"]);
}

/// Log in and allow where that is asked, and follow every redirect, as a browser does.
async fn follow(browser: &mut Browser<'_>, address: &str) -> (String, Answer) {
    let mut address = address.to_owned();
    loop {
        let mut answer = browser.get(&address).await;
        for (path, fields) in [("/login", walk::ALICE), ("/consent", walk::ALLOW)] {
            if answer.status == StatusCode::OK && address.contains(path) {
                answer = browser.answer(&address, fields).await;
            }
        }
        if answer.status != StatusCode::SEE_OTHER {
            return (address, answer);
        }
        answer.location().clone_into(&mut address);
    }
}

/// The words of a command, as a shell would read them; the quotes of these never stand in quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, piece) in command.replace("\\\n", " ").split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// What curl would post for a command of a page.
async fn run(server: &Server, command: &str) -> Answer {
    let words = words(command);
    let path = words[1].strip_prefix(ISSUER).unwrap_or_else(|| panic!("{command}"));
    let options: Vec<(&str, &str)> = words[2..].chunks(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
    let fields: Vec<(&str, &str)> = options
        .iter()
        .filter(|(option, _)| *option == "-d" || *option == "--data-urlencode")
        .filter_map(|(_, field)| field.split_once('='))
        .collect();
    if let Some((_, header)) = options.iter().find(|(option, _)| *option == "-H") {
        let (name, value) = header.split_once(": ").unwrap();
        let request = http::Request::get(path).header(name, value);
        return send(server, request.body(bytes::Bytes::new()).unwrap()).await;
    }
    match options.iter().find(|(option, _)| *option == "-u") {
        None => bare(server, path, &fields).await,
        Some((_, pair)) => {
            let (client_id, secret) = pair.split_once(':').unwrap();
            let request = crate::support::form_request(path)
                .header("authorization", crate::support::basic(client_id, secret))
                .body(crate::support::encode(&fields).into());
            send(server, request.unwrap()).await
        }
    }
}

#[tokio::test]
async fn each_ready_link_leads_to_the_end() {
    let server = strict();
    let landing = get(&server, "/").await.body;
    let links = attributes(&landing, "a.button", "href");
    assert_eq!(links.len(), 8, "one for each response type, and one by form_post");
    for link in links {
        let (address, page) = follow(&mut Browser::new(&server), &link).await;
        assert_eq!(page.status, StatusCode::OK, "{link}: {page:?}");
        if link.contains("response_mode=form_post") {
            let action = attributes(&page.body, "form", "action").concat();
            let names = attributes(&page.body, "input", "name");
            let values = attributes(&page.body, "input", "value");
            let fields: Vec<(&str, &str)> =
                names.iter().map(String::as_str).zip(values.iter().map(String::as_str)).collect();
            let shown = bare(&server, action.strip_prefix(ISSUER).unwrap(), &fields).await.body;
            assert_eq!(texts(&shown, "dt"), ["code", "state", "iss"]);
            let command = texts(&shown, ".step:not([hidden]) pre").concat();
            run(&server, &command).await.is_token();
            continue;
        }
        assert!(address.starts_with(&format!("{ISSUER}/try/")), "{address}");
        let Some((_, fragment)) = address.split_once('#') else {
            let command = texts(&page.body, ".step:not([hidden]) pre").concat();
            run(&server, &command).await.is_token();
            continue;
        };
        // What the script of the page does: the value in place of the word in capitals.
        assert_eq!(attributes(&page.body, "script", "src"), ["/callback.js"]);
        for (name, value) in form_urlencoded::parse(fragment.as_bytes()) {
            for command in texts(&page.body, &format!(".step[data-needs={name}] pre")) {
                let answer = run(&server, &command.replace(&name.to_uppercase(), &value)).await;
                assert_eq!(answer.status, StatusCode::OK, "{command}: {answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn each_ready_command_is_answered() {
    let server = strict();
    let commands = texts(&get(&server, "/").await.body, ".grid pre");
    let grants = server.offer.grant_types.len();
    assert_eq!(commands.len(), grants - 3, "one for each grant that needs no browser: {commands:#?}");
    for command in commands.iter().flat_map(|commands| commands.split("\n\n")) {
        // One that needs something from elsewhere says so in capitals.
        let is_blank = |value: &str| value.len() > 3 && value.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        let has_blank = words(command).iter().any(|word| word.split('=').any(is_blank));
        let answer = run(&server, command).await;
        let expected = if has_blank { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        assert_eq!(answer.status, expected, "{command}: {answer:?}");
    }
}

#[tokio::test]
async fn only_a_demonstration_shows_its_secrets() {
    let secrets = ["alice-pw", "web-secret-4f1c0d8e7b2a95636d3e", "legacy-secret-3b96e4d217fa805c"];
    let demo = get(&strict(), "/").await.body;
    let own = Server::new(Config { demo: false, ..Config::demo(ISSUER) }, Arc::clone(&KEYS)).unwrap();
    let landing = get(&own, "/").await.body;
    for secret in secrets {
        assert!(demo.contains(secret) && !landing.contains(secret), "{secret}");
    }
    assert!(!landing.contains("Try a grant"));
    assert_eq!(get(&own, "/try/web?code=x").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_comes_back_is_shown_and_never_run() {
    let server = strict();
    let evil = "%3Cscript%3Ealert(1)%3C/script%3E%22%20onload=%22x";
    let page = get(&server, &format!("/try/web?error={evil}&error_uri=javascript:alert(1)&{evil}={evil}")).await;
    assert_eq!(attributes(&page.body, "script", "src"), ["/callback.js"]);
    assert_eq!(texts(&page.body, "script"), [""]);
    assert!(!page.body.contains("href=\"javascript"));
    assert_eq!(get(&server, "/try/nobody").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&server, "/try/").await.status, StatusCode::NOT_FOUND);
}
