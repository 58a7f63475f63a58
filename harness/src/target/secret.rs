//! A secret of the target file: in the file itself, or in an environment variable or file that it names.

use std::path::PathBuf;

use serde::Deserialize;

use super::FileError;

/// A secret: a literal, or the environment variable or file that holds it.
#[derive(Clone, Deserialize)]
#[serde(untagged, expecting = "a secret is a string, { env = \"NAME\" } or { file = \"PATH\" }")]
pub enum Secret {
    /// In the file itself.
    Literal(String),
    /// In an environment variable.
    Env {
        /// Its name.
        env: String,
    },
    /// In a file; a line break at its end is cut off.
    File {
        /// Its path.
        file: PathBuf,
    },
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Literal(_) => f.write_str("a literal"),
            Self::Env { env } => write!(f, "${env}"),
            Self::File { file } => write!(f, "{}", file.display()),
        }
    }
}

impl Secret {
    /// The secret itself; `place` stands in messages.
    pub(super) fn read(&self, place: &str) -> Result<String, FileError> {
        let unusable = |says: String| FileError::Unusable { place: place.to_owned(), says };
        match self {
            Self::Literal(secret) => Ok(secret.clone()),
            Self::Env { env } => std::env::var(env)
                .map_err(|_| unusable(format!("the environment variable {env} is not set; export it and run again"))),
            Self::File { file } => std::fs::read_to_string(file)
                .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
                .map_err(|error| unusable(format!("{}: {error}", file.display()))),
        }
    }
}
