//! `grantspec docs`: the documents that are written from the catalogue.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use grantspec::proof::{self, Scope};
use grantspec::{documents, embedded};

use super::Failure;

/// Write the documents of the catalogue.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The folder to write them to
    #[arg(value_name = "DIR", default_value = "docs")]
    folder: PathBuf,
    /// Ask every check of every fault, and write the kill matrix too: that takes an hour or more
    #[arg(long)]
    kill_matrix: bool,
}

/// Runs the command.
pub(super) async fn docs(args: Args) -> Result<u8, Failure> {
    if !args.folder.is_dir() {
        return Err(Failure::usage(format!(
            "there is no folder {}; make it, or name the one to write to: grantspec docs DIR",
            args.folder.display()
        )));
    }
    for (name, text) in documents::all() {
        write(&args.folder.join(name), &text)?;
    }
    if args.kill_matrix {
        let bar = super::run::progress();
        let faults = embedded::faults().iter().map(|fault| fault.id.to_owned()).collect();
        let scope = Scope { only: faults, full: true, seed: 1 };
        let proof = proof::prove(scope, &|done, total| super::run::tell(&bar, done, total)).await;
        bar.finish_and_clear();
        write(&args.folder.join("kill-matrix.md"), &documents::kill_matrix(&proof))?;
        return Ok(u8::from(!proof.holds()));
    }
    Ok(0)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    anstream::println!("{}", path.display());
    Ok(())
}
