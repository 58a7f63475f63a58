//! `grantspec docs`: the documents that are written from the catalogue.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use grantspec::documents::{self, KEPT, KillMatrix, WRITTEN_AS};
use grantspec::proof::{self, FaultProof, Proof, Scope};
use grantspec::report::counted;

use super::Failure;

/// How many faults are asked before the matrix is written again.
const AT_A_TIME: usize = 64;

/// Write the documents of the catalogue.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The folder to write them to
    #[arg(value_name = "DIR", default_value = "docs")]
    folder: PathBuf,
    /// Bring the kill matrix up to date: ask every check of each fault that kill-matrix.json has no row of, or one under other
    /// claims. All of them take half an hour; what was asked is kept, so that it may be broken off and gone on with
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
        anstream::println!("{}", args.folder.join(name).display());
    }
    let kept = args.folder.join(KEPT);
    let mut matrix = read(&kept)?;
    // What the catalogue no longer has goes, whether anything is asked or not.
    matrix.learn(&Proof::default());
    let mut survived: Vec<FaultProof> = Vec::new();
    if args.kill_matrix {
        let bar = super::run::progress();
        let unknown = matrix.unknown();
        for (at, some) in unknown.chunks(AT_A_TIME).enumerate() {
            let only = some.iter().map(|fault| fault.id.to_owned()).collect();
            let scope = Scope { only, full: true, seed: 1 };
            let tell = |done, _| super::run::tell(&bar, at * AT_A_TIME + done, unknown.len());
            let proof = proof::prove(scope, &tell).await;
            matrix.learn(&proof);
            write(&kept, &matrix.kept())?;
            survived.extend(proof.faults.into_iter().filter(|fault| !fault.killed()));
        }
        bar.finish_and_clear();
    }
    write(&kept, &matrix.kept())?;
    write(&args.folder.join(WRITTEN_AS), &matrix.document())?;
    anstream::println!("{}", args.folder.join(WRITTEN_AS).display());
    for FaultProof { id, setup, .. } in &survived {
        match setup {
            Some(setup) => anstream::println!("✗ {id} has no row, for its server could not be judged: {setup}"),
            None => anstream::println!(
                "✗ {id} has no row: not every check that claims it catches it (grantspec prove {id})"
            ),
        }
    }
    let unasked = matrix.unknown().len() - survived.len();
    if unasked > 0 {
        anstream::println!("{} without a row: grantspec docs --kill-matrix", counted(unasked, "fault"));
    }
    Ok(u8::from(!survived.is_empty()))
}

/// The matrix as it was kept; nothing is known where there is no such file.
fn read(path: &Path) -> Result<KillMatrix, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => KillMatrix::read(&text).map_err(|error| {
            let says = "mend it, or delete it, so that all of it is asked again";
            Failure::usage(format!("{}: {error}; {says}", path.display()))
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(KillMatrix::default()),
        Err(error) => Err(Failure::usage(format!("{}: {error}", path.display()))),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}
