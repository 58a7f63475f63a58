//! The program `grantspec` as a person or a pipeline calls it: what it prints, and the code with which it ends.

#[path = "cli/logins.rs"]
mod logins;
#[path = "cli/program.rs"]
mod program;
#[path = "cli/reports.rs"]
mod reports;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/servers.rs"]
mod servers;
#[path = "cli/setup.rs"]
mod setup;
#[path = "cli/usage.rs"]
mod usage;
#[path = "cli/words.rs"]
mod words;
