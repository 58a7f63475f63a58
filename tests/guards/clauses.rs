//! The clauses: ids, levels, and what they say of each other.

use std::collections::BTreeSet;

use grantspec::clause::{Because, Clause, Level, Who, clause, clauses};
use toml::Table;

use super::none;
use super::sources::below;

/// What is wrong with a clause on its own.
fn mistakes(clause: &Clause) -> Vec<String> {
    let mut wrong = Vec::new();
    let id = clause.id;
    let parts: Vec<&str> = id.split('/').collect();
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let is_name = |name: &str| name.split('-').all(word);
    let is_section =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
    match parts.as_slice() {
        [document, section, name] if is_name(document) && is_section(section) && is_name(name) => {}
        _ => wrong.push(format!("{id}: a clause is document/section/name")),
    }
    if clause.says.split(' ').count() < 3 || !clause.says.ends_with('.') {
        wrong.push(format!("{id}: it says a sentence: {:?}", clause.says));
    }
    let binds_server = clause.who == Who::AuthorizationServer;
    if clause.who == Who::Client && matches!(clause.level, Level::Must | Level::Should) {
        wrong.push(format!(
            "{id}: only what binds a server is a must or a should; for the client's duty the level is security"
        ));
    }
    match clause.because {
        Some(Because::BindsClient) if clause.who != Who::Client => {
            wrong.push(format!("{id}: it is untestable because it binds the client, and binds {:?}", clause.who));
        }
        Some(Because::BindsResourceServer) if binds_server => {
            wrong.push(format!("{id}: it is untestable because it binds resource servers, and binds {:?}", clause.who));
        }
        _ => {}
    }
    wrong
}

#[test]
fn every_clause_has_a_legal_id_level_and_reason() {
    assert!(clauses().len() > 300, "only {} clauses were read", clauses().len());
    none(&clauses().values().flat_map(mistakes).collect::<Vec<_>>(), "a clause is one statement of one document");
}

#[test]
fn a_bad_clause_is_noticed() {
    let good = clause("rfc6749/4.1.2/code-single-use").expect("the best known clause of all");
    assert!(mistakes(good).is_empty());
    let bad = Clause { id: "rfc6749/4.1.2", ..good.clone() };
    assert!(mistakes(&bad)[0].contains("document/section/name"));
    let bad = Clause { who: Who::Client, ..good.clone() };
    assert!(mistakes(&bad)[0].contains("the level is security"));
    let bad = Clause { because: Some(Because::BindsClient), ..good.clone() };
    assert!(mistakes(&bad)[0].contains("binds the client"));
    let bad = Clause { says: "Nothing", ..good.clone() };
    assert!(mistakes(&bad)[0].contains("a sentence"));
}

#[test]
fn clauses_that_state_one_duty_exist_and_belong_to_other_documents_or_sections() {
    let mut wrong = Vec::new();
    for one in clauses().values() {
        for other in one.same.iter().chain(&one.yields_to) {
            if clause(other).is_none() {
                wrong.push(format!("{}: same or yields_to: there is no clause {other}", one.id));
            }
            if *other == one.id {
                wrong.push(format!("{}: same: it is its own twin", one.id));
            }
        }
    }
    none(&wrong, "`same` names clauses that state the same duty");
}

#[test]
fn every_clause_file_states_each_id_once() {
    let mut wrong = Vec::new();
    let mut read = 0;
    for source in below("scenarios/spec", &[".toml"]) {
        let table: Table = toml::from_str(&source.text).unwrap_or_else(|error| panic!("{}: {error}", source.path));
        let mut seen = BTreeSet::new();
        for entry in table.get("clause").and_then(toml::Value::as_array).into_iter().flatten() {
            let id = entry.get("id").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
            read += 1;
            if !seen.insert(id.clone()) {
                wrong.push(format!("{}: {id} stands there twice", source.path));
            }
        }
    }
    none(&wrong, "a clause has one place");
    assert_eq!(read, clauses().len(), "every clause of scenarios/spec is known to the harness");
}
