//! The registration endpoint: RFC 7591 §3, OpenID Connect Registration §3.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::header;
use super::protected::Denied;
use crate::config::{ClientConfig, RegistrationAccess};
use crate::error::{ErrorCode, Refusal};
use crate::model::{AuthMethod, Client, ClientMetadata, Path, Registered, registration};
use crate::rules::Rule;
use crate::server::Server;
use crate::tokens::secret::{Digest, derived_secret, random_string};
use crate::tokens::{Algorithm, Map};
use crate::transport::credentials::bearer;
use crate::transport::reply::{self, Reply};

const PATH: Path = Path::Registration;

/// Register a client; where registration is off, nothing is here.
pub async fn answer(server: &Server, request: &Request<Bytes>) -> Reply {
    if server.config.registration.allow == RegistrationAccess::Off {
        return reply::not_found();
    }
    match register(server, request).await {
        Ok(body) => reply::private_json(StatusCode::CREATED, &body),
        Err(denied) => denied.into_reply(&server.config.issuer),
    }
}

async fn register(server: &Server, request: &Request<Bytes>) -> Result<Map, Denied> {
    if server.config.registration.allow == RegistrationAccess::Token {
        let presented = bearer(request.headers()).ok_or(Denied::NoToken)?;
        server.rules.initial_access_token_matches(PATH, &server.config.registration, presented)?;
    }
    let metadata = judge(server, &members(server, request)?)?;
    let salt = random_string();
    let credentials = Credentials::new(random_string(), &salt, auth_method(&metadata));
    let client = client(server, random_string(), &metadata, credentials.secret.as_deref())?;
    let access_token = Digest::of(&credentials.access_token);
    let registered = Registered { access_token, issued_at: server.clock.now(), salt, metadata };
    let client = Client { registered: Some(registered), ..client };

    let body = information(server, &client, &credentials);
    if !server.store.register_client(client, server.config.registration.at_most).await? {
        return Err(no_room().into());
    }
    Ok(body)
}

/// The members of a request.
pub(super) fn members(server: &Server, request: &Request<Bytes>) -> Result<Map, Refusal> {
    let members = serde_json::from_slice::<Map>(request.body()).ok();
    server.rules.registration_is_json(PATH, header(request, &CONTENT_TYPE), members.as_ref())?;
    members.ok_or_else(|| Refusal::new(ErrorCode::InvalidRequest, "The body is not one JSON object."))
}

/// The order: the form of each member, what it asks for, which grants, where responses may go, how far.
pub(super) fn judge(server: &Server, members: &Map) -> Result<ClientMetadata, Refusal> {
    let (rules, settings) = (&server.rules, &server.config.registration);

    rules.metadata_is_well_formed(PATH, members)?;
    let mut metadata = ClientMetadata::new(members);
    if settings.ignore_request_uris && server.offer.fetches_from.is_empty() {
        metadata = metadata.without("request_uris");
    }
    rules.software_statement_is_absent(PATH, &metadata)?;
    rules.metadata_is_supported(PATH, &metadata, &server.offer)?;
    rules.response_types_fit_grant_types(PATH, &metadata)?;
    let response_types = registration::response_types(&metadata.texts("response_types"))?;
    let grant_types = registration::from_the_wire(&metadata.texts("grant_types"), &response_types)?;
    rules.grant_types_can_be_held(PATH, &grant_types, &server.offer.grant_types)?;
    rules.redirect_uris_are_given(PATH, &metadata)?;
    rules.redirect_uris_are_safe(PATH, &metadata)?;
    rules.redirect_uris_fit_application(PATH, &metadata)?;
    rules.pages_belong_to_client(PATH, &metadata)?;
    rules.scope_can_be_registered(PATH, &metadata, settings)?;
    Ok(metadata)
}

/// What a client is given along with its registration, and is told whenever it asks: RFC 7592 §3, Appendix A.1.
pub(super) struct Credentials {
    /// RFC 7592 §1.2.
    pub access_token: String,
    /// RFC 6749 §2.3.1: none for a public client.
    pub secret: Option<String>,
}

impl Credentials {
    /// The token, and the secret that follows from it, where the authentication method has one.
    pub fn new(access_token: String, salt: &str, method: AuthMethod) -> Credentials {
        let secret = method.has_secret().then(|| derived_secret(&access_token, salt));
        Credentials { access_token, secret }
    }
}

