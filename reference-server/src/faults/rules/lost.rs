//! Parameters that are lost where a request is pushed or signed, or taken from beside it.

use std::sync::Arc;

use super::super::{Fault, OIDC, Seam};
use super::pushed::{counting, preferring};
use super::request_objects::reading;
use crate::model::{Counts, Path};
use crate::rules::{Rule, Rules, RulesOver};
use crate::tokens::Map;
use crate::transport::form::Form;

/// A pushed request loses one parameter.
macro_rules! pushed_loses {
    ($id:literal, $name:literal) => {
        Fault {
            id: $id,
            says: concat!("A request that was pushed loses its ", $name, "."),
            clause: "rfc9126/2/parameters-accepted",
            caught_by: &["pushed/parameters-count"],
            seams: &[Seam::Rules(|inner| counting(inner, |pushed, _| pushed.without(&[$name])))],
            ..OIDC
        }
    };
}

/// One parameter beside a `request_uri` comes before the one that was pushed.
macro_rules! beside_reference {
    ($id:literal, $name:literal) => {
        Fault {
            id: $id,
            says: concat!("A ", $name, " beside a request_uri comes before the one that was pushed."),
            clause: "rfc9101/10.7/mismatch-harmless",
            caught_by: &["pushed/parameters-count", "pushed/object-parameters-count"],
            seams: &[Seam::Rules(|inner| counting(inner, |pushed, beside| preferring(&only(beside, $name), &pushed)))],
            ..OIDC
        }
    };
}

/// A request object loses one parameter, wherever it comes.
macro_rules! object_loses {
    ($id:literal, $name:literal) => {
        Fault {
            id: $id,
            says: concat!("The ", $name, " of a request object is lost."),
            clause: "rfc9101/7/response",
            caught_by: &["request-object/parameters-count"],
            seams: &[Seam::Rules(|inner| reading(inner, |read, _| read.without(&[$name])))],
            ..OIDC
        }
    };
}

/// An object that was pushed loses one parameter, and one that comes with a browser does not.
macro_rules! pushed_object_loses {
    ($id:literal, $name:literal) => {
        Fault {
            id: $id,
            says: concat!("The ", $name, " of a request object is lost when it is pushed."),
            clause: "rfc9126/3/rules-of-objects",
            caught_by: &["pushed/object-parameters-count"],
            seams: &[Seam::Rules(|inner| Arc::new(LosesPushed { inner, name: $name }))],
            ..OIDC
        }
    };
}

/// One parameter beside an object comes before the one in it.
macro_rules! beside_object {
    ($id:literal, $name:literal) => {
        Fault {
            id: $id,
            says: concat!("A ", $name, " beside a request object comes before the one in it."),
            clause: "rfc9101/6.3/object-wins",
            caught_by: &["request-object/parameters-count"],
            seams: &[Seam::Rules(|inner| reading(inner, |read, beside| preferring(&only(beside, $name), &read)))],
            ..OIDC
        }
    };
}

/// One parameter beside a `request_uri` counts where none was pushed.
macro_rules! completes_reference {
    ($id:literal, $name:literal) => {
        Fault {
            id: $id,
            says: concat!(
                "A request that was pushed without ",
                $name,
                " has the one that stands beside its request_uri."
            ),
            clause: "rfc9101/5/object-alone",
            caught_by: &["pushed/nothing-beside-counts"],
            profile: "oauth2",
            seams: &[Seam::Rules(|inner| counting(inner, |pushed, beside| preferring(&pushed, &only(beside, $name))))],
            ..OIDC
        }
    };
}

/// One parameter beside an object counts where none is in it.
macro_rules! completes_object {
    ($id:literal, $name:literal) => {
        Fault {
            id: $id,
            says: concat!("A request object without ", $name, " has the one that stands beside it."),
            clause: "rfc9101/6.3/object-alone",
            caught_by: &["request-object/nothing-beside-counts"],
            profile: "oauth2",
            seams: &[Seam::Rules(|inner| reading(inner, |read, beside| preferring(&read, &only(beside, $name))))],
            ..OIDC
        }
    };
}

