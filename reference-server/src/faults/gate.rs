//! Faults of the gate: a rule that is not asked.

use super::{Fault, Seam};
use crate::model::Path;
use crate::rules::{Rule, Rules, Ruling};

/// The strict rule book, except that some rules, on some paths, are not asked.
pub struct Ungated {
    skipped: Vec<(Rule, Option<Path>)>,
}

impl Ungated {
    /// Skip each of these rules, on the given path or on all.
    pub fn new(skipped: Vec<(Rule, Option<Path>)>) -> Ungated {
        Ungated { skipped }
    }
}

impl Rules for Ungated {
    fn hold(&self, rule: Rule, path: Path, strict: &dyn Fn() -> Ruling) -> Ruling {
        let skips = |(skipped, on): &(Rule, Option<Path>)| *skipped == rule && on.is_none_or(|on| on == path);
        if self.skipped.iter().any(skips) {
            return Ok(());
        }
        strict().map_err(|refusal| refusal.by(rule))
    }
}

pub(super) static FAULTS: &[Fault] = &[
    Fault {
        id: "any-secret",
        says: "Any client secret is accepted.",
        clause: "rfc6749/2.3.1/client-password",
        precedent: None,
        caught_by: &["client-auth/wrong-secret"],
        profile: "oidc",
        seams: &[Seam::Gate(Rule::ClientSecretMatches, None)],
    },
    Fault {
        id: "any-verifier",
        says: "The code_verifier is not compared with the code_challenge.",
        clause: "rfc7636/4.6/verify-before-tokens",
        precedent: None,
        caught_by: &["pkce/verifier-mismatch"],
        profile: "oidc",
        seams: &[Seam::Gate(Rule::VerifierMatches, None)],
    },
];
