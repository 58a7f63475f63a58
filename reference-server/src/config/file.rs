//! The configuration as a TOML file. What is wrong with one is told in one line: file, line, column, what, and what would be right.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Config, ConfigError, check_issuer};
use crate::fetch::{Fetcher, FetchingError};
use crate::grants::extension::Extensions;

/// Where in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    path: PathBuf,
    line: usize,
    column: usize,
}

/// Why a file is no configuration.
#[derive(Debug, Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("{}: {error}; --print-config writes a configuration to start from", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// It is no TOML, or has keys and values that there are not.
    #[error("{0}: {1}")]
    Malformed(Place, String),
    /// It says something that makes no sense.
    #[error("{0}: {1}")]
    Refused(Place, Box<ConfigError>),
    /// It cannot be written down; no configuration that was read is like that.
    #[error("this configuration cannot be written as TOML: {0}")]
    Unwritable(#[from] toml::ser::Error),
}

impl Config {
    /// The configuration in a file, each of its clients a legal one.
    ///
    /// # Errors
    /// The first thing that is wrong, and where.
    pub fn read(path: &Path) -> Result<Config, FileError> {
        let text =
            std::fs::read_to_string(path).map_err(|error| FileError::Unreadable { path: path.to_owned(), error })?;
        Config::from_toml(path, &text)
    }

    /// The configuration in the text of a file.
    ///
    /// # Errors
    /// The first thing that is wrong, and where.
    pub fn from_toml(path: &Path, text: &str) -> Result<Config, FileError> {
        let place = |offset: usize| Place::at(path, text, offset);
        let config: Config = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            FileError::Malformed(place(offset), error.message().replace('\n', " "))
        })?;
        let refused = |error: ConfigError| FileError::Refused(place(mention(text, &error)), Box::new(error));
        if !config.issuer.is_empty() {
            check_issuer(&config.issuer).map_err(refused)?;
        }
        Fetcher::new(&config.fetching).map_err(|error| refused(error.into()))?;
        config.parse_users().map_err(refused)?;
        config.parse_assertion_issuers().map_err(refused)?;
        config.parse_clients(&Extensions::standard()).map_err(refused)?;
        Ok(config)
    }

    /// The configuration as the text of a file. It holds the secrets of the clients and the passwords of the users.
    ///
    /// # Errors
    /// When it holds something that TOML cannot say.
    pub fn to_toml(&self) -> Result<String, FileError> {
        Ok(toml::to_string_pretty(self)?)
    }
}

/// Where the text speaks of what an error is about.
fn mention(text: &str, error: &ConfigError) -> usize {
    let (key, value, nth) = match error {
        ConfigError::Client(client_id, _) => ("client_id", client_id.as_str(), 0),
        ConfigError::ClientTwice(client_id) => ("client_id", client_id.as_str(), 1),
        ConfigError::UnknownClaim(_, claim) => (claim.as_str(), claim.as_str(), 0),
        ConfigError::UserTwice(name) => ("name", name.as_str(), 1),
        ConfigError::Issuer(issuer) | ConfigError::AssertionIssuer(issuer, _) => ("issuer", issuer.as_str(), 0),
        ConfigError::AssertionIssuerTwice(issuer) => ("issuer", issuer.as_str(), 1),
        ConfigError::NoInitialAccessToken => ("allow", "token", 0),
        ConfigError::UnknownScope(scope) => ("scopes", scope.as_str(), 0),
        ConfigError::UnknownGrantType(name) => ("without_grant_types", name.as_str(), 0),
        ConfigError::Fetching(FetchingError::Origin(origin)) => ("from", origin.as_str(), 0),
        ConfigError::Fetching(_) => ("[fetching]", "", 0),
    };
    let mut offset = 0;
    let mut lines = text.split_inclusive('\n').map(|line| {
        offset += line.len();
        (offset - line.len(), line)
    });
    let speaks = |(_, line): &(usize, &str)| line.trim_start().starts_with(key) && line.contains(value);
    lines.by_ref().filter(speaks).nth(nth).map_or(0, |(offset, _)| offset)
}

impl Place {
    fn at(path: &Path, text: &str, offset: usize) -> Place {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}
