//! What happens during a run. Whoever makes events knows no reporter.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::cell::Cell;
use crate::check::{Check, Finding, Reason};
use crate::clause::Level;
use crate::lab::{CleanUp, Recorded};
use crate::policy::Learned;
use crate::profile::Profile;
use crate::verdict::Verdict;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The set-up was proven; the cells are about to be asked.
    Began {
        /// The target.
        issuer: String,
        /// The profile that judges.
        profile: Profile,
        /// What was proven of the set-up.
        proven: Vec<String>,
        /// What the server chose where the documents leave a choice.
        learned: Vec<Learned>,
        /// How many cells there are.
        cells: usize,
        /// The seed of what is generated.
        seed: u64,
    },
    /// A cell was asked. The order is that of the answers.
    Asked(Box<Outcome>),
    /// All cells were asked; here they are in the order of the plan.
    Ended(Summary),
}

/// The judged outcome of a cell.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The check.
    pub check: Check,
    /// The cell.
    pub cell: Cell,
    /// The verdict.
    pub verdict: Verdict,
    /// The level of the clause that a finding names.
    pub level: Option<Level>,
    /// The finding behind a fail, a warn or an info.
    pub finding: Option<Finding>,
    /// The reason code and the words behind a skip.
    pub reason: Option<(Reason, String)>,
    /// The words behind an error.
    pub error: Option<String>,
    /// What the other asking of the cell came to, where it was asked beside others and alone, and the two differ.
    pub note: Option<String>,
    /// What was said; kept where there is something to show.
    pub transcript: Vec<Recorded>,
    /// How long the cell took.
    pub took: Duration,
    /// How many requests it took, those included of a control that it was the first to need.
    pub requests: usize,
}

/// The whole of a run.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The outcomes in the order of the plan.
    pub outcomes: Vec<Outcome>,
    /// How often each verdict was given.
    pub counts: BTreeMap<Verdict, usize>,
    /// How long the run took, set-up proof included.
    pub took: Duration,
    /// How many requests were sent.
    pub requests: u64,
    /// What became of the clients that the run registered.
    pub clean_up: CleanUp,
}

impl Summary {
    /// Counts the outcomes.
    pub fn of(outcomes: Vec<Outcome>, took: Duration, requests: u64, clean_up: CleanUp) -> Self {
        let mut counts: BTreeMap<Verdict, usize> = Verdict::ALL.into_iter().map(|verdict| (verdict, 0)).collect();
        for outcome in &outcomes {
            *counts.entry(outcome.verdict).or_default() += 1;
        }
        Self { outcomes, counts, took, requests, clean_up }
    }

    /// How often this verdict was given.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.counts.get(&verdict).copied().unwrap_or(0)
    }

    /// 1 if any counted finding (fails, and warns too when asked for), else 3 if any error or if nothing reached pass, fail or
    /// warn, else 0.
    pub fn exit_code(&self, warnings_count: bool) -> u8 {
        let findings = self.count(Verdict::Fail) + if warnings_count { self.count(Verdict::Warn) } else { 0 };
        if findings > 0 {
            1
        } else if self.count(Verdict::Error) > 0
            || self.count(Verdict::Pass) + self.count(Verdict::Fail) + self.count(Verdict::Warn) == 0
        {
            3
        } else {
            0
        }
    }
}
