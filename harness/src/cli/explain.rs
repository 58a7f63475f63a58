//! `grantspec explain`: everything about one check.

use clap::Args as ClapArgs;
use grantspec::catalogue::catalogue;
use grantspec::check::{Ask, Check};
use grantspec::clause;
#[cfg(feature = "embedded")]
use grantspec::lab::Recorded;
use grantspec::suggest;

use super::Failure;

/// Explain a check.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The id of a check
    #[arg(value_name = "ID")]
    id: String,
}

/// Runs the command.
pub(super) async fn explain(args: &Args) -> Result<u8, Failure> {
    let Some(check) = catalogue().iter().find(|check| check.id == args.id) else {
        let hint = suggest::nearest(&args.id, catalogue().iter().map(|check| check.id));
        let hint = hint
            .map_or_else(|| "; `grantspec list` shows them all".to_owned(), |near| format!("; did you mean `{near}`?"));
        return Err(Failure::usage(format!("no check is called `{}`{hint}", args.id)));
    };
    let bold = anstyle::Style::new().bold();
    anstream::println!("{bold}{}{bold:#}: {}\n", check.id, check.title);
    anstream::println!("Why\n  {}\n", check.why);
    anstream::println!("Clauses");
    for clause in check.clauses.iter().filter_map(|id| clause::clause(id)) {
        anstream::println!("  {} ({}): {}", clause.id, clause.level.name(), clause.says);
        anstream::println!("      {}, section {}: {}", clause.document.title, clause.section, clause.link());
    }
    anstream::println!("\nHow it asks");
    how(check).await;
    anstream::println!("\nCells: {}", check.cells.says);
    for cell in check.cells.list {
        anstream::println!("  {cell}");
    }
    if !check.needs.is_empty() {
        let needs: Vec<&str> = check.needs.iter().map(|need| need.name()).collect();
        anstream::println!("\nNeeds {}{}", needs.join(", "), if check.runs_alone() { "; runs alone" } else { "" });
    }
    proven_by(check);
    Ok(0)
}

async fn how(check: &Check) {
    match check.ask {
        Ask::Steps(steps) => {
            if steps.iter().any(|step| !step.changes.is_empty()) {
                anstream::println!("  First, as a control, the same without any change must succeed. Then:");
            }
            for (at, step) in steps.iter().enumerate() {
                anstream::println!("  {}. {}", at + 1, step.says());
            }
        }
        Ask::Code(_) => {
            anstream::println!("  In Rust; its first exchanges are the control.");
            heard(check).await;
        }
        Ask::Property(_) => {
            anstream::println!(
                "  As a property, over generated inputs or interleavings; the smallest counter-example is reported."
            );
            heard(check).await;
        }
    }
}

/// So many different exchanges are shown; a property has hundreds.
#[cfg(feature = "embedded")]
const SHOWN: usize = 24;

/// What the check says to the reference server and hears from it, in its first cell.
#[cfg(feature = "embedded")]
async fn heard(check: &Check) {
    let Some(exchanges) = grantspec::embedded::heard(check).await else { return };
    anstream::println!("  Asked of the reference server [{}], it goes:", check.cells.list[0]);
    let lines: Vec<String> = exchanges.iter().map(Recorded::line).collect();
    let mut rest = lines.as_slice();
    let mut shown = 0;
    while let Some(line) = rest.first() {
        let times = rest.iter().take_while(|other| *other == line).count();
        rest = &rest[times..];
        shown += 1;
        if shown > SHOWN {
            anstream::println!("  … and {} exchanges more", times + rest.len());
            return;
        }
        let times = if times > 1 { format!("  ({times} times)") } else { String::new() };
        anstream::println!("  {shown}. {line}{times}");
    }
}

#[cfg(not(feature = "embedded"))]
async fn heard(_check: &Check) {}

#[cfg(feature = "embedded")]
fn proven_by(check: &Check) {
    anstream::println!("\nProven by the faults");
    for fault in grantspec::embedded::faults().iter().filter(|fault| fault.caught_by.contains(&check.id)) {
        anstream::println!("  {}: {}", fault.id, fault.says);
        if let Some(precedent) = fault.precedent {
            anstream::println!("      seen in the wild: {precedent}");
        }
    }
    anstream::println!("  (try one: grantspec prove FAULT, or grantspec serve --fault FAULT)");
}

#[cfg(not(feature = "embedded"))]
fn proven_by(_check: &Check) {}
