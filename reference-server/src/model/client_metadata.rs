//! Client metadata: what a client says of itself when it registers. RFC 7591 §2, OpenID Connect Registration §2.

use serde_json::{Value, json};
use url::Url;

use crate::tokens::Map;

/// What the value of a member has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    Text,
    /// A string that people read, also in other languages: RFC 7591 §2.2.
    Words,
    /// The address of a page or picture for people, also in other languages: RFC 7591 §2.2.
    Page,
    /// An https URI.
    Https,
    /// An array of strings.
    Texts,
    /// A number of seconds.
    Seconds,
    /// True or false.
    Flag,
    /// An object.
    Object,
}

/// Every member that this server understands. Whatever else is sent is ignored (RFC 7591 §2).
#[rustfmt::skip]
const MEMBERS: &[(&str, Shape)] = &[
    // RFC 7591 §2
    ("redirect_uris",                   Shape::Texts),
    ("token_endpoint_auth_method",      Shape::Text),
    ("grant_types",                     Shape::Texts),
    ("response_types",                  Shape::Texts),
    ("client_name",                     Shape::Words),
    ("client_uri",                      Shape::Page),
    ("logo_uri",                        Shape::Page),
    ("scope",                           Shape::Text),
    ("contacts",                        Shape::Texts),
    ("tos_uri",                         Shape::Page),
    ("policy_uri",                      Shape::Page),
    ("jwks_uri",                        Shape::Https),
    ("jwks",                            Shape::Object),
    ("software_id",                     Shape::Text),
    ("software_version",                Shape::Text),
    // RFC 7591 §2.3
    ("software_statement",              Shape::Text),
    // OpenID Connect Registration §2
    ("application_type",                Shape::Text),
    ("sector_identifier_uri",           Shape::Https),
    ("subject_type",                    Shape::Text),
    ("id_token_signed_response_alg",    Shape::Text),
    ("id_token_encrypted_response_alg", Shape::Text),
    ("id_token_encrypted_response_enc", Shape::Text),
    ("userinfo_signed_response_alg",    Shape::Text),
    ("userinfo_encrypted_response_alg", Shape::Text),
    ("userinfo_encrypted_response_enc", Shape::Text),
    ("request_object_signing_alg",      Shape::Text),
    ("request_object_encryption_alg",   Shape::Text),
    ("request_object_encryption_enc",   Shape::Text),
    ("token_endpoint_auth_signing_alg", Shape::Text),
    ("default_max_age",                 Shape::Seconds),
    ("require_auth_time",               Shape::Flag),
    ("default_acr_values",              Shape::Texts),
    ("initiate_login_uri",              Shape::Https),
    ("request_uris",                    Shape::Texts),
    // RFC 9101 §10.5, RFC 9126 §6
    ("require_signed_request_object",   Shape::Flag),
    ("require_pushed_authorization_requests", Shape::Flag),
    // OpenID Connect RP-Initiated Logout §3.1
    ("post_logout_redirect_uris",       Shape::Texts),
];

/// Client metadata: known members only, none of them empty, with the defaults of those that were left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientMetadata(Map);

impl ClientMetadata {
    /// What these members say. A member that is null or an empty string was left out (RFC 7592 §2.2).
    pub fn new(members: &Map) -> ClientMetadata {
        let mut known: Map = members
            .iter()
            .filter(|(name, value)| shape(name).is_some() && !is_left_out(value))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        for (name, default) in [
            // RFC 7591 §2: the defaults stand before anything is judged.
            ("token_endpoint_auth_method", json!("client_secret_basic")),
            ("grant_types", json!(["authorization_code"])),
            ("response_types", json!(["code"])),
            // OpenID Connect Registration §2.
            ("application_type", json!("web")),
        ] {
            known.entry(name).or_insert(default);
        }
        ClientMetadata(known)
    }

    /// The same without one of the members, which is then not registered.
    #[must_use]
    pub fn without(mut self, name: &str) -> ClientMetadata {
        self.0.remove(name);
        self
    }

    /// The first member that is not what its definition says, and what it has to be.
    pub fn malformed(members: &Map) -> Option<(&'static str, &'static str)> {
        members.iter().filter(|(_, value)| !is_left_out(value)).find_map(|(name, value)| {
            let (known, shape) = shape(name)?;
            Some((known, shape.objection(value)?))
        })
    }

    /// Whether the member is there.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// An array of strings; empty if it is not there.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        let list = self.0.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// An object.
    pub fn object(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| value.is_object())
    }

    /// A number of seconds.
    pub fn seconds(&self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(Value::as_u64)
    }

    /// True or false; false if it is not there.
    pub fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// All members.
    pub fn members(&self) -> &Map {
        &self.0
    }
}

/// The member behind a name, which may carry a language: `client_name#ja`.
fn shape(name: &str) -> Option<(&'static str, Shape)> {
    let (base, has_language) = match name.split_once('#') {
        Some((base, _)) => (base, true),
        None => (name, false),
    };
    let (known, shape) = MEMBERS.iter().find(|(known, _)| *known == base)?;
    let speaks = matches!(shape, Shape::Words | Shape::Page);
    (speaks || !has_language).then_some((known, *shape))
}

fn is_left_out(value: &Value) -> bool {
    value.is_null() || value == ""
}

impl Shape {
    /// What the value would have to be, if it is not.
    fn objection(self, value: &Value) -> Option<&'static str> {
        let is_text = value.is_string();
        let url = || value.as_str().and_then(|text| Url::parse(text).ok());
        let (fits, expected) = match self {
            Shape::Text | Shape::Words => (is_text, "a string"),
            Shape::Page => {
                (url().is_some_and(|url| ["https", "http"].contains(&url.scheme())), "an http or https address")
            }
            Shape::Https => (url().is_some_and(|url| url.scheme() == "https"), "an https address"),
            Shape::Texts => {
                (value.as_array().is_some_and(|list| list.iter().all(Value::is_string)), "an array of strings")
            }
            Shape::Seconds => (value.is_u64(), "a number of seconds"),
            Shape::Flag => (value.is_boolean(), "true or false"),
            Shape::Object => (value.is_object(), "an object"),
        };
        (!fits).then_some(expected)
    }
}
