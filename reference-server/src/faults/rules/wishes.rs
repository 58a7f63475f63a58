//! What a client may ask for beside the rest of its authorization request, refused or overheard.

use super::flows::requests;
use super::login::{consents, unasked};
use crate::faults::{Fault, OIDC, Seam};
use crate::transport::form::Form;

pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "hint-refused",
        says: "An authorization request with an id_token_hint is refused.",
        clause: "oidc-core/3.1.2.1/id-token-hint-served",
        caught_by: &["authorize/id-token-hint"],
        seams: &[Seam::Rules(|inner| requests(inner, |form| lacks(form, "id_token_hint")))],
        ..OIDC
    },
    Fault {
        id: "claims-refused",
        says: "An authorization request with the claims parameter is refused.",
        clause: "oidc-core/5.5/claims-unsupported",
        caught_by: &["authorize/claims-no-error"],
        seams: &[Seam::Rules(|inner| requests(inner, |form| lacks(form, "claims")))],
        ..OIDC
    },
    Fault {
        id: "response-mode-refused",
        says: "An authorization request that names the response mode query is refused, although that is listed.",
        clause: "rfc6749/4.1.1/valid-request-served",
        caught_by: &["metadata/response-modes-work"],
        seams: &[Seam::Rules(|inner| requests(inner, |form| form.optional("response_mode") != Some("query")))],
        ..OIDC
    },
    Fault {
        id: "form-post-listed",
        says: "An authorization request that names the response mode form_post is refused, although that is listed.",
        clause: "rfc8414/2/response-modes",
        caught_by: &["metadata/response-modes-work"],
        seams: &[Seam::Rules(|inner| requests(inner, |form| form.optional("response_mode") != Some("form_post")))],
        ..OIDC
    },
    Fault {
        id: "max-age-ignored-in-silence",
        says: "With prompt=none a login of any age is good enough, whatever max_age says.",
        clause: "oidc-core/3.1.2.1/max-age",
        caught_by: &["authorize/prompt-none-max-age", "authorize/max-age"],
        seams: &[Seam::Rules(|inner| {
            unasked(inner, |request| request.max_age = request.max_age.filter(|_| !request.prompt.none))
        })],
        ..OIDC
    },
    Fault {
        id: "login-is-consent-enough",
        says: "A user who was asked to log in is not asked for consent as well, although prompt names both.",
        clause: "oidc-core/3.1.2.1/prompt-consent",
        caught_by: &["authorize/prompt-consent"],
        seams: &[Seam::Rules(|inner| {
            consents(inner, |strict, request, remembered| {
                let named = request.prompt.login && request.prompt.consent;
                strict && !(named && request.scope.is_within(remembered))
            })
        })],
        ..OIDC
    },
];

fn lacks(form: &Form, name: &str) -> bool {
    form.count(name) == 0
}
