//! What a server can be told before it starts: its name, its clients and users, how long things live.

mod assertion_issuer;
mod client;
mod demo;
pub mod demo_keys;
mod fetching;
mod file;
mod grants;
mod preset;
mod registration;

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use assertion_issuer::{AssertionIssuerConfig, SpeaksFor};
pub use client::{AccessTokenFormat, ClientConfig, RefreshTokenUse};
pub use fetching::Fetching;
pub use file::{FileError, Place};
pub use grants::GRANT_PRESETS;
pub use preset::Preset;
pub use registration::{Registration, RegistrationAccess};

use crate::fetch::FetchingError;
use crate::grants::extension::Extensions;
use crate::model::client::{ClientError, Offer};
use crate::model::{AssertionIssuer, Client, GrantType, ResponseType, User};
use crate::tokens::jwk::JwkError;
use crate::tokens::{Algorithm, Map, person};

/// The configuration of one server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Config {
    /// RFC 8414 §2: scheme, host and port, with neither path nor query nor fragment; left out, where the server listens.
    #[serde(default)]
    pub issuer: String,
    /// RFC 9068 §3: the default resource, the `aud` of access tokens; left out, `/api` of the issuer.
    #[serde(default)]
    pub audience: String,
    /// RFC 8707 §2, RFC 8693 §2.1: further resources that access tokens can be for, by their URIs.
    #[serde(default)]
    pub resources: Vec<String>,
    /// Who may ask.
    #[serde(default)]
    pub clients: Vec<ClientConfig>,
    /// Who may log in.
    #[serde(default)]
    pub users: Vec<UserConfig>,
    /// Whose word is taken for a user (RFC 7523 §2.1).
    #[serde(default)]
    pub assertion_issuers: Vec<AssertionIssuerConfig>,
    /// Every scope that exists here.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Grant types that are not served, by name: RFC 9700 §2.4 wants `password` here.
    #[serde(default)]
    pub without_grant_types: Vec<String>,
    /// The response types that are served.
    #[serde(default = "every_response_type")]
    pub response_types: Vec<ResponseType>,
    /// OpenID Connect Core §10.1: what the server signs with, and publishes keys for.
    #[serde(default = "every_signing_alg")]
    pub signing_algs: Vec<Algorithm>,
    /// RFC 9126 §5: whether every authorization request has to be pushed.
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
    /// OpenID Connect Core §6.1: whether a request object may be unsecured (`none`), from a client that did not register an algorithm.
    #[serde(default)]
    pub unsecured_request_objects: bool,
    /// RFC 9700 §4.11.2: whether the user logs in before an error travels to the client, unless the request asks for silence.
    #[serde(default)]
    pub login_before_errors: bool,
    /// RP-Initiated Logout §2: whether the user is asked about a logout even where an ID token of theirs comes with it.
    #[serde(default = "yes")]
    pub confirm_logout: bool,
    /// How long things live.
    #[serde(default)]
    pub lifetimes: Lifetimes,
    /// Who may register clients, and what such clients get.
    #[serde(default)]
    pub registration: Registration,
    /// Where key sets and request objects of clients are fetched from.
    #[serde(default)]
    pub fetching: Fetching,
    /// RFC 8628 §3.2: how many seconds a device waits between two polls, to begin with.
    #[serde(default = "five_seconds")]
    pub device_interval: u64,
    /// How often may be guessed.
    #[serde(default)]
    pub guessing: Guessing,
    /// Whether `/_/` is served.
    #[serde(default)]
    pub control: bool,
    /// Whether `/_/requests`, where it is served, tells what was asked lately.
    #[serde(default = "remembers")]
    pub journal: bool,
    /// Whether its secrets and passwords are public, so that the start page shows them and has a way into each grant.
    #[serde(default)]
    pub demo: bool,
}

fn every_signing_alg() -> Vec<Algorithm> {
    Algorithm::ASYMMETRIC.to_vec()
}

fn yes() -> bool {
    true
}

fn every_response_type() -> Vec<ResponseType> {
    ResponseType::all().collect()
}

/// The journal is there for whoever looks.
fn remembers() -> bool {
    true
}

/// RFC 8628 §3.2: what clients assume that are told nothing.
fn five_seconds() -> u64 {
    5
}

/// RFC 6749 §4.3.2, §10.10, RFC 8628 §5.1: how often may be guessed before not even the right answer helps, for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Guessing {
    /// Wrong passwords under one login name, on the login page and at the token endpoint together.
    pub passwords: Bound,
    /// Wrong user codes that one user types.
    pub user_codes: Bound,
}

