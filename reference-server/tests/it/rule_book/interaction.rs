//! Login and consent.

use grantspec_reference::rules::Rule;
use http::StatusCode;

use super::Shows::{As, Refused, Returned, Shown};
use super::{Case, cases};
use crate::support::{Browser, disable_alice, hidden, pass, refresh, tell, token, tokens};

const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
const ALICE: &[(&str, &str)] = &[("username", "alice"), ("password", "alice-pw")];

pub const CASES: &[Case] = cases! {
    InteractionBelongsToBrowser, Shown(FORBIDDEN), |server, side| async {
        let (mut browser, mut stranger) = (Browser::new(server), Browser::new(server));
        let login = browser.open("web", &[]).await.location().to_owned();
        side.of(&mut browser, &mut stranger).get(&login).await
    };

    InteractionIsFresh, Shown(FORBIDDEN), |server, side| async {
        let mut browser = Browser::new(server);
        let login = browser.open("web", &[]).await.location().to_owned();
        pass(server, side.of(599, 600));
        browser.get(&login).await
    };

    CsrfTokenMatches, Shown(FORBIDDEN), |server, side| async {
        let mut browser = Browser::new(server);
        let login = browser.open("web", &[]).await.location().to_owned();
        let page = browser.get(&login).await.body;
        let (interaction, csrf) = (hidden(&page, "interaction"), hidden(&page, "csrf"));
        let form = [("interaction", interaction.as_str()), ("csrf", side.of(&csrf, "guessed"))];
        browser.post("/login", &[&form[..], ALICE].concat()).await
    };

    GuessesAreBounded, As("invalid_grant", Rule::PasswordMatches), |server, side| async {
        let guess = [("grant_type", "password"), ALICE[0], ("password", "guessed")];
        for _ in 0..side.of(9, 10) {
            token(server, "legacy", &guess).await;
        }
        token(server, "legacy", &[guess[0], ALICE[0], ALICE[1]]).await
    };

    PasswordMatches, Refused("invalid_grant"), |server, side|
        token(server, "legacy", &[("grant_type", "password"), ALICE[0], ("password", side.of("alice-pw", "bob-pw"))]);

    UserMayLogIn, As("invalid_grant", Rule::PasswordMatches), |server, side| async {
        tell(server, "/_/users/alice", side.of(r#"{"locked": false}"#, r#"{"locked": true}"#)).await;
        token(server, "legacy", &[("grant_type", "password"), ALICE[0], ALICE[1]]).await
    };

    UserAllows, Returned("access_denied"), |server, side| async {
        let mut browser = Browser::new(server);
        let login = browser.open("web", &[]).await.location().to_owned();
        let consent = browser.answer(&login, ALICE).await.location().to_owned();
        browser.answer(&consent, &[("decision", side.of("allow", "deny"))]).await
    };

    UserIsActive, Refused("invalid_grant"), |server, side| async {
        let refresh_token = tokens(server, "web").await.member("refresh_token");
        disable_alice(server, side.of(false, true)).await;
        refresh(server, "web", &refresh_token, &[]).await
    };
};
