//! The ways to ask for a grant, each with a request that is valid but for who asks.

use std::sync::Arc;

use grantspec_reference::model::DeviceRequest;
use grantspec_reference::tokens::secret::Digest;
use serde_json::json;

use crate::doors::Held;
use crate::sets::{BUILT_IN, CODE, HYBRID, IMPLICIT, Set, extensions};
use crate::support::{
    Answer, Browser, CALLBACK, JWT_BEARER, VERIFIER, asking, basic, device, encode, form_request, issuer_assertion,
    redeem, send,
};

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// One way to ask.
#[derive(Debug)]
pub enum Ask {
    /// At the authorization endpoint, by response type.
    Response(&'static str),
    /// At the token endpoint, by grant type.
    Grant(&'static str),
    /// At the pushed authorization request endpoint, by response type.
    Pushed(&'static str),
    /// At the device authorization endpoint.
    Device,
}

/// Response type, grant type behind it, and what comes back: a code, an ID token, an access token.
#[rustfmt::skip]
const RESPONSE_TYPES: [(&str, &str, bool, bool, bool); 7] = [
    ("code",                CODE,     true,  false, false),
    ("token",               IMPLICIT, false, false, true),
    ("id_token",            IMPLICIT, false, true,  false),
    ("id_token token",      IMPLICIT, false, true,  true),
    ("code id_token",       HYBRID,   true,  true,  false),
    ("code token",          HYBRID,   true,  false, true),
    ("code id_token token", HYBRID,   true,  true,  true),
];

impl Ask {
    /// All seven response types, in the open and pushed, every grant type by its name, and the beginning of the device grant.
    pub fn all() -> Vec<Ask> {
        let responses = RESPONSE_TYPES.iter().map(|(response_type, ..)| Ask::Response(response_type));
        let grants = BUILT_IN.into_iter().chain(extensions()).map(Ask::Grant);
        let pushed = RESPONSE_TYPES.iter().map(|(response_type, ..)| Ask::Pushed(response_type));
        responses.chain(pushed).chain(grants).chain([Ask::Device]).collect()
    }
}

/// Whether a client with these grant types is to be served.
pub fn is_due(ask: &Ask, set: &Set) -> bool {
    match *ask {
        Ask::Response(asked) | Ask::Pushed(asked) => {
            RESPONSE_TYPES.iter().any(|(response_type, grant_type, ..)| *response_type == asked && set.has(grant_type))
        }
        // Neither is a grant at that endpoint (OpenID Connect Core §3.3.3: a hybrid code is redeemed like any other).
        Ask::Grant(IMPLICIT | HYBRID) => false,
        Ask::Grant(CODE) => set.has(CODE) || set.has(HYBRID),
        Ask::Grant(name) => set.has(name),
        Ask::Device => set.has(DEVICE_CODE),
    }
}

/// Whether the client is served; or what it was answered, if that is neither the grant nor the refusal that says so.
pub async fn serves(held: &Held, ask: &Ask, browser: &mut Browser<'_>) -> Result<bool, String> {
    match ask {
        Ask::Response(response_type) => responds(held, response_type, browser).await,
        Ask::Grant(grant_type) => grants(held, grant_type, browser).await,
        Ask::Pushed(response_type) => pushes(held, response_type, browser).await,
        Ask::Device => starts_a_device(held).await,
    }
}

async fn responds(held: &Held, asked: &str, browser: &mut Browser<'_>) -> Result<bool, String> {
    let answer = browser.authorize(&held.client_id, &[("response_type", asked)]).await;
    brings(&answer, asked)
}

/// RFC 9126: the request is judged when it is pushed, and answered when the browser comes with the reference.
async fn pushes(held: &Held, asked: &str, browser: &mut Browser<'_>) -> Result<bool, String> {
    let request = asking(&held.client_id, &[("response_type", asked)]);
    let request: Vec<(&str, &str)> = request.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let pushed = post(held, "/par", &request).await?;
    if pushed.member("error") == "unauthorized_client" {
        return Ok(false);
    }
    let reference = encode(&[("client_id", &held.client_id), ("request_uri", &pushed.member("request_uri"))]);
    let first = browser.get(&format!("/authorize?{reference}")).await;
    brings(&browser.follow(first).await, asked)
}

/// Whether the response is what the response type stands for.
fn brings(answer: &Answer, asked: &str) -> Result<bool, String> {
    let found = |name: &str| answer.returned(name).is_some();
    let came = (found("code"), found("id_token"), found("access_token"));
    let row = RESPONSE_TYPES.iter().find(|(response_type, ..)| *response_type == asked);
    let (.., code, id_token, token) = *row.ok_or("a response type that is not in the table")?;
    match answer.returned("error").as_deref() {
        None if came == (code, id_token, token) => Ok(true),
        Some("unauthorized_client") if came == (false, false, false) => Ok(false),
        _ => Err(format!("{answer:?}")),
    }
}

async fn grants(held: &Held, grant_type: &str, browser: &mut Browser<'_>) -> Result<bool, String> {
    let of_grant = valid(held, grant_type, browser).await?;
    let mut parameters = vec![("grant_type", grant_type)];
    parameters.extend(of_grant.iter().map(|(name, value)| (*name, value.as_str())));
    let answer = post(held, "/token", &parameters).await?;
    let refusal =
        if [IMPLICIT, HYBRID].contains(&grant_type) { "unsupported_grant_type" } else { "unauthorized_client" };
    match answer.member("error").as_str() {
        "" if !answer.member("access_token").is_empty() => Ok(true),
        error if error == refusal && answer.member("access_token").is_empty() => Ok(false),
        _ => Err(format!("{answer:?}")),
    }
}

async fn starts_a_device(held: &Held) -> Result<bool, String> {
    let answer = post(held, "/device_authorization", &[("scope", "openid")]).await?;
    match answer.member("error").as_str() {
        "" if !answer.member("device_code").is_empty() => Ok(true),
        "unauthorized_client" if answer.member("device_code").is_empty() => Ok(false),
        _ => Err(format!("{answer:?}")),
    }
}

async fn post(held: &Held, path: &str, parameters: &[(&str, &str)]) -> Result<Answer, String> {
    let request = form_request(path).header("authorization", basic(&held.client_id, &held.secret));
    let request = request.body(encode(parameters).into()).map_err(|error| error.to_string())?;
    Ok(send(&held.server, request).await)
}

/// The parameters of a request that lacks nothing.
async fn valid(
    held: &Held,
    grant_type: &str,
    browser: &mut Browser<'_>,
) -> Result<Vec<(&'static str, String)>, String> {
    let owned =
        |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    match grant_type {
        CODE => {
            let code = code_for(held, browser).await?;
            Ok(owned(&[("code", &code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)]))
        }
        "client_credentials" => Ok(owned(&[("scope", "api:read")])),
        "password" => Ok(owned(&[("username", "alice"), ("password", "alice-pw"), ("scope", "openid")])),
        "refresh_token" => Ok(owned(&[("refresh_token", &refresh_token_for(held, browser).await?)])),
        TOKEN_EXCHANGE => Ok(owned(&[
            ("subject_token", &access_token_for(held, browser).await?),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ])),
        DEVICE_CODE => Ok(owned(&[("device_code", &device_code_for(held, browser).await?)])),
        "urn:example:grant-type:voucher" => Ok(owned(&[("voucher", "one-coffee")])),
        JWT_BEARER => Ok(owned(&[("assertion", &issuer_assertion(&held.server, json!({}), json!({})))])),
        IMPLICIT | HYBRID => Ok(Vec::new()),
        another => Err(format!("no valid request for {another} is known here; write one")),
    }
}

/// A code of this client, whether or not it could have asked for one: that of another, put down under its name.
async fn code_for(held: &Held, browser: &mut Browser<'_>) -> Result<String, String> {
    let value = browser.code("web", &[]).await;
    let found = held.server.store.code(Digest::of(&value)).await.map_err(|error| error.to_string())?;
    let mut code = found.ok_or("the code was issued a moment ago")?;
    Arc::make_mut(&mut code.grant).client_id.clone_from(&held.client_id);
    held.server.store.put_code(code).await.map_err(|error| error.to_string())?;
    Ok(value)
}

/// What another client gets that could ask for it.
async fn tokens_of_web(held: &Held, browser: &mut Browser<'_>) -> Answer {
    let code = browser.code("web", &[]).await;
    redeem(&held.server, "web", &code, &[]).await
}

/// An access token of this client, in the same way.
async fn access_token_for(held: &Held, browser: &mut Browser<'_>) -> Result<String, String> {
    let value = tokens_of_web(held, browser).await.member("access_token");
    let found = held.server.store.access_token(Digest::of(&value)).await.map_err(|error| error.to_string())?;
    let mut token = found.ok_or("the access token was issued a moment ago")?;
    Arc::make_mut(&mut token.grant).client_id.clone_from(&held.client_id);
    held.server.store.put_access_token(token).await.map_err(|error| error.to_string())?;
    Ok(value)
}

/// A refresh token of this client, in the same way.
async fn refresh_token_for(held: &Held, browser: &mut Browser<'_>) -> Result<String, String> {
    let value = tokens_of_web(held, browser).await.member("refresh_token");
    let found = held.server.store.refresh_token(Digest::of(&value)).await.map_err(|error| error.to_string())?;
    let mut token = found.ok_or("the refresh token was issued a moment ago")?;
    Arc::make_mut(&mut token.grant).client_id.clone_from(&held.client_id);
    held.server.store.put_refresh_token(token).await.map_err(|error| error.to_string())?;
    Ok(value)
}

/// A device code of this client that its user has allowed, in the same way.
async fn device_code_for(held: &Held, browser: &mut Browser<'_>) -> Result<String, String> {
    let asked = device(&held.server, "tv-box", "openid").await;
    browser.connect(&asked.member("user_code"), "allow").await;
    let digest = Digest::of(&asked.member("device_code"));
    let found = held.server.store.device(digest).await.map_err(|error| error.to_string())?;
    let allowed = found.ok_or("the device code was issued a moment ago")?;

    let value = format!("another-{}", asked.member("device_code"));
    let (digest, user_code) = (Digest::of(&value), Digest::of(&format!("another-{}", asked.member("user_code"))));
    let own = DeviceRequest { digest, user_code, client_id: held.client_id.clone(), ..allowed };
    held.server.store.put_device(own).await.map_err(|error| error.to_string())?;
    Ok(value)
}
