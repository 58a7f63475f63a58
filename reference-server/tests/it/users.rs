//! People who are disabled, locked or renamed, on every path on which somebody acts for them.

use grantspec_reference::rules::Rule;
use grantspec_reference::{Config, Server};
use http::{Request, StatusCode};

use crate::support::{
    Answer, Browser, ISSUER, KEYS, claims, config, is_active, post, redeem, refresh, send, strict, tell, token, tokens,
};

const ALICE: &[(&str, &str)] = &[("username", "alice"), ("password", "alice-pw")];
const PASSWORD_GRANT: [(&str, &str); 3] = [("grant_type", "password"), ("username", "alice"), ("password", "alice-pw")];

async fn change(server: &Server, name: &str, body: &str) {
    let answer = tell(server, &format!("/_/users/{name}"), body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

async fn userinfo(server: &Server, access_token: &str) -> Answer {
    let request = Request::get("/userinfo").header("authorization", format!("Bearer {access_token}"));
    send(server, request.body(bytes::Bytes::new()).unwrap()).await
}

/// Type a name and a password in a new browser: whether that got any further.
async fn logs_in(server: &Server, name: &str, password: &str) -> bool {
    let mut browser = Browser::new(server);
    let login = browser.open("web", &[]).await.location().to_owned();
    let answer = browser.answer(&login, &[("username", name), ("password", password)]).await;
    assert!(answer.status == StatusCode::SEE_OTHER || answer.status == StatusCode::UNAUTHORIZED, "{answer:?}");
    answer.status == StatusCode::SEE_OTHER
}

#[tokio::test]
async fn nobody_acts_for_a_disabled_user() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let (code, other_code) = (browser.code("web", &[]).await, browser.code("web", &[]).await);
    let granted = redeem(&server, "web", &code, &[]).await;
    let (access_token, refresh_token) = (granted.member("access_token"), granted.member("refresh_token"));

    change(&server, "alice", r#"{"disabled": true}"#).await;
    assert!(!logs_in(&server, "alice", "alice-pw").await);
    assert!(browser.open("web", &[]).await.location().contains("/login"), "the session is worth nothing");
    token(&server, "legacy", &PASSWORD_GRANT).await.is_refused("invalid_grant", Rule::PasswordMatches);
    redeem(&server, "web", &other_code, &[]).await.is_refused("invalid_grant", Rule::UserIsActive);
    refresh(&server, "web", &refresh_token, &[]).await.is_refused("invalid_grant", Rule::UserIsActive);
    userinfo(&server, &access_token).await.is_refused("invalid_token", Rule::UserIsActive);
    assert!(!is_active(&server, "web", &access_token).await);
    assert!(!is_active(&server, "web", &refresh_token).await);

    change(&server, "alice", r#"{"disabled": false}"#).await;
    assert!(logs_in(&server, "alice", "alice-pw").await);
    assert!(browser.open("web", &[]).await.returned("code").is_some());
    token(&server, "legacy", &PASSWORD_GRANT).await.is_token();
    redeem(&server, "web", &other_code, &[]).await.is_token();
    assert_eq!(userinfo(&server, &access_token).await.status, StatusCode::OK);
    assert!(is_active(&server, "web", &access_token).await && is_active(&server, "web", &refresh_token).await);
    refresh(&server, "web", &refresh_token, &[]).await.is_token();
}

#[tokio::test]
async fn a_locked_user_does_not_log_in_anew_and_keeps_what_was_granted() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let (code, other_code) = (browser.code("web", &[]).await, browser.code("web", &[]).await);
    let granted = redeem(&server, "web", &code, &[]).await;
    let (access_token, refresh_token) = (granted.member("access_token"), granted.member("refresh_token"));

    change(&server, "alice", r#"{"locked": true}"#).await;
    assert!(!logs_in(&server, "alice", "alice-pw").await);
    let locked = token(&server, "legacy", &PASSWORD_GRANT).await;
    locked.is_refused("invalid_grant", Rule::PasswordMatches);
    let wrong = token(&server, "legacy", &[PASSWORD_GRANT[0], PASSWORD_GRANT[1], ("password", "wrong")]).await;
    assert_eq!(locked.body, wrong.body, "a stranger does not learn that the password was right");

    assert!(browser.open("web", &[]).await.returned("code").is_some(), "who is logged in stays so");
    assert!(browser.open("web", &[("prompt", "login")]).await.location().contains("/login"));
    redeem(&server, "web", &other_code, &[]).await.is_token();
    assert_eq!(userinfo(&server, &access_token).await.status, StatusCode::OK);
    assert!(is_active(&server, "web", &access_token).await);
    refresh(&server, "web", &refresh_token, &[]).await.is_token();

    change(&server, "alice", r#"{"locked": false}"#).await;
    assert!(logs_in(&server, "alice", "alice-pw").await);
    token(&server, "legacy", &PASSWORD_GRANT).await.is_token();
}

#[tokio::test]
async fn a_renamed_user_is_the_same_person() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let code = browser.code("web", &[]).await;
    let granted = redeem(&server, "web", &code, &[]).await;
    let access_token = granted.member("access_token");
    assert_eq!(userinfo(&server, &access_token).await.member("preferred_username"), "alice");

    change(&server, "alice", r#"{"name": "alina"}"#).await;
    assert!(!logs_in(&server, "alice", "alice-pw").await);
    assert!(logs_in(&server, "alina", "alice-pw").await);
    token(&server, "legacy", &PASSWORD_GRANT).await.is_refused("invalid_grant", Rule::PasswordMatches);
    let by_new_name = token(&server, "legacy", &[PASSWORD_GRANT[0], ("username", "alina"), PASSWORD_GRANT[2]]).await;
    assert_eq!(claims(&by_new_name.is_token().member("access_token"))["sub"], "user-alice");

    let told = userinfo(&server, &access_token).await;
    assert_eq!((told.member("sub"), told.member("preferred_username")), ("user-alice".into(), "alina".into()));
    let described = post(&server, "/introspect", "web", &[("token", &access_token)]).await;
    assert_eq!((described.member("sub"), described.member("username")), ("user-alice".into(), "alina".into()));
    let refreshed = refresh(&server, "web", &granted.member("refresh_token"), &[]).await;
    assert_eq!(claims(&refreshed.is_token().member("id_token"))["sub"], "user-alice");
    assert!(browser.open("web", &[("prompt", "none")]).await.returned("code").is_some(), "session and consent follow");
    let consent = browser.open("web", &[("prompt", "consent")]).await.location().to_owned();
    assert!(browser.get(&consent).await.body.contains("alina"));
}

#[tokio::test]
async fn whoever_takes_a_name_over_inherits_nothing() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let code = browser.code("web", &[]).await;
    let granted = redeem(&server, "web", &code, &[]).await;
    let taken = tell(&server, "/_/users/bob", r#"{"name": "alice"}"#).await;
    assert_eq!(
        (taken.status, taken.member("error")),
        (StatusCode::BAD_REQUEST, "the name alice is another user's".into())
    );

    change(&server, "alice", r#"{"name": "alina"}"#).await;
    change(&server, "bob", r#"{"name": "alice"}"#).await;
    let mut bob = Browser::new(&server);
    let login = bob.open("web", &[]).await.location().to_owned();
    assert_eq!(bob.answer(&login, ALICE).await.status, StatusCode::UNAUTHORIZED, "the password did not move");
    let first = bob.answer(&login, &[("username", "alice"), ("password", "bob-pw")]).await;
    assert!(first.location().contains("/consent"), "what the old alice allowed is not what the new one allows");

    assert_eq!(userinfo(&server, &granted.member("access_token")).await.member("sub"), "user-alice");
    let refreshed = refresh(&server, "web", &granted.member("refresh_token"), &[]).await;
    assert_eq!(claims(&refreshed.is_token().member("access_token"))["sub"], "user-alice");
    let silent = browser.code("web", &[("prompt", "none")]).await;
    let again = redeem(&server, "web", &silent, &[]).await;
    assert_eq!(claims(&again.member("id_token"))["sub"], "user-alice");
    let hint = granted.member("id_token");
    let login = bob.open("web", &[("id_token_hint", &hint)]).await.location().to_owned();
    bob.answer(&login, &[("username", "alice"), ("password", "bob-pw")])
        .await
        .is_returned("login_required", Rule::UserIsHinted);
}

#[tokio::test]
async fn a_change_that_makes_no_sense_changes_nothing() {
    let server = strict();
    for bad in [r#"{"name": ""}"#, r#"{"name": "a/b"}"#, r#"{"disabled": "yes"}"#, r#"{"sub": "x"}"#, "{}"] {
        let answer = tell(&server, "/_/users/alice", bad).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
        assert!(!answer.member("error").is_empty(), "{bad}");
    }
    assert_eq!(tell(&server, "/_/users/nobody", r#"{"locked": true}"#).await.status, StatusCode::NOT_FOUND);
    tokens(&server, "web").await;
}

#[tokio::test]
async fn two_users_share_neither_name_nor_sub() {
    for (name, sub) in [("alice", "user-carol"), ("carol", "user-alice")] {
        let mut config = Config::demo(ISSUER);
        let mut carol = config.users[0].clone();
        (carol.name, carol.sub) = (name.to_owned(), sub.to_owned());
        config.users.push(carol);
        let error = Server::new(config, KEYS.clone()).err().expect("one of them is there twice");
        assert!(error.to_string().contains(name), "{error}");
    }
    assert!(Server::new(config(), KEYS.clone()).is_ok());
}
