//! A run: target, set-up proof, plan, schedule, events.

mod event;
mod plan;
mod schedule;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub use event::{Event, Outcome, Summary};
pub use plan::{Path, Paths, Plan, Planned, Selection};
pub use schedule::execute;

use crate::check::Check;
use crate::lab::Setting;
use crate::policy;
use crate::profile::Profile;
use crate::target::doctor::{self, SetupError};

/// How a run is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many cells are asked at once.
    pub jobs: usize,
    /// The profile to judge by.
    pub profile: Profile,
    /// Which checks are asked.
    pub selection: Selection,
    /// On which paths the cells are asked.
    pub paths: Paths,
    /// Is it told what the server chose where the documents leave a choice? What is declared is looked at in any case.
    pub policies: bool,
}

/// Judges a target: proves the set-up, then asks every planned cell, telling `tell` of each event.
///
/// # Errors
/// What could not be proven of the set-up, or is declared otherwise than it is; then nothing was judged.
pub async fn judge(
    setting: Arc<Setting>,
    checks: &[Check],
    options: &Options,
    tell: &mut (dyn FnMut(&Event) + Send),
) -> Result<Summary, Vec<SetupError>> {
    let began = Instant::now();
    let mut proven = doctor::prove(&setting).await?;
    let asked = options.policies || !setting.target.policies.is_empty();
    let learned = if asked { policy::learn_all(&setting).await } else { Vec::new() };
    let belied = policy::belied(&setting.target.policies, &learned);
    if !belied.is_empty() {
        return Err(belied);
    }
    let plan = Plan::of(checks, &options.selection, options.paths);
    if plan.cells.iter().any(|planned| planned.check.needs.iter().any(|need| need.is_registration())) {
        proven.extend(doctor::registration(&setting).await);
    }
    tell(&Event::Began {
        issuer: setting.target.issuer.clone(),
        profile: options.profile,
        proven,
        learned,
        cells: plan.cells.len(),
        seed: setting.seed,
    });
    let outcomes = execute(&setting, &plan, options.profile, options.jobs, &mut |outcome| {
        tell(&Event::Asked(Box::new(outcome.clone())));
    })
    .await;
    let clean_up = setting.clean_up().await;
    let summary = Summary::of(outcomes, began.elapsed(), setting.http.sent(), clean_up);
    tell(&Event::Ended(summary.clone()));
    Ok(summary)
}

/// The time a whole cell may take: many exchanges, each with a `timeout` of its own. A server that needs longer for each
/// of them is given longer for all of them.
pub fn cell_deadline(timeout: Duration) -> Duration {
    Duration::from_secs(60).max(timeout * 30)
}
