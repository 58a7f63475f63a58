//! How the sources are written: short files, nothing printed on the side, no panic without its reason.

use super::none;
use super::sources::{Source, below, names};

/// The most lines of a file.
const LONGEST: usize = 400;

/// Files that may be longer: a chapter to study, data, and what is generated.
const MAY_BE_LONGER: &[&str] = &["reference-server/src/rules/mod.rs", "scenarios/spec/", "docs/"];

/// Names of files that say nothing of what is in them.
const SAYS_NOTHING: &[&str] = &["utils", "util", "common", "helper", "helpers", "manager", "misc"];

fn too_long(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    let exempt = MAY_BE_LONGER.iter().any(|path| source.path.starts_with(path));
    (lines > LONGEST && !exempt).then(|| format!("{}: {lines} lines", source.path))
}

/// A line that ends the program without a reason: `unwrap()`, or an `expect` whose words are no sentence.
fn panics_without_reason(line: &str) -> bool {
    if line.contains(".unwrap()") || line.contains("todo!(") || line.contains("unimplemented!(") {
        return true;
    }
    let reason = line.split(".expect(\"").nth(1).and_then(|rest| rest.split('"').next());
    reason.is_some_and(|reason| reason.split(' ').count() < 3)
}

fn prints(line: &str) -> bool {
    ["println!", "print!", "eprintln!", "eprint!", "dbg!"].iter().any(|word| {
        let name = &word[..word.len() - 1];
        names(line, name) && line.contains(word)
    })
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    let sources = below(".", &[".rs", ".toml", ".html", ".css", ".md", ".sh"]);
    none(&sources.iter().filter_map(too_long).collect::<Vec<_>>(), "a file of more than 400 lines is two files");
}

#[test]
fn only_the_command_line_and_the_reports_print() {
    let mut wrong = Vec::new();
    for source in below("harness/src", &[".rs"]) {
        if !source.path.starts_with("harness/src/cli/") && !source.path.starts_with("harness/src/report/") {
            wrong.extend(source.lines_that(prints));
        }
    }
    for source in below("reference-server/src", &[".rs"]) {
        if source.path != "reference-server/src/main.rs" {
            wrong.extend(source.lines_that(prints));
        }
    }
    none(&wrong, "results go through events and reports, the server's words through its log");
}

#[test]
fn nothing_panics_without_saying_why_it_cannot() {
    let mut wrong = Vec::new();
    for folder in ["harness/src", "reference-server/src", "scenarios/src"] {
        for source in below(folder, &[".rs"]).iter().filter(|source| !source.is_test()) {
            wrong.extend(source.lines_that(panics_without_reason));
        }
    }
    none(&wrong, "write `expect` with the sentence that says why it holds, or return an error");
}

#[test]
fn every_file_begins_by_saying_what_it_is() {
    let sources = below(".", &[".rs"]);
    let mute = sources.iter().filter(|source| !source.text.starts_with("//! "));
    none(
        &mute.map(|source| source.path.clone()).collect::<Vec<_>>(),
        "the first line of a file says what it is: //! …",
    );
}

#[test]
fn names_say_what_things_are() {
    let mut wrong = Vec::new();
    for source in below(".", &[".rs"]) {
        let parts = source.path.trim_end_matches(".rs").split('/');
        wrong.extend(parts.filter(|part| SAYS_NOTHING.contains(part)).map(|part| format!("{}: {part}", source.path)));
        wrong.extend(source.lines_that(|line| line.trim().trim_start_matches("pub ").starts_with("fn get_")));
    }
    none(&wrong, "no utils, common, manager, helper or get_");
}

#[test]
fn no_test_waits_for_time_to_pass() {
    let mut wrong = Vec::new();
    for source in below(".", &[".rs"]).iter().filter(|source| source.is_test()) {
        // In quotation marks it is a word of a guard.
        let sleeps = |line: &str| names(line, "sleep") && !line.contains("\"sleep\"");
        wrong.extend(source.lines_that(sleeps));
    }
    none(&wrong, "time is a clock that is set, and an answer that is awaited");
}

#[test]
fn each_of_these_guards_can_fail() {
    let source = |path: &str, text: String| Source { path: path.to_owned(), text };
    let long = "x\n".repeat(401);
    assert_eq!(too_long(&source("harness/src/a.rs", long.clone())).as_deref(), Some("harness/src/a.rs: 401 lines"));
    assert!(too_long(&source("reference-server/src/rules/mod.rs", long)).is_none());

    assert!(panics_without_reason("let a = b.unwrap();"));
    assert!(panics_without_reason("let a = b.expect(\"works\");"));
    assert!(!panics_without_reason("let a = b.unwrap_or(0);"));
    assert!(!panics_without_reason("let a = b.expect(\"the list is never empty\");"));

    assert!(prints("    println!(\"x\");"));
    assert!(prints("anstream::eprint!(\"x\");"));
    assert!(!prints("let println = 1;"));
}
