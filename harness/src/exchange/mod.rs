//! An exchange: one request as a value, valid by default, and its answer.

mod assertion;
mod challenge;
mod confusion;
mod deviation;
mod expectation;
mod jwt;
pub mod redact;
mod reply;
pub mod shape;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub use assertion::{Assertion, SigningKey, now};
pub use challenge::Challenge;
pub use deviation::Deviation;
pub use expectation::{ErrorCode, Refusal, Tokens};

pub use jwt::{Jwt, SKEW};
pub use reply::Reply;

use crate::cell::AuthMethod;
use crate::target::Client;

/// Where the parameters of a request travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// As `application/x-www-form-urlencoded` in the body.
    Body,
    /// As a JSON object in the body.
    Json,
    /// In the query of the URL. A POST keeps a form with the credentials that belong there, and a parameter that nobody knows.
    Query,
    /// Form-encoded in the body, but of the type `text/plain`.
    Text,
}

/// RFC 7523 §2.2: the type of a client assertion that is a JWT.
pub const JWT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Who asks, and how that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The client identifier; `None` sends none.
    pub client_id: Option<String>,
    /// The client secret; `None` sends none.
    pub secret: Option<String>,
    /// Where both are put.
    pub method: AuthMethod,
    /// A second place where both are put.
    pub also: Option<AuthMethod>,
    /// Are `client_id` and `client_secret` put into the query instead?
    pub in_query: bool,
    /// What a client assertion is signed with, unless it is the secret.
    pub key: Option<SigningKey>,
    /// Whom a client assertion is for.
    pub audience: Option<String>,
    /// The client assertion; without one a fresh one is made each time.
    pub assertion: Option<String>,
    /// Its type; `None` sends none.
    pub assertion_type: Option<String>,
    /// Does `client_id` stand beside it?
    pub named: bool,
}

impl Credentials {
    /// The credentials of `client`, presented the way it is registered for.
    pub fn of(client: &Client) -> Self {
        Self {
            client_id: Some(client.id.clone()),
            secret: client.secret.clone(),
            method: client.auth,
            also: None,
            in_query: false,
            key: client.key.clone(),
            audience: client.audience.clone(),
            assertion: None,
            assertion_type: client.auth.is_jwt().then(|| JWT_ASSERTION_TYPE.to_owned()),
            named: client.named,
        }
    }

    /// A fresh client assertion: RFC 7523 §2.2, OpenID Connect Core §9; `None` for who does not authenticate by one.
    pub fn fresh_assertion(&self) -> Option<Assertion> {
        let key = match self.method {
            AuthMethod::SecretJwt => SigningKey::of_secret(self.secret.as_deref()?),
            AuthMethod::KeyJwt => self.key.clone()?,
            AuthMethod::Basic | AuthMethod::Post | AuthMethod::None => return None,
        };
        let client_id = self.client_id.as_deref().unwrap_or_default();
        Some(Assertion::new(key, client_id, client_id, self.audience.as_deref().unwrap_or_default()))
    }
}

/// One request as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The absolute URL, without what `params` adds to its query.
    pub url: String,
    /// The request method.
    pub method: &'static str,
    /// Where the parameters travel.
    pub via: Via,
    /// The parameters in the order of sending; a name may occur twice.
    pub params: Vec<(String, String)>,
    /// Who asks.
    pub credentials: Option<Credentials>,
    /// Does a client that authenticates in the header say its client_id as a parameter as well?
    pub named_twice: bool,
    /// A bearer token for the Authorization header.
    pub bearer: Option<String>,
}

