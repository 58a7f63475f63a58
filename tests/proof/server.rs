//! A reference server on a free port, judged over TCP like a stranger's.

use std::sync::Arc;
use std::time::Duration;

use grantspec::catalogue::catalogue;
use grantspec::check::Check;
use grantspec::embedded::{Preset, Running, Seam};
use grantspec::lab::Setting;
use grantspec::lab::http::Http;
use grantspec::profile::Profile;
use grantspec::proof::{CASES, preset};
use grantspec::run::{Options, Outcome, Paths, Selection, Summary, judge};

/// What the checks that `asks` picks say of a server that is strict but for `seams`, under the profile of that name.
pub async fn judged(
    seams: &[&Seam],
    profile: &str,
    seed: u64,
    asks: impl Fn(&Check) -> bool + Send,
) -> Result<Summary, Vec<String>> {
    let wrong = |says: String| vec![says];
    let profile = Profile::named(profile, true).ok_or_else(|| wrong(format!("no profile {profile}")))?;
    judged_as(preset(profile), seams, profile, seed, asks).await
}

/// The same of a server that is meant for this purpose, whatever it is judged by.
pub async fn judged_as(
    purpose: Preset,
    seams: &[&Seam],
    profile: Profile,
    seed: u64,
    asks: impl Fn(&Check) -> bool + Send,
) -> Result<Summary, Vec<String>> {
    let wrong = |says: String| vec![says];
    let running = Running::start_as(purpose, 0, seams).await;
    let running = running.map_err(|error| wrong(format!("no server: {error}")))?;
    let http = Http::new(Duration::from_secs(10));
    let target = running.target(&http).await.map_err(|error| wrong(format!("no metadata: {error}")))?;
    let checks: Vec<Check> = catalogue().iter().filter(|check| asks(check)).copied().collect();
    let options = Options { jobs: 8, profile, selection: Selection::default(), paths: Paths::All, policies: false };
    let setting = Arc::new(Setting::new(target, http, seed, CASES));
    let summary = judge(setting, &checks, &options, &mut |_| {}).await;
    running.stop().await;
    summary.map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

/// An outcome in a line.
pub fn line(outcome: &Outcome) -> String {
    let finding = outcome.finding.as_ref().map(|finding| format!("{} breaks {}", finding, finding.clause));
    let reason = outcome.reason.as_ref().map(|(reason, says)| format!("{}: {says}", reason.name()));
    let says = finding.or(reason).or_else(|| outcome.error.clone()).unwrap_or_default();
    format!("{} {} [{}] {says}", outcome.verdict, outcome.check.id, outcome.cell)
}
