//! The target of a run, from flags and from `grantspec.toml`; flags win.

use std::path::{Path, PathBuf};

use clap::Args;
use grantspec::cell::AuthMethod;
use grantspec::lab::http::Http;
use grantspec::target::{
    Client, FileError, Metadata, Origin, Scopes, Target, TargetFile, User, discovery, grants, unknown_auth_method,
};

use super::Failure;

/// Who is judged, and with which clients and users.
#[derive(Debug, Args)]
#[command(next_help_heading = "Target")]
pub(super) struct TargetArgs {
    /// The target file [default: grantspec.toml here or in a parent folder]
    #[arg(long, value_name = "FILE", env = "GRANTSPEC_CONFIG")]
    config: Option<PathBuf>,
    /// A client of the server
    #[arg(long, value_name = "ID", env = "GRANTSPEC_CLIENT_ID")]
    client_id: Option<String>,
    /// The environment variable that holds its secret; without one the client is public
    #[arg(long, value_name = "NAME", requires = "client_id")]
    client_secret_env: Option<String>,
    /// How the client authenticates: basic, post, client_secret_jwt or none; a client with a key stands in the target file [default: basic with a secret, none without]
    #[arg(long, value_name = "METHOD", requires = "client_id")]
    client_auth: Option<String>,
    /// The grants that the client is registered for [default: learned from the server]
    #[arg(long, value_name = "LIST", value_delimiter = ',', requires = "client_id")]
    grants: Vec<String>,
    /// A registered redirect URI of the client; nothing has to listen there
    #[arg(long, value_name = "URI", requires = "client_id")]
    redirect_uri: Vec<String>,
    /// A user who can log in
    #[arg(long, value_name = "NAME", env = "GRANTSPEC_USER")]
    user: Option<String>,
    /// The environment variable that holds the user's password
    #[arg(long, value_name = "NAME", requires = "user")]
    password_env: Option<String>,
    /// An origin where the login of the server lives, if it is none of the server's own, such as https://login.example
    #[arg(long, value_name = "ORIGIN")]
    login_origin: Vec<Origin>,
    /// The scope of authorization requests
    #[arg(long, value_name = "SCOPE")]
    scope: Option<String>,
    /// The scope of client credentials requests
    #[arg(long, value_name = "SCOPE")]
    client_scope: Option<String>,
    /// A parameter that every authorization request carries, such as prompt=consent
    #[arg(long, value_name = "NAME=VALUE")]
    authorize_extra: Vec<String>,
}

/// A target file that was read, and where.
pub(super) struct Found {
    pub path: PathBuf,
    pub file: TargetFile,
}

impl TargetArgs {
    /// The target file: the one named, else the nearest above.
    pub(super) fn file(&self) -> Result<Option<Found>, Failure> {
        let path = match &self.config {
            Some(path) => Some(path.clone()),
            None => std::env::current_dir().ok().and_then(|here| nearest(&here)),
        };
        path.map(|path| {
            let file = TargetFile::read(&path).map_err(Failure::usage)?;
            Ok(Found { path, file })
        })
        .transpose()
    }

    /// Does the call describe a server of the caller's own, by a client, a user, its login or what to ask for?
    pub(super) fn describes_a_target(&self) -> bool {
        let scopes = self.scope.is_some() || self.client_scope.is_some();
        let ways = !self.login_origin.is_empty() || !self.authorize_extra.is_empty();
        self.client_id.is_some() || self.user.is_some() || scopes || ways
    }

