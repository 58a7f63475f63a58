//! The target file, `grantspec.toml`: what a person says about the server under test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::endpoints::Endpoints;
use super::extension::{AssertionEntry, signing_key};
use super::login::LoginEntry;
use super::origin::Origin;
use super::registration::{Registration, RegistrationEntry};
use super::secret::Secret;
use super::{Abilities, AssertionIssuer, Client, Hook, Resources, Scopes, TokenExchange, User, grants};
use crate::cell::AuthMethod;
use crate::login::Requests;
use crate::policy::{self, Declared};
use crate::suggest;

/// `grantspec.toml`, as it stands in the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetFile {
    /// The issuer.
    pub issuer: Option<String>,
    /// The profile to judge by.
    pub profile: Option<String>,
    /// Endpoints that the server does not publish.
    pub endpoints: Option<Endpoints>,
    /// The clients.
    #[serde(default)]
    pub client: Vec<ClientEntry>,
    /// The users.
    #[serde(default)]
    pub user: Vec<UserEntry>,
    /// What every authorization request carries.
    #[serde(default)]
    pub authorize: AuthorizeEntry,
    /// The scopes to ask for.
    #[serde(default)]
    pub scopes: ScopesEntry,
    /// How to get through the login page.
    #[serde(default)]
    pub login: LoginEntry,
    /// Whose assertions the server takes.
    pub assertion: Option<AssertionEntry>,
    /// What is exchanged.
    #[serde(default)]
    pub token_exchange: TokenExchange,
    /// How clients are registered.
    #[serde(default)]
    pub registration: RegistrationEntry,
    /// What access tokens can be for.
    #[serde(default)]
    pub resources: Resources,
    /// What else the target lets us do.
    #[serde(default)]
    pub abilities: AbilitiesEntry,
    /// What the server chose where the documents leave a choice.
    #[serde(default)]
    policies: BTreeMap<String, String>,
}

/// `[[client]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientEntry {
    id: String,
    secret: Option<Secret>,
    key: Option<Secret>,
    key_id: Option<String>,
    algorithm: Option<String>,
    audience: Option<String>,
    #[serde(default, deserialize_with = "auth_method")]
    auth: Option<AuthMethod>,
    #[serde(default)]
    sends_client_id: bool,
    #[serde(default)]
    grants: Vec<String>,
    #[serde(default)]
    response_types: Vec<String>,
    redirect_uri: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    origins: Vec<Origin>,
    #[serde(default)]
    post_logout_redirect_uris: Vec<String>,
}

/// `[[user]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserEntry {
    name: String,
    password: Secret,
    #[serde(default)]
    disposable: bool,
}

/// `[authorize]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizeEntry {
    /// Parameters that every authorization request carries.
    #[serde(default)]
    pub extra: BTreeMap<String, String>,
}

/// `[scopes]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopesEntry {
    authorization_code: Option<String>,
    client_credentials: Option<String>,
    password: Option<String>,
    jwt_bearer: Option<String>,
    token_exchange: Option<String>,
    beyond_client: Option<String>,
}

/// `[abilities]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbilitiesEntry {
    advance_time: Option<Hook>,
    disable_user: Option<Hook>,
    register: Option<bool>,
    rotate_keys: Option<Hook>,
}

/// What is wrong with a target file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no target file.
    #[error("{place}: {says}")]
    Malformed {
        /// File, line and column.
        place: String,
        /// What is wrong, and a suggestion where there is one.
        says: String,
    },
    /// A value in it cannot be used.
    #[error("{place}: {says}")]
    Unusable {
        /// The table and key.
        place: String,
        /// What is wrong and how to mend it.
        says: String,
    },
}

impl TargetFile {
    /// Reads the file at `path`.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| FileError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads the text of a target file; `name` stands in messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, FileError> {
        toml::from_str(text).map_err(|error| FileError::Malformed {
            place: suggest::place(name, text, error.span().map_or(0, |span| span.start)),
            says: suggest::unknown_field(error.message()),
        })
    }

    /// The clients of the file, their secrets read.
    pub fn clients(&self) -> Result<Vec<Client>, FileError> {
        self.client.iter().map(ClientEntry::read).collect()
    }

    /// The users of the file, their passwords read.
    pub fn users(&self) -> Result<Vec<User>, FileError> {
        let read = |entry: &UserEntry| {
            let password = entry.password.read(&format!("[[user]] {}: password", entry.name))?;
            Ok(User { name: entry.name.clone(), password, disposable: entry.disposable })
        };
        self.user.iter().map(read).collect()
    }

    /// The issuer of assertions, its key read.
    pub fn assertion_issuer(&self) -> Result<Option<AssertionIssuer>, FileError> {
        self.assertion.as_ref().map(AssertionEntry::read).transpose()
    }

    /// How clients are registered, the token for it read.
    pub fn registration(&self) -> Result<Registration, FileError> {
        self.registration.read()
    }

    /// The scopes of the file.
    pub fn scopes(&self) -> Scopes {
        Scopes {
            authorization_code: self.scopes.authorization_code.clone(),
            client_credentials: self.scopes.client_credentials.clone(),
            password: self.scopes.password.clone(),
            jwt_bearer: self.scopes.jwt_bearer.clone(),
            token_exchange: self.scopes.token_exchange.clone(),
            beyond_client: self.scopes.beyond_client.clone(),
        }
    }

    /// What the server chose, by the names of the questions.
    ///
    /// # Errors
    /// A question or an answer that there is not.
    pub fn policies(&self) -> Result<Declared, FileError> {
        policy::declared(&self.policies).map_err(|says| FileError::Unusable { place: "[policies]".to_owned(), says })
    }

    /// The abilities of the file.
    pub fn abilities(&self) -> Abilities {
        Abilities {
            advance_time: self.abilities.advance_time.clone(),
            disable_user: self.abilities.disable_user.clone(),
            register: self.abilities.register,
            rotate_keys: self.abilities.rotate_keys.clone(),
        }
    }

    /// The requests of a login page that is a script; none where the pages are forms.
    pub fn login_requests(&self) -> Result<Option<Requests>, FileError> {
        self.login.read()
    }

    /// The origins of the login, beside those of the endpoints.
    pub fn login_origins(&self) -> Vec<String> {
        self.login.origins.iter().map(|origin| origin.as_str().to_owned()).collect()
    }
}

