//! The server under test: its endpoints, clients, users, scopes and abilities.

mod client;
pub mod discovery;
pub mod doctor;
mod endpoints;
mod extension;
mod file;
pub mod grants;
mod login;
mod origin;
mod registration;
mod remedy;
mod secret;

use std::fmt;

pub use client::Client;
pub use discovery::Metadata;
pub use endpoints::Endpoints;
pub use file::{FileError, TargetFile, unknown_auth_method};
pub use origin::Origin;
pub use registration::{Registration, is_loopback, is_of_an_app};

use crate::cell::{AuthMethod, Cell, Grant, ResponseType};
use crate::check::Need;
use crate::exchange::SigningKey;
use crate::login::Requests;
use crate::policy::Declared;

/// The server under test, and what it lets us do.
#[derive(Clone, Debug)]
pub struct Target {
    /// The issuer as it was given to us.
    pub issuer: String,
    /// What the server publishes of itself.
    pub metadata: Metadata,
    /// The clients, in order of preference.
    pub clients: Vec<Client>,
    /// The users; the first one logs in, the last one may be disabled.
    pub users: Vec<User>,
    /// Parameters that every authorization request of this target carries.
    pub authorize_extra: Vec<(String, String)>,
    /// The origins of its login, beside those of its endpoints: scheme, host and port.
    pub login_origins: Vec<String>,
    /// What its login page does, where that is a script.
    pub login_requests: Option<Requests>,
    /// The scopes that are asked for.
    pub scopes: Scopes,
    /// Whose word the server takes for a user.
    pub assertion_issuer: Option<AssertionIssuer>,
    /// What is exchanged, and for which eyes.
    pub token_exchange: TokenExchange,
    /// How clients are registered.
    pub registration: Registration,
    /// What access tokens can be for.
    pub resources: Resources,
    /// What else the target lets us do.
    pub abilities: Abilities,
    /// What it is declared to have chosen where the documents leave a choice.
    pub policies: Declared,
}

/// Whose assertions the server takes as authorization grants: RFC 7523 §2.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertionIssuer {
    /// The `iss`.
    pub issuer: String,
    /// The `sub`: somebody for whom the issuer may speak.
    pub subject: String,
    /// The `aud`; none for the token endpoint.
    pub audience: Option<String>,
    /// What it signs with.
    pub key: SigningKey,
}

/// What a token exchange of the target begins with, and is for: RFC 8693 §2.1.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenExchange {
    /// The client whose access token is exchanged; none for the first that can get one, the exchanging client before others.
    pub subject: Option<String>,
    /// `audience`, in every exchange.
    pub audience: Option<String>,
    /// `resource`, in every exchange.
    pub resource: Option<String>,
}

/// What the access tokens of the target can be for: RFC 8707 §2.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// The resources that the server issues tokens for, by their URIs.
    pub known: Vec<String>,
}

/// A user of the target.
#[derive(Clone)]
pub struct User {
    /// What the user types into the login page.
    pub name: String,
    /// The password.
    pub password: String,
    /// May the account come to harm: by wrong passwords, for example?
    pub disposable: bool,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The scopes that are asked for; without them the harness asks for `openid` where the server speaks OpenID Connect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    /// In authorization requests.
    pub authorization_code: Option<String>,
    /// In client credentials requests.
    pub client_credentials: Option<String>,
    /// In password requests; without it that of authorization requests is asked for.
    pub password: Option<String>,
    /// In JWT bearer requests.
    pub jwt_bearer: Option<String>,
    /// In token exchange requests.
    pub token_exchange: Option<String>,
    /// A scope that exists at the server, but that none of the clients may have.
    pub beyond_client: Option<String>,
}

/// What the target lets us do beyond the standards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// Advances the clock; `{seconds}` in the body is the number of seconds.
    pub advance_time: Option<Hook>,
    /// Disables or enables a user; `{user}` is the name, `{disabled}` is `true` or `false`.
    pub disable_user: Option<Hook>,
    /// May clients be registered? Without a word only on this machine.
    pub register: Option<bool>,
    /// Has the server sign with new keys from now on.
    pub rotate_keys: Option<Hook>,
}

/// A request that makes use of an ability: a POST of a JSON body.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// The URL, with placeholders.
    pub url: String,
    /// The JSON body, with placeholders.
    pub body: String,
}

