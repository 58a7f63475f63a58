//! The grid: every rule of the reference server on every path where it is asked. Is it seen to refuse there, and is it missed
//! where it is not asked?

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{AT_ONCE, Scope, judged, named};
use crate::catalogue::catalogue;
use crate::embedded::{Point, Seam, Seen, Watch};
use crate::run::Paths;
use crate::verdict::Verdict;

/// The profile under which the points are looked at: all seven grants are served.
const PROFILE: &str = "oidc";

/// What the catalogue asks of the strict server, as its rules see it: every point, how often it was asked and how often it
/// refused.
///
/// # Errors
/// The server could not be judged.
pub async fn seen(scope: &Scope) -> Result<Vec<(Point, Seen)>, String> {
    let watch = Watch::new();
    judged(&[Seam::Watch(watch)], catalogue(), named(PROFILE), scope, Paths::All).await?;
    Ok(watch.seen())
}

/// A point that was left out, and what the catalogue had to say of it.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The rule that was not asked, and where.
    pub point: Point,
    /// The checks that came to a finding that counts.
    pub caught_by: Vec<&'static str>,
    /// Why the server could not be judged, if so.
    pub setup: Option<String>,
}

/// Leaves each of these points out, one server for each, and asks the whole catalogue, telling `tell` how far it is.
pub async fn left_out(points: Vec<Point>, scope: &Scope, tell: &(dyn Fn(usize, usize) + Sync)) -> Vec<LeftOut> {
    let total = points.len();
    let gate = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for (at, point) in points.into_iter().enumerate() {
        let (gate, scope) = (Arc::clone(&gate), scope.clone());
        running.spawn(async move {
            let _turn = gate.acquire_owned().await;
            (at, left_out_at(point, &scope).await)
        });
    }
    let mut all = Vec::new();
    while let Some(joined) = running.join_next().await {
        all.extend(joined);
        tell(all.len(), total);
    }
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, left_out)| left_out).collect()
}

async fn left_out_at(point: Point, scope: &Scope) -> LeftOut {
    let mut left_out = LeftOut { point, caught_by: Vec::new(), setup: None };
    match judged(&[point.seam()], catalogue(), named(PROFILE), scope, Paths::All).await {
        Ok(summary) => {
            let counts = |verdict| matches!(verdict, Verdict::Fail | Verdict::Warn);
            let found = summary.outcomes.iter().filter(|outcome| counts(outcome.verdict));
            left_out.caught_by = found.map(|outcome| outcome.check.id).collect();
            left_out.caught_by.dedup();
        }
        Err(says) => left_out.setup = Some(says),
    }
    left_out
}
