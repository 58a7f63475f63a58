//! The proof that the harness can be believed: the strict server passes every cell, every fault is caught by the checks
//! that claim it, every legal variation stays clean, no crude fake passes anything. It prints what it showed, and exits
//! with 1 if anything of it failed. A filter and `--list` work as in other tests.
#![allow(clippy::print_stdout, reason = "cargo hides what a passing test prints; these lines are the point")]

#[path = "proof/catalogue.rs"]
mod catalogue;
#[path = "proof/pairs.rs"]
mod pairs;
#[path = "proof/server.rs"]
mod server;
#[path = "proof/stages.rs"]
mod stages;

use std::future::Future;
use std::io::Write as _;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Instant;

/// The allocator of the program that is proven here.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a stage showed, in a line; or what went wrong, a line each.
type Shown = Result<String, Vec<String>>;

/// One part of the proof.
struct Stage {
    name: &'static str,
    show: fn() -> Pin<Box<dyn Future<Output = Shown> + Send>>,
}

const STAGES: &[Stage] = &[
    Stage { name: "the_strict_server_passes_every_cell_under_oidc", show: || Box::pin(stages::strict("oidc")) },
    Stage { name: "the_strict_server_passes_every_cell_under_bcp", show: || Box::pin(stages::strict("bcp")) },
    Stage { name: "seven_grants_break_of_the_best_practice_what_is_told", show: || Box::pin(stages::seven_grants()) },
    Stage { name: "one_seed_gives_the_same_order_and_verdicts_twice", show: || Box::pin(stages::same_seed()) },
    Stage { name: "two_faults_of_different_seams_are_both_caught", show: || Box::pin(pairs::both_caught()) },
    Stage { name: "every_fault_is_caught_and_every_legal_server_is_clean", show: || Box::pin(catalogue::proven()) },
];

fn main() -> ExitCode {
    let Some(wanted) = Wanted::read(std::env::args().skip(1)) else {
        return ExitCode::SUCCESS;
    };
    let stages: Vec<&Stage> = STAGES.iter().filter(|stage| wanted.takes(stage.name)).collect();
    if wanted.list {
        for stage in stages {
            println!("{}: test", stage.name);
        }
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("the operating system gives threads to a test");

    println!("\nrunning {} stages of the proof", stages.len());
    let mut failed = 0;
    for stage in &stages {
        print!("test {} ... ", stage.name);
        let _ = std::io::stdout().flush();
        let began = Instant::now();
        let shown = runtime.block_on(async { tokio::spawn((stage.show)()).await });
        let took = began.elapsed().as_secs_f64();
        match shown.unwrap_or_else(|panic| Err(vec![panic.to_string()])) {
            Ok(figures) => println!("ok ({took:.1} s)\n    {figures}"),
            Err(wrong) => {
                failed += 1;
                println!("FAILED ({took:.1} s)");
                for line in wrong {
                    println!("    {line}");
                }
            }
        }
    }
    println!(
        "\nproof: {}. {} stages shown; {failed} failed\n",
        if failed == 0 { "ok" } else { "FAILED" },
        stages.len() - failed
    );
    ExitCode::from(u8::from(failed > 0))
}

/// What the command line of `cargo test` asks for, as far as it makes a difference here.
#[derive(Default)]
struct Wanted {
    filters: Vec<String>,
    skipped: Vec<String>,
    exact: bool,
    list: bool,
}

impl Wanted {
    /// Reads the arguments; `None` if only ignored tests are asked for, of which there are none.
    fn read(mut args: impl Iterator<Item = String>) -> Option<Self> {
        let mut wanted = Self::default();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--list" => wanted.list = true,
                "--exact" => wanted.exact = true,
                "--ignored" => return None,
                "--skip" => wanted.skipped.extend(args.next()),
                "--test-threads" | "--format" | "--color" | "--logfile" | "-Z" | "--shuffle-seed" => drop(args.next()),
                flag if flag.starts_with('-') => {}
                filter => wanted.filters.push(filter.to_owned()),
            }
        }
        Some(wanted)
    }

    fn takes(&self, name: &str) -> bool {
        let fits = |filter: &String| if self.exact { name == filter } else { name.contains(filter) };
        (self.filters.is_empty() || self.filters.iter().any(fits)) && !self.skipped.iter().any(fits)
    }
}
