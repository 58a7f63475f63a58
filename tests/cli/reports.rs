//! The forms for machines, which are stable: what `run` and `prove` write as JSON.

use serde_json::{Value, json};

use super::program::call;
use super::servers::{PASSWORD, WEB_SECRET, serving};

const COUNTS: [&str; 6] = ["pass", "fail", "warn", "info", "skip", "error"];

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("it is no JSON: {error}: {text}"))
}

fn list<'a>(report: &'a Value, name: &str) -> &'a Vec<Value> {
    report[name].as_array().unwrap_or_else(|| panic!("{name} is no list: {report:#}"))
}

#[test]
fn a_json_report_counts_every_verdict_and_tells_every_cell() {
    let (ended, text) = call(&["run", "pkce", "--report", "json=report.json"]).writes("report.json");
    ended.with(0).says(&["✓ pass"]);
    let report = parsed(&text);
    let results = list(&report, "results");
    let counted: u64 =
        COUNTS.iter().map(|name| report["summary"][name].as_u64().expect("every verdict is counted")).sum();
    assert_eq!(report["summary"].as_object().map(serde_json::Map::len), Some(COUNTS.len()), "{:#}", report["summary"]);
    assert_eq!(counted, results.len() as u64);
    assert!(results.len() > 10);
    for result in results {
        for name in ["check", "cell", "verdict"] {
            assert!(result[name].is_string(), "{name}: {result:#}");
        }
        assert!(result["check"].as_str().is_some_and(|id| id.starts_with("pkce/")));
        assert!(result["clauses"].as_array().is_some_and(|clauses| !clauses.is_empty()), "{result:#}");
        assert!(result.get("level").is_some_and(Value::is_null), "a pass names no level: {result:#}");
        assert!(result.get("reason").is_some_and(Value::is_null), "a pass names no reason: {result:#}");
    }
}

#[test]
fn a_json_report_of_findings_names_level_clause_and_reason_and_no_secret() {
    let server = serving(&["keeps-codes"]);
    let (ended, text) = call(&["run", "code", "--report", "json=report.json"])
        .file("grantspec.toml", server.target_file())
        .env("WEB_SECRET", WEB_SECRET)
        .env("ALICE_PASSWORD", PASSWORD)
        .writes("report.json");
    ended.with(1);
    let report = parsed(&text);
    let with = |verdict: &str| {
        list(&report, "results").iter().filter(move |result| result["verdict"] == verdict).collect::<Vec<_>>()
    };
    let failed = with("fail").into_iter().find(|result| result["check"] == "code/redeemed-twice");
    let failed = failed.unwrap_or_else(|| panic!("the fault is not in the report: {:#}", report["summary"]));
    assert_eq!(failed["level"], "must");
    assert_eq!(failed["finding"]["clause"], "rfc6749/4.1.2/code-single-use");
    assert_eq!(failed["cell"], "authorization_code · confidential");
    assert!(!list(failed, "transcript").is_empty(), "a finding carries its evidence");
    let skipped = with("skip");
    assert!(!skipped.is_empty() && skipped.iter().all(|result| result["reason"].is_string()), "{skipped:#?}");
    for secret in [WEB_SECRET, PASSWORD] {
        assert!(!text.contains(secret), "the report shows {secret}");
    }
}

#[test]
fn a_json_report_on_standard_output_is_all_that_stands_there() {
    let ended = call(&["run", "pkce/verifier-mismatch", "--report", "json=-"]).run().with(0);
    assert_eq!(parsed(&ended.stdout)["summary"]["pass"], 8, "four response types with a code, two kinds of client");
}

#[test]
fn one_seed_writes_the_same_report_but_for_time_and_place() {
    let told = || {
        let ended = call(&["run", "code", "pkce", "redirect-uri", "--seed", "9", "--report", "json=-"]).run().with(0);
        let report = parsed(&ended.stdout);
        let results = list(&report, "results").iter();
        results.map(|result| json!([result["check"], result["cell"], result["verdict"]])).collect::<Vec<_>>()
    };
    assert_eq!(told(), told());
}

#[test]
fn the_proof_of_one_fault_is_written_for_machines() {
    let ended = call(&["prove", "keeps-codes", "--json"]).run().with(0);
    let proof = parsed(&ended.stdout);
    let fault = &list(&proof, "faults")[0];
    assert_eq!(fault["id"], "keeps-codes");
    assert!(list(fault, "expected").contains(&json!("code/redeemed-twice")));
    assert!(list(fault, "killed_by").contains(&json!("code/redeemed-twice")));
    for name in ["variations", "survived", "unproven"] {
        assert!(list(&proof, name).is_empty(), "{name}: {proof:#}");
    }
    call(&["prove", "keeps-codes"]).run().with(0).says(&["✓ keeps-codes", "1 of 1 fault caught"]);
}
