//! Implicit and hybrid: what comes back through the browser, and what never does.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use grantspec_reference::rules::Rule;
use http::StatusCode;
use sha2_of::left_half;

use crate::support::{Browser, CALLBACK, ISSUER, claims, hidden, is_active, redeem, strict};

mod sha2_of {
    use super::{Engine, URL_SAFE_NO_PAD};

    /// OpenID Connect Core §3.1.3.6.
    pub fn left_half(value: &str) -> String {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, value.as_bytes());
        URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16])
    }
}

/// Response type, client, and whether there is a code, an ID token, an access token.
const TYPES: [(&str, &str, bool, bool, bool); 6] = [
    ("token", "browser", false, false, true),
    ("id_token", "browser", false, true, false),
    ("id_token token", "browser", false, true, true),
    ("code id_token", "hybrid", true, true, false),
    ("code token", "hybrid", true, false, true),
    ("code id_token token", "hybrid", true, true, true),
];

#[tokio::test]
async fn each_response_type_brings_what_it_names_in_the_fragment() {
    for (response_type, client, code, id_token, token) in TYPES {
        let server = strict();
        let answer = Browser::new(&server).authorize(client, &[("response_type", response_type)]).await;
        assert!(answer.location().starts_with(&format!("{CALLBACK}#")), "{answer:?}");
        assert_eq!(answer.returned("code").is_some(), code, "{response_type}");
        assert_eq!(answer.returned("id_token").is_some(), id_token, "{response_type}");
        assert_eq!(answer.returned("access_token").is_some(), token, "{response_type}");
        assert_eq!(answer.returned("token_type").is_some(), token);
        assert_eq!(answer.returned("refresh_token"), None);
        assert_eq!(answer.returned("state").as_deref(), Some("a state+with%odd \"characters\""));
        assert_eq!(answer.returned("iss").as_deref(), Some(ISSUER));

        if let Some(id_token) = answer.returned("id_token") {
            let claims = claims(&id_token);
            assert_eq!(claims["nonce"], "a-nonce");
            assert_eq!(claims["aud"], client);
            let hash = |name: &str| answer.returned(name).map(|value| left_half(&value));
            assert_eq!(claims.get("at_hash").and_then(|hash| hash.as_str()), hash("access_token").as_deref());
            assert_eq!(claims.get("c_hash").and_then(|hash| hash.as_str()), hash("code").as_deref());
            // OpenID Connect Core §5.4: only where nothing else can tell them.
            assert_eq!(claims.get("name").is_some(), response_type == "id_token");
        }
        if let Some(access_token) = answer.returned("access_token") {
            assert_eq!(answer.returned("token_type").as_deref(), Some("Bearer"));
            assert_eq!(answer.returned("expires_in").as_deref(), Some("3600"));
            assert!(is_active(&server, "web", &access_token).await);
        }
    }
}

#[tokio::test]
async fn offline_access_is_ignored_where_no_code_comes() {
    let server = strict();
    let asked = [("response_type", "token"), ("scope", "openid offline_access api:read")];
    let answer = Browser::new(&server).authorize("browser", &asked).await;
    assert_eq!(answer.returned("scope").as_deref(), Some("openid api:read"));
    let nothing_else = [asked[0], ("scope", "offline_access")];
    let answer = Browser::new(&server).authorize("browser", &nothing_else).await;
    answer.is_returned("invalid_scope", Rule::ScopeWithinClient);

    for (client, response_type) in [("hybrid", "code token"), ("web", "code")] {
        let asked = [("response_type", response_type), asked[1]];
        let code = Browser::new(&server).code(client, &asked).await;
        let granted = redeem(&server, client, &code, &[]).await.is_token().member("scope");
        assert_eq!(granted, "openid offline_access api:read", "{response_type}");
    }
}

#[tokio::test]
async fn the_code_of_a_hybrid_response_is_redeemed_like_any_other() {
    for response_type in ["code id_token", "code token", "code id_token token"] {
        for client in ["hybrid", "hybrid-post", "hybrid-app"] {
            let server = strict();
            let answer = Browser::new(&server).authorize(client, &[("response_type", response_type)]).await;
            let code = answer.returned("code").unwrap();
            redeem(&server, client, &code, &[("code_verifier", "")])
                .await
                .is_refused("invalid_grant", Rule::VerifierMatches);
            let tokens = redeem(&server, client, &code, &[]).await;
            assert!(!tokens.is_token().member("refresh_token").is_empty());
            let claims = claims(&tokens.member("id_token"));
            assert_eq!(claims["sub"], "user-alice");
            assert_eq!(claims["nonce"], "a-nonce");

            // A code used twice takes along what came beside it.
            redeem(&server, client, &code, &[]).await.is_refused("invalid_grant", Rule::CodeIsUnspent);
            if let Some(access_token) = answer.returned("access_token") {
                assert!(!is_active(&server, "web", &access_token).await);
            }
        }
    }
}

#[tokio::test]
async fn the_order_of_the_names_does_not_matter() {
    let server = strict();
    let answer = Browser::new(&server).authorize("browser", &[("response_type", "token id_token")]).await;
    assert!(answer.returned("id_token").is_some() && answer.returned("access_token").is_some());
    let answer = Browser::new(&server).authorize("hybrid", &[("response_type", "token code id_token")]).await;
    assert!(answer.returned("code").is_some());
}

