//! One ready way into each grant, for whoever wants to see it before reading about it. Only the demonstration has them.

use form_urlencoded::Serializer;

use crate::config::{ClientConfig, Config};
use crate::grants::extension::Extensions;
use crate::grants::{device_code, example, jwt_bearer, token_exchange};
use crate::model::{AuthMethod, GrantType, ResponseType, TokenType};
use crate::server::Server;
use crate::tokens::secret::{base64url, sha256};

/// The path below which a page plays the client: `/try/<client_id>` is a redirect URI of that client.
pub const CALLBACKS: &str = "/try/";

/// The code_verifier of the ready links. It is public, so that whoever follows one can redeem the code; a client makes a new one each time.
pub(super) const VERIFIER: &str = "a-public-verifier-that-protects-nothing-0123456789";

/// A grant to try.
pub(super) struct Try {
    pub title: String,
    pub says: &'static str,
    pub links: Vec<Link>,
    pub command: Option<String>,
}

/// Where to begin in the browser.
pub(super) struct Link {
    pub text: String,
    pub address: String,
}

/// Each grant type that is served and that a client of the configuration can use.
pub(super) fn tries(server: &Server) -> Vec<Try> {
    server.offer.grant_types.iter().filter_map(|grant_type| try_one(server, *grant_type)).collect()
}

fn try_one(server: &Server, grant_type: GrantType) -> Option<Try> {
    let config = &server.config;
    let (title, says) = words(grant_type);
    let holder = |client: &&ClientConfig| {
        client.grant_types.iter().any(|name| name == grant_type.as_str()) && credentials(client).is_some()
    };
    let mut holders = config.clients.iter().filter(holder);
    if grant_type.is_at_authorization_endpoint() {
        let client = holders.find(|client| client.redirect_uris.contains(&callback(config, client)))?;
        let links = links(server, client, grant_type);
        return (!links.is_empty()).then_some(Try { title, says, links, command: None });
    }
    let command = command(config, holders.next()?, grant_type, &server.extensions);
    Some(Try { title, says, links: Vec::new(), command: Some(command) })
}

#[rustfmt::skip]
fn words(grant_type: GrantType) -> (String, &'static str) {
    let (title, says) = match grant_type {
        GrantType::AuthorizationCode => ("Authorization code", "You log in and allow; a code comes back, which the client swaps for tokens with the verifier of its challenge."),
        GrantType::Implicit          => ("Implicit", "You log in and allow; the tokens themselves come back, behind the # of the address."),
        GrantType::Hybrid            => ("Hybrid", "Some of it comes back at once, behind the #, the rest for the code."),
        GrantType::ClientCredentials => ("Client credentials", "The client asks in its own name. There is no user."),
        GrantType::Password          => ("Resource owner password", "The client has the user's password, and passes it on."),
        GrantType::RefreshToken      => ("Refresh token", "An old token for a new one. The old one comes from the authorization code; each is good for one use."),
        GrantType::Extension(jwt_bearer::NAME)     => ("Extension: JWT bearer", "An issuer that is trusted here vouches for a user, and signs it. The manual has the key of one."),
        GrantType::Extension(device_code::NAME)    => ("Extension: device code", "A device shows a code, which you type on the page /device; then the device gets its tokens."),
        GrantType::Extension(token_exchange::NAME) => ("Extension: token exchange", "An access token of a user, as the web shop has it, for one that is meant for somebody else."),
        GrantType::Extension(example::NAME)        => ("Extension: a voucher", "An example of a grant of one's own: the client swaps a voucher for a token."),
        GrantType::Extension(name)   => (name, "An extension grant, by its absolute URI. What only you can put in is written in capitals."),
    };
    (title.to_owned(), says)
}

/// The redirect URI at which a page of this server plays the client.
fn callback(config: &Config, client: &ClientConfig) -> String {
    format!("{}{CALLBACKS}{}", config.issuer, client.client_id)
}

/// A complete authorization request for each response type of the grant.
fn links(server: &Server, client: &ClientConfig, grant_type: GrantType) -> Vec<Link> {
    let response_types = server.offer.response_types.iter().copied();
    let own = response_types.filter(|response_type| response_type.grant_type() == grant_type);
    let link = |response_type| Link {
        text: format!("Ask for {response_type}"),
        address: authorization_request(&server.config, client, response_type, None),
    };
    let mut links: Vec<Link> = own.map(link).collect();
    if grant_type == GrantType::AuthorizationCode {
        let address = authorization_request(&server.config, client, ResponseType::Code, Some("form_post"));
        links.push(Link { text: "The same by form_post".to_owned(), address });
    }
    links
}

