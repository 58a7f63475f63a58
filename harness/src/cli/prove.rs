//! `grantspec prove`: the kill matrix.

use clap::Args as ClapArgs;
use grantspec::embedded::{fakes, faults, variations};
use grantspec::proof::{self, FaultProof, Proof, Scope};
use grantspec::report::counted;
use grantspec::suggest;
use serde_json::json;

use super::Failure;

/// How many of the slowest servers are named.
const SLOWEST: usize = 20;

/// Show that every check can fail.
#[derive(Debug, ClapArgs)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Args {
    /// Only these faults, variations and crude fakes; without any all of them, and the strict server
    #[arg(value_name = "ID")]
    only: Vec<String>,
    /// Ask the whole catalogue of each fault, not only the checks that claim it; ask each cell of a variation on every path, not on one in turn
    #[arg(long)]
    full: bool,
    /// Of each rule on each path: is it seen to refuse there; with --full also: is it missed where it is not asked
    #[arg(long, conflicts_with_all = ["only", "json", "list"])]
    grid: bool,
    /// List the faults, the variations and the fakes
    #[arg(long, conflicts_with_all = ["full", "json"])]
    list: bool,
    /// The seed of what is generated
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
    /// Say which servers took longest
    #[arg(long)]
    timings: bool,
    /// For machines
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) async fn prove(args: Args) -> Result<u8, Failure> {
    if args.list {
        list();
        return Ok(0);
    }
    if args.grid {
        return grid(Scope { full: args.full, seed: args.seed, ..Scope::default() }).await;
    }
    for id in &args.only {
        if !names().any(|name| name == id) {
            return Err(Failure::usage(format!(
                "there is no fault, variation or fake `{id}`{}\n  remedy: `grantspec prove --list` shows them all",
                suggest::hint(id, names())
            )));
        }
    }
    let began = std::time::Instant::now();
    let bar = super::run::progress();
    let everything = args.only.is_empty();
    let scope = Scope { only: args.only, full: args.full, seed: args.seed };
    let proof = proof::prove(scope, &|done, total| super::run::tell(&bar, done, total)).await;
    bar.finish_and_clear();
    if args.json {
        anstream::println!("{:#}", machine(&proof));
    } else {
        person(&proof, everything);
        if args.timings {
            slowest(&proof);
        }
        anstream::println!("in {:.1} s", began.elapsed().as_secs_f64());
    }
    Ok(u8::from(!proof.holds()))
}

/// The grid of rules and paths, and the points at which nothing shows that a rule is asked.
async fn grid(scope: Scope) -> Result<u8, Failure> {
    let seen = proof::grid::seen(&scope).await.map_err(Failure::setup)?;
    let (refusing, silent): (Vec<_>, Vec<_>) = seen.iter().partition(|(_, seen)| seen.refused > 0);
    for (point, seen) in &silent {
        let (rule, path) = point.name();
        anstream::println!("– {rule:<40} {path:<44} asked {} times, and never refused", seen.asked);
    }
    let mut survived = 0;
    if scope.full {
        let bar = super::run::progress();
        let points = refusing.iter().map(|(point, _)| *point).collect();
        let left_out = proof::grid::left_out(points, &scope, &|done, total| super::run::tell(&bar, done, total)).await;
        bar.finish_and_clear();
        for point in left_out.iter().filter(|point| point.caught_by.is_empty()) {
            survived += 1;
            let (rule, path) = point.point.name();
            let why = point.setup.as_deref().unwrap_or("nobody misses it");
            anstream::println!("✗ {rule:<40} {path:<44} {why}");
        }
    }
    let missed = if scope.full {
        format!(", {} of them missed where it is not asked", refusing.len() - survived)
    } else {
        String::new()
    };
    anstream::println!("\n{} points, a rule seen to refuse at {}{missed}", seen.len(), refusing.len());
    Ok(u8::from(survived > 0))
}

/// The servers that took longest: several are judged at once, so that their times overlap.
fn slowest(proof: &Proof) {
    anstream::println!("\nslowest");
    for (name, took) in proof.took.iter().take(SLOWEST) {
        anstream::println!("{:8.1} s  {name}", took.as_secs_f64());
    }
}

