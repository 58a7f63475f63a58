//! `grantspec list`: the checks.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use grantspec::report::counted;
use grantspec::run::{Paths, Plan, Selection};
use serde_json::json;

use super::{Checks, Failure};

/// List the checks.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Ids, topics or patterns; everything without any
    #[arg(value_name = "SELECTOR")]
    selectors: Vec<String>,
    /// Scenarios of your own, too
    #[arg(long, value_name = "PATH")]
    scenarios: Vec<PathBuf>,
    /// For machines
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn list(args: &Args) -> Result<u8, Failure> {
    let mut checks = Checks::with(&args.scenarios)?.all;
    let selection = Selection::read(&args.selectors, &checks).map_err(Failure::usage)?;
    checks.retain(|check| selection.takes(check));

    if args.json {
        let entries: Vec<_> = checks
            .iter()
            .map(|check| {
                json!({
                    "id": check.id,
                    "kind": check.ask.kind(),
                    "title": check.title,
                    "why": check.why,
                    "clauses": check.clauses,
                    "cells": check.cells.list.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "needs": check.needs.iter().map(|need| need.name()).collect::<Vec<_>>(),
                })
            })
            .collect();
        anstream::println!("{:#}", json!({ "checks": entries }));
        return Ok(0);
    }
    for check in &checks {
        anstream::println!(
            "{:<42} {:<9} {:>8}  {}",
            check.id,
            check.ask.kind(),
            counted(check.cells.list.len(), "cell"),
            check.title
        );
    }
    let cells = Plan::of(&checks, &Selection::default(), Paths::All).cells.len();
    anstream::println!("\n{}, {}", counted(checks.len(), "check"), counted(cells, "cell"));
    Ok(0)
}
