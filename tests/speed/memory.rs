//! Memory: tokens are issued and expire while the clock is moved, and what is left does not grow.

use std::time::{Duration, Instant};

use super::cases::{client_credentials, refresh};
use super::load::{self, CONNECTIONS, Connection};
use super::stage::{LIFE, Stage};

/// How many answers there are each second of the server's clock.
const EACH_SECOND: usize = 4_000;

/// How much the memory may grow in the second half: by then far more has expired than lives, and the allocator has found its size.
const GROWTH: f64 = 1.1;

/// Issue so many access tokens and print the memory as it goes; whether it stays flat.
pub fn print(tokens: usize) -> bool {
    let (stage, loading) = (Stage::strict(true), load::runtime());
    println!("\n| tokens issued | memory |\n|---:|---:|\n| 0 | {} |", said(resident()));
    let (mut issued, mut half) = (0, None);
    for tenth in 1..=10 {
        while issued < tokens / 10 * tenth {
            issued += loading.block_on(one_second(&stage));
        }
        println!("| {issued} | {} |", said(resident()));
        if tenth == 5 {
            half = resident();
        }
    }
    let lifetime = format!("{EACH_SECOND} tokens each second of its clock, half of them with a refresh token");
    println!("\n{lifetime}; each lives {LIFE} seconds");
    half.zip(resident()).is_none_or(|(half, last)| last <= half * GROWTH)
}

/// Half of the connections act for themselves, half refresh; then the clock moves.
async fn one_second(stage: &Stage) -> usize {
    let acting = client_credentials(stage, "opaque").await.into_iter().take(CONNECTIONS / 2);
    let refreshing = refresh(stage, "api:read").await.into_iter().take(CONNECTIONS / 2);
    let until = Instant::now() + Duration::from_secs(60);
    let mut asking = Vec::new();
    for script in acting.chain(refreshing) {
        let connection = Connection::open(stage.address).await;
        asking.push(tokio::spawn(load::play(connection, script, until, EACH_SECOND / CONNECTIONS)));
    }
    let mut issued = 0;
    for task in asking {
        issued += task.await.expect("every answer is 200");
    }
    let advance = load::request("/_/clock", "application/json", r#"{"advance_seconds": 1}"#);
    Connection::open(stage.address).await.ask(&advance).await;
    issued
}

/// What this process holds in memory, in MiB, where the system says so.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(kib.trim().trim_end_matches("kB").trim().parse::<f64>().ok()? / 1024.0)
}

fn said(mib: Option<f64>) -> String {
    mib.map_or("not told by this system".to_owned(), |mib| format!("{mib:.1} MiB"))
}
