//! A small server of canned answers, and the one client that it knows.

use std::sync::Arc;
use std::time::Duration;

use grantspec::catalogue::catalogue;
use grantspec::cell::{AuthMethod, Cell};
use grantspec::check::Check;
use grantspec::lab::Setting;
use grantspec::lab::http::Http;
use grantspec::policy::Declared;
use grantspec::profile::Profile;
use grantspec::run::{Outcome, Paths, Plan, Selection, execute};
use grantspec::target::{Abilities, Client, Metadata, Registration, Resources, Scopes, Target, TokenExchange};
use serde_json::{Value, json};
use url::form_urlencoded;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// The client of these tests.
pub const CLIENT: &str = "service";

/// Its secret: with characters that each encoding writes in its own way.
pub const SECRET: &str = "hush-9f8e%7d+6c 5b&4a/3=";

/// The token that is issued.
pub const TOKEN: &str = "Tok3n-that-nobody-may-see-0123456789";

/// The cell in which the client asks.
pub const CELL: Cell = Cell::CLIENT_CREDENTIALS.basic();

/// What was asked, as far as answers depend on it.
pub struct Asked {
    pub path: String,
    pub authorization: String,
    form: Vec<(String, String)>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let authorization = request.headers.get("authorization").and_then(|value| value.to_str().ok());
        Self {
            path: request.url.path().to_owned(),
            authorization: authorization.unwrap_or_default().to_owned(),
            form: form_urlencoded::parse(&request.body).into_owned().collect(),
        }
    }

    /// A parameter of the body.
    pub fn param(&self, name: &str) -> &str {
        self.form.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Is this a valid request for a token?
    pub fn is_valid(&self) -> bool {
        self.is_client() && self.param("grant_type") == "client_credentials"
    }

    /// Does the client authenticate with its own secret?
    pub fn is_client(&self) -> bool {
        let pair = grantspec::exchange::Exchange::post("").by(&client()).wire();
        pair.headers.iter().any(|(name, value)| *name == "authorization" && *value == self.authorization)
    }
}

/// A server that answers every POST by `answer`, and publishes where its token endpoint is.
pub async fn serving(answer: impl Fn(&Asked) -> ResponseTemplate + Send + Sync + 'static) -> MockServer {
    let server = MockServer::start().await;
    let token_endpoint = format!("{}/token", server.uri());
    let metadata = json!({ "issuer": server.uri(), "token_endpoint": token_endpoint });
    let respond = move |request: &Request| match (request.method.as_str(), request.url.path()) {
        ("GET", "/.well-known/oauth-authorization-server") => ResponseTemplate::new(200).set_body_json(&metadata),
        ("POST", _) => answer(&Asked::of(request)),
        _ => ResponseTemplate::new(404),
    };
    Mock::given(any()).respond_with(respond).mount(&server).await;
    server
}

/// A server that does what it should at client credentials, and no more.
pub fn good(asked: &Asked) -> ResponseTemplate {
    if !asked.is_client() {
        return refusal(401, "invalid_client").insert_header("www-authenticate", "Basic realm=\"token\"");
    }
    match asked.param("grant_type") {
        "client_credentials" => good_token(),
        "" => refusal(400, "invalid_request"),
        _ => refusal(400, "unsupported_grant_type"),
    }
}

/// The good server, but for what `valid` makes of a valid request.
pub fn but_for_valid(
    valid: impl Fn() -> ResponseTemplate + Send + Sync + 'static,
) -> impl Fn(&Asked) -> ResponseTemplate + Send + Sync + 'static {
    move |asked| if asked.is_valid() { valid() } else { good(asked) }
}

/// The good server, but for what `stranger` makes of a wrong secret.
pub fn but_for_strangers(
    stranger: impl Fn() -> ResponseTemplate + Send + Sync + 'static,
) -> impl Fn(&Asked) -> ResponseTemplate + Send + Sync + 'static {
    move |asked| if asked.is_client() || asked.authorization.is_empty() { good(asked) } else { stranger() }
}

/// The token response of the good server.
pub fn good_token() -> ResponseTemplate {
    token(&json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": 300 }))
}

/// A token response with these members.
pub fn token(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200)
        .set_body_json(body)
        .insert_header("cache-control", "no-store")
        .insert_header("pragma", "no-cache")
}

/// A refusal in the form of RFC 6749 §5.2.
pub fn refusal(status: u16, error: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({ "error": error }))
}

pub fn client() -> Client {
    Client {
        id: CLIENT.to_owned(),
        secret: Some(SECRET.to_owned()),
        key: None,
        audience: None,
        auth: AuthMethod::Basic,
        named: false,
        grants: vec!["client_credentials".to_owned()],
        response_types: Vec::new(),
        origins: Vec::new(),
        redirect_uris: Vec::new(),
        scope: None,
        post_logout_redirect_uris: Vec::new(),
    }
}

/// The server as a target: one client, no user, no ability.
pub fn target(issuer: &str) -> Target {
    Target {
        issuer: issuer.to_owned(),
        metadata: Metadata { token_endpoint: Some(format!("{issuer}/token")), ..Metadata::default() },
        clients: vec![client()],
        users: Vec::new(),
        authorize_extra: Vec::new(),
        login_origins: Vec::new(),
        login_requests: None,
        scopes: Scopes::default(),
        assertion_issuer: None,
        token_exchange: TokenExchange::default(),
        registration: Registration::default(),
        resources: Resources::default(),
        abilities: Abilities::default(),
        policies: Declared::new(),
    }
}

/// How long a good server may take on a busy machine.
pub const PATIENT: Duration = Duration::from_secs(5);

/// The outcomes of these checks, in the order of their plan.
pub async fn outcomes(target: Target, checks: &[Check], profile: Profile, deadline: Duration) -> Vec<Outcome> {
    let setting = Arc::new(Setting::new(target, Http::new(deadline), 1, 4));
    let plan = Plan::of(checks, &Selection::default(), Paths::All);
    execute(&setting, &plan, profile, 16, &mut |_| {}).await
}

/// The check of that id.
pub fn check(id: &str) -> Check {
    *catalogue().iter().find(|check| check.id == id).unwrap_or_else(|| panic!("the catalogue has no {id}"))
}

/// What the check says of this server in the cell of the client (or, if it asks elsewhere, in its first cell).
pub async fn asked(target: Target, id: &str, profile: Profile) -> Outcome {
    let outcomes = outcomes(target, &[check(id)], profile, PATIENT).await;
    let at = outcomes.iter().position(|outcome| target_cell(outcome.cell)).unwrap_or(0);
    outcomes.into_iter().nth(at).unwrap_or_else(|| panic!("{id} was asked in no cell"))
}

fn target_cell(cell: Cell) -> bool {
    cell == CELL || cell == Cell::CLIENT_CREDENTIALS.confidential()
}
