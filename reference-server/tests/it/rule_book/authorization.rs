//! The authorization request.

use http::StatusCode;

use super::Shows::{Returned, Shown};
use super::{Case, authorize, cases};
use crate::support::{Browser, CALLBACK, CHALLENGE, tell, tokens};

const BAD_REQUEST: StatusCode = StatusCode::BAD_REQUEST;

pub const CASES: &[Case] = cases! {
    RedirectUriIsGiven, Shown(BAD_REQUEST), |server, side|
        authorize(server, "web", &[("redirect_uri", side.of(CALLBACK, ""))]);

    RedirectUriIsRegistered, Shown(BAD_REQUEST), |server, side|
        authorize(server, "web", &[("redirect_uri", side.of(CALLBACK, "http://127.0.0.1:8765/cb/"))]);

    ResponseTypeIsPresent, Returned("invalid_request"), |server, side|
        authorize(server, "web", &[("response_type", side.of("code", ""))]);

    ResponseTypeIsSupported, Returned("unsupported_response_type"), |server, side|
        authorize(server, "web", &[("response_type", side.of("code", "codes"))]);

    BrowserTokenIsAllowed, Returned("unauthorized_client"), |server, side| async {
        let client = r#"{ "client_id": "shy", "secret": "a-secret-of-the-shy", "grant_types": ["hybrid"],
                          "redirect_uris": ["http://127.0.0.1:8765/cb"], "scopes": ["openid"] }"#;
        tell(server, "/_/clients", client).await;
        let response_type = side.of("code id_token", "code id_token token");
        authorize(server, "shy", &[("response_type", response_type), ("scope", "openid")]).await
    };

    ClientMayUseResponseType, Returned("unauthorized_client"), |server, side|
        authorize(server, "web", &[("response_type", side.of("code", "code id_token"))]);

    ResponseModeIsSupported, Shown(BAD_REQUEST), |server, side|
        authorize(server, "web", &[("response_mode", side.of("query", "pigeon"))]);

    ResponseModeFits, Shown(BAD_REQUEST), |server, side|
        authorize(server, "hybrid", &[("response_type", "code token"), ("response_mode", side.of("fragment", "query"))]);

    ChallengeIsPresent, Returned("invalid_request"), |server, side| async {
        let (challenge, method) = side.of((CHALLENGE, "S256"), ("", ""));
        authorize(server, "web", &[("code_challenge", challenge), ("code_challenge_method", method)]).await
    };

    ChallengeMethodIsSupported, Returned("invalid_request"), |server, side|
        authorize(server, "web", &[("code_challenge_method", side.of("S256", "plain"))]);

    ChallengeIsWellFormed, Returned("invalid_request"), |server, side|
        authorize(server, "web", &[("code_challenge", side.of(CHALLENGE, &CHALLENGE[1..]))]);

    NonceIsPresent, Returned("invalid_request"), |server, side|
        authorize(server, "browser", &[("response_type", "id_token"), ("nonce", side.of("n", ""))]);

    OpenidIsRequested, Returned("invalid_scope"), |server, side|
        authorize(server, "browser", &[("response_type", "id_token"), ("scope", side.of("openid profile", "profile"))]);

    PromptIsConsistent, Returned("invalid_request"), |server, side|
        authorize(server, "web", &[("prompt", side.of("login consent", "none consent"))]);

    MaxAgeIsANumber, Returned("invalid_request"), |server, side|
        authorize(server, "web", &[("max_age", side.of("60", "-60"))]);

    IdTokenHintIsOwn, Returned("invalid_request"), |server, side| async {
        let hint = tokens(server, "web").await.member("id_token");
        authorize(server, "web", &[("id_token_hint", side.of(&hint, &hint[1..]))]).await
    };

    UserIsHinted, Returned("login_required"), |server, side| async {
        let hint = tokens(server, "web").await.member("id_token");
        let mut browser = Browser::new(server);
        let login = browser.open("web", &[]).await.location().to_owned();
        let (name, password) = side.of(("alice", "alice-pw"), ("bob", "bob-pw"));
        browser.answer(&login, &[("username", name), ("password", password)]).await;
        browser.open("web", &[("id_token_hint", &hint), ("prompt", "none")]).await
    };

    ClaimsAreWellFormed, Returned("invalid_request"), |server, side|
        authorize(server, "web", &[("claims", side.of(r#"{"id_token":{"email":null}}"#, r#"{"id_token":["email"]}"#))]);

    UserinfoClaimsComeWithAToken, Returned("invalid_request"), |server, side| async {
        let claims = ("claims", r#"{"userinfo":{"email":null}}"#);
        authorize(server, "browser", &[("response_type", side.of("id_token token", "id_token")), claims]).await
    };

    SubjectIsRequested, Returned("login_required"), |server, side| async {
        let wish = |sub: &str| format!(r#"{{"id_token":{{"sub":{{"value":"{sub}"}}}}}}"#);
        let claims = side.of(wish("user-alice"), wish("user-bob"));
        authorize(server, "web", &[("claims", &claims)]).await
    };

    AcrCanBeMet, Returned("access_denied"), |server, side| async {
        let wish = |essential: bool| format!(r#"{{"id_token":{{"acr":{{"essential":{essential},"value":"eyes"}}}}}}"#);
        let claims = side.of(wish(false), wish(true));
        authorize(server, "web", &[("claims", &claims)]).await
    };

    LoginMayBePrompted, Returned("login_required"), |server, side|
        authorize(server, "web", &[("prompt", side.of("login", "none"))]);

    ConsentMayBePrompted, Returned("consent_required"), |server, side| async {
        let mut browser = Browser::new(server);
        browser.code("web", &[("scope", "openid")]).await;
        browser.open("web", &[("scope", side.of("openid", "openid email")), ("prompt", "none")]).await
    };
};
