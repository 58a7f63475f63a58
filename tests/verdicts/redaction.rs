//! What a report shows of a failing cell: everything but secrets.

use std::sync::Arc;
use std::time::Duration;

use grantspec::catalogue::catalogue;
use grantspec::embedded::{Running, Seam, faults};
use grantspec::lab::Setting;
use grantspec::lab::http::Http;
use grantspec::profile::Profile;
use grantspec::report::{json, terminal};
use grantspec::run::{Event, Options, Paths, Selection, Summary, judge};
use grantspec::target::Target;
use grantspec::verdict::Verdict;
use serde_json::json;
use wiremock::ResponseTemplate;

use super::server::{Asked, PATIENT, SECRET, TOKEN, but_for_strangers, good, serving, target, token};

/// Everything that a run of the whole catalogue writes about a target: for machines and, in full, for persons.
async fn written(target: Target, profile: Profile) -> (Summary, String) {
    let setting = Arc::new(Setting::new(target, Http::new(PATIENT), 1, 4));
    let issuer = setting.target.issuer.clone();
    let options = Options { jobs: 16, profile, selection: Selection::default(), paths: Paths::All, policies: false };
    let mut began = None;
    let mut tell = |event: &Event| {
        if matches!(event, Event::Began { .. }) {
            began = Some(event.clone());
        }
    };
    let summary = judge(setting, catalogue(), &options, &mut tell).await.expect("the set-up is proven");
    let began = began.expect("a run begins");
    let detail =
        terminal::Detail { exchanges: true, again: format!("grantspec run {issuer}"), ..terminal::Detail::default() };
    let text = format!(
        "{:#}\n{}{}",
        json::report(&began, &summary),
        terminal::heading(&began),
        terminal::report(&summary, 1, &detail)
    );
    (summary, text)
}

/// One answer of a server.
type Answer = fn() -> ResponseTemplate;

/// The secret does not stand in the text, in any of the forms in which a secret travels.
#[track_caller]
fn hides(text: &str, what: &str, secret: &str) {
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = serde_json::Value::from(secret).to_string();
    for spelling in [secret, &form, json.trim_matches('"')] {
        if let Some(at) = text.find(spelling) {
            let from = (0..=at.saturating_sub(200)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            panic!("{what} is shown: {}", &text[from..at + spelling.len()]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_secret_nor_token_is_shown_wherever_a_server_puts_them() {
    // A server that gives tokens to everybody, and talks too much, in every way that a server has.
    let places: Vec<(&str, Answer)> = vec![
        ("a token response", || token(&json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": "300" }))),
        ("half a token response", || {
            ResponseTemplate::new(200)
                .set_body_raw(format!("{{\"token_type\":\"Bearer\",\"access_token\" : \"{TOKEN}"), "application/json")
        }),
        ("a form", || {
            ResponseTemplate::new(200).set_body_raw(format!("token_type=b&access_token={TOKEN}"), "text/plain")
        }),
        ("a list of tokens", || {
            token(&json!({ "access_token": "other", "token_type": "Bearer", "refresh_token": [TOKEN] }))
        }),
        ("a token in a page", || {
            ResponseTemplate::new(200)
                .set_body_raw(format!("<input type=hidden name=\"access_token\" value=\"{TOKEN}\">"), "text/html")
        }),
        ("an echo of the secret", || {
            ResponseTemplate::new(500)
                .set_body_json(json!({ "error": format!("no such secret: {SECRET}"), "got": SECRET }))
        }),
        ("a redirect with a token", || {
            ResponseTemplate::new(302).insert_header("location", format!("/cb#access_token={TOKEN}&id_token={TOKEN}"))
        }),
    ];
    for (what, answer) in places {
        let lax = move |asked: &Asked| match asked.param("grant_type") {
            "client_credentials" if asked.is_client() => good(asked),
            _ => answer(),
        };
        let server = serving(lax).await;
        let (summary, text) = written(target(&server.uri()), Profile::OAuth2).await;
        assert!(summary.count(Verdict::Fail) > 0, "{what}: nothing fails, so nothing is shown");
        hides(&text, what, TOKEN);
        hides(&text, what, SECRET);
        hides(&text, what, "c2VydmljZTp"); // what `service:` begins with in HTTP Basic
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_about_a_member_does_not_quote_its_value() {
    let body = json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "refresh_token": [TOKEN] });
    let server = serving(move |asked| if asked.is_valid() { token(&body) } else { good(asked) }).await;
    let (summary, text) = written(target(&server.uri()), Profile::OAuth2).await;
    assert!(summary.count(Verdict::Fail) > 0);
    hides(&text, "a refresh token that is a list", TOKEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_evidence_is_there_all_the_same() {
    let body = json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": 300 });
    let server = serving(but_for_strangers(move || token(&body))).await;
    let (_, text) = written(target(&server.uri()), Profile::OAuth2).await;
    for shown in ["POST ", "grant_type=client_credentials", "authorization: Basic …", "Tok3…", "expires_in"] {
        assert!(text.contains(shown), "{shown} is missing from the evidence");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_login_shows_neither_password_nor_code_nor_token() {
    // Faults that make cells of every grant fail: after a login, after a redemption, after a refresh.
    for id in ["expires-in-as-string", "keeps-codes"] {
        let fault = faults().iter().find(|fault| fault.id == id).unwrap_or_else(|| panic!("there is no fault {id}"));
        let seams: Vec<&Seam> = fault.seams.iter().collect();
        let running = Running::start(0, &seams).await.expect("a free port");
        let target = running.target(&Http::new(Duration::from_secs(5))).await.expect("its metadata");
        let (users, clients) = (target.users.clone(), target.clients.clone());
        let (summary, text) = written(target, Profile::Oidc).await;
        running.stop().await;
        assert!(summary.count(Verdict::Fail) + summary.count(Verdict::Warn) > 0, "{id}: nothing is found");
        let passwords = users.iter().map(|user| user.password.as_str());
        let secrets = clients.iter().filter_map(|client| client.secret.as_deref());
        for secret in passwords.chain(secrets) {
            hides(&text, "a password or a secret", secret);
        }
        for (at, _) in text.match_indices("eyJ") {
            let token: String =
                text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
            assert!(token.len() < 20, "{id}: a JSON Web Token is shown: {token}");
        }
    }
}
