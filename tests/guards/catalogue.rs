//! The catalogue: ids, cells, and the share of data and of refusals in it.

use std::collections::{BTreeMap, BTreeSet};

use grantspec::catalogue::catalogue;
use grantspec::check::{Ask, Check};
use grantspec::checks;
use grantspec::clause::clause;
use grantspec::scenario::Expect;

use super::none;
use super::sources::{below, root};

/// `topic/what-is-at-stake`, both in kebab case.
fn is_id(id: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let mut parts = id.split('/');
    let (topic, stake) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    parts.next().is_none() && topic.split('-').all(word) && stake.split('-').all(word)
}

/// What occurs more than once.
fn twice<'a>(items: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    items.into_iter().filter(|item| !seen.insert(*item)).map(str::to_owned).collect()
}

/// Does the scenario expect that something is refused after it was changed?
fn is_negative(check: &Check) -> bool {
    let Ask::Steps(steps) = check.ask else { return false };
    let refuses = |expect: &Expect| {
        matches!(
            expect,
            Expect::BasicChallenge
                | Expect::BearerChallenge
                | Expect::Error(..)
                | Expect::Inactive
                | Expect::Refused
                | Expect::Stays
        )
    };
    steps.iter().any(|step| step.expect.as_ref().is_some_and(refuses))
}

#[test]
fn ids_are_unique_and_read_topic_slash_stake() {
    none(&twice(catalogue().iter().map(|check| check.id)), "two checks share an id");
    let wrong: Vec<String> =
        catalogue().iter().map(|check| check.id).filter(|id| !is_id(id)).map(str::to_owned).collect();
    none(&wrong, "an id is topic/what-is-at-stake in kebab case");
}

#[test]
fn the_reading_of_ids_can_fail() {
    assert!(is_id("pkce/verifier-mismatch"));
    for bad in ["pkce", "pkce/", "/a", "pkce/Verifier", "pkce/a/b", "pkce/a--b", "pkce/-a", "pkce/a_b", ""] {
        assert!(!is_id(bad), "{bad}");
    }
    assert_eq!(twice(["a", "b", "a"]), ["a"]);
}

#[test]
fn every_check_has_words_cells_and_clauses() {
    let mut wrong = Vec::new();
    for check in catalogue() {
        let id = check.id;
        if check.title.split(' ').count() < 3 || check.title.ends_with('.') {
            wrong.push(format!("{id}: the title is a clause of a sentence: {:?}", check.title));
        }
        if !check.why.ends_with('.') || check.why.split(' ').count() < 5 {
            wrong.push(format!("{id}: `why` is a sentence: {:?}", check.why));
        }
        let cells: BTreeSet<_> = check.cells.list.iter().collect();
        if cells.is_empty() || cells.len() != check.cells.list.len() {
            wrong.push(format!("{id}: its cells are none, or one of them twice"));
        }
        if check.clauses.is_empty() {
            wrong.push(format!("{id}: it names no clause"));
        }
        wrong.extend(twice(check.clauses.iter().copied()).iter().map(|clause| format!("{id}: {clause} twice")));
        for name in check.clauses {
            match clause(name) {
                None => wrong.push(format!("{id}: there is no clause {name} in scenarios/spec")),
                Some(clause) if clause.because.is_some() => {
                    wrong.push(format!("{id}: {name} is said to be untestable, and is tested"));
                }
                Some(_) => {}
            }
        }
    }
    none(&wrong, "a check that is not complete says less than it should");
}

#[test]
fn at_least_half_of_all_checks_are_data() {
    let scenarios = catalogue().iter().filter(|check| matches!(check.ask, Ask::Steps(_))).count();
    let all = catalogue().len();
    assert!(scenarios * 2 >= all, "{scenarios} of {all} checks are scenarios: what can be data should be data");
}

#[test]
fn at_least_twenty_five_scenarios_expect_a_refusal() {
    let negatives = catalogue().iter().filter(|check| is_negative(check)).count();
    assert!(
        negatives >= 25,
        "{negatives} scenarios expect a refusal: what must be refused is half of what a grant means"
    );
}

#[test]
fn every_check_in_the_sources_is_in_the_list() {
    let mut written = 0;
    for folder in ["harness/src/checks", "harness/src/property"] {
        for source in below(folder, &[".rs"]) {
            written += source.lines_that(|line| line.contains(": Check = Check {")).len();
        }
    }
    assert_eq!(written, checks::ALL.len(), "checks/mod.rs lists every check that is written in Rust, once");
    let in_rust = catalogue().iter().filter(|check| !matches!(check.ask, Ask::Steps(_))).count();
    assert_eq!(in_rust, checks::ALL.len(), "the catalogue holds every check of the list");
}

#[test]
fn every_scenario_and_clause_file_is_embedded() {
    let embedded: BTreeMap<&str, &str> = grantspec_scenarios::SCENARIOS.iter().copied().collect();
    let documents: BTreeMap<&str, &str> = grantspec_scenarios::CLAUSES.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in below("scenarios", &[".toml"]) {
        let path = source.path.as_str();
        let known = match path.strip_prefix("scenarios/spec/").and_then(|name| name.strip_suffix(".toml")) {
            Some("documents") => true,
            Some(document) => documents.contains_key(document),
            None => path == "scenarios/Cargo.toml" || embedded.contains_key(path),
        };
        if !known {
            wrong.push(format!("{path} is not in scenarios/src/lib.rs"));
        }
    }
    for path in embedded.keys().filter(|path| !root().join(path).is_file()) {
        wrong.push(format!("{path} is named in scenarios/src/lib.rs, and is no file"));
    }
    none(&wrong, "a file that is not embedded is never asked");
}
