//! `docs/kill-matrix.md`: which fault is caught by which checks, when each of them is asked of each fault; and
//! `docs/kill-matrix.json`, in which that is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{WRITTEN, listed};
use crate::catalogue::catalogue;
use crate::embedded::{Fault, faults};
use crate::proof::Proof;
use crate::report::counted;

/// The file in which the matrix is kept, in the folder of the documents.
pub const KEPT: &str = "kill-matrix.json";

/// The document that is written from it.
pub const WRITTEN_AS: &str = "kill-matrix.md";

/// How many checks beside those that claim a fault are named in its row; the others are counted.
const NAMED: usize = 8;

/// What is known of which check catches which fault, in the order of the catalogue of faults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KillMatrix {
    faults: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Row {
    fault: String,
    claimed_by: Vec<String>,
    caught_by: BTreeSet<String>,
}

impl Row {
    /// Is this the fault as the catalogue has it, and was it asked under these claims?
    fn is_of(&self, fault: &Fault) -> bool {
        self.fault == fault.id && self.claimed_by == fault.caught_by
    }
}

impl KillMatrix {
    /// The matrix as it was kept: see [`KillMatrix::kept`].
    ///
    /// # Errors
    /// The text is no such matrix.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The faults of the catalogue that the matrix has no row of, or one under other claims.
    pub fn unknown(&self) -> Vec<&'static Fault> {
        faults().iter().filter(|fault| !self.faults.iter().any(|row| row.is_of(fault))).collect()
    }

    /// Rows of faults that are no longer in the catalogue, or are claimed by other checks now.
    pub fn outdated(&self) -> Vec<&str> {
        let outdated = self.faults.iter().filter(|row| !faults().iter().any(|fault| row.is_of(fault)));
        outdated.map(|row| row.fault.as_str()).collect()
    }

    /// Takes in what a proof showed of the faults that it caught, and leaves out what the catalogue no longer has. The proof
    /// has to have asked the whole catalogue of each fault.
    pub fn learn(&mut self, proof: &Proof) {
        let learned = proof.faults.iter().filter(|fault| fault.killed()).map(|fault| Row {
            fault: fault.id.to_owned(),
            claimed_by: fault.expected.iter().copied().map(str::to_owned).collect(),
            caught_by: fault.killed_by.iter().copied().map(str::to_owned).collect(),
        });
        let mut rows: BTreeMap<String, Row> = self.faults.drain(..).map(|row| (row.fault.clone(), row)).collect();
        rows.extend(learned.map(|row| (row.fault.clone(), row)));
        let known: BTreeSet<&str> = catalogue().iter().map(|check| check.id).collect();
        self.faults = faults()
            .iter()
            .filter_map(|fault| rows.remove(fault.id).filter(|row| row.is_of(fault)))
            .map(|mut row| {
                row.caught_by.retain(|check| known.contains(check.as_str()));
                row
            })
            .collect();
    }

    /// The matrix as it is kept: JSON, a line for each fault, so that a change of one is a change of one line.
    pub fn kept(&self) -> String {
        let rows: Vec<String> = self.faults.iter().map(|row| serde_json::json!(row).to_string()).collect();
        format!("{{\"faults\": [\n{}\n]}}\n", rows.join(",\n"))
    }

    /// The document for people.
    pub fn document(&self) -> String {
        let mut text = format!(
            "# The kill matrix\n\n{WRITTEN} What it is written from is in [{KEPT}]({KEPT}), which `grantspec docs --kill-matrix` brings up to date.\n\n"
        );
        let kills: usize = self.faults.iter().map(|row| row.caught_by.len()).sum();
        let _ = writeln!(
            text,
            "{} and {}: {kills} kills. A kill is a finding at the level of the fault's clause or above, after the check's own control. \
             The checks that claim a fault are asked on every path of an authorization request, the others in each cell on one path in turn. \
             A row is asked anew when other checks claim its fault: what newer checks have to say of older faults is not in it until then.\n",
            counted(self.faults.len(), "fault"),
            counted(catalogue().len(), "check"),
        );
        self.together(&mut text);
        self.alone(&mut text);
        text.push_str("## Fault by fault\n\n| fault | caught by the checks that claim it | and by |\n|---|---|---|\n");
        for row in &self.faults {
            let claimed = listed(row.claimed_by.iter().map(String::as_str));
            let _ = writeln!(text, "| `{}` | {claimed} | {} |", row.fault, others(row));
        }
        text
    }

    /// Checks that catch the very same faults: as far as these faults go, one of each group would do.
    fn together(&self, text: &mut String) {
        let mut caught: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for row in &self.faults {
            for check in &row.caught_by {
                caught.entry(check).or_default().insert(&row.fault);
            }
        }
        let mut groups: BTreeMap<BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
        for (check, faults) in caught {
            groups.entry(faults).or_default().push(check);
        }
        let groups: Vec<_> = groups.into_iter().filter(|(_, checks)| checks.len() > 1).collect();
        let _ = writeln!(text, "## Checks that only fall together\n\nNo fault here tells them apart.\n");
        if groups.is_empty() {
            text.push_str("None.\n\n");
            return;
        }
        text.push_str("| checks | fall for |\n|---|---|\n");
        for (faults, checks) in groups {
            let _ = writeln!(text, "| {} | {} |", listed(checks), named(&Vec::from_iter(faults)));
        }
        text.push('\n');
    }

    /// Faults that one check alone catches: without it they would survive.
    fn alone(&self, text: &mut String) {
        let mut by_check: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for row in self.faults.iter().filter(|row| row.caught_by.len() == 1) {
            for check in &row.caught_by {
                by_check.entry(check).or_default().push(&row.fault);
            }
        }
        let _ = writeln!(
            text,
            "## Faults that one check alone catches\n\n{} of {}. Without that check each of them would survive.\n",
            by_check.values().map(Vec::len).sum::<usize>(),
            self.faults.len()
        );
        text.push_str("| check | faults |\n|---|---|\n");
        for (check, faults) in by_check {
            let _ = writeln!(text, "| `{check}` | {} |", listed(faults));
        }
        text.push('\n');
    }
}

