//! The clauses: one normative statement of one document each, read from `scenarios/spec`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// How strongly a document states a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The text permits; a finding is information.
    May,
    /// No text demands it of the server; it matters all the same.
    Security,
    /// SHOULD, RECOMMENDED.
    Should,
    /// MUST, SHALL, REQUIRED, or a duty stated without a keyword.
    Must,
}

impl Level {
    /// The word in reports and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::May => "may",
            Self::Security => "security",
            Self::Should => "should",
            Self::Must => "must",
        }
    }
}

/// One normative statement of one document, in our own words.
#[derive(Clone, Debug)]
pub struct Clause {
    /// `document/section/name`.
    pub id: &'static str,
    /// The document it stands in.
    pub document: &'static Document,
    /// The number of the section; of a clause in an appendix the last section, which is counted together with what follows it.
    pub section: &'static str,
    /// The letter of the appendix, where it stands in one.
    pub appendix: Option<&'static str>,
    /// How strongly the document states it.
    pub level: Level,
    /// Whom it binds.
    pub who: Who,
    /// The statement.
    pub says: &'static str,
    /// Clauses of other documents that state the same duty.
    pub same: &'static [&'static str],
    /// A clause of another document that permits the contrary: where that document is in the profile, this one is information.
    pub yields_to: Option<&'static str>,
    /// Why it cannot be tested, where it cannot.
    pub because: Option<Because>,
}

impl Clause {
    /// Where the text can be read: the section itself, where the site of the document has a name for it.
    pub fn link(&self) -> String {
        match self.appendix {
            _ if !self.document.url.contains("rfc-editor.org") => self.document.url.clone(),
            Some(letter) => format!("{}#appendix-{letter}", self.document.url),
            None => format!("{}#section-{}", self.document.url, self.section),
        }
    }

    /// Where it stands, in words: a section or an appendix.
    pub fn place(&self) -> String {
        match self.appendix {
            Some(letter) => format!("appendix {letter}"),
            None => format!("section {}", self.section),
        }
    }
}

/// Whom a clause binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The server under test.
    AuthorizationServer,
    /// Its clients.
    Client,
    /// Whoever accepts its tokens; its userinfo endpoint is one.
    ResourceServer,
}

/// Why a clause cannot be tested from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// It binds the client only.
    BindsClient,
    /// It binds resource servers only.
    BindsResourceServer,
    /// Nothing outside the server shows it.
    Unobservable,
    /// It speaks of TLS.
    Tls,
    /// It speaks of something that this project does not judge.
    OutOfScope,
}

/// A document of the standards.
#[derive(Clone, Debug, Deserialize)]
pub struct Document {
    /// The short name used in ids: `rfc6749`, `oidc-core`.
    pub id: String,
    /// Number and title.
    pub title: String,
    /// Where to read it.
    pub url: String,
    /// When it was published (year and month).
    pub date: String,
}

#[derive(Deserialize)]
struct Documents {
    document: Vec<Document>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    clause: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    level: Level,
    who: Who,
    says: String,
    #[expect(dead_code, reason = "read by the tool that lists unanswered sentences, not by the harness")]
    sentences: Vec<u32>,
    #[serde(default)]
    same: Vec<String>,
    yields_to: Option<String>,
    appendix: Option<String>,
    #[serde(default = "testable")]
    testable: bool,
    because: Option<Because>,
}

const fn testable() -> bool {
    true
}

static DOCUMENTS: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let documents: Documents = toml::from_str(grantspec_scenarios::DOCUMENTS)
        .unwrap_or_else(|error| panic!("scenarios/spec/documents.toml: {error}"));
    documents.document
});

static CLAUSES: LazyLock<BTreeMap<&'static str, Clause>> = LazyLock::new(read);

/// Every document that clauses are taken from, in reading order.
pub fn documents() -> &'static [Document] {
    &DOCUMENTS
}

/// Every clause, by id.
pub fn clauses() -> &'static BTreeMap<&'static str, Clause> {
    &CLAUSES
}

/// The clause of that id, as in `rfc6749/4.1.2/code-single-use`.
pub fn clause(id: &str) -> Option<&'static Clause> {
    CLAUSES.get(id)
}

/// Reads the embedded files; they are part of the program, so a mistake in them is a bug and stops it.
fn read() -> BTreeMap<&'static str, Clause> {
    let mut clauses = BTreeMap::new();
    for (name, text) in grantspec_scenarios::CLAUSES {
        let document = documents()
            .iter()
            .find(|document| document.id == *name)
            .unwrap_or_else(|| panic!("scenarios/spec/{name}.toml: documents.toml has no [[document]] of that id"));
        let file: File = toml::from_str(text).unwrap_or_else(|error| panic!("scenarios/spec/{name}.toml: {error}"));
        for entry in file.clause {
            assert!(
                entry.testable != entry.because.is_some(),
                "scenarios/spec/{name}.toml: {}: `because` goes with `testable = false`, and only with it",
                entry.id
            );
            let id: &'static str = String::leak(format!("{name}/{}", entry.id));
            let section = id.split('/').nth(1).unwrap_or_default();
            let same: Vec<&'static str> = entry.same.into_iter().map(|id| &*String::leak(id)).collect();
            let clause = Clause {
                id,
                document,
                section,
                appendix: entry.appendix.map(|letter| &*String::leak(letter)),
                level: entry.level,
                who: entry.who,
                says: String::leak(entry.says),
                same: Vec::leak(same),
                yields_to: entry.yields_to.map(|id| &*String::leak(id)),
                because: entry.because,
            };
            assert!(clauses.insert(id, clause).is_none(), "scenarios/spec/{name}.toml: {id} stands there twice");
        }
    }
    clauses
}