fn authorization_request(
    config: &Config,
    client: &ClientConfig,
    response_type: ResponseType,
    response_mode: Option<&str>,
) -> String {
    let challenge = base64url(sha256(VERIFIER.as_bytes()));
    let mut query = Serializer::new(String::new());
    query
        .append_pair("client_id", &client.client_id)
        .append_pair("response_type", response_type.as_str())
        .append_pair("redirect_uri", &callback(config, client))
        .append_pair("scope", "openid profile email")
        .append_pair("state", "the-state-of-the-client")
        .append_pair("nonce", "the-nonce-of-the-client");
    if response_type.has_code() {
        query.append_pair("code_challenge", &challenge).append_pair("code_challenge_method", "S256");
    }
    if let Some(response_mode) = response_mode {
        query.append_pair("response_mode", response_mode);
    }
    format!("/authorize?{}", query.finish())
}

/// The request at the token endpoint, with whatever only a person can put in written in capitals.
fn command(config: &Config, client: &ClientConfig, grant_type: GrantType, extensions: &Extensions) -> String {
    let mut fields = vec![("grant_type", grant_type.as_str().to_owned())];
    match grant_type {
        GrantType::Password => {
            if let Some(user) = config.users.first() {
                fields.extend([("username", user.name.clone()), ("password", user.password.clone())]);
            }
        }
        GrantType::RefreshToken => fields.push(("refresh_token", "REFRESH_TOKEN".to_owned())),
        GrantType::Extension(example::NAME) => fields.push(("voucher", example::VOUCHER.to_owned())),
        GrantType::Extension(token_exchange::NAME) => fields.extend([
            ("subject_token", "ACCESS_TOKEN".to_owned()),
            ("subject_token_type", TokenType::AccessToken.as_str().to_owned()),
        ]),
        GrantType::Extension(device_code::NAME) => {
            fields.push(("device_code", "DEVICE_CODE".to_owned()));
            let asks = request(config, client, "/device_authorization", &[("scope", "openid".to_owned())]);
            return format!("{asks}\n\n{}", request(config, client, "/token", &fields));
        }
        GrantType::Extension(name) => {
            let parameters = extensions.find(name).map_or(&[][..], |extension| extension.parameters());
            let once = parameters.iter().filter(|parameter| !parameter.repeats);
            fields.extend(once.map(|parameter| (parameter.name, parameter.name.to_uppercase())));
        }
        _ => {}
    }
    request(config, client, "/token", &fields)
}

/// A request of this client at an endpoint, for a shell.
pub(super) fn request(config: &Config, client: &ClientConfig, path: &str, fields: &[(&str, String)]) -> String {
    let mut lines = vec![format!("curl {}", quoted(&format!("{}{path}", config.issuer)))];
    lines.extend(credentials(client));
    lines.extend(fields.iter().map(|(name, value)| field(name, value)));
    lines.join(" \\\n  ")
}

/// How the client proves who it is, where a shell can say it in a line.
fn credentials(client: &ClientConfig) -> Option<String> {
    let secret = client.secret.as_deref();
    // RFC 6749 §2.3.1: both halves are form-encoded; these stay what they are.
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    match (client.auth_method, secret) {
        (AuthMethod::None, _) => Some(field("client_id", &client.client_id)),
        (AuthMethod::ClientSecretBasic, Some(secret)) if plain(secret) && plain(&client.client_id) => {
            Some(format!("-u {}", quoted(&format!("{}:{secret}", client.client_id))))
        }
        (AuthMethod::ClientSecretPost, Some(secret)) => {
            Some(format!("{} {}", field("client_id", &client.client_id), field("client_secret", secret)))
        }
        _ => None,
    }
}

fn field(name: &str, value: &str) -> String {
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:/".contains(&b));
    format!("{} {}", if plain { "-d" } else { "--data-urlencode" }, quoted(&format!("{name}={value}")))
}

/// A word for a shell, whatever is in it.
pub(super) fn quoted(word: &str) -> String {
    let plain = word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./:=@".contains(&b));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
