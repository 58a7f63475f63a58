//! The commands that explain: `explain`, `list`, `prove --list`, the help.

use super::program::call;

#[test]
fn explain_says_why_by_which_clauses_in_which_cells_how_and_by_which_faults() {
    call(&["explain", "pkce/verifier-mismatch"]).run().with(0).without(&["\u{1b}["]).says(&[
        "pkce/verifier-mismatch: ",
        "Why\n",
        "Clauses\n  rfc7636/4.6/",
        "(must)",
        "https://www.rfc-editor.org/rfc/rfc7636",
        "Cells",
        "authorization_code · public",
        "How it asks",
        "code_verifier",
        "Proven by the faults\n",
    ]);
}

#[test]
fn explain_knows_every_check_of_the_list() {
    let list = call(&["list", "--json"]).run().with(0).stdout;
    let list: serde_json::Value = serde_json::from_str(&list).expect("it is JSON");
    let kinds = ["scenario", "check", "property"];
    for kind in kinds {
        let checks = list["checks"].as_array().expect("a list of checks");
        let id = checks.iter().find(|check| check["kind"] == kind).and_then(|check| check["id"].as_str());
        let id = id.unwrap_or_else(|| panic!("there is no {kind} in the list"));
        call(&["explain", id]).run().with(0).says(&[id, "Why", "Clauses", "How it asks", "Proven by the faults"]);
    }
}

#[test]
fn explain_of_an_unknown_id_suggests() {
    call(&["explain", "pkce/verifier-mismach"]).run().with(2).says(&["did you mean `pkce/verifier-mismatch`?"]);
    call(&["explain", "zzzzzz"]).run().with(2).says(&["`grantspec list` shows them all"]);
}

#[test]
fn list_for_machines_is_json_with_every_check() {
    let ended = call(&["list", "--json"]).run().with(0);
    let list: serde_json::Value = serde_json::from_str(&ended.stdout).expect("it is JSON");
    let checks = list["checks"].as_array().expect("a list of checks");
    let known: Vec<&str> = grantspec::catalogue::catalogue().iter().map(|check| check.id).collect();
    let listed: Vec<&str> = checks.iter().filter_map(|check| check["id"].as_str()).collect();
    assert_eq!(listed, known);
    for check in checks {
        let texts = ["id", "kind", "title", "why"].iter().all(|name| check[name].is_string());
        let lists = ["clauses", "cells", "needs"].iter().all(|name| check[name].is_array());
        assert!(texts && lists, "{check:#}");
    }
}

#[test]
fn list_takes_selectors() {
    let ended = call(&["list", "pkce"]).run().with(0);
    let checks: Vec<&str> = ended.stdout.lines().filter(|line| line.contains(" cells  ")).collect();
    assert!(!checks.is_empty() && checks.iter().all(|line| line.starts_with("pkce/")), "{ended:#?}");
}

#[test]
fn prove_names_its_servers_and_suggests() {
    call(&["prove", "--list"]).run().with(0).says(&["keeps-codes", "no-consent-for-confidential-clients", "slow-drip"]);
    call(&["prove", "keeps-cods"]).run().with(2).says(&["did you mean `keeps-codes`?"]);
    call(&["prove", "no-iss"]).run().with(0).says(&["no-iss: clean", "\n1 of 1 server clean\n"]);
}

#[test]
fn the_help_names_the_exit_codes_and_every_command() {
    let commands = ["run", "list", "explain", "serve", "prove"];
    call(&["--help"]).run().with(0).says(&["Exit codes", "0 conforms", "3 could not be judged"]).says(&commands);
    for command in commands {
        call(&[command, "--help"]).run().with(0).says(&["Usage: grantspec"]);
    }
    call(&["--version"]).run().with(0).says(&["grantspec "]);
}