impl Exchange {
    /// A form posted to `url`.
    pub fn post(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            method: "POST",
            via: Via::Body,
            params: Vec::new(),
            credentials: None,
            named_twice: false,
            bearer: None,
        }
    }

    /// A plain GET of `url`.
    pub fn fetch(url: &str) -> Self {
        Self { method: "GET", via: Via::Query, ..Self::post(url) }
    }

    /// Adds a parameter.
    pub fn param(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a parameter if there is a value for it.
    pub fn maybe(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.param(name, value),
            None => self,
        }
    }

    /// Asks as `client`.
    pub fn by(mut self, client: &Client) -> Self {
        self.credentials = Some(Credentials::of(client));
        self
    }

    /// Presents `token` in the Authorization header.
    pub fn bearing(mut self, token: &str) -> Self {
        self.bearer = Some(token.to_owned());
        self
    }

    /// The value of a parameter, the first where it occurs twice.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The request as it goes on the wire.
    pub fn wire(&self) -> Wire {
        self.wire_at(now())
    }

    /// The same, with a client assertion that is made at this time, in seconds since 1970.
    pub fn wire_at(&self, time: u64) -> Wire {
        let mut headers = Vec::new();
        let mut query: Vec<(String, String)> = Vec::new();
        let mut fields = self.params.clone();

        if let Some(credentials) = &self.credentials {
            let places = if credentials.in_query { &mut query } else { &mut fields };
            present(credentials, credentials.method, time, &mut headers, places);
            if self.named_twice && credentials.method == AuthMethod::Basic && credentials.also.is_none() {
                places.extend(credentials.client_id.clone().map(|id| ("client_id".to_owned(), id)));
            }
            if let Some(method) = credentials.also {
                let mut again = Vec::new();
                present(credentials, method, time, &mut headers, &mut again);
                // The name of the client may be there anyhow (RFC 9126 §2.1): what is sent twice is the secret, and no parameter.
                again.retain(|(name, value)| {
                    name != "client_id" || !places.iter().any(|it| it.0 == *name && it.1 == *value)
                });
                places.extend(again);
            }
        }
        if let Some(token) = &self.bearer {
            headers.push(("authorization", format!("Bearer {token}")));
        }

        let via = if self.method == "GET" { Via::Query } else { self.via };
        let body = match via {
            // Only the place of the parameters is wrong: a body without a form would be refused for that.
            Via::Query if self.method == "POST" => {
                let mut kept = fields.split_off(self.params.len());
                query.append(&mut fields);
                kept.push(("grantspec_unknown".to_owned(), "1".to_owned()));
                headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
                Some(form(&kept))
            }
            Via::Query => {
                query.append(&mut fields);
                None
            }
            Via::Text => {
                headers.push(("content-type", "text/plain".to_owned()));
                Some(form(&fields))
            }
            // An empty form is no form: some servers refuse a content type without content.
            Via::Body if fields.is_empty() => None,
            Via::Body => {
                headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
                Some(form(&fields))
            }
            Via::Json => {
                headers.push(("content-type", "application/json".to_owned()));
                let members = fields.into_iter().map(|(name, value)| (name, value.into()));
                Some(serde_json::Value::Object(members.collect()).to_string())
            }
        };
        Wire { method: self.method, url: with_query(&self.url, &query), headers, body }
    }
}

/// A request as it goes on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// The method.
    pub method: &'static str,
    /// The URL with its query.
    pub url: String,
    /// The headers that matter to the exchange.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Option<String>,
}

/// RFC 6749 §2.3.1: form-encode both, then Basic; or both as parameters. Without a secret only the `client_id` is sent. RFC 7521
/// §4.2: an assertion says itself whose it is.
fn present(
    credentials: &Credentials,
    method: AuthMethod,
    time: u64,
    headers: &mut Vec<(&'static str, String)>,
    places: &mut Vec<(String, String)>,
) {
    let id = credentials.client_id.clone().unwrap_or_default();
    match (&credentials.secret, method) {
        (Some(secret), AuthMethod::Basic) => {
            let pair = format!("{}:{}", encode(&id), encode(secret));
            headers.push(("authorization", format!("Basic {}", STANDARD.encode(pair))));
        }
        (Some(secret), AuthMethod::Post) => {
            places.push(("client_id".to_owned(), id));
            places.push(("client_secret".to_owned(), secret.clone()));
        }
        (_, AuthMethod::SecretJwt | AuthMethod::KeyJwt) => {
            let fresh = || credentials.fresh_assertion().map(|assertion| assertion.made_at(time).signed());
            let assertion = credentials.assertion.clone().or_else(fresh);
            let parameters =
                [("client_assertion_type", credentials.assertion_type.clone()), ("client_assertion", assertion)];
            places.extend(parameters.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
            if credentials.named
                && credentials.client_id.is_some()
                && !places.iter().any(|(name, _)| name == "client_id")
            {
                places.push(("client_id".to_owned(), id));
            }
        }
        (None, _) | (_, AuthMethod::None) => {
            if credentials.client_id.is_some() {
                places.push(("client_id".to_owned(), id));
            }
        }
    }
}

/// `application/x-www-form-urlencoded`, one value.
fn encode(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// `application/x-www-form-urlencoded`, in the order given.
pub(crate) fn form(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// `url` with `fields` appended to its query. A fragment, which no endpoint may have (RFC 6749 §3.1), is not sent.
pub(crate) fn with_query(url: &str, fields: &[(String, String)]) -> String {
    if fields.is_empty() {
        return url.to_owned();
    }
    let url = url.split('#').next().unwrap_or_default();
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{}", form(fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_assertion_is_made_at_the_time_of_the_server() {
        let credentials = Credentials {
            client_id: Some("web".to_owned()),
            secret: Some("s3cret".to_owned()),
            method: AuthMethod::SecretJwt,
            also: None,
            in_query: false,
            key: None,
            audience: None,
            assertion: None,
            assertion_type: Some(JWT_ASSERTION_TYPE.to_owned()),
            named: false,
        };
        let exchange = Exchange { credentials: Some(credentials), ..Exchange::post("https://as.example/token") };
        let body = exchange.wire_at(1_000).body.unwrap();
        let (_, assertion) =
            form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "client_assertion").unwrap();
        let jwt = Jwt::read(&assertion).unwrap();
        assert_eq!((jwt.number("iat"), jwt.number("exp")), (Some(1_000.0), Some(1_120.0)));
    }
}
