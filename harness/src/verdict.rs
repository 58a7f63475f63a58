//! The judged outcome of a cell.

use std::fmt;

/// The judged outcome of a cell, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// The server does what the clauses say.
    Pass,
    /// The question was not put; the reason says why.
    Skip,
    /// Something worth knowing that breaks nothing.
    Info,
    /// A SHOULD is broken, or a matter of security that no text demands.
    Warn,
    /// A MUST is broken.
    Fail,
    /// Our fault or the environment's.
    Error,
}

impl Verdict {
    /// All verdicts in the order in which the summary counts them.
    pub const ALL: [Self; 6] = [Self::Pass, Self::Fail, Self::Warn, Self::Info, Self::Skip, Self::Error];

    /// The word in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }

    /// The sign in the terminal; it never stands without the word.
    pub const fn glyph(self) -> &'static str {
        match self {
            Self::Pass => "✓",
            Self::Skip => "–",
            Self::Info => "i",
            Self::Warn => "!",
            Self::Fail => "✗",
            Self::Error => "?",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
