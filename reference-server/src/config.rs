//! What a server can be told before it starts: its name, its clients and users, how long things live.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::client::{self, ClientError};
use crate::model::{AuthMethod, GrantType, Scope};

/// The configuration of one server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// RFC 8414 §2: scheme, host and port, with neither path nor query nor fragment.
    pub issuer: String,
    /// RFC 9068 §3: the default resource, the `aud` of access tokens.
    pub audience: String,
    /// Who may ask.
    pub clients: Vec<ClientConfig>,
    /// Who may log in.
    pub users: Vec<UserConfig>,
    /// Every scope that exists here.
    pub scopes: Vec<String>,
    /// How long things live.
    #[serde(default)]
    pub lifetimes: Lifetimes,
    /// Whether `/_/` is served.
    #[serde(default)]
    pub control: bool,
}

/// How long things live, in seconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lifetimes {
    /// RFC 6749 §4.1.2: ten minutes at most.
    pub code: u64,
    /// RFC 6750 §5.3: an hour or less.
    pub access_token: u64,
    /// RFC 9700 §4.14.2: a refresh token that nobody uses dies.
    pub refresh_token: u64,
    /// A family of refresh tokens dies, however busy it is.
    pub refresh_token_family: u64,
    /// OpenID Connect Core §2, `exp`.
    pub id_token: u64,
    /// How long a login lasts.
    pub session: u64,
    /// How long a login or consent page waits for its user.
    pub interaction: u64,
}

impl Default for Lifetimes {
    fn default() -> Lifetimes {
        const DAY: u64 = 24 * 60 * 60;
        Lifetimes {
            code: 60,
            access_token: 3600,
            refresh_token: 14 * DAY,
            refresh_token_family: 30 * DAY,
            id_token: 300,
            session: DAY / 2,
            interaction: 600,
        }
    }
}

/// One client, as written down by whoever runs the server.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientConfig {
    /// RFC 6749 §2.2.
    pub client_id: String,
    /// RFC 6749 §2.3.1: at least 32 characters of printable ASCII; none for a public client.
    #[serde(default)]
    pub secret: Option<String>,
    /// RFC 7591 §2, `token_endpoint_auth_method`.
    pub auth_method: AuthMethod,
    /// What it may use.
    pub grant_types: Vec<GrantType>,
    /// Where authorization responses may go.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// The most that it may be granted.
    pub scopes: Vec<String>,
    /// RFC 7636: whether an authorization request without a challenge is refused.
    #[serde(default = "yes")]
    pub require_pkce: bool,
    /// What its access tokens look like.
    #[serde(default)]
    pub access_token: AccessTokenFormat,
}

fn yes() -> bool {
    true
}

/// What an access token looks like from outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessTokenFormat {
    /// RFC 9068.
    #[default]
    Jwt,
    /// A random string that means nothing to anybody else.
    Opaque,
}

/// One user, as written down by whoever runs the server.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserConfig {
    /// What the user types to log in.
    pub name: String,
    /// What the user types as well.
    pub password: String,
    /// OpenID Connect Core §5.1, `sub`.
    pub sub: String,
    /// OpenID Connect Core §5.1, `name`.
    pub full_name: String,
    /// OpenID Connect Core §5.1, `email`.
    pub email: String,
    /// Whether the user is locked out.
    #[serde(default)]
    pub disabled: bool,
}

impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("client_id", &self.client_id)
            .field("auth_method", &self.auth_method)
            .field("grant_types", &self.grant_types)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for UserConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserConfig").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ClientConfig {
    /// Whether a server that knows `scopes` can have this client.
    ///
    /// # Errors
    /// The first thing that does not make sense.
    pub fn check(&self, scopes: &[String]) -> Result<(), ClientError> {
        if self.client_id.is_empty() || !is_printable(&self.client_id) {
            return Err(ClientError::ClientId);
        }
        client::check_grant_types(&self.grant_types)?;
        match (self.auth_method, self.secret.as_deref()) {
            (AuthMethod::None, Some(_)) => return Err(ClientError::SecretOfPublicClient),
            (AuthMethod::None, None) if self.grant_types.contains(&GrantType::ClientCredentials) => {
                return Err(ClientError::PublicClientCredentials);
            }
            (AuthMethod::None, None) => {}
            (_, Some(secret)) if !secret.is_empty() && is_printable(secret) => {}
            (method, _) => return Err(ClientError::SecretMissing(method.as_str())),
        }
        let interactive = [GrantType::AuthorizationCode, GrantType::Implicit, GrantType::Hybrid];
        if self.redirect_uris.is_empty() && interactive.iter().any(|grant| self.grant_types.contains(grant)) {
            return Err(ClientError::NoRedirectUri);
        }
        for (at, uri) in self.redirect_uris.iter().enumerate() {
            if url::Url::parse(uri).is_err() || uri.contains('#') {
                return Err(ClientError::RedirectUri(at + 1));
            }
        }
        match self.scopes.iter().find(|scope| !scopes.contains(scope)) {
            Some(unknown) if Scope::is_well_formed(unknown) => Err(ClientError::UnknownScope(unknown.clone())),
            Some(_) => Err(ClientError::UnknownScope("(not a scope token)".to_owned())),
            None => Ok(()),
        }
    }
}

