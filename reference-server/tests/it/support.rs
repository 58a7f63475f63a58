//! A server, a client that posts, a browser that keeps its cookies, and what an answer says.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use grantspec_reference::config::demo_keys;
use grantspec_reference::model::AuthMethod;
use grantspec_reference::rules::{Rule, Shape};
use grantspec_reference::tokens::secret::random_string;
use grantspec_reference::{Config, Keys, Server};
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::signer::Signer;

#[path = "support/browser.rs"]
mod browser;
pub use browser::Browser;

pub const ISSUER: &str = "http://127.0.0.1:9400";
pub const CALLBACK: &str = "http://127.0.0.1:8765/cb";
pub const OTHER_CALLBACK: &str = "http://127.0.0.1:8765/other";
pub const CALLBACK_WITH_QUERY: &str = "http://127.0.0.1:8765/query?tenant=a%20b&lang=en";
pub const CALLBACK_OF_CODE_ONLY: &str = "http://127.0.0.1:8765/code-only";
pub const VERIFIER: &str = "a-verifier-that-is-long-enough-0123456789-abcdef";
pub const CHALLENGE: &str = "fxHe0odOBc9Qo6cM6MnLEtR8VY4IUbeJwf_VeMzUpWA";

pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub static KEYS: LazyLock<Arc<Keys>> = LazyLock::new(|| Arc::new(Keys::generate()));

pub fn strict() -> Server {
    Server::new(config(), Arc::clone(&KEYS)).unwrap()
}

pub fn config() -> Config {
    Config { control: true, ..Config::demo(ISSUER) }
}

pub fn secret_of(client_id: &str) -> String {
    let client = config().clients.into_iter().find(|client| client.client_id == client_id);
    client.and_then(|client| client.secret).unwrap_or_default()
}

pub fn pass(server: &Server, seconds: u64) {
    server.clock.advance(Duration::from_secs(seconds));
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub fn member(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }

    pub fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{self:?}");
        self.header("location")
    }

    /// A parameter of an authorization response.
    pub fn returned(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.location()).unwrap();
        let own = |pairs: &str| {
            let mut pairs = form_urlencoded::parse(pairs.as_bytes());
            pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
        };
        url.query().and_then(own).or_else(|| url.fragment().and_then(own))
    }

    #[track_caller]
    pub fn is_token(&self) -> &Answer {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        assert!(!self.member("access_token").is_empty());
        self
    }

    /// Refused at the token endpoint or one of its neighbours.
    #[track_caller]
    pub fn is_refused(&self, error: &str, rule: Rule) {
        assert!(self.status.is_client_error(), "{self:?}");
        assert_eq!(self.member("error"), error, "{}", self.body);
        assert_eq!(self.member("error_uri"), format!("{ISSUER}/rules/{}", rule.name()));
        let allowed = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E');
        assert!(self.member("error_description").chars().all(allowed));
        let is_resource = self.header("www-authenticate").starts_with("Bearer");
        self.is_explained(rule, |shape| match shape {
            Shape::Json(code) => !is_resource && code.as_str() == error,
            Shape::Challenge(code) => is_resource && code.as_str() == error,
            _ => false,
        });
    }

    /// Refused at the authorization endpoint, with the client told.
    #[track_caller]
    pub fn is_returned(&self, error: &str, rule: Rule) {
        assert_eq!(self.returned("error").as_deref(), Some(error), "{self:?}");
        assert_eq!(self.returned("error_uri"), Some(format!("{ISSUER}/rules/{}", rule.name())));
        assert_eq!(self.returned("iss").as_deref(), Some(ISSUER));
        assert_eq!(self.returned("code"), None);
        self.is_explained(rule, |shape| matches!(shape, Shape::Returned(code) if code.as_str() == error));
    }

    /// Refused with a page, and nobody is redirected.
    #[track_caller]
    pub fn is_shown(&self, status: StatusCode, rule: Rule) {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.headers.get("location").is_none());
        assert!(self.body.contains(&format!("/rules/{}", rule.name())), "{}", self.body);
        self.is_explained(rule, |shape| matches!(shape, Shape::Shown(known, _) if known == status));
    }

    /// The page of the rule shows a refusal of this shape. That it shows any is a test of the pages.
    #[track_caller]
    fn is_explained(&self, rule: Rule, is_this: impl Fn(Shape) -> bool) {
        let shapes = rule.shapes();
        let known = shapes.is_empty() || shapes.iter().any(|shape| is_this(*shape));
        assert!(known, "src/rules/shape.rs does not say of {rule:?} that it refuses like this: {self:?}");
    }
}

