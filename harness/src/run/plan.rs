//! The plan: which checks are asked, in which cells, in which order.

use crate::cell::Cell;
use crate::check::Check;
use crate::suggest;

/// Which checks are asked: those whose id matches a selector; all of them without any.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    selectors: Vec<String>,
}

/// The cells of a run, in the order of the report.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The cells.
    pub cells: Vec<Planned>,
}

/// One cell of a run.
#[derive(Clone, Copy, Debug)]
pub struct Planned {
    /// The check.
    pub check: Check,
    /// The cell.
    pub cell: Cell,
    /// On which paths its authorization requests go; all of them without any.
    pub only: Option<Path>,
}

/// One of the ways of an authorization request through a server, each of which may have forgotten what the others know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Its user logs in.
    Login,
    /// Its user is logged in.
    Session,
    /// It comes by POST.
    Post,
}

/// On which paths the cells are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paths {
    /// Each on all three.
    #[default]
    All,
    /// One after the other on one of the three in turn: a third of the work, and still every path for every topic.
    InTurn,
}

impl Path {
    const ALL: [Self; 3] = [Self::Login, Self::Session, Self::Post];
}

impl Selection {
    /// Reads selectors: an id, a topic, or a pattern with `*`.
    ///
    /// # Errors
    /// Names the first selector that matches no check, with a suggestion.
    pub fn read(selectors: &[String], checks: &[Check]) -> Result<Self, String> {
        for selector in selectors {
            if !checks.iter().any(|check| matches(selector, check.id)) {
                let topics = checks.iter().map(Check::topic);
                let near = suggest::nearest(selector, checks.iter().map(|check| check.id).chain(topics));
                let hint = near.map_or("; an issuer is a URL: https://… or http://…".to_owned(), |near| {
                    format!("; did you mean `{near}`?")
                });
                return Err(format!(
                    "no check is called `{selector}`{hint}\n  remedy: `grantspec list` shows them all"
                ));
            }
        }
        Ok(Self { selectors: selectors.to_vec() })
    }

    /// Is the check among them?
    pub fn takes(&self, check: &Check) -> bool {
        self.selectors.is_empty() || self.selectors.iter().any(|selector| matches(selector, check.id))
    }
}

impl Plan {
    /// The cells of the selected checks.
    pub fn of(checks: &[Check], selection: &Selection, paths: Paths) -> Self {
        let mut turns = Path::ALL.into_iter().cycle();
        let mut only = || turns.next().filter(|_| paths == Paths::InTurn);
        let mut cells = Vec::new();
        for check in checks.iter().filter(|check| selection.takes(check)) {
            cells.extend(check.cells.list.iter().map(|cell| Planned { check: *check, cell: *cell, only: only() }));
        }
        Self { cells }
    }
}

/// Does an id match a selector: the same, its topic, or a pattern in which `*` stands for anything?
fn matches(selector: &str, id: &str) -> bool {
    if selector == id || id.split('/').next() == Some(selector.trim_end_matches('/')) {
        return true;
    }
    let Some((head, tail)) = selector.split_once('*') else {
        return false;
    };
    id.strip_prefix(head).is_some_and(|rest| {
        tail.is_empty() || rest.char_indices().any(|(at, _)| matches(tail, &rest[at..])) || matches(tail, "")
    })
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn selectors_are_ids_topics_and_patterns() {
        assert!(matches("pkce/verifier-mismatch", "pkce/verifier-mismatch"));
        assert!(matches("pkce", "pkce/verifier-mismatch"));
        assert!(matches("pkce/*", "pkce/verifier-mismatch"));
        assert!(matches("*mismatch", "pkce/verifier-mismatch"));
        assert!(matches("p*ver*ch", "pkce/verifier-mismatch"));
        assert!(!matches("code/*", "pkce/verifier-mismatch"));
        assert!(!matches("pk", "pkce/verifier-mismatch"));
    }
}
