//! Parameters that may be sent twice, because a list of those that may not is too short.

use std::sync::Arc;

use crate::faults::{Fault, OIDC, Seam};
use crate::grants::extension::Parameter;
use crate::model::Path;
use crate::rules::{Rules, RulesOver, Ruling};
use crate::transport::form::Form;

pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "repeated-prompt",
        says: "Of several prompts the first one counts.",
        clause: "rfc6749/3.1/not-repeated",
        caught_by: &["authorize/repeated-parameter"],
        seams: &[Seam::Rules(|inner| passing_over(inner, &["prompt"]))],
        ..OIDC
    },
    Fault {
        id: "repeated-claims",
        says: "Of several claims parameters the first one counts.",
        clause: "rfc6749/3.1/not-repeated",
        caught_by: &["authorize/repeated-parameter"],
        seams: &[Seam::Rules(|inner| passing_over(inner, &["claims"]))],
        ..OIDC
    },
    Fault {
        id: "repeated-response-mode",
        says: "Of several response modes the first one counts.",
        clause: "rfc6749/3.1/not-repeated",
        caught_by: &["authorize/repeated-parameter"],
        seams: &[Seam::Rules(|inner| passing_over(inner, &["response_mode"]))],
        ..OIDC
    },
    Fault {
        id: "repeated-client-secret",
        says: "Of several client secrets the first one counts.",
        clause: "rfc6749/3.2/not-repeated",
        caught_by: &["token/repeated-parameter"],
        seams: &[Seam::Rules(|inner| passing_over(inner, &["client_secret"]))],
        ..OIDC
    },
    Fault {
        id: "repeated-client-assertion",
        says: "Of several client assertions the first one counts.",
        clause: "rfc6749/3.2/not-repeated",
        caught_by: &["token/repeated-parameter"],
        seams: &[Seam::Rules(|inner| passing_over(inner, &["client_assertion", "client_assertion_type"]))],
        ..OIDC
    },
    Fault {
        id: "repeated-actor",
        says: "Of several actors of an exchange the first one counts.",
        clause: "rfc6749/3.2/not-repeated",
        caught_by: &["token/repeated-parameter"],
        seams: &[Seam::Rules(|inner| passing_over(inner, &["actor_token", "actor_token_type"]))],
        ..OIDC
    },
    Fault {
        id: "repeated-requested-type",
        says: "Of several types that an exchange asks for the first one counts.",
        clause: "rfc6749/3.2/not-repeated",
        caught_by: &["token/repeated-parameter"],
        seams: &[Seam::Rules(|inner| passing_over(inner, &["requested_token_type"]))],
        ..OIDC
    },
];

/// These parameters are not looked at when it is decided whether one is repeated.
struct PassingOver {
    inner: Arc<dyn Rules>,
    names: &'static [&'static str],
}

fn passing_over(inner: Arc<dyn Rules>, names: &'static [&'static str]) -> Arc<dyn Rules> {
    Arc::new(PassingOver { inner, names })
}

impl RulesOver for PassingOver {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn parameter_not_repeated(&self, path: Path, form: &Form, of_extension: &[Parameter]) -> Ruling {
        self.inner.parameter_not_repeated(path, &form.clone().without(self.names), of_extension)
    }
}