fn is_printable(value: &str) -> bool {
    value.bytes().all(|b| (0x20..=0x7E).contains(&b))
}

/// Where the clients of the demonstration listen.
const CALLBACK: &str = "http://127.0.0.1:8765/cb";
const OTHER_CALLBACK: &str = "http://127.0.0.1:8765/other";
const CALLBACK_WITH_QUERY: &str = "http://127.0.0.1:8765/query?tenant=a%20b&lang=en";
/// The one of a client that shares none with the others.
const CALLBACK_OF_ONE: &str = "http://127.0.0.1:8765/code-only";

impl Config {
    /// The demonstration: two users, and a client of each kind.
    #[rustfmt::skip]
    pub fn demo(issuer: impl Into<String>) -> Config {
        use AuthMethod::{ClientSecretBasic, ClientSecretPost, None as Public};
        use GrantType::{AuthorizationCode, ClientCredentials, RefreshToken};

        let issuer = issuer.into();
        let user_scopes: &[&str] = &["openid", "profile", "email", "offline_access", "api:read"];
        Config {
            audience: format!("{issuer}/api"),
            scopes: owned(&["openid", "profile", "email", "offline_access", "api:read", "api:write"]),
            lifetimes: Lifetimes::default(),
            control: false,
            users: vec![
                demo_user("alice", "Alice Adams"),
                demo_user("bob", "Bob Brown"),
            ],
            clients: vec![
                demo_client("web",        ClientSecretBasic, "web-secret-4f1c0d8e7b2a95636d3e",        &[AuthorizationCode, RefreshToken, ClientCredentials], user_scopes),
                demo_client("web-post",   ClientSecretPost,  "web-post-secret-9b7d2c51e8f04a63",       &[AuthorizationCode, RefreshToken, ClientCredentials], user_scopes),
                ClientConfig { access_token: AccessTokenFormat::Opaque,
                               ..demo_client("spa", Public,  "",                                       &[AuthorizationCode, RefreshToken], user_scopes) },
                demo_client("service",    ClientSecretBasic, "service-secret-c86e13fa7d5b4092",        &[ClientCredentials], &["api:read"]),
                ClientConfig { redirect_uris: owned(&[CALLBACK_OF_ONE]),
                               ..demo_client("code-only",  ClientSecretBasic, "code-only-secret-27ad90c4be6135f8", &[AuthorizationCode], user_scopes) },
                demo_client("odd+client", ClientSecretBasic, "p%+ s:&=?/\"#~odd-secret-51b8e0fd73",    &[ClientCredentials], &["api:read"]),
            ],
            issuer,
        }
    }
}

fn demo_user(name: &str, full_name: &str) -> UserConfig {
    UserConfig {
        name: name.to_owned(),
        password: format!("{name}-pw"),
        sub: format!("user-{name}"),
        full_name: full_name.to_owned(),
        email: format!("{name}@example.com"),
        disabled: false,
    }
}

fn demo_client(
    id: &str,
    auth_method: AuthMethod,
    secret: &str,
    grant_types: &[GrantType],
    scopes: &[&str],
) -> ClientConfig {
    let interactive = grant_types.contains(&GrantType::AuthorizationCode);
    ClientConfig {
        client_id: id.to_owned(),
        secret: (!secret.is_empty()).then(|| secret.to_owned()),
        auth_method,
        grant_types: grant_types.to_vec(),
        redirect_uris: if interactive { owned(&[CALLBACK, OTHER_CALLBACK, CALLBACK_WITH_QUERY]) } else { Vec::new() },
        scopes: owned(scopes),
        require_pkce: true,
        access_token: AccessTokenFormat::Jwt,
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