pub async fn send(server: &Server, request: Request<Bytes>) -> Answer {
    let (parts, body) = server.answer(request).await.into_parts();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

pub fn encode(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

pub fn form_request(path: &str) -> http::request::Builder {
    Request::builder().method(Method::POST).uri(path).header("content-type", "application/x-www-form-urlencoded")
}

pub fn basic(client_id: &str, secret: &str) -> String {
    let quote = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", quote(client_id), quote(secret))))
}

/// Post a form as this client, authenticated as it should be.
pub async fn post(server: &Server, path: &str, client_id: &str, parameters: &[(&str, &str)]) -> Answer {
    let client = config().clients.into_iter().find(|client| client.client_id == client_id);
    let method = client.map_or(AuthMethod::ClientSecretBasic, |client| client.auth_method);
    let secret = secret_of(client_id);
    let mut request = form_request(path);
    let mut parameters = parameters.to_vec();
    let assertion;
    match method {
        AuthMethod::None => parameters.push(("client_id", client_id)),
        AuthMethod::ClientSecretPost => parameters.extend([("client_id", client_id), ("client_secret", &secret)]),
        AuthMethod::ClientSecretBasic => request = request.header("authorization", basic(client_id, &secret)),
        AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt => {
            assertion = client_assertion(server, client_id, json!({}), json!({}));
            parameters.extend([("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &assertion)]);
        }
    }
    send(server, request.body(encode(&parameters).into()).unwrap()).await
}

/// What `web-jwt` or `web-key` sign with.
pub fn signer_of(client_id: &str) -> Signer {
    match client_id {
        "web-key" => Signer::from_pem(demo_keys::WEB_KEY),
        _ => Signer::secret(secret_of(client_id)),
    }
}

/// A valid client assertion of `web-jwt` or `web-key`, with deviations of header and claims: a value replaces, null removes.
pub fn client_assertion(server: &Server, client_id: &str, header: Value, claims: Value) -> String {
    let now = server.clock.now();
    let valid = json!({
        "iss": client_id, "sub": client_id, "aud": format!("{ISSUER}/token"),
        "jti": random_string(), "iat": now, "exp": now + 60,
    });
    let alg = if client_id == "web-key" { "ES256" } else { "HS256" };
    signer_of(client_id).sign(&deviating(json!({ "alg": alg }), header), &deviating(valid, claims))
}

pub const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A valid assertion of the issuer of the demonstration for alice, with deviations of header and claims: a value replaces, null removes.
pub fn issuer_assertion(server: &Server, header: Value, claims: Value) -> String {
    static ISSUER_KEY: LazyLock<Signer> = LazyLock::new(|| Signer::from_pem(demo_keys::ISSUER_KEY));
    let now = server.clock.now();
    let valid = json!({
        "iss": demo_keys::ISSUER, "sub": "user-alice", "aud": ISSUER,
        "jti": random_string(), "iat": now, "exp": now + 300,
    });
    ISSUER_KEY.sign(&deviating(json!({ "alg": "ES256", "kid": "issuer-key-1" }), header), &deviating(valid, claims))
}

/// Ask for a token with this assertion, as the client `bearer`.
pub async fn bear(server: &Server, assertion: &str, more: &[(&str, &str)]) -> Answer {
    token(server, "bearer", &[&[("grant_type", JWT_BEARER), ("assertion", assertion)], more].concat()).await
}

/// An object with deviations: a value replaces, null removes.
pub fn deviating(mut valid: Value, deviations: Value) -> Value {
    let members = valid.as_object_mut().unwrap();
    let Value::Object(deviations) = deviations else { panic!("deviations are members of an object") };
    for (name, value) in deviations {
        members.remove(&name);
        members.extend(Some((name, value)).filter(|(_, value)| !value.is_null()));
    }
    valid
}

pub async fn token(server: &Server, client_id: &str, parameters: &[(&str, &str)]) -> Answer {
    post(server, "/token", client_id, parameters).await
}

/// Post a form with no credentials but those in the form.
pub async fn bare(server: &Server, path: &str, parameters: &[(&str, &str)]) -> Answer {
    send(server, form_request(path).body(encode(parameters).into()).unwrap()).await
}

pub async fn get(server: &Server, path: &str) -> Answer {
    send(server, Request::get(path).body(Bytes::new()).unwrap()).await
}

/// The claims of a JWT, unverified.
pub fn claims(jwt: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// The header of a JWT.
pub fn header(jwt: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jwt.split('.').next().unwrap()).unwrap()).unwrap()
}

/// A valid authorization request of a client, with deviations: a value replaces, an empty one removes.
pub fn asking(client_id: &str, deviations: &[(&str, &str)]) -> Vec<(String, String)> {
    let valid = [
        ("client_id", client_id),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile api:read"),
        ("state", "a state+with%odd \"characters\""),
        ("nonce", "a-nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let mut parameters: Vec<(String, String)> = valid
        .iter()
        .filter(|(name, _)| !deviations.iter().any(|(deviant, _)| deviant == name))
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    parameters.extend(
        deviations
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    parameters
}

pub fn hidden(html: &str, name: &str) -> String {
    let marker = format!("name=\"{name}\" value=\"");
    let from = html.find(&marker).unwrap_or_else(|| panic!("no field {name}: {html}")) + marker.len();
    html[from..].split('"').next().unwrap().to_owned()
}

/// Redeem a code of [`asking`], with deviations: a value replaces, an empty one removes.
pub async fn redeem(server: &Server, client_id: &str, code: &str, deviations: &[(&str, &str)]) -> Answer {
    let valid =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    let mut parameters: Vec<(&str, &str)> =
        valid.into_iter().filter(|(name, _)| !deviations.iter().any(|(deviant, _)| deviant == name)).collect();
    parameters.extend(deviations.iter().filter(|(_, value)| !value.is_empty()));
    token(server, client_id, &parameters).await
}

/// The tokens of a whole code flow.
pub async fn tokens(server: &Server, client_id: &str) -> Answer {
    let code = Browser::new(server).code(client_id, &[]).await;
    let answer = redeem(server, client_id, &code, &[]).await;
    answer.is_token();
    answer
}

pub async fn refresh(server: &Server, client_id: &str, refresh_token: &str, more: &[(&str, &str)]) -> Answer {
    let mut parameters = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    parameters.extend_from_slice(more);
    token(server, client_id, &parameters).await
}

/// What a device asks for.
pub async fn device(server: &Server, client_id: &str, scope: &str) -> Answer {
    let answer = post(server, "/device_authorization", client_id, &[("scope", scope)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer
}

/// What the device does then.
pub async fn poll(server: &Server, client_id: &str, device_code: &str) -> Answer {
    let grant = ("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    token(server, client_id, &[grant, ("device_code", device_code)]).await
}

pub async fn is_active(server: &Server, client_id: &str, value: &str) -> bool {
    post(server, "/introspect", client_id, &[("token", value)]).await.json()["active"] == true
}

pub async fn disable_alice(server: &Server, disabled: bool) {
    let request = Request::post("/_/users/alice")
        .header("content-type", "application/json")
        .body(format!("{{\"disabled\": {disabled}}}").into());
    assert_eq!(send(server, request.unwrap()).await.status, StatusCode::OK);
}

/// Tell the control API something.
pub async fn tell(server: &Server, path: &str, body: &str) -> Answer {
    let request = Request::post(path).header("content-type", "application/json").body(Bytes::from(body.to_owned()));
    send(server, request.unwrap()).await
}
