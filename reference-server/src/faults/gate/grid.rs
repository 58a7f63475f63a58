//! The grid of rules and paths: at which points a rule is asked, and at which of them it was seen to refuse.
//!
//! A rule that never refuses on a path, whatever is asked of the server, could be missing there and nobody would notice.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::faults::{Seam, locked};
use crate::model::Path;
use crate::rules::Rule;

/// One rule on one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    /// The rule.
    pub rule: Rule,
    /// The path.
    pub path: Path,
}

impl Point {
    /// The defect that the rule is not asked on the path.
    pub fn seam(self) -> Seam {
        Seam::Gate(self.rule, Some(self.path))
    }

    /// Rule and path in words that a table can hold.
    pub fn name(self) -> (&'static str, String) {
        (self.rule.name(), format!("{:?}", self.path))
    }
}

/// What became of the questions at one point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How often the rule was asked.
    pub asked: u64,
    /// How often it refused.
    pub refused: u64,
}

/// Whoever looks on while a server is asked.
#[derive(Debug, Default)]
pub struct Watch(Mutex<HashMap<Point, Seen>>);

impl Watch {
    /// One that lives as long as the program, as every server does that it is given to.
    pub fn new() -> &'static Watch {
        Box::leak(Box::default())
    }

    pub(super) fn note(&self, rule: Rule, path: Path, refused: bool) {
        let mut points = locked(&self.0);
        let seen = points.entry(Point { rule, path }).or_default();
        seen.asked += 1;
        seen.refused += u64::from(refused);
    }

    /// What was seen, in the order of the rule book, then by the names of the paths.
    pub fn seen(&self) -> Vec<(Point, Seen)> {
        let mut seen: Vec<(Point, Seen)> = locked(&self.0).iter().map(|(point, seen)| (*point, *seen)).collect();
        let place = |rule: Rule| Rule::ALL.iter().position(|known| *known == rule);
        seen.sort_by_cached_key(|(point, _)| (place(point.rule), point.name().1));
        seen
    }
}
