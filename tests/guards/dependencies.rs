//! Dependencies point one way: `scenarios ← harness ← tests`, the reference server alone, `embedded.rs` the one bridge.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::none;
use super::sources::{below, names, read};

/// Libraries that speak the protocol: with one of them in both, harness and reference would be one reading, not two.
const PROTOCOL: &[&str] = &["oauth2", "openidconnect", "openid", "oxide-auth", "josekit", "biscuit", "oauth2-types"];

#[test]
fn only_embedded_names_the_reference_server() {
    let mut wrong = Vec::new();
    for source in below("harness/src", &[".rs"]) {
        if source.path != "harness/src/embedded.rs" {
            wrong.extend(source.lines_that(|line| names(line, "grantspec_reference")));
        }
    }
    none(&wrong, "the harness judges the reference server as a stranger's; only embedded.rs names it");
}

#[test]
fn the_feature_embedded_is_the_only_way_to_the_reference_server() {
    let harness = manifest("harness");
    assert_eq!(
        harness["dependencies"]["grantspec-reference"].get("optional"),
        Some(&Value::Boolean(true)),
        "harness/Cargo.toml: grantspec-reference is an optional dependency"
    );
    let features = harness["features"].as_table().expect("harness/Cargo.toml has [features]");
    for (name, enables) in features {
        let text = enables.to_string();
        assert_eq!(
            text.contains("grantspec-reference"),
            name == "embedded",
            "harness/Cargo.toml: the feature {name} enables {text}; only `embedded` brings the reference server"
        );
    }
    let lib = read("harness/src/lib.rs");
    for module in ["embedded", "proof"] {
        let guarded = format!("#[cfg(feature = \"embedded\")]\npub mod {module};");
        assert!(lib.contains(&guarded), "harness/src/lib.rs: the module {module} stands behind the feature `embedded`");
    }
    let workspace: Table = toml::from_str(&read("Cargo.toml")).expect("Cargo.toml is TOML");
    let shared = &workspace["workspace"]["dependencies"]["grantspec"];
    assert_eq!(
        shared.get("default-features"),
        Some(&Value::Boolean(false)),
        "Cargo.toml: whoever depends on the library grantspec asks for `embedded` by name"
    );
}

#[test]
fn the_reference_server_knows_neither_harness_nor_scenarios() {
    let mut wrong = Vec::new();
    for name in dependencies("reference-server").intersection(&owned(&["grantspec", "grantspec-scenarios"])) {
        wrong.push(format!("reference-server/Cargo.toml: {name}"));
    }
    for source in below("reference-server", &[".rs"]) {
        wrong.extend(source.lines_that(|line| names(line, "grantspec") || names(line, "grantspec_scenarios")));
    }
    none(&wrong, "the reference server is a reading of the standards of its own");
}

#[test]
fn the_scenarios_only_embed() {
    let depends = dependencies("scenarios");
    assert!(depends.is_empty(), "scenarios/Cargo.toml: data depends on nothing, not on {depends:?}");
    let sources = below("scenarios", &[".rs"]);
    let mut wrong: Vec<String> =
        sources.iter().map(|source| source.path.clone()).filter(|path| path != "scenarios/src/lib.rs").collect();
    for source in &sources {
        wrong.extend(
            source.lines_that(|line| ["fn", "use", "struct", "enum", "trait"].iter().any(|word| names(line, word))),
        );
    }
    none(&wrong, "the package scenarios embeds files, and holds no logic");
}

/// The one file of the harness that signs.
const ASSERTIONS: &str = "harness/src/exchange/assertion.rs";

#[test]
fn harness_and_reference_share_no_protocol_code() {
    let harness = dependencies("harness");
    let reference = dependencies("reference-server");
    let ours = |name: &&String| name.starts_with("grantspec");
    let shared: Vec<String> = harness.intersection(&reference).filter(ours).cloned().collect();
    none(&shared, "a package of ours in both harness and reference server would be one reading of the standards");

    let mut wrong = Vec::new();
    for (package, depends) in [("harness", &harness), ("reference-server", &reference)] {
        wrong.extend(depends.intersection(&owned(PROTOCOL)).map(|name| format!("{package}/Cargo.toml: {name}")));
    }
    none(&wrong, "neither reads the protocol through a library");

    let mut tokens = below("harness/src", &[".rs"]);
    tokens.retain(|source| source.path != ASSERTIONS);
    let signs = |line: &str| names(line, "EncodingKey") || line.contains("jsonwebtoken::encode");
    none(
        &tokens.iter().flat_map(|source| source.lines_that(signs)).collect::<Vec<_>>(),
        "the harness reads tokens, and makes none but the assertions of clients and of those who vouch for users",
    );
}

#[test]
fn the_server_names_its_faults_in_one_folder_only() {
    let mut wrong = Vec::new();
    for source in below("reference-server/src", &[".rs"]) {
        let knows = source.path.starts_with("reference-server/src/faults/") || source.path.ends_with("src/main.rs");
        if !knows {
            let uses = |line: &str| names(line, "faults") && line.trim() != "pub mod faults;";
            wrong.extend(source.lines_that(|line| uses(line) || names(line, "Fault")));
        }
    }
    none(&wrong, "the strict server is the readable one: no fault in it");
}

#[test]
fn a_dependency_is_seen_in_every_table_that_may_hold_one() {
    let manifest: Table = toml::from_str(
        "[dependencies]\na.workspace = true\n[target.'cfg(unix)'.dependencies]\nb = \"1\"\n[build-dependencies]\nc = \"1\"\n[dev-dependencies]\nd = \"1\"\n[lints]\nworkspace = true\n",
    )
    .expect("a small manifest");
    assert_eq!(depended(&manifest), owned(&["a", "b", "c", "d"]));
}

fn manifest(package: &str) -> Table {
    let path = format!("{package}/Cargo.toml");
    toml::from_str(&read(&path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn dependencies(package: &str) -> BTreeSet<String> {
    depended(&manifest(package))
}

fn depended(manifest: &Table) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (key, value) in manifest {
        let Some(table) = value.as_table() else { continue };
        if key.ends_with("dependencies") {
            found.extend(table.keys().cloned());
        } else if key == "target" {
            found.extend(table.values().filter_map(Value::as_table).flat_map(depended));
        }
    }
    found
}

fn owned(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