fn others(row: &Row) -> String {
    let others = row.caught_by.iter().filter(|id| !row.claimed_by.contains(id)).map(String::as_str);
    named(&others.collect::<Vec<_>>())
}

/// The first of some ids, and how many more there are.
fn named(ids: &[&str]) -> String {
    let named = listed(ids.iter().take(NAMED).copied());
    match ids.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::FaultProof;

    fn proof_of(fault: &'static Fault, killed_by: &[&'static str]) -> Proof {
        let killed_by = killed_by.iter().copied().collect();
        let fault = FaultProof { id: fault.id, says: fault.says, expected: fault.caught_by, killed_by, setup: None };
        Proof { faults: vec![fault], ..Proof::default() }
    }

    #[test]
    fn what_was_caught_is_kept_and_read_again() {
        let (first, second) = (&faults()[0], &faults()[1]);
        let mut matrix = KillMatrix::default();
        matrix.learn(&proof_of(second, second.caught_by));
        matrix.learn(&proof_of(first, first.caught_by));

        let read = KillMatrix::read(&matrix.kept()).unwrap();

        assert_eq!(read, matrix);
        assert_eq!(read.faults.iter().map(|row| row.fault.as_str()).collect::<Vec<_>>(), [first.id, second.id]);
        assert_eq!(read.unknown().len(), faults().len() - 2);
        assert!(read.outdated().is_empty());
    }

    #[test]
    fn a_fault_that_was_not_caught_is_asked_again() {
        let mut matrix = KillMatrix::default();
        matrix.learn(&proof_of(&faults()[0], &[]));
        assert_eq!(matrix, KillMatrix::default());
    }

    #[test]
    fn a_row_under_other_claims_is_outdated_and_goes() {
        let fault = &faults()[0];
        let row = Row { fault: fault.id.to_owned(), claimed_by: Vec::new(), caught_by: BTreeSet::new() };
        let mut matrix = KillMatrix { faults: vec![row] };
        assert_eq!(matrix.outdated(), [fault.id]);
        assert_eq!(matrix.unknown().len(), faults().len());
        matrix.learn(&Proof::default());
        assert_eq!(matrix, KillMatrix::default());
    }
}
