//! The command line: one file per subcommand.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the command line is where things are printed")]

#[cfg(feature = "embedded")]
mod docs;
mod explain;
mod list;
#[cfg(feature = "embedded")]
mod prove;
mod run;
#[cfg(feature = "embedded")]
mod serve;
mod target;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use grantspec::catalogue::{self, OwnError};
use grantspec::check::Check;

/// Does every grant type of an OAuth 2.0 / OpenID Connect server mean what the standards say, including what must be refused?
#[derive(Debug, Parser)]
#[command(name = "grantspec", version, max_term_width = 110)]
#[command(after_help = "Exit codes: 0 conforms; 1 findings; 2 usage or configuration; 3 could not be judged.\n\
Start with `grantspec run`: it judges the reference server inside the program.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_parser = ["auto", "always", "never"])]
    color: String,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge a server: the one at ISSUER, the one of grantspec.toml, or the reference server inside the program
    Run(Box<run::Args>),
    /// List the checks
    List(list::Args),
    /// Say why a check matters, which clauses it holds the server to, how it asks and which faults prove it
    Explain(explain::Args),
    /// Start the reference server, strict or with a fault
    #[cfg(feature = "embedded")]
    Serve(serve::Args),
    /// Show that every check can fail: the kill matrix of faults and checks
    #[cfg(feature = "embedded")]
    Prove(prove::Args),
    /// Write the documents of the catalogue: the checks, the requirements, the kill matrix
    #[cfg(feature = "embedded")]
    Docs(docs::Args),
}

/// Why a command ended before its end.
#[derive(Debug)]
struct Failure {
    code: u8,
    says: String,
}

impl Failure {
    /// A mistake in the call or in a file: exit 2.
    #[expect(clippy::needless_pass_by_value, reason = "so that it reads map_err(Failure::usage)")]
    fn usage(says: impl ToString) -> Self {
        Self { code: 2, says: says.to_string() }
    }

    /// Scenarios of the caller's own that cannot be read: exit 2.
    fn scenarios(error: &OwnError) -> Self {
        match error {
            OwnError::None(path) => Self::usage(format!(
                "--scenarios {}: there is no .toml file in it; name a scenario file, or a folder that has some",
                path.display()
            )),
            OwnError::Unreadable(says) => {
                Self::usage(format!("--scenarios: {says}; name a file or a folder that can be read"))
            }
            OwnError::Malformed(error) => Self::usage(error),
        }
    }

    /// The server could not be judged: exit 3.
    #[expect(clippy::needless_pass_by_value, reason = "so that it reads map_err(Failure::setup)")]
    fn setup(says: impl ToString) -> Self {
        Self { code: 3, says: says.to_string() }
    }
}

/// The checks of this program, and those of the caller's own scenarios, each of them with the path that it came from.
#[derive(Default)]
struct Checks {
    all: Vec<Check>,
    own: Vec<(&'static str, PathBuf)>,
}

impl Checks {
    fn with(scenarios: &[PathBuf]) -> Result<Self, Failure> {
        let mut checks = Self { all: catalogue::catalogue().to_vec(), own: Vec::new() };
        for path in scenarios {
            let found = catalogue::own(path).map_err(|error| Failure::scenarios(&error))?;
            checks.own.extend(found.iter().map(|check| (check.id, path.clone())));
            checks.all.extend(found);
        }
        let mut ids: Vec<&str> = checks.all.iter().map(|check| check.id).collect();
        ids.sort_unstable();
        match ids.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(Failure::usage(format!("two checks are called `{}`; give yours another id", pair[0]))),
            None => Ok(checks),
        }
    }
}

/// A word as it would be typed.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

pub(super) fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.color.as_str() {
        "always" => anstream::ColorChoice::Always.write_global(),
        "never" => anstream::ColorChoice::Never.write_global(),
        _ => {}
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            anstream::eprintln!("error: the runtime did not start: {error}");
            return ExitCode::from(3);
        }
    };
    let result = runtime.block_on(async {
        match cli.command {
            Command::Run(args) => Box::pin(run::run(*args)).await,
            Command::List(args) => list::list(&args),
            Command::Explain(args) => explain::explain(&args).await,
            #[cfg(feature = "embedded")]
            Command::Serve(args) => serve::serve(args).await,
            #[cfg(feature = "embedded")]
            Command::Prove(args) => prove::prove(args).await,
            #[cfg(feature = "embedded")]
            Command::Docs(args) => docs::docs(args).await,
        }
    });
    runtime.shutdown_background();
    match result {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            anstream::eprintln!("error: {}", failure.says);
            ExitCode::from(failure.code)
        }
    }
}