fn auth_method<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AuthMethod>, D::Error> {
    let name = String::deserialize(deserializer)?;
    AuthMethod::parse(&name).map(Some).ok_or_else(|| D::Error::custom(unknown_auth_method(&name)))
}

/// What there is to say of a method that no client can authenticate by.
pub fn unknown_auth_method(name: &str) -> String {
    const KNOWN: [&str; 5] = ["basic", "post", "client_secret_jwt", "private_key_jwt", "none"];
    format!("there is no authentication method `{name}`{}", suggest::hint(name, KNOWN))
}

impl ClientEntry {
    fn read(&self) -> Result<Client, FileError> {
        let unusable =
            |key: &str, says: String| FileError::Unusable { place: format!("[[client]] {}: {key}", self.id), says };
        let secret = match &self.secret {
            Some(secret) => Some(secret.read(&format!("[[client]] {}: secret", self.id))?),
            None => None,
        };
        let table = format!("[[client]] {}", self.id);
        let (algorithm, key_id) = (self.algorithm.as_deref(), self.key_id.as_ref());
        let key = self.key.as_ref().map(|key| signing_key(&table, key, algorithm, key_id)).transpose()?;
        let auth = match (&self.auth, &secret) {
            (Some(method), _) => *method,
            (None, Some(_)) => AuthMethod::Basic,
            (None, None) if key.is_some() => AuthMethod::KeyJwt,
            (None, None) => AuthMethod::None,
        };
        if let Some(says) = auth.lacks(secret.is_some(), key.is_some()) {
            return Err(unusable("auth", says));
        }
        for grant in &self.grants {
            grants::known(grant).map_err(|says| unusable("grants", says))?;
        }
        let redirect_uris: Vec<String> = self.redirect_uri.iter().chain(&self.redirect_uris).cloned().collect();
        let through_browser = grants::THROUGH_BROWSER.into_iter().find(|grant| self.has(grant));
        let needs_uri =
            if self.grants.is_empty() && secret.is_none() { Some("authorization_code") } else { through_browser };
        if let Some(grant) = needs_uri.filter(|_| redirect_uris.is_empty()) {
            return Err(unusable(
                "redirect_uri",
                format!("the grant {grant} needs the registered redirect URI; nothing has to listen there"),
            ));
        }
        let response_types = self.response_types.iter().map(|name| grants::response_type(name));
        let response_types =
            response_types.collect::<Result<_, _>>().map_err(|says| unusable("response_types", says))?;
        let (id, grants, audience) = (self.id.clone(), self.grants.clone(), self.audience.clone());
        let origins = self.origins.iter().map(|origin| origin.as_str().to_owned()).collect();
        let post_logout_redirect_uris = self.post_logout_redirect_uris.clone();
        Ok(Client {
            id,
            secret,
            key,
            audience,
            auth,
            named: self.sends_client_id,
            scope: None,
            grants,
            response_types,
            redirect_uris,
            origins,
            post_logout_redirect_uris,
        })
    }

    fn has(&self, grant: &str) -> bool {
        self.grants.iter().any(|known| known == grant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_named_with_place_and_suggestion() {
        let error = TargetFile::parse(
            "grantspec.toml",
            "issuer = \"https://as.example\"\n[[client]]\nid = \"web\"\nredirect_ur = \"x\"\n",
        )
        .unwrap_err();
        assert_eq!(error.to_string(), "grantspec.toml:4:1: unknown key `redirect_ur`; did you mean `redirect_uri`?");
    }

    #[test]
    fn the_origins_of_a_login_are_origins() {
        let read = |origin: &str| TargetFile::parse("t", &format!("[login]\norigins = [\"{origin}\"]\n"));
        assert_eq!(read("https://Login.example:443/").unwrap().login_origins(), ["https://login.example"]);
        assert_eq!(read("http://localhost:4455").unwrap().login_origins(), ["http://localhost:4455"]);
        for wrong in ["login.example", "https://login.example/login", "https://login.example?a", "app:login"] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(
                error.starts_with("t:2:11: ") && error.contains(wrong) && error.contains("https://login"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_missing_variable_names_its_place_and_the_way_out() {
        let file = TargetFile::parse("t", "[[client]]\nid = \"web\"\nsecret = { env = \"GRANTSPEC_NO_SUCH\" }\nredirect_uri = \"http://127.0.0.1/cb\"\n").unwrap();
        let error = file.clients().unwrap_err().to_string();
        assert_eq!(
            error,
            "[[client]] web: secret: the environment variable GRANTSPEC_NO_SUCH is not set; export it and run again"
        );
    }
}
