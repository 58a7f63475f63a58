//! Faults of the gate: a rule that is not asked.

pub(super) mod assertion_paths;
pub(super) mod assertions;
pub(super) mod clients;
pub(super) mod devices;
pub(super) mod exchanges;
pub(super) mod grants;
pub mod grid;
pub(super) mod hybrid;
pub(super) mod logouts;
pub(super) mod pages;
pub(super) mod passwords;
pub(super) mod paths;
pub(super) mod presented;
pub(super) mod pushed;
pub(super) mod requests;
pub(super) mod resources;

use grid::Watch;

use crate::model::Path;
use crate::rules::{Rule, Rules, Ruling};

/// The strict rule book, except that some rules, on some paths, are not asked.
pub struct Ungated {
    skipped: Vec<(Rule, Option<Path>)>,
    watch: Option<&'static Watch>,
}

impl Ungated {
    /// Skip each of these rules, on the given path or on all; note what the others say, for whoever watches.
    pub fn new(skipped: Vec<(Rule, Option<Path>)>, watch: Option<&'static Watch>) -> Ungated {
        Ungated { skipped, watch }
    }
}

impl Rules for Ungated {
    fn hold(&self, rule: Rule, path: Path, strict: &dyn Fn() -> Ruling) -> Ruling {
        let skips = |(skipped, on): &(Rule, Option<Path>)| *skipped == rule && on.is_none_or(|on| on == path);
        if self.skipped.iter().any(skips) {
            return Ok(());
        }
        let ruling = strict().map_err(|refusal| refusal.by(rule));
        if let Some(watch) = self.watch {
            watch.note(rule, path, ruling.is_err());
        }
        ruling
    }
}