/// Every server of the proof that has a name.
fn names() -> impl Iterator<Item = &'static str> + Clone {
    let faults = faults().iter().map(|fault| fault.id);
    faults.chain(variations().iter().map(|variation| variation.id)).chain(fakes().iter().map(|fake| fake.id))
}

fn list() {
    let rows = |title: &str, rows: &[(&str, &str)]| {
        anstream::println!("{title}\n");
        for (id, says) in rows {
            anstream::println!("{id:<44} {says}");
        }
    };
    let named: Vec<_> = faults().iter().map(|fault| (fault.id, fault.says)).collect();
    rows("faults: each must be caught", &named);
    let named: Vec<_> = variations().iter().map(|variation| (variation.id, variation.says)).collect();
    rows("\nvariations: as right as the strict server", &named);
    let named: Vec<_> = fakes().iter().map(|fake| (fake.id, fake.says)).collect();
    rows("\nfakes: no check may pass against them", &named);
}

fn person(proof: &Proof, everything: bool) {
    if !proof.faults.is_empty() {
        anstream::println!("fault × check: ✓ caught by a check that claims it, + caught by another, ✗ not caught\n");
    }
    for fault in &proof.faults {
        anstream::println!("{} {:<44} {}", if fault.killed() { "✓" } else { "✗" }, fault.id, marks(fault));
        if let Some(setup) = &fault.setup {
            anstream::println!("      the server could not be judged: {setup}");
        }
    }
    for (name, found) in &proof.clean {
        anstream::println!(
            "{} {name}: {}",
            if found.is_empty() { "✓" } else { "✗" },
            if found.is_empty() { "clean" } else { "not clean" }
        );
        for line in found {
            anstream::println!("      {line}");
        }
    }
    for (name, passed) in &proof.fakes {
        anstream::println!(
            "{} {name}: passes {}",
            if passed.is_empty() { "✓" } else { "✗" },
            if passed.is_empty() { "nothing" } else { "something" }
        );
        for line in passed {
            anstream::println!("      {line}");
        }
    }
    for check in &proof.unproven {
        anstream::println!("✗ no fault proves {check}");
    }
    anstream::println!("\n{}", counts(proof, everything));
}

/// How many of each there were, and how many were as they should be. Which checks are unproven shows only in the proof of
/// everything.
fn counts(proof: &Proof, everything: bool) -> String {
    let killed = proof.faults.iter().filter(|fault| fault.killed()).count();
    let clean = proof.clean.iter().filter(|(_, found)| found.is_empty()).count();
    let nothing = proof.fakes.iter().filter(|(_, passed)| passed.is_empty()).count();
    let mut counts: Vec<String> = [
        (killed, proof.faults.len(), "fault", "caught"),
        (clean, proof.clean.len(), "server", "clean"),
        (nothing, proof.fakes.len(), "fake", "without a pass"),
    ]
    .into_iter()
    .filter(|(_, all, ..)| *all > 0)
    .map(|(right, all, what, how)| format!("{right} of {} {how}", counted(all, what)))
    .collect();
    if everything {
        counts.push(format!("{} unproven", counted(proof.unproven.len(), "check")));
    }
    counts.join("; ")
}

fn marks(fault: &FaultProof) -> String {
    let claimed = fault.expected.iter().map(|check| {
        let mark = if fault.killed_by.contains(check) { "✓" } else { "✗" };
        format!("{mark} {check}")
    });
    let others =
        fault.killed_by.iter().filter(|check| !fault.expected.contains(check)).map(|check| format!("+ {check}"));
    claimed.chain(others).collect::<Vec<_>>().join("  ")
}

fn machine(proof: &Proof) -> serde_json::Value {
    json!({
        "faults": proof.faults.iter().map(|fault| json!({ "id": fault.id, "expected": fault.expected, "killed_by": fault.killed_by })).collect::<Vec<_>>(),
        "variations": proof.clean.iter().map(|(id, findings)| json!({ "id": id, "findings": findings })).collect::<Vec<_>>(),
        "fakes": proof.fakes.iter().map(|(id, passed)| json!({ "id": id, "passed": passed })).collect::<Vec<_>>(),
        "survived": proof.faults.iter().filter(|fault| !fault.killed()).map(|fault| fault.id).collect::<Vec<_>>(),
        "unproven": proof.unproven,
    })
}
