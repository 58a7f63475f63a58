//! The whole proof, as `grantspec prove` makes it: there is one implementation, and this asserts what it shows.

use grantspec::embedded::{fakes, faults, variations};
use grantspec::profile::Profile;
use grantspec::proof::{FaultProof, Proof, Scope, prove};

use super::Shown;

/// Every fault is caught, every legal server is clean, every fake passes nothing, no check is unproven.
pub async fn proven() -> Shown {
    let proof = prove(Scope { seed: 1, ..Scope::default() }, &|_, _| {}).await;
    let mut wrong: Vec<String> = proof.faults.iter().filter(|fault| !fault.killed()).map(survived).collect();
    for (name, found) in &proof.clean {
        wrong.extend(found.iter().map(|line| format!("{name} is legal, but: {line}")));
    }
    for (name, passed) in &proof.fakes {
        wrong.extend(passed.iter().map(|line| format!("{name} is no server, but: {line}")));
    }
    wrong.extend(proof.unproven.iter().map(|check| format!("no fault proves {check}: it could always pass")));
    wrong.extend(left_out(&proof));
    if wrong.is_empty() { Ok(figures(&proof)) } else { Err(wrong) }
}

fn survived(fault: &FaultProof) -> String {
    let missing: Vec<&str> = fault.expected.iter().filter(|check| !fault.killed_by.contains(*check)).copied().collect();
    let why = match &fault.setup {
        Some(setup) => format!("the server could not be judged: {setup}"),
        None => format!("caught only by {:?}", fault.killed_by),
    };
    format!("the fault {} survives {}: {} ({why})", fault.id, missing.join(", "), fault.says)
}

/// A proof of less than everything proves less.
fn left_out(proof: &Proof) -> Vec<String> {
    let parts = [
        ("faults", proof.faults.len(), faults().len()),
        ("clean servers", proof.clean.len(), variations().len() + Profile::NAMES.len()),
        ("fakes", proof.fakes.len(), fakes().len()),
    ];
    let short = parts.iter().filter(|(_, shown, all)| shown != all || *all == 0);
    short.map(|(what, shown, all)| format!("{shown} of {all} {what} were tried")).collect()
}

fn figures(proof: &Proof) -> String {
    let caught = proof.faults.iter().filter(|fault| fault.killed()).count();
    format!(
        "{caught} of {} faults caught, {} servers clean, {} fakes pass nothing, {} checks unproven",
        proof.faults.len(),
        proof.clean.len(),
        proof.fakes.len(),
        proof.unproven.len()
    )
}
