//! The documents that are written from the catalogue say what the catalogue says.

use grantspec::documents::{self, KEPT, KillMatrix, WRITTEN_AS};

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

/// What each check has to say of a fault that it does not claim is not asked here: the matrix says so of itself.
#[test]
fn the_kill_matrix_has_a_row_of_each_fault_as_it_is_claimed() {
    let matrix = KillMatrix::read(&read(&format!("docs/{KEPT}"))).unwrap();
    let unknown = matrix.unknown().into_iter().map(|fault| format!("{} has no row", fault.id));
    let outdated = matrix.outdated().into_iter().map(|fault| format!("{fault} has a row under other claims"));
    none(&unknown.chain(outdated).collect::<Vec<_>>(), "ask them: cargo run --release -- docs --kill-matrix");

    let outdated = outdated_document(&matrix);
    none(&outdated, "write it anew: cargo run -- docs");
}

fn outdated_document(matrix: &KillMatrix) -> Vec<String> {
    outdated(WRITTEN_AS, &read(&format!("docs/{WRITTEN_AS}")), &matrix.document()).into_iter().collect()
}
