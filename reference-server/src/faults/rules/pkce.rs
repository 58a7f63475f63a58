//! PKCE that is verified in part, or not at all.

use std::sync::Arc;

use crate::error::{ErrorCode, Refusal};
use crate::faults::claims::changed;
use crate::faults::wire::{Asked, before, set_param};
use crate::faults::{BCP, Fault, OIDC, Seam};
use crate::model::{Challenge, Code, Path};
use crate::rules::{Rule, Rules, RulesOver, Ruling};
use crate::tokens::secret::{base64url, sha256};

/// A server that has never heard of PKCE.
pub(in crate::faults) static NO_PKCE: &[Seam] = &[
    changed!(Metadata, |body| drop(body.remove("code_challenge_methods_supported"))),
    Seam::Gate(Rule::ChallengeIsPresent, None),
    Seam::Gate(Rule::ChallengeMethodIsSupported, None),
    Seam::Gate(Rule::ChallengeIsWellFormed, None),
    Seam::Gate(Rule::VerifierIsWellFormed, None),
    Seam::Gate(Rule::VerifierMatches, None),
];

pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "no-pkce",
        says: "The server has never heard of PKCE: it ignores challenges and verifiers.",
        clause: "rfc9700/2.1.1/pkce-supported",
        caught_by: &["pkce/supported"],
        seams: NO_PKCE,
        ..BCP
    },
    Fault {
        id: "verifier-optional",
        says: "A code with a code_challenge is redeemed without a code_verifier.",
        clause: "rfc7636/4.6/verifier-compared",
        precedent: Some("zitadel/oidc#741"),
        caught_by: &["pkce/verifier-missing", "pkce/verifier-empty"],
        seams: &[Seam::Rules(|inner| {
            verifiers(inner, |challenge, verifier| challenge.is_some() && verifier.is_none())
        })],
        ..OIDC
    },
    Fault {
        id: "challenge-method-lost",
        says: "The code_challenge_method is forgotten, so that the challenge itself passes for the verifier.",
        clause: "rfc7636/4.5/method-of-the-request",
        precedent: Some("CVE-2026-26247"),
        caught_by: &["pkce/challenge-as-verifier"],
        seams: &[Seam::Rules(|inner| {
            verifiers(inner, |challenge, verifier| challenge.is_some() && challenge == verifier)
        })],
        ..OIDC
    },
    Fault {
        id: "malformed-verifier-ignored",
        says: "A code_verifier that breaks the grammar counts as none, and none is needed.",
        clause: "rfc7636/4.6/verifier-compared",
        precedent: Some("coder/coder#28003"),
        caught_by: &["pkce/malformed-verifier"],
        seams: &[
            Seam::Gate(Rule::VerifierIsWellFormed, None),
            Seam::Rules(|inner| verifiers(inner, |_, verifier| verifier.is_some_and(|verifier| verifier.len() < 43))),
        ],
        ..OIDC
    },
    Fault {
        id: "verifier-cut-short",
        says: "Of a code_verifier what is too much is cut off before it is hashed.",
        clause: "rfc7636/4.6/verifier-compared",
        caught_by: &["pkce/verifier-longer"],
        seams: &[Seam::Rules(|inner| {
            verifiers(inner, |challenge, verifier| {
                let verifier = verifier.unwrap_or_default();
                (0..verifier.len()).any(|end| challenge == verifier.get(..end).map(hashed).as_deref())
            })
        })],
        ..OIDC
    },
    Fault {
        id: "verifier-trimmed",
        says: "Spaces around a code_verifier are cut off before anybody looks at it.",
        clause: "rfc7636/4.6/verifier-compared",
        caught_by: &["pkce/verifier-padded"],
        seams: &[
            Seam::Gate(Rule::VerifierIsWellFormed, None),
            Seam::Rules(|inner| {
                verifiers(inner, |challenge, verifier| {
                    challenge == verifier.map(|verifier| hashed(verifier.trim())).as_deref()
                })
            }),
        ],
        ..OIDC
    },
    Fault {
        id: "challenge-without-method-is-hashed",
        says: "A code_challenge without a method is taken for a SHA-256 hash.",
        clause: "rfc7636/4.3/plain-by-default",
        caught_by: &["pkce/plain-by-default"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                let asked = Asked::of(request);
                if asked.param("code_challenge").is_some() && asked.param("code_challenge_method").is_none() {
                    set_param(request, "code_challenge_method", "S256");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "plain-challenge-not-compared",
        says: "The server takes plain challenges, and compares none of them.",
        clause: "rfc7636/4.6/verifier-compared",
        caught_by: &["pkce/plain-by-default"],
        seams: &[
            Seam::Config(|config| config.clients.iter_mut().for_each(|client| client.allow_plain_pkce = true)),
            Seam::Rules(|inner| Arc::new(PlainNotCompared { inner })),
        ],
        ..OIDC
    },
    Fault {
        id: "verifier-without-marks",
        says: "A code_verifier with a dot or a tilde is refused.",
        clause: "rfc7636/4.6/correct-verifier-accepted",
        caught_by: &["pkce/every-legal-verifier"],
        seams: &[Seam::Rules(|inner| legal_verifiers(inner, |verifier| !verifier.contains(['.', '~'])))],
        ..OIDC
    },
    Fault {
        id: "verifier-of-64-at-most",
        says: "A code_verifier of more than 64 characters is refused, although 128 are legal.",
        clause: "rfc7636/4.6/correct-verifier-accepted",
        caught_by: &["pkce/every-legal-verifier"],
        seams: &[Seam::Rules(|inner| legal_verifiers(inner, |verifier| verifier.len() <= 64))],
        ..OIDC
    },
    Fault {
        id: "pkce-downgrade",
        says: "A code_verifier is accepted although the authorization request had no code_challenge.",
        clause: "rfc9700/2.1.1/no-downgrade",
        precedent: Some("keycloak/keycloak#26808"),
        caught_by: &["pkce/downgrade"],
        seams: &[
            Seam::Gate(Rule::ChallengeIsPresent, None),
            Seam::Rules(|inner| verifiers(inner, |challenge, _| challenge.is_none())),
        ],
        ..BCP
    },
];

/// RFC 7636 §4.2, S256.
fn hashed(verifier: &str) -> String {
    base64url(sha256(verifier.as_bytes()))
}

/// Does a verifier (second) pass for this challenge (first)?
type SameProof = fn(Option<&str>, Option<&str>) -> bool;

/// Verifiers that match in another way are accepted as well.
struct Verifiers {
    inner: Arc<dyn Rules>,
    also: SameProof,
}

/// Whatever the verifier is, a plain challenge is met.
struct PlainNotCompared {
    inner: Arc<dyn Rules>,
}

impl RulesOver for PlainNotCompared {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn verifier_matches(&self, path: Path, code: &Code, verifier: Option<&str>) -> Ruling {
        match code.challenge {
            Some(Challenge::Plain(_)) => Ok(()),
            _ => self.inner.verifier_matches(path, code, verifier),
        }
    }
}

pub(super) fn verifiers(inner: Arc<dyn Rules>, also: SameProof) -> Arc<dyn Rules> {
    Arc::new(Verifiers { inner, also })
}

impl RulesOver for Verifiers {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn verifier_matches(&self, path: Path, code: &Code, verifier: Option<&str>) -> Ruling {
        let challenge = code.challenge.as_ref().map(|challenge| match challenge {
            Challenge::S256(text) => text.as_str(),
            Challenge::Plain(_) => "",
        });
        if (self.also)(challenge, verifier) {
            return Ok(());
        }
        self.inner.verifier_matches(path, code, verifier)
    }
}

/// Verifiers of this form only are legal.
struct LegalVerifiers {
    inner: Arc<dyn Rules>,
    legal: fn(&str) -> bool,
}

fn legal_verifiers(inner: Arc<dyn Rules>, legal: fn(&str) -> bool) -> Arc<dyn Rules> {
    Arc::new(LegalVerifiers { inner, legal })
}

impl RulesOver for LegalVerifiers {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn verifier_is_well_formed(&self, path: Path, verifier: Option<&str>) -> Ruling {
        if verifier.is_some_and(|verifier| !(self.legal)(verifier)) {
            return Err(Refusal::new(ErrorCode::InvalidGrant, "The code_verifier is malformed."));
        }
        self.inner.verifier_is_well_formed(path, verifier)
    }
}