#[rustfmt::skip]
pub(in super::super) static FAULTS: &[Fault] = &[
    pushed_loses!("pushed-acr-values-lost",                     "acr_values"),
    pushed_loses!("pushed-claims-lost",                         "claims"),
    pushed_loses!("pushed-login-hint-lost",                     "login_hint"),
    pushed_loses!("pushed-resource-lost",                       "resource"),
    Fault {
        id: "pushed-scope-lost",
        says: "A request that was pushed is granted what is usual, whatever its scope.",
        clause: "rfc9126/2/parameters-accepted",
        caught_by: &["pushed/parameters-count", "pushed/scope-kept"],
        seams: &[Seam::Rules(|inner| counting(inner, |pushed, _| preferring(&usual_scope(), &pushed)))],
        ..OIDC
    },
    pushed_loses!("pushed-state-lost",                          "state"),
    Fault {
        id: "pushed-redirect-uri-lost",
        says: "A request that was pushed is answered at the first redirect URI that its client registered.",
        clause: "rfc9126/2/parameters-accepted",
        caught_by: &["pushed/second-redirect-uri", "pushed/parameters-count"],
        seams: &[
            Seam::Gate(Rule::RedirectUriIsGiven, None),
            Seam::Rules(|inner| counting(inner, |pushed, _| pushed.without(&["redirect_uri"]))),
        ],
        ..OIDC
    },
    Fault {
        id: "request-object-loses-redirect-uri",
        says: "A request object is answered at the first redirect URI that its client registered.",
        clause: "rfc9101/7/response",
        caught_by: &["request-object/second-redirect-uri", "request-object/parameters-count"],
        seams: &[
            Seam::Gate(Rule::RedirectUriIsGiven, None),
            Seam::Rules(|inner| reading(inner, |read, _| read.without(&["redirect_uri"]))),
        ],
        ..OIDC
    },
    Fault {
        id: "pushed-object-loses-challenge",
        says: "The code_challenge of a request object is lost when it is pushed, and any verifier does.",
        clause: "rfc7636/4.6/verifier-compared",
        caught_by: &["pushed/object-verifier-mismatch"],
        seams: &[
            Seam::Gate(Rule::ChallengeIsPresent, None),
            Seam::Gate(Rule::VerifierMatches, None),
            Seam::Rules(|inner| Arc::new(LosesPushed { inner, name: "code_challenge" })),
            Seam::Rules(|inner| Arc::new(LosesPushed { inner, name: "code_challenge_method" })),
        ],
        ..OIDC
    },
    Fault {
        id: "pushed-object-loses-response-mode",
        says: "A request object that was pushed is answered in the default mode.",
        clause: "rfc9126/3/rules-of-objects",
        caught_by: &["pushed/object-response-mode"],
        seams: &[Seam::Rules(|inner| Arc::new(LosesPushed { inner, name: "response_mode" }))],
        ..OIDC
    },
    Fault {
        id: "pushed-id-token-hint-lost",
        says: "A request that was pushed loses its id_token_hint.",
        clause: "oidc-core/3.1.2.2/requested-subject",
        caught_by: &["authorize/id-token-hint-of-another"],
        seams: &[Seam::Rules(|inner| counting(inner, |pushed, _| pushed.without(&["id_token_hint"])))],
        ..OIDC
    },
    beside_reference!("claims-beside-request-uri-counts",       "claims"),
    beside_reference!("challenge-beside-request-uri-counts",    "code_challenge"),
    beside_reference!("login-hint-beside-request-uri-counts",   "login_hint"),
    beside_reference!("max-age-beside-request-uri-counts",      "max_age"),
    beside_reference!("redirect-uri-beside-request-uri-counts", "redirect_uri"),
    beside_reference!("resource-beside-request-uri-counts",     "resource"),
    beside_reference!("scope-beside-request-uri-counts",        "scope"),
    object_loses!("request-object-loses-acr-values",            "acr_values"),
    object_loses!("request-object-loses-claims",                "claims"),
    object_loses!("request-object-loses-login-hint",            "login_hint"),
    object_loses!("request-object-loses-id-token-hint",         "id_token_hint"),
    object_loses!("request-object-loses-resource",              "resource"),
    object_loses!("request-object-loses-state",                 "state"),
    pushed_object_loses!("pushed-object-loses-claims",          "claims"),
    pushed_object_loses!("pushed-object-loses-max-age",         "max_age"),
    pushed_object_loses!("pushed-object-loses-nonce",           "nonce"),
    pushed_object_loses!("pushed-object-loses-resource",        "resource"),
    completes_reference!("acr-values-complete-request-uri",     "acr_values"),
    completes_reference!("login-hint-completes-request-uri",    "login_hint"),
    completes_reference!("resource-completes-request-uri",      "resource"),
    completes_object!("acr-values-complete-request-object",     "acr_values"),
    completes_object!("login-hint-completes-request-object",    "login_hint"),
    completes_object!("resource-completes-request-object",      "resource"),
    beside_object!("claims-beside-request-object-count",        "claims"),
    beside_object!("hint-beside-request-object-counts",         "id_token_hint"),
    beside_object!("login-hint-beside-request-object-counts",   "login_hint"),
    beside_object!("max-age-beside-request-object-counts",      "max_age"),
    beside_object!("resource-beside-request-object-counts",     "resource"),
    beside_object!("scope-beside-request-object-counts",        "scope"),
];

fn usual_scope() -> Form {
    Form::of(vec![("scope".to_owned(), "openid profile email".to_owned())])
}

/// One parameter of what stands beside.
fn only(beside: &Form, wanted: &str) -> Form {
    Form::of(beside.pairs().iter().filter(|(name, _)| name == wanted).cloned().collect())
}

struct LosesPushed {
    inner: Arc<dyn Rules>,
    name: &'static str,
}

impl RulesOver for LosesPushed {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_parameters(&self, path: Path, claims: &Map, form: &Form, counts: Counts) -> Form {
        let read = self.inner.request_object_parameters(path, claims, form, counts);
        if path == Path::PushedAuthorization { read.without(&[self.name]) } else { read }
    }
}
