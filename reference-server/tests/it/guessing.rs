//! Passwords and user codes cannot be tried out.

use grantspec_reference::config::Bound;
use grantspec_reference::rules::Rule;
use grantspec_reference::{Config, Server};
use http::StatusCode;

use crate::support::{Answer, Browser, KEYS, config, device, pass, strict, tell, token};

const BOB: &[(&str, &str)] = &[("username", "bob"), ("password", "bob-pw")];

async fn grant(server: &Server, name: &str, password: &str) -> Answer {
    token(server, "legacy", &[("grant_type", "password"), ("username", name), ("password", password)]).await
}

async fn page(server: &Server, name: &str, password: &str) -> Answer {
    let mut browser = Browser::new(server);
    let login = browser.open("web", &[]).await.location().to_owned();
    let answer = browser.answer(&login, &[("username", name), ("password", password)]).await;
    let unique = |line: &&str| !line.contains("interaction") && !line.contains("csrf");
    Answer { body: answer.body.lines().filter(unique).collect(), ..answer }
}

#[tokio::test]
async fn after_too_many_guesses_the_right_password_is_told_as_wrong() {
    let server = strict();
    let mut wrong = grant(&server, "alice", "guess 0").await;
    for guess in 1..10 {
        wrong = grant(&server, "alice", &format!("guess {guess}")).await;
    }
    let right = grant(&server, "alice", "alice-pw").await;
    right.is_refused("invalid_grant", Rule::PasswordMatches);
    assert_eq!(right.body, wrong.body, "nothing tells a right guess from a wrong one");
    assert_eq!(page(&server, "alice", "alice-pw").await.status, StatusCode::UNAUTHORIZED, "no other door is open");
    grant(&server, "bob", "bob-pw").await.is_token();

    pass(&server, 299);
    grant(&server, "alice", "alice-pw").await.is_refused("invalid_grant", Rule::PasswordMatches);
    pass(&server, 1);
    grant(&server, "alice", "alice-pw").await.is_token();
}

#[tokio::test]
async fn the_login_page_and_the_token_endpoint_count_together() {
    let server = strict();
    for _ in 0..5 {
        assert_eq!(page(&server, "alice", "guess").await.status, StatusCode::UNAUTHORIZED);
        grant(&server, "alice", "guess").await.is_refused("invalid_grant", Rule::PasswordMatches);
    }
    let right = page(&server, "alice", "alice-pw").await;
    assert_eq!((right.status, right.body), (StatusCode::UNAUTHORIZED, page(&server, "alice", "guess").await.body));
    pass(&server, 300);
    assert_eq!(page(&server, "alice", "alice-pw").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_right_password_makes_the_guesses_before_it_good() {
    let server = strict();
    for _ in 0..4 {
        for _ in 0..9 {
            grant(&server, "alice", "guess").await;
        }
        grant(&server, "alice", "alice-pw").await.is_token();
    }
}

#[tokio::test]
async fn guesses_beyond_the_bound_do_not_make_it_longer() {
    let server = strict();
    for _ in 0..10 {
        grant(&server, "alice", "guess").await;
    }
    for _ in 0..30 {
        pass(&server, 9);
        grant(&server, "alice", "alice-pw").await.is_refused("invalid_grant", Rule::PasswordMatches);
    }
    pass(&server, 30);
    grant(&server, "alice", "alice-pw").await.is_token();
}

#[tokio::test]
async fn a_name_that_nobody_has_is_counted_like_any_other() {
    let server = strict();
    for _ in 0..10 {
        grant(&server, "carol", "carol-pw").await.is_refused("invalid_grant", Rule::PasswordMatches);
    }
    tell(&server, "/_/users/alice", r#"{"name": "carol"}"#).await;
    grant(&server, "carol", "alice-pw").await.is_refused("invalid_grant", Rule::PasswordMatches);
    pass(&server, 300);
    grant(&server, "carol", "alice-pw").await.is_token();
}

#[tokio::test]
async fn whoever_runs_the_server_sets_the_bound() {
    let mut config: Config = config();
    config.guessing.passwords = Bound { guesses: 1, seconds: 10 };
    let server = Server::new(config, KEYS.clone()).unwrap();
    grant(&server, "alice", "guess").await;
    grant(&server, "alice", "alice-pw").await.is_refused("invalid_grant", Rule::PasswordMatches);
    pass(&server, 10);
    grant(&server, "alice", "alice-pw").await.is_token();
}

/// Type this user code: whether a device was found.
async fn finds(browser: &mut Browser<'_>, user_code: &str) -> bool {
    let answer = browser.find_device(user_code).await;
    if answer.status == StatusCode::SEE_OTHER {
        return true;
    }
    answer.is_shown(StatusCode::BAD_REQUEST, Rule::UserCodeIsOpen);
    false
}

#[tokio::test]
async fn user_codes_cannot_be_tried_out() {
    let server = strict();
    let user_code = device(&server, "tv", "openid").await.member("user_code");
    let mut alice = Browser::new(&server);
    for typed in ["BCDF-GHJK", "", "too short", "BCDF-GHJL"].iter().cycle().take(12) {
        if !typed.is_empty() {
            assert!(!finds(&mut alice, typed).await);
        }
    }
    assert!(finds(&mut alice, &user_code).await, "what is not typed at all is no guess, and nine are none too many");
    assert!(!finds(&mut alice, "BCDF-GHJK").await);
    assert!(!finds(&mut alice, &user_code).await, "now not even the right one");
    let by_link = alice.get(&format!("/device?user_code={user_code}")).await.location().to_owned();
    alice.get(&by_link).await.is_shown(StatusCode::BAD_REQUEST, Rule::UserCodeIsOpen);
    assert!(!finds(&mut Browser::new(&server), &user_code).await, "and in no other browser of the same person");

    let mut bob = Browser::new(&server);
    let login = bob.get("/device").await.location().to_owned();
    let page = bob.answer(&login, BOB).await.location().to_owned();
    assert_eq!(bob.answer(&page, &[("user_code", &user_code)]).await.status, StatusCode::SEE_OTHER);

    pass(&server, 600);
    let user_code = device(&server, "tv", "openid").await.member("user_code");
    assert!(finds(&mut alice, &user_code).await);
}

#[tokio::test]
async fn a_code_of_ones_own_does_not_make_guesses_good() {
    let server = strict();
    let mut alice = Browser::new(&server);
    let own = device(&server, "tv", "openid").await.member("user_code");
    for _ in 0..5 {
        for _ in 0..2 {
            assert!(!finds(&mut alice, "BCDF-GHJK").await);
        }
        finds(&mut alice, &own).await;
    }
    assert!(!finds(&mut alice, &own).await);
}