/// So many guesses in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// How many are judged.
    pub guesses: u64,
    /// How long each of them counts.
    pub seconds: u64,
}

impl Default for Guessing {
    fn default() -> Guessing {
        Guessing { passwords: Bound { guesses: 10, seconds: 300 }, user_codes: Bound { guesses: 10, seconds: 600 } }
    }
}

/// How long things live, in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lifetimes {
    /// RFC 6749 §4.1.2: ten minutes at most.
    pub code: u64,
    /// RFC 6750 §5.3: an hour or less.
    pub access_token: u64,
    /// RFC 9700 §4.14.2: a refresh token that nobody uses dies (the sliding expiry).
    pub refresh_token: u64,
    /// A family of refresh tokens dies, however busy it is (the absolute expiry).
    pub refresh_token_family: u64,
    /// OpenID Connect Core §2, `exp`.
    pub id_token: u64,
    /// How long a login lasts.
    pub session: u64,
    /// RFC 9126 §2.2, RFC 9101 §10.2: how long a pushed request waits; less than a minute.
    pub pushed_request: u64,
    /// How long a login or consent page waits for its user.
    pub interaction: u64,
    /// RFC 8628 §3.2, `expires_in`: how long a device waits for its user.
    pub device_code: u64,
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
            pushed_request: 50,
            interaction: 600,
            device_code: 600,
        }
    }
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
    /// OpenID Connect Core §5.1: further claims, by name.
    #[serde(default)]
    pub claims: Map,
    /// Whether the user is out: nobody logs in as them, and nothing acts for them.
    #[serde(default)]
    pub disabled: bool,
    /// Whether the user cannot log in anew, though what was granted lives on.
    #[serde(default)]
    pub locked: bool,
    /// RFC 8693 §4.4: the `sub` of the one party that may act for the user; left out, whoever may exchange their tokens.
    #[serde(default)]
    pub may_act: Option<String>,
}

impl fmt::Debug for UserConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserConfig").field("name", &self.name).finish_non_exhaustive()
    }
}

/// RFC 8414 §2: an issuer has neither query nor fragment; this server also wants to be at the root.
///
/// # Errors
/// When this is none.
pub fn check_issuer(issuer: &str) -> Result<(), ConfigError> {
    let is_origin = url::Url::parse(issuer).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if is_origin && !issuer.ends_with('/') {
        return Ok(());
    }
    Err(ConfigError::Issuer(issuer.to_owned()))
}

/// Why a server cannot start with this configuration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// RFC 8414 §2.
    #[error("{0} cannot be the issuer: it has to be scheme://host:port, with nothing after it")]
    Issuer(String),
    /// A client that cannot be registered.
    #[error("client {0}: {1}")]
    Client(String, ClientError),
    /// Two clients of one name.
    #[error("client {0} is there twice")]
    ClientTwice(String),
    /// Two users of one name, or of one `sub`.
    #[error("user {0} is there twice, by name or by sub")]
    UserTwice(String),
    /// RFC 7517 §5.
    #[error("assertion issuer {0}: jwks: {1}")]
    AssertionIssuer(String, JwkError),
    /// Two assertion issuers of one name.
    #[error("assertion issuer {0} is there twice")]
    AssertionIssuerTwice(String),
    /// RFC 7591 §3.
    #[error("registration.allow is token, and there is no registration.initial_access_token to ask for")]
    NoInitialAccessToken,
    /// RFC 6749 §3.3.
    #[error("registration.scopes names '{0}', which is not in scopes")]
    UnknownScope(String),
    /// OpenID Connect Core §5.1: nobody could ask for it.
    #[error("user {0}: claims names '{1}', which is none of the further claims of OpenID Connect Core §5.1")]
    UnknownClaim(String, String),
    /// Something to leave out that is not there.
    #[error("without_grant_types names '{0}', which this server does not know")]
    UnknownGrantType(String),
    /// Nothing could be fetched.
    #[error(transparent)]
    Fetching(#[from] FetchingError),
}

impl Config {
    /// The same server at this address, as far as it does not say another.
    #[must_use]
    pub fn at(mut self, address: &str) -> Config {
        if self.issuer.is_empty() {
            address.clone_into(&mut self.issuer);
        }
        if self.audience.is_empty() && !self.issuer.is_empty() {
            self.audience = format!("{}/api", self.issuer);
        }
        self
    }

