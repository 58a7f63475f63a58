//! The sources as text: which files there are, and what their lines say outside comments and tests.

use std::path::{Path, PathBuf};

/// A file of the workspace.
pub struct Source {
    /// Its path from the root of the workspace, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests stand in a folder of the workspace").to_owned()
}

/// The text of a file of the workspace.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path} cannot be read: {error}"))
}

/// Every file below `folder` whose name ends with one of `extensions`, in the order of their paths.
pub fn below(folder: &str, extensions: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    walk(&root().join(folder), extensions, &mut found);
    assert!(!found.is_empty(), "there are no files {extensions:?} below {folder}/: the guard would guard nothing");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(folder: &Path, extensions: &[&str], found: &mut Vec<Source>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder that can be opened can be listed").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if path.is_dir() {
            // What cargo builds lies at the root; a room of the harness has the same name.
            let is_built = name == "node_modules" || path == root().join("target");
            if !name.starts_with('.') && !is_built {
                walk(&path, extensions, found);
            }
        } else if extensions.iter().any(|extension| name.ends_with(extension)) {
            let within = path.strip_prefix(root()).expect("the walk starts at the root");
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            found.push(Source { path: within.to_string_lossy().replace('\\', "/"), text });
        }
    }
}

impl Source {
    /// The lines of code with their numbers: neither comments nor a test module at the end of the file.
    pub fn code(&self) -> Vec<(usize, &str)> {
        let lines: Vec<&str> = self.text.lines().collect();
        let tests = lines.windows(2).position(|pair| pair[0].trim() == "#[cfg(test)]" && pair[1].contains("mod "));
        let lines = lines.into_iter().take(tests.unwrap_or(usize::MAX));
        lines.enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim().starts_with("//")).collect()
    }

    /// Is this a file of tests?
    pub fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// `file:line: line` for each line of code that `is_wrong` says is wrong.
    pub fn lines_that(&self, is_wrong: impl Fn(&str) -> bool) -> Vec<String> {
        let wrong = self.code().into_iter().filter(|(_, line)| is_wrong(line));
        wrong.map(|(at, line)| format!("{}:{at}: {}", self.path, line.trim())).collect()
    }
}

/// Does `word` stand in the line as a whole word, as an identifier would?
pub fn names(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

fn source(text: &str) -> Source {
    Source { path: "folder/file.rs".to_owned(), text: text.to_owned() }
}

#[test]
fn comments_and_tests_are_no_code() {
    let source = source(
        "//! forbidden\nfn good() {}\n    // forbidden\nfn forbidden() {}\n#[cfg(test)]\nmod tests {\n    forbidden\n}\n",
    );
    assert_eq!(source.lines_that(|line| names(line, "forbidden")), ["folder/file.rs:4: fn forbidden() {}"]);
    assert!(!source.is_test());
}

#[test]
fn a_word_is_found_whole_only() {
    assert!(names("use grantspec::check;", "grantspec"));
    assert!(!names("use grantspec_reference::Config;", "grantspec"));
    assert!(names("a.unwrap()", "unwrap"));
    assert!(!names("a.unwrap_or(b)", "unwrap"));
}

#[test]
fn the_walk_finds_the_files_of_the_workspace_and_nothing_built() {
    let sources = below(".", &[".rs"]);
    assert!(sources.iter().any(|source| source.path == "harness/src/check.rs"));
    assert!(sources.iter().all(|source| !source.path.starts_with("target/")));
}
