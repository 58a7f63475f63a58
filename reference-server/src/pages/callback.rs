//! The page that plays the client at its redirect URI: what came back, and how a client would go on.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::render;
use super::tries::{CALLBACKS, VERIFIER, quoted, request};
use crate::config::{ClientConfig, Config};
use crate::rules::Rule;

#[derive(Template)]
#[template(path = "callback.html")]
struct Callback<'a> {
    client_id: &'a str,
    error: Option<Failed<'a>>,
    fields: Vec<Field<'a>>,
    steps: Vec<Step>,
}

/// An error response.
struct Failed<'a> {
    code: &'a str,
    says: &'a str,
    rule: Option<&'static str>,
}

/// A parameter of the response.
struct Field<'a> {
    name: &'a str,
    value: &'a str,
    about: &'static str,
    claims: Option<String>,
}

/// What a client would do next with a parameter that it got. Behind the `#` only a script can tell whether it did.
struct Step {
    needs: &'static str,
    is_ready: bool,
    title: &'static str,
    says: &'static str,
    command: String,
}

/// Show the authorization response of this client.
pub fn callback(config: &Config, client: &ClientConfig, response: &[(String, String)]) -> String {
    let value = |name: &str| response.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let error = value("error").map(|code| Failed {
        code,
        says: value("error_description").unwrap_or(""),
        rule: value("error_uri").and_then(|address| rule_at(&config.issuer, address)),
    });
    let fields =
        response.iter().map(|(name, value)| Field { name, value, about: about(name), claims: claims(value) }).collect();
    render(&Callback { client_id: &client.client_id, error, fields, steps: steps(config, client, &value) })
}

/// The rule whose page this is, so that nothing else that a stranger writes there becomes a link.
fn rule_at(issuer: &str, address: &str) -> Option<&'static str> {
    let name = address.strip_prefix(issuer)?.strip_prefix("/rules/")?;
    Rule::ALL.iter().map(|rule| rule.name()).find(|known| *known == name)
}

#[rustfmt::skip]
fn about(name: &str) -> &'static str {
    match name {
        "access_token"      => "For the resource; whoever has it may use it.",
        "token_type"        => "How the access token is sent.",
        "expires_in"        => "Seconds until the access token dies.",
        "scope"             => "What was granted.",
        "id_token"          => "Who logged in, signed by the server.",
        "code"              => "To be swapped for tokens, once.",
        "state"             => "Has to be what the client sent.",
        "iss"               => "Who answers; has to be the issuer that the client asked (RFC 9207).",
        "error"             => "What went wrong, by its code.",
        "error_description" => "The same in a sentence.",
        "error_uri"         => "The rule behind it.",
        _                   => "",
    }
}

/// What a JWT says, unverified.
fn claims(value: &str) -> Option<String> {
    let mut parts = value.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else { return None };
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    serde_json::to_string_pretty(&claims).ok()
}

fn steps<'a>(config: &Config, client: &ClientConfig, value: &impl Fn(&str) -> Option<&'a str>) -> Vec<Step> {
    let redirect_uri = format!("{}{CALLBACKS}{}", config.issuer, client.client_id);
    let (code, access_token) = (value("code"), value("access_token"));
    let redemption = [
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.unwrap_or("CODE").to_owned()),
        ("redirect_uri", redirect_uri),
        ("code_verifier", VERIFIER.to_owned()),
    ];
    let authorization = format!("authorization: Bearer {}", access_token.unwrap_or("ACCESS_TOKEN"));
    vec![
        Step {
            needs: "code",
            is_ready: code.is_some(),
            title: "Swap the code for tokens",
            says: "It lives for a minute, and is good for one use; a second one revokes what the first one gave.",
            command: request(config, client, "/token", &redemption),
        },
        Step {
            needs: "access_token",
            is_ready: access_token.is_some(),
            title: "Use the access token",
            says: "The userinfo endpoint is a resource like any other.",
            command: format!(
                "curl {} \\\n  -H {}",
                quoted(&format!("{}/userinfo", config.issuer)),
                quoted(&authorization)
            ),
        },
    ]
}
