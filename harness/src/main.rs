//! `grantspec`: judges an OAuth 2.0 or OpenID Connect server by its URL.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
