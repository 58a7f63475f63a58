//! `docs/checks.md`: every check, topic by topic.

use std::fmt::Write as _;

use super::WRITTEN;
use crate::catalogue::catalogue;
use crate::check::{Ask, Check};
use crate::clause;
use crate::embedded::faults;
use crate::report::counted;

/// The text.
pub fn checks() -> String {
    let mut text =
        format!("# The checks\n\n{WRITTEN} `grantspec explain ID` says the same of one check, with the exchanges.\n\n");
    let _ = writeln!(text, "| topic | checks | cells |\n|---|---:|---:|");
    for topic in topics() {
        let cells: usize = of(topic).map(|check| check.cells.list.len()).sum();
        let _ = writeln!(text, "| [{topic}](#{topic}) | {} | {cells} |", of(topic).count());
    }
    let cells: usize = catalogue().iter().map(|check| check.cells.list.len()).sum();
    let _ = writeln!(text, "| all | {} | {cells} |", catalogue().len());
    for topic in topics() {
        let _ = write!(text, "\n## {topic}\n");
        of(topic).for_each(|check| entry(&mut text, check));
    }
    text
}

/// The topics, in the order in which they begin in the catalogue.
fn topics() -> Vec<&'static str> {
    let mut topics: Vec<&str> = Vec::new();
    for check in catalogue() {
        if !topics.contains(&check.topic()) {
            topics.push(check.topic());
        }
    }
    topics
}

fn of(topic: &'static str) -> impl Iterator<Item = &'static Check> {
    catalogue().iter().filter(move |check| check.topic() == topic)
}

fn entry(text: &mut String, check: &Check) {
    let _ = writeln!(text, "\n### {}\n\n**{}.** {}\n", check.id, capitalised(check.title), check.why);
    for clause in check.clauses.iter().filter_map(|id| clause::clause(id)) {
        let _ = writeln!(text, "- [{}]({}) ({}): {}", clause.id, clause.link(), clause.level.name(), clause.says);
    }
    let _ = write!(text, "\n{} in {}: {}.", asks(check), counted(check.cells.list.len(), "cell"), check.cells.says);
    if !check.needs.is_empty() {
        let needs: Vec<&str> = check.needs.iter().map(|need| need.name()).collect();
        let _ = write!(text, " Needs {}.", needs.join(", "));
    }
    text.push('\n');
    if let Ask::Steps(steps) = check.ask {
        text.push('\n');
        for (at, step) in steps.iter().enumerate() {
            let _ = writeln!(text, "{}. {}", at + 1, step.says());
        }
    }
    let proving: Vec<&str> =
        faults().iter().filter(|fault| fault.caught_by.contains(&check.id)).map(|fault| fault.id).collect();
    let _ = writeln!(text, "\nProven by {}.", super::listed(proving));
}

fn asks(check: &Check) -> &'static str {
    match check.ask {
        Ask::Code(_) => "Asked in Rust",
        Ask::Steps(_) => "A scenario, asked",
        Ask::Property(_) => "A property, asked",
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
