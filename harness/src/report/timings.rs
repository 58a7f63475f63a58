//! What each check costs: its requests, and the time that its cells took.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use crate::run::Summary;

#[derive(Default)]
struct Cost {
    cells: usize,
    requests: usize,
    took: Duration,
}

/// A table of the checks, the dearest first. Cells are asked side by side, so that their times add up to more than the run
/// took, and grow with the number of jobs; the requests do not.
pub fn timings(summary: &Summary) -> String {
    let mut costs: BTreeMap<&str, Cost> = BTreeMap::new();
    for outcome in &summary.outcomes {
        let cost = costs.entry(outcome.check.id).or_default();
        cost.cells += 1;
        cost.requests += outcome.requests;
        cost.took += outcome.took;
    }
    let all: usize = costs.values().map(|cost| cost.requests).sum();
    let mut costs: Vec<(&str, Cost)> = costs.into_iter().collect();
    costs.sort_by(|(_, one), (_, other)| other.requests.cmp(&one.requests).then(other.took.cmp(&one.took)));

    let mut text = format!("{:<48} {:>6} {:>9} {:>7} {:>10}\n", "check", "cells", "requests", "share", "time");
    for (check, Cost { cells, requests, took }) in costs {
        let thousandths = (requests * 1000).checked_div(all).unwrap_or(0);
        let share = format!("{}.{} %", thousandths / 10, thousandths % 10);
        let took = format!("{:.0} ms", took.as_secs_f64() * 1000.0);
        let _ = writeln!(text, "{check:<48} {cells:>6} {requests:>9} {share:>7} {took:>10}");
    }
    text.push('\n');
    text
}
