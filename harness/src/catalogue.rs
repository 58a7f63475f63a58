//! The catalogue: every check in reading order, scenarios and Rust alike.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::check::Check;
use crate::checks;
use crate::scenario::{self, ScenarioError};

/// The checks of this program.
pub fn catalogue() -> &'static [Check] {
    static CATALOGUE: LazyLock<Vec<Check>> = LazyLock::new(|| {
        let mut all: Vec<Check> = grantspec_scenarios::SCENARIOS
            .iter()
            .flat_map(|(name, text)| {
                scenario::read(name, text).unwrap_or_else(|error| panic!("an embedded scenario is malformed: {error}"))
            })
            .collect();
        all.extend(checks::ALL.iter().map(|check| **check));
        all.sort_by_key(|check| (topic_order(check.topic()), check.id));
        all
    });
    &CATALOGUE
}

/// The topics in reading order; a topic of a user's own scenarios comes last.
#[rustfmt::skip]
const TOPICS: &[&str] = &[
    "metadata", "jwks", "cors", "client-auth", "client-assertion", "token", "client-credentials", "authorize", "redirect-uri", "pushed",
    "request-object", "resource", "front-channel", "hybrid", "code", "pkce", "id-token", "userinfo", "password", "jwt-bearer", "token-exchange", "device", "refresh",
    "introspection", "revocation", "logout", "registration", "management", "grant-sets", "policy",
];

fn topic_order(topic: &str) -> usize {
    TOPICS.iter().position(|known| *known == topic).unwrap_or(TOPICS.len())
}

/// The checks of a user's own scenario files, found below `directory`.
pub fn own(directory: &Path) -> Result<Vec<Check>, OwnError> {
    let mut files = Vec::new();
    collect(directory, &mut files)?;
    if files.is_empty() {
        return Err(OwnError::None(directory.to_owned()));
    }
    files.sort();
    let mut checks = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path)
            .map_err(|error| OwnError::Unreadable(format!("{}: {error}", path.display())))?;
        checks.extend(scenario::read(&path.display().to_string(), &text)?);
    }
    Ok(checks)
}

/// What is wrong with a user's own scenarios.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    /// There is no file to read.
    #[error("{}: no .toml file", .0.display())]
    None(PathBuf),
    /// A file or directory cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// A file is no scenario file.
    #[error(transparent)]
    Malformed(#[from] ScenarioError),
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), OwnError> {
    let unreadable = |error: std::io::Error| OwnError::Unreadable(format!("{}: {error}", directory.display()));
    if directory.is_file() {
        files.push(directory.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::catalogue;
    use crate::check::Ask;

    /// The clauses on error codes are appended to those of a scenario; none of them may become the clause at stake.
    #[test]
    fn what_is_at_stake_in_a_cell_is_more_than_an_error_code() {
        let mut mistaken = Vec::new();
        for check in catalogue() {
            let Ask::Steps(steps) = check.ask else { continue };
            let named = steps.iter().any(|step| step.clause.is_some());
            for cell in check.cells.list.iter().filter(|_| !named) {
                let clause = check.clause_in(*cell);
                if clause != check.clauses[0] && clause.starts_with("rfc6749/5.2/") {
                    mistaken.push(format!("{} [{cell}] would name {clause}: name the clause in its step", check.id));
                }
            }
        }
        assert!(mistaken.is_empty(), "{}", mistaken.join("\n"));
    }
}
