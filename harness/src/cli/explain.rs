//! `grantspec explain`: everything about one check.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use grantspec::check::{Ask, Check};
use grantspec::clause;
#[cfg(feature = "embedded")]
use grantspec::lab::Recorded;
use grantspec::profile::Profile;
use grantspec::suggest;
use grantspec::verdict::Verdict;

use super::{Checks, Failure};

/// Explain a check.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The id of a check
    #[arg(value_name = "ID")]
    id: String,
    /// Scenarios of your own, too
    #[arg(long, value_name = "PATH")]
    scenarios: Vec<PathBuf>,
}

/// Runs the command.
pub(super) async fn explain(args: &Args) -> Result<u8, Failure> {
    let checks = Checks::with(&args.scenarios)?;
    let Some(check) = checks.all.iter().find(|check| check.id == args.id) else {
        let hint = suggest::nearest(&args.id, checks.all.iter().map(|check| check.id));
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
        anstream::println!("      {}, {}: {}", clause.document.title, clause.place(), clause.link());
        anstream::println!("      {}", weight(clause.id));
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
    if !checks.own.iter().any(|(own, _)| *own == check.id) {
        proven_by(check);
    }
    Ok(0)
}

/// What a finding that names the clause comes to under each profile: `fail under bcp, identityserver; info under oauth2, oidc`.
fn weight(clause: &str) -> String {
    let verdict = |name: &&str| Profile::named(name, true).map(|profile| profile.verdict(clause));
    let parts: Vec<String> = [Verdict::Fail, Verdict::Warn, Verdict::Info]
        .into_iter()
        .filter_map(|wanted| {
            let names: Vec<&str> =
                Profile::NAMES.iter().filter(|name| verdict(name) == Some(wanted)).copied().collect();
            let all = names.len() == Profile::NAMES.len();
            let names = if all { "every profile".to_owned() } else { names.join(", ") };
            (!names.is_empty()).then(|| format!("{} under {names}", wanted.name()))
        })
        .collect();
    parts.join("; ")
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
        // In a check each exchange has a reason of its own, also where two look alike; a property repeats itself.
        let folds = matches!(check.ask, Ask::Property(_));
        let times = if folds { rest.iter().take_while(|other| *other == line).count() } else { 1 };
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
