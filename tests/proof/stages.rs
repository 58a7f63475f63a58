//! The strict server: every cell passes, and the same seed says the same twice.

use std::collections::BTreeSet;
use std::path::Path;

use grantspec::check::Ask;
use grantspec::embedded::{Preset, Seam, faults};
use grantspec::profile::Profile;
use grantspec::proof::deserved;
use grantspec::run::Summary;
use grantspec::verdict::Verdict;

use super::Shown;
use super::server::{judged, judged_as, line};

/// Fewer cells than this is no catalogue: an empty plan passes everything.
const CELLS: usize = 300;

/// Every cell passes; not one is skipped, unless the profile does without its grant, or the server chose otherwise.
pub async fn strict(name: &'static str) -> Shown {
    let summary = judged(&[], name, 1, |_| true).await?;
    let profile = Profile::named(name, true).ok_or_else(|| vec![format!("no profile {name}")])?;
    let mut wrong: Vec<String> =
        summary.outcomes.iter().filter(|outcome| !deserved(profile, outcome)).map(line).collect();
    if summary.outcomes.len() < CELLS {
        wrong
            .push(format!("only {} cells were asked, and the catalogue has more than {CELLS}", summary.outcomes.len()));
    }
    let (pass, all) = (summary.count(Verdict::Pass), summary.outcomes.len());
    if wrong.is_empty() {
        Ok(format!("{pass} of {all} cells pass, the others are outside the profile or a matter of choice"))
    } else {
        Err(wrong)
    }
}

/// Where the list of findings is told.
const SEVEN_GRANTS: &str = "docs/findings/seven-grants-under-bcp.md";

/// The server with all seven grants breaks the best current practice by having them: in these checks, by these clauses, and in no other.
pub async fn seven_grants() -> Shown {
    let profile = Profile::Bcp { oidc: true };
    let summary = judged_as(Preset::SevenGrants, &[], profile, 1, |_| true).await?;
    let found: BTreeSet<String> = summary
        .outcomes
        .iter()
        .filter(|outcome| !matches!(outcome.verdict, Verdict::Pass | Verdict::Skip))
        .map(|outcome| {
            let clause = outcome.finding.as_ref().map_or("none", |finding| finding.clause);
            format!("| {} | `{}` | `{clause}` |", outcome.verdict, outcome.check.id)
        })
        .collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(SEVEN_GRANTS);
    let text = std::fs::read_to_string(&path).map_err(|error| vec![format!("{SEVEN_GRANTS}: {error}")])?;
    let told: BTreeSet<String> = text
        .lines()
        .filter(|line| line.contains("| `"))
        .filter_map(|row| row.match_indices(" |").nth(2).map(|(at, _)| format!("{} |", &row[..at])))
        .collect();
    let mut wrong: Vec<String> = found.difference(&told).map(|row| format!("found, and not told: {row}")).collect();
    wrong.extend(told.difference(&found).map(|row| format!("told, and not found: {row}")));
    if wrong.is_empty() { Ok(format!("{} findings, as {SEVEN_GRANTS} tells them", found.len())) } else { Err(wrong) }
}

/// Two runs with one seed plan the same cells, in the same order, and judge them the same: a good server and a bad one.
pub async fn same_seed() -> Shown {
    let normalised = faults().iter().find(|fault| fault.id == "redirect-uri-normalised");
    let bad: Vec<&Seam> = normalised.ok_or_else(|| vec!["there is no fault to try".to_owned()])?.seams.iter().collect();
    let mut compared = 0;
    for seams in [&[] as &[&Seam], &bad] {
        let first = told(&judged(seams, "oidc", 7, |_| true).await?);
        let second = told(&judged(seams, "oidc", 7, |_| true).await?);
        let differing: Vec<String> = first
            .iter()
            .zip(&second)
            .filter(|(one, other)| one != other)
            .map(|(one, other)| format!("first {one}, then {other}"))
            .collect();
        if !differing.is_empty() || first.len() != second.len() {
            return Err(differing);
        }
        compared += first.len();
    }
    Ok(format!("{compared} cells judged twice, no difference"))
}

/// Check, cell, verdict and finding of each outcome, in order: a property shrinks to the same counter-example, while other
/// findings may quote a value that the server drew.
fn told(summary: &Summary) -> Vec<String> {
    let told = summary.outcomes.iter().map(|outcome| {
        let found = outcome.finding.as_ref().map_or("nothing".to_owned(), |finding| match outcome.check.ask {
            Ask::Property(_) => format!("{}: {finding}", finding.clause),
            Ask::Code(_) | Ask::Steps(_) => finding.clause.to_owned(),
        });
        format!("{} [{}]: {}, against {found}", outcome.check.id, outcome.cell, outcome.verdict)
    });
    told.collect()
}