impl Target {
    /// The client that asks in this cell.
    pub fn client_for(&self, cell: Cell) -> Option<&Client> {
        self.clients.iter().find(|client| client.fits(cell))
    }

    /// What is asked in the cell and is in no list of the metadata, nor does any client of the target have it: a grant type, or a method
    /// of authentication. OpenID Connect Discovery §3, RFC 8414 §2: where there is no list, it is that of the defaults.
    pub fn unlisted(&self, cell: Cell) -> Option<&'static str> {
        let document = &self.metadata.document;
        let lists = |list: &str, default: &[&str], name: &str| {
            if document.contains_key(list) {
                return self.metadata.list(list).contains(&name);
            }
            document.is_empty() || default.contains(&name)
        };
        let has_endpoint = self.metadata.device_authorization_endpoint.is_some();
        let is_asked =
            |name: &&str| *name != Grant::Hybrid.name() && !(has_endpoint && *name == Grant::DeviceCode.name());
        let grant = cell.needs().filter(is_asked).find(|name| {
            !lists("grant_types_supported", &["authorization_code", "implicit"], name)
                && !self.clients.iter().any(|client| client.is_registered_for(name))
        });
        let method = cell.auth.filter(|method| {
            *method != AuthMethod::None
                && !lists("token_endpoint_auth_methods_supported", &["client_secret_basic"], method.name())
                && !self.clients.iter().any(|client| client.auth == *method)
        });
        grant.or(method.map(AuthMethod::name))
    }

    /// Another client that may use the grant of the cell: of the same kind if there is one, else any.
    pub fn other_client(&self, cell: Cell, client: &Client) -> Option<&Client> {
        let mut others: Vec<&Client> =
            self.clients.iter().filter(|other| other.id != client.id && other.may_use(cell)).collect();
        others.sort_by_key(|other| other.kind() != client.kind());
        others.first().copied()
    }

    /// Does the target have what a check needs?
    pub fn meets(&self, need: Need) -> bool {
        match need {
            Need::AdvanceTime => self.abilities.advance_time.is_some(),
            Need::ClaimsParameter => self.metadata.is_true("claims_parameter_supported"),
            Need::DisableUser => self.abilities.disable_user.is_some(),
            Need::DisposableUser => self.disposable_user().is_some(),
            Need::FormPost => self.metadata.list("response_modes_supported").contains(&"form_post"),
            Need::Introspection => self.metadata.introspection_endpoint.is_some(),
            Need::Logout => self.metadata.end_session_endpoint.is_some(),
            Need::OpenId => self.metadata.oidc,
            // Whether the answer brings a way to manage the client is learned by registering one: `Setting::registers`.
            Need::Management | Need::Registration => {
                self.metadata.registration_endpoint.is_some() && self.may_register()
            }
            // Time passes anyhow; whether it does speak PKCE is learned by asking: `Lab::speaks_pkce`.
            Need::Interval | Need::Pkce => true,
            Need::PushedRequests => self.metadata.pushed_authorization_request_endpoint.is_some(),
            Need::RequestObjects => self.metadata.takes_request_objects(),
            Need::Resources => !self.resources.known.is_empty(),
            Need::Revocation => self.metadata.revocation_endpoint.is_some(),
            Need::RotateKeys => self.abilities.rotate_keys.is_some(),
            Need::SecondRedirectUri => self.clients.iter().any(|client| client.redirect_uris.len() > 1),
            Need::SecondUser => self.users.len() > 1,
            Need::Userinfo => self.metadata.userinfo_endpoint.is_some(),
        }
    }

    /// What a client signs its request objects with: its key, or its secret where the server lists HS256 for them.
    pub fn request_signer(&self, client: &Client) -> Option<SigningKey> {
        let by_secret = self.metadata.list("request_object_signing_alg_values_supported").contains(&"HS256");
        let secret = || client.secret.as_deref().filter(|_| by_secret).map(SigningKey::of_secret);
        client.key.clone().or_else(secret)
    }

    /// The user whose account may come to harm.
    pub fn disposable_user(&self) -> Option<&User> {
        self.users.iter().find(|user| user.disposable)
    }

    /// The same target at another address: what was known of it is asked there.
    pub fn moved_to(&self, issuer: &str) -> Self {
        let moved = |url: &Option<String>| url.as_ref().map(|url| url.replacen(&self.issuer, issuer, 1));
        let metadata = &self.metadata;
        let hook = |hook: &Option<Hook>| {
            hook.as_ref().map(|hook| Hook { url: hook.url.replacen(&self.issuer, issuer, 1), body: hook.body.clone() })
        };
        Self {
            issuer: issuer.to_owned(),
            metadata: Metadata {
                url: metadata.url.replacen(&self.issuer, issuer, 1),
                document: metadata.document.clone(),
                oidc: metadata.oidc,
                authorization_endpoint: moved(&metadata.authorization_endpoint),
                token_endpoint: moved(&metadata.token_endpoint),
                jwks_uri: moved(&metadata.jwks_uri),
                introspection_endpoint: moved(&metadata.introspection_endpoint),
                revocation_endpoint: moved(&metadata.revocation_endpoint),
                userinfo_endpoint: moved(&metadata.userinfo_endpoint),
                device_authorization_endpoint: moved(&metadata.device_authorization_endpoint),
                registration_endpoint: moved(&metadata.registration_endpoint),
                pushed_authorization_request_endpoint: moved(&metadata.pushed_authorization_request_endpoint),
                end_session_endpoint: moved(&metadata.end_session_endpoint),
            },
            assertion_issuer: self
                .assertion_issuer
                .clone()
                .map(|issuer| AssertionIssuer { audience: moved(&issuer.audience), ..issuer }),
            abilities: Abilities {
                advance_time: hook(&self.abilities.advance_time),
                disable_user: hook(&self.abilities.disable_user),
                register: self.abilities.register,
                rotate_keys: hook(&self.abilities.rotate_keys),
            },
            ..self.clone()
        }
    }

    /// The same target, whose clients say in their assertions whom these are for: OpenID Connect Core §9, the token endpoint.
    #[must_use]
    pub fn addressed(mut self) -> Self {
        for client in &mut self.clients {
            client.audience = client.audience.take().or_else(|| self.metadata.token_endpoint.clone());
        }
        self
    }

    /// The issuer as the metadata has it, else as it was given to us.
    pub fn published_issuer(&self) -> &str {
        self.metadata.document.get("issuer").and_then(serde_json::Value::as_str).unwrap_or(&self.issuer)
    }

    /// Does the server give each user one `sub` for all clients? OpenID Connect Core §8: so it is where the metadata lists
    /// no other type.
    pub fn has_public_subjects(&self) -> bool {
        match self.metadata.document.get("subject_types_supported").and_then(serde_json::Value::as_array) {
            Some(types) => types.iter().all(|one| one == "public"),
            None => true,
        }
    }

    /// The scope of an authorization request.
    pub fn authorization_scope(&self) -> Option<&str> {
        self.scopes.authorization_code.as_deref().or(self.metadata.oidc.then_some("openid"))
    }

    /// The scope of a password request. OpenID Connect knows no such grant, so that nothing is asked for unless somebody said what.
    pub fn password_scope(&self) -> Option<&str> {
        self.scopes.password.as_deref().or(self.scopes.authorization_code.as_deref())
    }

    /// The scope that the first request of this cell asks for.
    pub fn scope_in(&self, cell: Cell) -> Option<&str> {
        match cell.first_grant() {
            Some(Grant::ClientCredentials) => self.scopes.client_credentials.as_deref(),
            Some(Grant::Password) => self.password_scope(),
            Some(Grant::JwtBearer) => self.scopes.jwt_bearer.as_deref(),
            Some(Grant::TokenExchange) => self.scopes.token_exchange.as_deref(),
            _ => self.authorization_scope(),
        }
    }

    /// Does the server answer this response type, by its own word? RFC 8414 §2: a server that publishes anything lists
    /// them. An ID token is asked for with `openid` (OpenID Connect Core §3.1.2.1).
    pub fn answers(&self, response_type: ResponseType) -> bool {
        const LIST: &str = "response_types_supported";
        let openid = self.authorization_scope().is_some_and(|scope| scope.split(' ').any(|one| one == "openid"));
        let listed = !self.metadata.document.contains_key(LIST)
            || self.metadata.list(LIST).into_iter().any(|listed| response_type.is_named(listed));
        listed && (openid || !response_type.has_id_token())
    }
}
