//! What holds of the sources and of the catalogue as a whole, and what no compiler and no run would notice.

#[path = "guards/catalogue.rs"]
mod catalogue;
#[path = "guards/clauses.rs"]
mod clauses;
#[path = "guards/dependencies.rs"]
mod dependencies;
#[path = "guards/documents.rs"]
mod documents;
#[path = "guards/faults.rs"]
mod faults;
#[path = "guards/proof.rs"]
mod proof;
#[path = "guards/sources.rs"]
mod sources;
#[path = "guards/style.rs"]
mod style;

/// Fails with every line of `wrong`, under a sentence that says what they break.
#[track_caller]
fn none(wrong: &[String], rule: &str) {
    assert!(wrong.is_empty(), "{rule}\n  {}", wrong.join("\n  "));
}
