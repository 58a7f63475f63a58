//! Plain `cargo test` makes the proof. This stands apart from the proof: what is not run cannot say so.

use toml::{Table, Value};

use super::none;
use super::sources::{Source, below, read, root};

/// The command that runs everything.
const COMMAND: &str = "cargo test";

fn table(path: &str) -> Table {
    toml::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// `file:line` of each test that is left out without a word of why.
fn ignored_without_reason(source: &Source) -> Vec<String> {
    let bare = ["#[ignore", "]"].concat();
    source.lines_that(|line| line.contains(&bare))
}

/// Why plain `cargo test` would not run the test target of this manifest, if it would not.
fn left_out(manifest: &Table, name: &str) -> Option<String> {
    let tests = manifest.get("test").and_then(Value::as_array);
    let Some(test) = tests.into_iter().flatten().find(|test| test.get("name").and_then(Value::as_str) == Some(name))
    else {
        return Some(format!("there is no [[test]] {name}"));
    };
    if test.get("test") == Some(&Value::Boolean(false)) {
        return Some(format!("[[test]] {name} has test = false"));
    }
    test.get("required-features").map(|features| format!("[[test]] {name} needs features {features}"))
}

#[test]
fn plain_cargo_test_takes_the_tests_package() {
    let workspace = table("Cargo.toml");
    for list in ["members", "default-members"] {
        let packages = workspace["workspace"][list].as_array().unwrap_or_else(|| panic!("Cargo.toml has no {list}"));
        for package in ["reference-server", "harness", "scenarios", "tests"] {
            assert!(packages.contains(&package.into()), "Cargo.toml: {package} is not among the {list}");
        }
    }
}

#[test]
fn the_proof_is_a_test_that_is_run() {
    let manifest = table("tests/Cargo.toml");
    for name in ["proof", "guards", "verdicts"] {
        assert_eq!(left_out(&manifest, name), None, "tests/Cargo.toml");
    }
    let proof = read("tests/proof.rs") + &read("tests/proof/catalogue.rs");
    for needed in ["ExitCode::from(u8::from(failed > 0))", "catalogue::proven()", "..Scope::default()"] {
        assert!(proof.contains(needed), "the proof is the whole one, and can fail: `{needed}` is not there any more");
    }
}

#[test]
fn the_command_line_is_tested_by_plain_cargo_test() {
    let harness = table("harness/Cargo.toml");
    let tests = harness.get("test").and_then(Value::as_array).cloned().unwrap_or_default();
    let path = tests.iter().find_map(|test| test.get("path").and_then(Value::as_str));
    assert_eq!(path, Some("../tests/cli.rs"), "harness/Cargo.toml has the tests of the command line as a [[test]]");
    let default = harness["features"]["default"].as_array().cloned().unwrap_or_default();
    assert!(default.contains(&"embedded".into()), "harness/Cargo.toml: `embedded` is on by default");
}

#[test]
fn no_test_is_ignored_without_a_reason() {
    let sources = below(".", &[".rs"]);
    none(
        &sources.iter().flat_map(ignored_without_reason).collect::<Vec<_>>(),
        "a test that is not run says why: #[ignore = \"…\"]",
    );
}

#[test]
fn the_readme_and_ci_run_the_same_plain_command() {
    let missing: Vec<String> = ["README.md", ".ci/run"]
        .into_iter()
        .filter(|path| !root().join(path).is_file())
        .map(|path| format!("{path} does not exist"))
        .collect();
    none(&missing, "README.md names the command that runs everything, .ci/run runs it");
    for path in ["README.md", ".ci/run"] {
        let named = read(path).lines().any(is_command);
        assert!(named, "{path}: no line is `{COMMAND}`, without filter, package or feature");
    }
}

/// Is the line the plain command, perhaps with a comment behind it or a word in front of it that only tells or times it?
fn is_command(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default();
    line.split("&&").any(|part| {
        let before = part.trim().trim_matches('`').strip_suffix(COMMAND);
        before.is_some_and(|before| before.is_empty() || before.ends_with(' '))
    })
}

#[test]
fn each_of_these_guards_can_fail() {
    let manifest = |text: &str| -> Table { toml::from_str(text).expect("a small manifest") };
    assert!(left_out(&manifest(""), "proof").is_some());
    assert!(left_out(&manifest("[[test]]\nname = \"proof\"\ntest = false"), "proof").is_some());
    assert!(left_out(&manifest("[[test]]\nname = \"proof\"\nrequired-features = [\"slow\"]"), "proof").is_some());
    assert!(left_out(&manifest("[[test]]\nname = \"proof\"\nharness = false"), "proof").is_none());

    let text = ["#[test]\n#[ignore", "]\nfn a() {}\n#[ignore = \"needs a network\"]\nfn b() {}\n"].concat();
    assert_eq!(ignored_without_reason(&Source { path: "a.rs".to_owned(), text }).len(), 1);

    for good in ["cargo test", "    cargo test   # all of it", "$ cargo test", "run cargo test", "`cargo test`"] {
        assert!(is_command(good), "{good}");
    }
    for bad in ["cargo test --lib", "cargo test -p grantspec", "cargo build", "cargo nextest run", ""] {
        assert!(!is_command(bad), "{bad}");
    }
}
