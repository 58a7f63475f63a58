//! How fast the reference server is, beside its own parts: hyper with nothing behind it, and the bare signatures.
//!
//! `cargo bench -p grantspec-tests --bench speed` prints the tables of `docs/performance.md`, and exits with 1 if a goal is missed. After a
//! `--`: `--only WORD` asks for what has the word in its name, `--rounds N` and `--seconds S` measure longer or shorter, `--tokens N` issues
//! so many tokens to see the memory (0: leaves it out).
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its figures")]

#[path = "speed/cases.rs"]
mod cases;
#[path = "speed/load.rs"]
mod load;
#[path = "speed/memory.rs"]
mod memory;
#[path = "speed/parts.rs"]
mod parts;
#[path = "speed/stage.rs"]
mod stage;

use std::process::ExitCode;
use std::time::Duration;

use cases::{CASES, Case};
use load::Rate;
use parts::Signatures;
use stage::Stage;

/// The share of what the parts alone would allow that the server has to reach.
const GOAL: f64 = 0.7;

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("error: {problem}");
            return ExitCode::from(2);
        }
    };
    let cases: Vec<&Case> = CASES.iter().filter(|case| case.what.contains(&options.only)).collect();
    // First, while the memory of the process is that of this server alone.
    let flat = options.tokens == 0 || memory::print(options.tokens);
    let rounds: Vec<Round> = (0..options.rounds).map(|_| Round::measure(&cases, options.time)).collect();
    let fast = print_rates(&cases, &rounds);
    ExitCode::from(u8::from(!(fast && flat)))
}

/// What, how long and how much.
struct Options {
    only: String,
    rounds: usize,
    time: Duration,
    tokens: usize,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = Options { only: String::new(), rounds: 5, time: Duration::from_secs(1), tokens: 2_000_000 };
        while let Some(name) = arguments.next() {
            if name == "--bench" {
                continue; // what cargo itself says
            }
            let value = arguments.next().unwrap_or_default();
            match (name.as_str(), value.parse::<u32>()) {
                ("--only", _) => options.only = value,
                ("--rounds", Ok(rounds @ 1..)) => options.rounds = rounds as usize,
                ("--seconds", Ok(seconds @ 1..=5)) => options.time = Duration::from_secs(u64::from(seconds)),
                ("--tokens", Ok(tokens)) => options.tokens = tokens as usize,
                _ => {
                    return Err(format!(
                        "{name} {value}: it takes --only WORD, --rounds N, --seconds 1 to 5, --tokens N"
                    ));
                }
            }
        }
        Ok(options)
    }
}

/// Everything, measured once, the parts beside the whole: a machine that is busy with something else is so for both.
struct Round {
    constant: Rate,
    signatures: Signatures,
    /// In the order of the cases.
    rates: Vec<Rate>,
}

impl Round {
    fn measure(cases: &[&Case], time: Duration) -> Round {
        let signatures = Signatures::measure(time / 4);
        let constant = parts::constant(time);
        let stage = Stage::strict(false);
        let rates = cases.iter().map(|case| stage.drive(case, time)).collect();
        Round { constant, signatures, rates }
    }

    /// 1 / (1/R + t/cores): what hyper and the signatures alone would allow, a second.
    fn possible(&self, case: &Case) -> f64 {
        let signing: f64 = case.signs.iter().map(|signature| self.signatures.seconds_on_all_cores(*signature)).sum();
        1.0 / (1.0 / self.constant.per_second + signing)
    }
}

/// Print the tables of rates; whether all of them reach the goal.
fn print_rates(cases: &[&Case], rounds: &[Round]) -> bool {
    let each = |figure: &dyn Fn(&Round) -> f64| median(rounds.iter().map(figure).collect());
    let micros = |rate: &Rate| rate.processor.map_or(f64::NAN, |seconds| seconds * 1e6);
    println!("\n{} cores, {} connections, the median of {} rounds\n", parts::cores(), load::CONNECTIONS, rounds.len());
    println!("| part | rate | processor time |\n|---|---:|---:|");
    let constant = each(&|round| round.constant.per_second);
    println!("| hyper answers a constant | {constant:.0}/s | {:.0} µs |", each(&|round| micros(&round.constant)));
    for (name, signature) in parts::SIGNATURES {
        let rate = each(&|round| 1.0 / round.signatures.seconds_on_all_cores(*signature));
        let took = each(&|round| round.signatures.processor_seconds(*signature) * 1e6);
        println!("| a signature {name} | {rate:.0}/s | {took:.0} µs |");
    }

    println!("\n| request | its signatures | rate | its parts allow | ratio | processor time |");
    println!("|---|---|---:|---:|---:|---:|");
    let mut all = true;
    for (at, case) in cases.iter().enumerate() {
        let ratio = each(&|round| round.rates[at].per_second / round.possible(case));
        all &= ratio >= GOAL;
        println!(
            "| {} | {} | {:.0}/s | {:.0}/s | {ratio:.2}{} | {:.0} µs |",
            case.what,
            case.signs.iter().map(|signature| signature.name()).collect::<Vec<_>>().join(", "),
            each(&|round| round.rates[at].per_second),
            each(&|round| round.possible(case)),
            if ratio < GOAL { ", below the goal" } else { "" },
            each(&|round| micros(&round.rates[at])),
        );
    }
    println!("\nThe goal is a ratio of {GOAL}.");
    all
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
