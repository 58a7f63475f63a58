//! Logout.

use http::StatusCode;

use super::Shows::Shown;
use super::{Case, cases};
use crate::support::{Browser, encode, hidden, redeem, tokens};

const BAD_REQUEST: StatusCode = StatusCode::BAD_REQUEST;
const AFTER: (&str, &str) = ("post_logout_redirect_uri", "http://127.0.0.1:8765/bye");

pub const CASES: &[Case] = cases! {
    LogoutClientAgrees, Shown(BAD_REQUEST), |server, side| async {
        let hint = tokens(server, "web").await.member("id_token");
        let query = encode(&[("id_token_hint", hint.as_str()), ("client_id", side.of("web", "web-post"))]);
        Browser::new(server).get(&format!("/end_session?{query}")).await
    };

    PostLogoutRedirectNeedsHint, Shown(BAD_REQUEST), |server, side| async {
        let hint = tokens(server, "web").await.member("id_token");
        let query = encode(&[("id_token_hint", side.of(hint.as_str(), "")), ("client_id", "web"), AFTER]);
        Browser::new(server).get(&format!("/end_session?{query}")).await
    };

    PostLogoutRedirectUriIsRegistered, Shown(BAD_REQUEST), |server, side| async {
        let hint = tokens(server, "web").await.member("id_token");
        let address = side.of(AFTER.1, "http://127.0.0.1:8765/cb");
        let query = encode(&[("id_token_hint", hint.as_str()), (AFTER.0, address)]);
        Browser::new(server).get(&format!("/end_session?{query}")).await
    };

    LogoutIsConfirmed, Shown(BAD_REQUEST), |server, side| async {
        let mut browser = Browser::new(server);
        let code = browser.code("web", &[]).await;
        redeem(server, "web", &code, &[]).await;
        let csrf = hidden(&browser.get("/end_session").await.body, "csrf");
        browser.post("/end_session", &[("csrf", side.of(&csrf, &csrf[1..])), ("decision", "logout")]).await
    };
};
