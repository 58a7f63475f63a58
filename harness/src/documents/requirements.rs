//! `docs/requirements.md`: document by document, clause by clause, which checks ask and which faults prove it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{WRITTEN, anchor, asked, breaking, cell, listed};
use crate::check::Check;
use crate::clause::{Because, Clause, Document, Level, Who, clauses, documents};

/// How many checks of a clause are named; the others are counted.
const NAMED: usize = 5;

type Asked = BTreeMap<&'static str, Vec<&'static Check>>;

/// The text.
pub fn requirements() -> String {
    let asked = asked();
    let mut text = format!("# The requirements\n\n{WRITTEN}\n\n{INTRODUCTION}\n");
    let _ = writeln!(
        text,
        "| document | clauses | must | asked | should | asked | cannot be tested |\n|---|---:|---:|---:|---:|---:|---:|"
    );
    for document in documents() {
        let _ = writeln!(text, "{}", counts(document, &asked));
    }
    for document in documents() {
        let _ = write!(text, "\n## {}\n\n[{}]({}), {}\n\n", document.id, document.title, document.url, document.date);
        let _ = writeln!(text, "| clause | level | says | checks | faults |\n|---|---|---|---|---|");
        for clause in of(document) {
            let _ = writeln!(text, "{}", row(clause, &asked));
        }
    }
    text
}

const INTRODUCTION: &str = "Each clause is one statement of one document, in our words; the number before its name is the section, or, where an appendix is named, the last one before it. `security` is what no text demands of a server \
and matters all the same. Checks are those that a finding against the clause can come from, faults those that break it; what states the same duty in two documents counts for both.\n";

fn of(document: &'static Document) -> Vec<&'static Clause> {
    let mut of: Vec<&Clause> = clauses().values().filter(|clause| clause.document.id == document.id).collect();
    of.sort_by_cached_key(|clause| numbers(clause.section));
    of
}

/// Section 10 comes after section 9, and an appendix after all of them.
fn numbers(section: &str) -> Vec<u32> {
    section.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect()
}

fn counts(document: &'static Document, asked: &Asked) -> String {
    let of = of(document);
    let count = |takes: &dyn Fn(&Clause) -> bool| of.iter().filter(|clause| takes(clause)).count();
    let testable = |level: Level| count(&|clause| clause.level == level && clause.because.is_none());
    let is_asked = |level: Level| {
        count(&|clause| clause.level == level && clause.because.is_none() && asked.contains_key(clause.id))
    };
    format!(
        "| [{id}](#{id}) | {} | {} | {} | {} | {} | {} |",
        of.len(),
        testable(Level::Must),
        is_asked(Level::Must),
        testable(Level::Should),
        is_asked(Level::Should),
        count(&|clause| clause.because.is_some()),
        id = document.id,
    )
}

fn row(clause: &'static Clause, asked: &Asked) -> String {
    let name = clause.id.split_once('/').map_or(clause.id, |(_, name)| name);
    let checks = match (clause.because, asked.get(clause.id)) {
        (Some(because), _) => reason(because).to_owned(),
        (None, Some(checks)) => named(checks),
        (None, None) if matches!(clause.level, Level::Must | Level::Should) => "**none yet**".to_owned(),
        (None, None) => String::new(),
    };
    let faults = listed(breaking(clause.id).iter().map(|fault| fault.id));
    let appendix = clause.appendix.map_or_else(String::new, |letter| format!(" (appendix {letter})"));
    format!(
        "| [{name}]({}){appendix} | {} | {} | {checks} | {faults} |",
        clause.link(),
        level(clause),
        cell(clause.says)
    )
}

fn level(clause: &Clause) -> String {
    match clause.who {
        Who::AuthorizationServer => clause.level.name().to_owned(),
        Who::Client => format!("{}, client", clause.level.name()),
        Who::ResourceServer => format!("{}, resource server", clause.level.name()),
    }
}

fn named(checks: &[&Check]) -> String {
    let linked: Vec<String> =
        checks.iter().take(NAMED).map(|check| format!("[`{}`]({})", check.id, anchor(check.id))).collect();
    let more = checks.len().saturating_sub(NAMED);
    let linked = linked.join(", ");
    if more == 0 { linked } else { format!("{linked} and {more} more") }
}

const fn reason(because: Because) -> &'static str {
    match because {
        Because::BindsClient => "binds the client alone",
        Because::BindsResourceServer => "binds resource servers alone",
        Because::Unobservable => "cannot be seen from outside",
        Because::Tls => "speaks of TLS",
        Because::OutOfScope => "is not judged here",
    }
}
