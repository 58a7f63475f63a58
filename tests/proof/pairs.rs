//! Two faults at once, of every two of the four seams: each is caught by its own check, as if the other were not there.

use grantspec::embedded::{Fault, Seam, faults};
use grantspec::verdict::Verdict;

use super::Shown;
use super::server::judged;

/// A fault of each seam, and the check that catches it and none of the others.
#[rustfmt::skip]
const ONE_OF_EACH: [(&str, &str, &str); 4] = [
    ("rules",  "empty-secret",         "client-auth/secret-empty"),
    ("claims", "expires-in-as-string", "token/members"),
    ("store",  "keeps-codes",          "code/redeemed-twice"),
    ("wire",   "no-store-missing",     "token/no-store"),
];

/// All six pairs, in both orders.
pub async fn both_caught() -> Shown {
    let mut wrong = Vec::new();
    let mut pairs = 0;
    for (at, one) in ONE_OF_EACH.iter().enumerate() {
        for other in &ONE_OF_EACH[at + 1..] {
            pairs += 1;
            for pair in [[one, other], [other, one]] {
                wrong.extend(missed(pair).await?);
            }
        }
    }
    if wrong.is_empty() { Ok(format!("{pairs} pairs of seams, both faults caught in both orders")) } else { Err(wrong) }
}

/// What is not as it should be when these two faults are there at once.
async fn missed(pair: [&(&str, &str, &str); 2]) -> Result<Vec<String>, Vec<String>> {
    let mut seams: Vec<&Seam> = Vec::new();
    for (seam, id, _) in pair {
        let fault = named(id).ok_or_else(|| vec![format!("there is no fault {id}")])?;
        if !fault.seams.iter().any(|used| kind(used) == *seam) {
            return Err(vec![format!("{id} does not reach in at the seam {seam}")]);
        }
        seams.extend(fault.seams);
    }
    let asked: Vec<&str> = ONE_OF_EACH.iter().map(|(_, _, check)| *check).collect();
    let summary = judged(&seams, "oidc", 1, |check| asked.contains(&check.id)).await?;
    let [(first, ..), (second, ..)] = pair;
    let mut wrong = Vec::new();
    for (seam, id, check) in &ONE_OF_EACH {
        let found = summary.outcomes.iter().any(|o| o.check.id == *check && o.verdict >= Verdict::Warn);
        let there = pair.iter().any(|(_, chosen, _)| chosen == id);
        if found != there {
            let what = if there { "does not find" } else { "finds" };
            wrong.push(format!("{first} and {second}: {check} {what} the fault {id} of the seam {seam}"));
        }
    }
    Ok(wrong)
}

fn named(id: &str) -> Option<&'static Fault> {
    faults().iter().find(|fault| fault.id == id)
}

fn kind(seam: &Seam) -> &'static str {
    match seam {
        Seam::Gate(..) | Seam::Rules(_) => "rules",
        Seam::Claims(_) => "claims",
        Seam::Store(_) => "store",
        Seam::Wire(_) => "wire",
        Seam::Config(_) => "configuration",
        Seam::Watch(_) => "watch",
    }
}