#[tokio::test]
async fn form_post_posts_the_response_and_says_not_to_keep_it() {
    let server = strict();
    for (response_type, client, ..) in TYPES.into_iter().chain([("code", "web", true, false, false)]) {
        let deviations = [("response_type", response_type), ("response_mode", "form_post")];
        let answer = Browser::new(&server).authorize(client, &deviations).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.header("cache-control").contains("no-store"));
        assert!(answer.body.contains(&format!("method=\"post\" action=\"{CALLBACK}\"")), "{}", answer.body);
        assert_eq!(hidden(&answer.body, "state"), "a state+with%odd &#34;characters&#34;");
        assert!(answer.header("content-security-policy").contains("script-src 'self'"));
        if response_type.contains("code") {
            let code = hidden(&answer.body, "code");
            redeem(&server, client, &code, &[]).await.is_token();
        }
    }
    let answer = Browser::new(&server).open("web", &[("response_mode", "form_post"), ("prompt", "none")]).await;
    assert_eq!(hidden(&answer.body, "error"), "login_required");
}

#[tokio::test]
async fn no_token_travels_in_a_query() {
    let server = strict();
    for (response_type, client, ..) in TYPES {
        let deviations = [("response_type", response_type), ("response_mode", "query")];
        let answer = Browser::new(&server).open(client, &deviations).await;
        answer.is_shown(StatusCode::BAD_REQUEST, Rule::ResponseModeFits);
    }
    for mode in ["query", "fragment"] {
        let answer = Browser::new(&server).authorize("web", &[("response_mode", mode)]).await;
        assert!(answer.returned("code").is_some());
        assert_eq!(answer.location().contains('#'), mode == "fragment");
    }
}

/// Client, response type, what deviates, the error and its rule.
type Refused<'a> = (&'a str, &'a str, (&'a str, &'a str), &'a str, Rule);

#[tokio::test]
async fn errors_take_the_way_of_the_response() {
    let server = strict();
    let mut browser = Browser::new(&server);
    let cases: &[Refused<'_>] = &[
        ("browser", "id_token", ("nonce", ""), "invalid_request", Rule::NonceIsPresent),
        ("browser", "id_token token", ("nonce", ""), "invalid_request", Rule::NonceIsPresent),
        ("hybrid", "code id_token", ("nonce", ""), "invalid_request", Rule::NonceIsPresent),
        ("browser", "id_token", ("scope", "api:read"), "invalid_scope", Rule::OpenidIsRequested),
        ("hybrid", "code id_token", ("scope", "api:read"), "invalid_scope", Rule::OpenidIsRequested),
        ("hybrid", "code token", ("code_challenge", ""), "invalid_request", Rule::ChallengeMethodIsSupported),
        ("web", "token", ("nonce", "n"), "unauthorized_client", Rule::ClientMayUseResponseType),
        ("web", "code token", ("nonce", "n"), "unauthorized_client", Rule::ClientMayUseResponseType),
        ("browser", "code", ("nonce", "n"), "unauthorized_client", Rule::ClientMayUseResponseType),
        ("browser", "code token", ("nonce", "n"), "unauthorized_client", Rule::ClientMayUseResponseType),
        ("hybrid", "code", ("nonce", "n"), "unauthorized_client", Rule::ClientMayUseResponseType),
        ("hybrid", "token", ("nonce", "n"), "unauthorized_client", Rule::ClientMayUseResponseType),
    ];
    for (client, response_type, deviation, error, rule) in cases {
        let mut answer = browser.open(client, &[("response_type", response_type), *deviation]).await;
        if *rule == Rule::ChallengeMethodIsSupported {
            // With the challenge alone left out, its method is what does not fit; without both, the challenge is missing.
            answer.is_returned(error, Rule::ChallengeIsPresent);
            continue;
        }
        answer.is_returned(error, *rule);
        let in_query = *response_type == "code";
        assert_eq!(answer.location().contains('#'), !in_query, "{}", answer.location());
        answer = browser.open(client, &[("response_type", response_type)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
    // A code has nothing to do with a nonce; `code token` makes it optional.
    assert!(
        Browser::new(&server)
            .authorize("hybrid", &[("response_type", "code token"), ("nonce", "")])
            .await
            .returned("code")
            .is_some()
    );
}

#[tokio::test]
async fn an_access_token_passes_through_the_browser_only_where_that_is_allowed() {
    let mut config = crate::support::config();
    for client in &mut config.clients {
        client.browser_tokens = false;
    }
    let server = grantspec_reference::Server::new(config, std::sync::Arc::clone(&crate::support::KEYS)).unwrap();
    for (response_type, client, _, _, token) in TYPES {
        let answer = Browser::new(&server).authorize(client, &[("response_type", response_type)]).await;
        if token {
            answer.is_returned("unauthorized_client", Rule::BrowserTokenIsAllowed);
        } else {
            assert!(answer.returned("id_token").is_some());
        }
    }
}
