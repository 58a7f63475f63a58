//! `docs/kill-matrix.md`: which fault is caught by which checks, when each of them is asked of each fault.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{WRITTEN, listed};
use crate::catalogue::catalogue;
use crate::embedded::faults;
use crate::proof::{FaultProof, Proof};
use crate::report::counted;

/// How many checks beside those that claim a fault are named; the others are counted.
const NAMED: usize = 8;

/// The text, from a proof in which the whole catalogue was asked of each fault.
pub fn kill_matrix(proof: &Proof) -> String {
    let mut text =
        format!("# The kill matrix\n\n{WRITTEN} It takes the whole proof: `grantspec docs --kill-matrix`.\n\n");
    let kills: usize = proof.faults.iter().map(|fault| fault.killed_by.len()).sum();
    let _ = writeln!(
        text,
        "{} and {}: {kills} kills. A kill is a finding at the level of the fault's clause or above, after the check's own control. \
         The checks that claim a fault are asked on every path of an authorization request, the others in each cell on one path in turn.\n",
        counted(proof.faults.len(), "fault"),
        counted(catalogue().len(), "check"),
    );
    together(&mut text, proof);
    alone(&mut text, proof);
    text.push_str("## Fault by fault\n\n| fault | caught by the checks that claim it | and by |\n|---|---|---|\n");
    for fault in &proof.faults {
        let _ = writeln!(text, "{}", row(fault.id, fault.expected, &others(fault)));
    }
    text
}

/// What such a document claims, without having asked anybody: the faults and the checks that claim each, as the rows begin.
pub fn claimed() -> Vec<String> {
    faults().iter().map(|fault| beginning(fault.id, fault.caught_by)).collect()
}

fn row(id: &str, expected: &[&str], others: &str) -> String {
    format!("{} {others} |", beginning(id, expected))
}

fn beginning(id: &str, expected: &[&str]) -> String {
    format!("| `{id}` | {} |", listed(expected.iter().copied()))
}

fn others(fault: &FaultProof) -> String {
    let others: Vec<&str> = fault.killed_by.iter().filter(|id| !fault.expected.contains(id)).copied().collect();
    let more = others.len().saturating_sub(NAMED);
    let named = listed(others.into_iter().take(NAMED));
    if more == 0 { named } else { format!("{named} and {more} more") }
}

/// Checks that catch the very same faults: as far as these faults go, one of each group would do.
fn together(text: &mut String, proof: &Proof) {
    let mut caught: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for fault in &proof.faults {
        for check in &fault.killed_by {
            caught.entry(check).or_default().insert(fault.id);
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
        let _ = writeln!(text, "| {} | {} |", listed(checks), listed(faults.into_iter().take(NAMED)));
    }
    text.push('\n');
}

/// Faults that one check alone catches: without it they would survive.
fn alone(text: &mut String, proof: &Proof) {
    let alone: Vec<_> = proof.faults.iter().filter(|fault| fault.killed_by.len() == 1).collect();
    let _ = writeln!(
        text,
        "## Faults that one check alone catches\n\n{} of {}. Without that check each of them would survive.\n",
        alone.len(),
        proof.faults.len()
    );
    let mut by_check: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for fault in alone {
        for check in &fault.killed_by {
            by_check.entry(check).or_default().push(fault.id);
        }
    }
    text.push_str("| check | faults |\n|---|---|\n");
    for (check, faults) in by_check {
        let _ = writeln!(text, "| `{check}` | {} |", listed(faults));
    }
    text.push('\n');
}
