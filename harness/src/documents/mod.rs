//! The documents that are written from the catalogue: the checks, the requirements, the kill matrix. What is in them depends on nothing else.

mod checks;
mod kill_matrix;
mod requirements;

use std::collections::{BTreeMap, BTreeSet};

pub use checks::checks;
pub use kill_matrix::{KEPT, KillMatrix, WRITTEN_AS};
pub use requirements::requirements;

use crate::catalogue::catalogue;
use crate::check::Check;
use crate::clause::{Clause, clauses};
use crate::embedded::{Fault, faults};

/// A document: the name of its file, and its text.
pub type Document = (&'static str, String);

/// What can be written without asking any server, in reading order.
pub fn all() -> Vec<Document> {
    vec![("checks.md", checks()), ("requirements.md", requirements())]
}

/// What stands under the title of each of them.
const WRITTEN: &str = "Written by `grantspec docs`; do not edit.";

/// The checks that a finding against each clause can come from, those included that name a clause stating the same duty.
fn asked() -> BTreeMap<&'static str, Vec<&'static Check>> {
    let mut asked: BTreeMap<&str, Vec<&Check>> = BTreeMap::new();
    for check in catalogue() {
        let named: BTreeSet<&str> = check.clauses.iter().flat_map(|id| duty(id)).collect();
        for clause in named {
            asked.entry(clause).or_default().push(check);
        }
    }
    asked
}

/// The clauses that state the duty of this one, itself among them.
fn duty(id: &'static str) -> Vec<&'static str> {
    let stating = |clause: &&Clause| clause.id == id || clause.same.contains(&id);
    let stated = clauses().get(id).into_iter().flat_map(|clause| clause.same.iter().copied());
    clauses().values().filter(stating).map(|clause| clause.id).chain(stated).collect()
}

/// The faults that break a clause, or one that states the same duty.
fn breaking(clause: &'static str) -> Vec<&'static Fault> {
    let duty = duty(clause);
    faults().iter().filter(|fault| duty.contains(&fault.clause)).collect()
}

/// A table row must not end before it does.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Ids as code, with commas.
fn listed<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    ids.into_iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

/// Where the heading of a check is, in the document of the checks: headings lose their slash.
fn anchor(check: &str) -> String {
    format!("checks.md#{}", check.replace('/', ""))
}