    /// What a server with this configuration and these extension grants has to give.
    pub fn offer(&self, extensions: &Extensions) -> Offer {
        let served = |grant_type: &GrantType| !self.without_grant_types.iter().any(|name| name == grant_type.as_str());
        Offer {
            grant_types: GrantType::BUILT_IN.into_iter().chain(extensions.grant_types()).filter(served).collect(),
            response_types: self.response_types.clone(),
            signing_algs: self.signing_algs.clone(),
            scopes: self.scopes.iter().map(String::as_str).collect(),
            unsecured_request_objects: self.unsecured_request_objects,
            lifetimes: self.lifetimes.clone(),
            resources: self.all_resources().into_iter().map(str::to_owned).collect(),
            fetches_from: self.fetching.from.clone(),
        }
    }

    /// OpenID Connect Core §2, `acr`: the class of every authentication here, which is one by password.
    pub fn acr(&self) -> String {
        format!("{}/acr/password", self.issuer)
    }

    /// The resources that access tokens can be for, the default one first.
    pub fn all_resources(&self) -> Vec<&str> {
        std::iter::once(&self.audience).chain(&self.resources).map(String::as_str).collect()
    }

    /// The users, each under a name and a `sub` of their own, and nothing written down of them that nobody could ask for.
    ///
    /// # Errors
    /// The first that is not.
    pub fn parse_users(&self) -> Result<Vec<User>, ConfigError> {
        const FIELDS: [&str; 4] = ["name", "preferred_username", "email", "email_verified"];
        let is_further = |claim: &str| person::names().any(|known| known == claim) && !FIELDS.contains(&claim);
        for (at, user) in self.users.iter().enumerate() {
            if self.users[..at].iter().any(|known| known.name == user.name || known.sub == user.sub) {
                return Err(ConfigError::UserTwice(user.name.clone()));
            }
            if let Some(claim) = user.claims.keys().find(|claim| !is_further(claim)) {
                return Err(ConfigError::UnknownClaim(user.name.clone(), claim.clone()));
            }
        }
        Ok(self.users.iter().map(User::new).collect())
    }

    /// The issuers of assertions, each with keys that can be used.
    ///
    /// # Errors
    /// The first that has none, or is there twice.
    pub fn parse_assertion_issuers(&self) -> Result<Vec<AssertionIssuer>, ConfigError> {
        let mut issuers: Vec<AssertionIssuer> = Vec::with_capacity(self.assertion_issuers.len());
        for config in &self.assertion_issuers {
            if issuers.iter().any(|known| known.issuer == config.issuer) {
                return Err(ConfigError::AssertionIssuerTwice(config.issuer.clone()));
            }
            let issuer = AssertionIssuer::parse(config)
                .map_err(|error| ConfigError::AssertionIssuer(config.issuer.clone(), error))?;
            issuers.push(issuer);
        }
        Ok(issuers)
    }

    /// The clients, each a legal one on a server with these extension grants.
    ///
    /// # Errors
    /// The first that is not.
    pub fn parse_clients(&self, extensions: &Extensions) -> Result<Vec<Client>, ConfigError> {
        let known: Vec<GrantType> = GrantType::BUILT_IN.into_iter().chain(extensions.grant_types()).collect();
        if let Some(unknown) =
            self.without_grant_types.iter().find(|name| !known.iter().any(|grant_type| grant_type.as_str() == *name))
        {
            return Err(ConfigError::UnknownGrantType(unknown.clone()));
        }
        self.check_registration()?;
        let offer = self.offer(extensions);
        let mut clients: Vec<Client> = Vec::with_capacity(self.clients.len());
        for config in &self.clients {
            if clients.iter().any(|known| known.client_id == config.client_id) {
                return Err(ConfigError::ClientTwice(config.client_id.clone()));
            }
            let client =
                Client::parse(config, &offer).map_err(|error| ConfigError::Client(config.client_id.clone(), error))?;
            clients.push(client);
        }
        Ok(clients)
    }

    fn check_registration(&self) -> Result<(), ConfigError> {
        let registration = &self.registration;
        let has_token = registration.initial_access_token.as_ref().is_some_and(|token| !token.is_empty());
        if registration.allow == RegistrationAccess::Token && !has_token {
            return Err(ConfigError::NoInitialAccessToken);
        }
        match registration.scopes.iter().find(|scope| !self.scopes.contains(scope)) {
            Some(unknown) => Err(ConfigError::UnknownScope(unknown.clone())),
            None => Ok(()),
        }
    }
}