    /// The target: what the flags say, then what the file says, then what the server publishes.
    pub(super) async fn target(&self, http: &Http, issuer: &str, found: Option<&Found>) -> Result<Target, Failure> {
        let empty = TargetFile::default();
        let file = found.map_or(&empty, |found| &found.file);
        let unusable = |error: FileError| {
            let path = found.map_or(String::new(), |found| format!("{}: ", found.path.display()));
            Failure::usage(format!("{path}{error}"))
        };
        let clients = match self.client()? {
            Some(client) => vec![client],
            None => file.clients().map_err(unusable)?,
        };
        let users = match self.given_user()? {
            Some(user) => vec![user],
            None => file.users().map_err(unusable)?,
        };
        let scopes = file.scopes();
        let scopes = Scopes {
            authorization_code: self.scope.clone().or(scopes.authorization_code),
            client_credentials: self.client_scope.clone().or(scopes.client_credentials),
            password: scopes.password,
            jwt_bearer: scopes.jwt_bearer,
            token_exchange: scopes.token_exchange,
            beyond_client: scopes.beyond_client,
        };
        let mut authorize_extra: Vec<(String, String)> = file.authorize.extra.clone().into_iter().collect();
        for pair in &self.authorize_extra {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| Failure::usage(format!("--authorize-extra {pair}: write NAME=VALUE")))?;
            authorize_extra.push((name.to_owned(), value.to_owned()));
        }
        let mut login_origins = file.login_origins();
        login_origins.extend(self.login_origin.iter().map(|origin| origin.as_str().to_owned()));
        let metadata = match &file.endpoints {
            Some(endpoints) if endpoints.token.is_some() => endpoints.beside(Metadata::default()),
            Some(endpoints) => endpoints.beside(discovery::discover(http, issuer).await.map_err(Failure::setup)?),
            None => discovery::discover(http, issuer).await.map_err(Failure::setup)?,
        };
        let abilities = file.abilities();
        let issuer = issuer.to_owned();
        let (assertion_issuer, token_exchange) =
            (file.assertion_issuer().map_err(unusable)?, file.token_exchange.clone());
        let registration = file.registration().map_err(unusable)?;
        let target = Target {
            issuer,
            metadata,
            clients,
            users,
            authorize_extra,
            login_origins,
            login_requests: file.login_requests().map_err(unusable)?,
            scopes,
            assertion_issuer,
            token_exchange,
            registration,
            resources: file.resources.clone(),
            abilities,
            policies: file.policies().map_err(unusable)?,
        };
        Ok(grants::learned(target, http).await)
    }

    fn client(&self) -> Result<Option<Client>, Failure> {
        let Some(id) = &self.client_id else { return Ok(None) };
        let secret = self.client_secret_env.as_deref().map(|name| from_env("--client-secret-env", name)).transpose()?;
        let auth = match (&self.client_auth, &secret) {
            (Some(name), _) => AuthMethod::parse(name)
                .ok_or_else(|| Failure::usage(format!("--client-auth: {}", unknown_auth_method(name))))?,
            (None, Some(_)) => AuthMethod::Basic,
            (None, None) => AuthMethod::None,
        };
        if auth == AuthMethod::KeyJwt {
            return Err(Failure::usage(
                "--client-auth private_key_jwt: write the client and its key into grantspec.toml: [[client]] key = { file = \"…\" }",
            ));
        }
        if (auth == AuthMethod::None) != secret.is_none() {
            return Err(Failure::usage(format!(
                "--client-auth {} goes {} --client-secret-env",
                auth.name(),
                if auth == AuthMethod::None { "without" } else { "with" }
            )));
        }
        for grant in &self.grants {
            grants::known(grant).map_err(|says| Failure::usage(format!("--grants: {says}")))?;
        }
        let through_browser = self.grants.iter().any(|grant| grants::THROUGH_BROWSER.contains(&grant.as_str()));
        let learned = self.grants.is_empty() && (self.user.is_some() || secret.is_none());
        if self.redirect_uri.is_empty() && (through_browser || learned) {
            return Err(Failure::usage(
                "a grant that goes through the browser needs --redirect-uri, a registered redirect URI of the client; nothing has to listen there",
            ));
        }
        Ok(Some(Client {
            id: id.clone(),
            secret,
            key: None,
            audience: None,
            auth,
            named: false,
            grants: self.grants.clone(),
            response_types: Vec::new(),
            origins: Vec::new(),
            redirect_uris: self.redirect_uri.clone(),
            scope: None,
            post_logout_redirect_uris: Vec::new(),
        }))
    }

    fn given_user(&self) -> Result<Option<User>, Failure> {
        let Some(name) = &self.user else { return Ok(None) };
        let Some(variable) = &self.password_env else {
            return Err(Failure::usage(format!(
                "--user {name} needs --password-env, the name of a variable that holds the password"
            )));
        };
        let password = from_env("--password-env", variable)?;
        Ok(Some(User { name: name.clone(), password, disposable: false }))
    }
}

fn from_env(flag: &str, name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|_| {
        Failure::usage(format!("{flag} {name}: that environment variable is not set; export it and run again"))
    })
}

/// `grantspec.toml` here or in a parent, up to the root of the repository.
fn nearest(here: &Path) -> Option<PathBuf> {
    for folder in here.ancestors() {
        let file = folder.join("grantspec.toml");
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}