pub(super) fn auth_method(metadata: &ClientMetadata) -> AuthMethod {
    metadata.text("token_endpoint_auth_method").and_then(AuthMethod::parse).unwrap_or_default()
}

/// An algorithm that was named; one that is not known was refused before.
fn algorithm(metadata: &ClientMetadata, member: &str) -> Option<Algorithm> {
    metadata.text(member).and_then(Algorithm::parse)
}

/// The client that metadata describes, by the same door as the clients of the configuration.
pub(super) fn client(
    server: &Server,
    client_id: String,
    metadata: &ClientMetadata,
    secret: Option<&str>,
) -> Result<Client, Refusal> {
    let settings = &server.config.registration;
    let response_types = registration::response_types(&metadata.texts("response_types"))?;
    let grant_types = registration::from_the_wire(&metadata.texts("grant_types"), &response_types)?;
    let config = ClientConfig {
        client_id,
        name: metadata.text("client_name").map(str::to_owned),
        secret: secret.map(str::to_owned),
        auth_method: auth_method(metadata),
        token_endpoint_auth_signing_alg: algorithm(metadata, "token_endpoint_auth_signing_alg"),
        jwks: metadata.object("jwks").cloned(),
        jwks_uri: metadata.text("jwks_uri").map(str::to_owned),
        request_uris: owned(&metadata.texts("request_uris")),
        grant_types: owned(&grant_types),
        response_types: Some(response_types),
        redirect_uris: owned(&metadata.texts("redirect_uris")),
        post_logout_redirect_uris: owned(&metadata.texts("post_logout_redirect_uris")),
        scopes: owned(&server.rules.registered_scope(PATH, metadata, settings).iter().collect::<Vec<_>>()),
        require_pkce: settings.require_pkce,
        allow_plain_pkce: settings.allow_plain_pkce,
        browser_tokens: settings.browser_tokens,
        request_object_signing_alg: metadata.text("request_object_signing_alg").map(str::to_owned),
        require_signed_request_object: metadata.flag("require_signed_request_object"),
        require_pushed_authorization_requests: metadata.flag("require_pushed_authorization_requests"),
        default_max_age: metadata.seconds("default_max_age"),
        default_acr_values: owned(&metadata.texts("default_acr_values")),
        id_token_signed_response_alg: algorithm(metadata, "id_token_signed_response_alg").unwrap_or(Algorithm::Rs256),
        userinfo_signed_response_alg: algorithm(metadata, "userinfo_signed_response_alg"),
        ..ClientConfig::default()
    };
    server.rules.client_can_be_registered(PATH, &config, &server.offer)?;
    Ok(Client::parse(&config, &server.offer)?)
}

/// RFC 7591 §3.2.1, RFC 7592 §3: all that is registered, as the server holds it, and what it takes to change it.
pub(super) fn information(server: &Server, client: &Client, credentials: &Credentials) -> Map {
    let issuer = &server.config.issuer;
    let Some(registered) = &client.registered else { return Map::new() };
    let mut body = registered.metadata.members().clone();
    let mut say = |name: &str, value: Value| body.insert(name.to_owned(), value);
    say("client_id", json!(client.client_id));
    say("client_id_issued_at", json!(registered.issued_at));
    if let Some(secret) = &credentials.secret {
        say("client_secret", json!(secret));
        say("client_secret_expires_at", json!(0));
    }
    say("registration_client_uri", json!(format!("{issuer}/register/{}", client.client_id)));
    say("registration_access_token", json!(credentials.access_token));
    say("token_endpoint_auth_method", json!(client.auth_method));
    say("id_token_signed_response_alg", json!(client.id_token_signed_response_alg));
    say("grant_types", json!(registration::to_the_wire(&client.grant_types)));
    say("response_types", json!(client.response_types));
    say("redirect_uris", json!(client.redirect_uris));
    say("scope", json!(client.scopes.to_string()));
    body
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn no_room() -> Refusal {
    Refusal::new(ErrorCode::AccessDenied, "As many clients have registered as this server has room for; delete some.")
        .by(Rule::RegistrationsAreBounded)
}
