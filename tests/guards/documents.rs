//! The documents that are written from the catalogue say what the catalogue says.

use std::collections::BTreeSet;

use grantspec::documents;

use super::none;
use super::sources::read;

/// The first line in which two texts differ, and how to mend it.
fn outdated(name: &str, kept: &str, written: &str) -> Option<String> {
    let numbered = kept.lines().zip(written.lines()).enumerate();
    let differing = numbered.into_iter().find(|(_, (kept, written))| kept != written);
    let lines = kept.lines().count().min(written.lines().count());
    (kept != written).then(|| {
        let (at, (kept, written)) = differing.unwrap_or((lines, ("(the end)", "(more)")));
        format!("docs/{name}:{}: `{kept}` should be `{written}`", at + 1)
    })
}

/// The rows of a kill matrix up to what the checks that do not claim the fault have to say.
fn rows(matrix: &str) -> BTreeSet<String> {
    let (_, rows) = matrix.split_once("## Fault by fault").unwrap_or_default();
    let rows = rows.lines().filter(|line| line.starts_with("| `"));
    rows.filter_map(|row| row.match_indices(" | ").nth(1).map(|(at, _)| format!("{} |", &row[..at]))).collect()
}

#[test]
fn what_is_written_from_the_catalogue_is_current() {
    let outdated: Vec<String> = documents::all()
        .iter()
        .filter_map(|(name, written)| outdated(name, &read(&format!("docs/{name}")), written))
        .collect();
    none(&outdated, "write them anew: cargo run -- docs");
}

#[test]
fn a_document_that_is_not_current_is_noticed() {
    assert_eq!(outdated("x.md", "a\nb\n", "a\nb\n"), None);
    assert_eq!(outdated("x.md", "a\nb\n", "a\nc\n").as_deref(), Some("docs/x.md:2: `b` should be `c`"));
    assert_eq!(outdated("x.md", "a\n", "a\nc\n").as_deref(), Some("docs/x.md:2: `(the end)` should be `(more)`"));
}

#[test]
fn rows_of_a_kill_matrix_are_read_without_what_else_fell() {
    let matrix =
        "| `no` | row |\n## Fault by fault\n\n| fault | a | b |\n|---|---|---|\n| `f` | `x/y`, `x/z` | `p/q` |\n";
    assert_eq!(rows(matrix), BTreeSet::from(["| `f` | `x/y`, `x/z` |".to_owned()]));
}
