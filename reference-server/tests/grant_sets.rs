//! The matrix: the 128 sets of the seven grant types through every door, and every set that is held asked in every way for
//! every grant. It prints what it showed, and exits with 1 if anything of it is wrong. A filter and `--list` work as in other tests.
#![allow(clippy::print_stdout, reason = "cargo hides what a passing test prints; these figures are the point")]

#[path = "grant_sets/asks.rs"]
mod asks;
#[path = "grant_sets/doors.rs"]
mod doors;
#[path = "grant_sets/sets.rs"]
mod sets;
#[path = "it/signer.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod signer;
#[path = "it/support.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod support;

use std::process::ExitCode;
use std::time::Instant;

use crate::asks::{Ask, is_due, serves};
use crate::doors::{Door, Held};
use crate::sets::{Set, extensions, sets};
use crate::support::Browser;

const NAME: &str = "each_set_of_grant_types_through_each_door_and_each_grant_in_each_way";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |word: &String| word.starts_with('-') || NAME.contains(word.as_str());
    if arguments.iter().any(|word| word == "--list") {
        println!("{NAME}: test");
        return ExitCode::SUCCESS;
    }
    if arguments.iter().any(|word| word == "--ignored") || !arguments.iter().all(is_wanted) {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let wrong = runtime.expect("the operating system gives threads to a test").block_on(shown());
    for line in &wrong {
        println!("    {line}");
    }
    println!("\ntest {NAME} ... {}\n", if wrong.is_empty() { "ok" } else { "FAILED" });
    ExitCode::from(u8::from(!wrong.is_empty()))
}

/// The whole matrix, a line for each door and extension; what is wrong with it, a line each.
async fn shown() -> Vec<String> {
    let mut wrong = Vec::new();
    println!(
        "\n{:<14} {:<46} {:>5} {:>8} {:>7} {:>7} {:>7}",
        "door", "extension tried as", "held", "refused", "asked", "served", "took"
    );
    for door in Door::ALL {
        for extension in extensions() {
            let began = Instant::now();
            let row = tried(door, extension, &mut wrong).await;
            println!(
                "{:<14} {:<46} {:>5} {:>8} {:>7} {:>7} {:>5.1} s",
                door.name(),
                extension,
                row.held,
                row.refused,
                row.asked,
                row.served,
                began.elapsed().as_secs_f64()
            );
            if (row.held, row.refused) != (63, 65) {
                wrong.push(format!(
                    "{} with {extension}: {} held and {} refused, not 63 and 65",
                    door.name(),
                    row.held,
                    row.refused
                ));
            }
        }
    }
    wrong
}

/// What came of the 128 sets at one door.
#[derive(Default)]
struct Row {
    held: usize,
    refused: usize,
    asked: usize,
    served: usize,
}

async fn tried(door: Door, extension: &'static str, wrong: &mut Vec<String>) -> Row {
    let mut row = Row::default();
    let server = doors::open();
    for set in sets(extension) {
        match door.hold(&server, &set).await {
            Ok(held) => {
                row.held += 1;
                if !set.is_legal() {
                    wrong.push(format!("{} holds {set:?}", door.name()));
                }
                ask_for_everything(&held, &set, &mut row, wrong).await;
            }
            Err(says) => {
                row.refused += 1;
                wrong.extend(
                    set.objection(&says).map(|objection| format!("{}: {set:?}: {objection}: {says}", door.name())),
                );
            }
        }
    }
    row
}

/// Every way to ask for every grant: served exactly when the client is registered for it.
async fn ask_for_everything(held: &Held, set: &Set, row: &mut Row, wrong: &mut Vec<String>) {
    let mut browser = Browser::new(&held.server);
    for ask in Ask::all() {
        row.asked += 1;
        let (due, served) = (is_due(&ask, set), serves(held, &ask, &mut browser).await);
        row.served += usize::from(served == Ok(true));
        match served {
            Ok(served) if served == due => {}
            Ok(true) => wrong.push(format!("{set:?} is served {ask:?}")),
            Ok(false) => wrong.push(format!("{set:?} is not served {ask:?}")),
            Err(answer) => wrong.push(format!("{set:?} asks for {ask:?} and is answered {answer}")),
        }
    }
}
