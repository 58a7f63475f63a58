//! `grantspec prove`: the kill matrix.

use clap::Args as ClapArgs;
use grantspec::embedded::faults;
use grantspec::proof::{self, FaultProof, Proof, Scope};
use grantspec::suggest;
use serde_json::json;

use super::Failure;

/// Show that every check can fail.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Only these faults; without any also the strict server, its variations and the crude fakes
    #[arg(value_name = "FAULT")]
    faults: Vec<String>,
    /// Ask the whole catalogue of each fault, not only the checks that claim it
    #[arg(long)]
    full: bool,
    /// List the faults
    #[arg(long, conflicts_with_all = ["full", "json"])]
    list: bool,
    /// The seed of what is generated
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
    /// For machines
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) async fn prove(args: Args) -> Result<u8, Failure> {
    if args.list {
        for fault in faults() {
            anstream::println!("{:<44} {}", fault.id, fault.says);
        }
        return Ok(0);
    }
    for id in &args.faults {
        if !faults().iter().any(|fault| fault.id == *id) {
            let hint = suggest::hint(id, faults().iter().map(|fault| fault.id));
            return Err(Failure::usage(format!(
                "there is no fault `{id}`{hint}\n  remedy: `grantspec prove --list` shows them all"
            )));
        }
    }
    let began = std::time::Instant::now();
    let bar = super::run::progress();
    let scope = Scope { faults: args.faults, full: args.full, seed: args.seed };
    let proof = proof::prove(scope, &|done, total| {
        bar.set_length(u64::try_from(total).unwrap_or(u64::MAX));
        bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    })
    .await;
    bar.finish_and_clear();
    if args.json {
        anstream::println!("{:#}", machine(&proof));
    } else {
        person(&proof);
        anstream::println!("in {:.1} s", began.elapsed().as_secs_f64());
    }
    Ok(u8::from(!proof.holds()))
}

fn person(proof: &Proof) {
    anstream::println!("fault × check: ✓ caught by a check that claims it, + caught by another, ✗ not caught\n");
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
    let killed = proof.faults.iter().filter(|fault| fault.killed()).count();
    anstream::println!(
        "\n{killed} of {} faults caught; {} of {} servers clean; {} of {} fakes pass nothing; {} checks unproven",
        proof.faults.len(),
        proof.clean.iter().filter(|(_, found)| found.is_empty()).count(),
        proof.clean.len(),
        proof.fakes.iter().filter(|(_, passed)| passed.is_empty()).count(),
        proof.fakes.len(),
        proof.unproven.len()
    );
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
