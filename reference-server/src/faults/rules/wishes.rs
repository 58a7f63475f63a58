//! What a client may ask for beside the rest of its authorization request, refused or overheard.

use std::sync::Arc;

use super::flows::requests;
use super::login::{consents, unasked};
use crate::faults::variations::tokens::OFFLINE_ACCESS_ONLY;
use crate::faults::{Fault, OIDC, Seam};
use crate::model::{ClaimsRequest, Grant, Path};
use crate::rules::{Rule, Rules, RulesOver};
use crate::tokens::Map;
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
        id: "login-hint-refused",
        says: "An authorization request with a login_hint is refused.",
        clause: "rfc6749/4.1.1/valid-request-served",
        caught_by: &["authorize/login-hint-no-error"],
        seams: &[Seam::Rules(|inner| requests(inner, |form| lacks(form, "login_hint")))],
        ..OIDC
    },
    Fault {
        id: "essential-claims-refused",
        says: "A request for an essential claim that the server does not know is refused.",
        clause: "oidc-core/5.5.1/missing-claim-no-error",
        caught_by: &["authorize/essential-claim-no-error"],
        seams: &[Seam::Rules(|inner| {
            requests(inner, |form| {
                let claims = form.optional("claims").and_then(ClaimsRequest::parse).unwrap_or_default();
                let wishes = claims.id_token.iter().chain(&claims.userinfo);
                wishes.filter(|wish| wish.essential).all(|wish| !wish.claim.starts_with("https:"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "claims-with-more-refused",
        says: "A claims parameter is refused that asks for claims in a place which the server does not know.",
        clause: "oidc-core/5.5/unknown-ignored",
        caught_by: &["authorize/unknown-claims-member-ignored"],
        seams: &[Seam::Rules(|inner| {
            requests(inner, |form| names(form).iter().all(|name| ["id_token", "userinfo"].contains(&name.as_str())))
        })],
        ..OIDC
    },
    Fault {
        id: "wishes-with-more-refused",
        says: "A claims parameter is refused that says of a claim what the server does not know.",
        clause: "oidc-core/5.5.1/unknown-ignored",
        caught_by: &["authorize/unknown-claims-member-ignored"],
        seams: &[Seam::Rules(|inner| {
            requests(inner, |form| {
                details(form).iter().all(|name| ["essential", "value", "values"].contains(&name.as_str()))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "sub-of-claims-ignored",
        says: "A request for one certain user is answered for whoever is logged in.",
        clause: "oidc-core/5.5.1/sub-mismatch",
        caught_by: &["authorize/sub-requested"],
        seams: &[Seam::Gate(Rule::SubjectIsRequested, None)],
        ..OIDC
    },
    Fault {
        id: "essential-acr-ignored",
        says: "A request that cannot do without a certain kind of login is answered for any.",
        clause: "oidc-core/5.5.1.1/essential-acr",
        caught_by: &["authorize/essential-acr"],
        seams: &[Seam::Gate(Rule::AcrCanBeMet, None)],
        ..OIDC
    },
    Fault {
        id: "silence-needs-a-hint",
        says: "A request with prompt=none is refused without an id_token_hint.",
        clause: "oidc-core/3.1.2.1/prompt-none-without-hint",
        caught_by: &["authorize/prompt-none-without-hint"],
        seams: &[Seam::Rules(|inner| {
            requests(inner, |form| form.optional("prompt") != Some("none") || !lacks(form, "id_token_hint"))
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-without-openid",
        says: "Every code yields an ID token, whether openid was asked for or not.",
        clause: "oidc-core/3.1.3.2/openid-code",
        caught_by: &["id-token/only-with-openid"],
        seams: &[Seam::Rules(|inner| Arc::new(IdTokenForAll { inner }))],
        ..OIDC
    },
    Fault {
        id: "offline-access-goes-along",
        says: "A user who allowed a client to know them is not asked whether it may act in their absence.",
        clause: "oidc-core/11/consent",
        caught_by: &["refresh/offline-access-consent"],
        seams: &[
            OFFLINE_ACCESS_ONLY,
            Seam::Rules(|inner| {
                consents(inner, |strict, request, remembered| {
                    let asked = request.scope.only(|value| value != "offline_access");
                    strict && (request.prompt.consent || !asked.is_within(remembered))
                })
            }),
        ],
        ..OIDC
    },
    Fault {
        id: "prompt-login-ignored-for-tokens",
        says: "Where tokens come through the browser, prompt=login is not heard.",
        clause: "oidc-core/3.1.2.3/prompt-login",
        caught_by: &["authorize/prompt-login"],
        seams: &[Seam::Rules(|inner| {
            unasked(inner, |request| request.prompt.login &= request.response_type.has_code())
        })],
        ..OIDC
    },
    Fault {
        id: "silence-broken-for-tokens",
        says: "Where tokens come through the browser, prompt=none shows the login page.",
        clause: "oidc-core/3.1.2.1/prompt-none-no-ui",
        caught_by: &["authorize/prompt-none-without-session"],
        seams: &[
            Seam::Gate(Rule::LoginMayBePrompted, Some(Path::ImplicitToken)),
            Seam::Gate(Rule::LoginMayBePrompted, Some(Path::ImplicitIdToken)),
            Seam::Gate(Rule::LoginMayBePrompted, Some(Path::ImplicitIdTokenToken)),
        ],
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

/// The claims parameter of a request, whatever is in it.
fn claims(form: &Form) -> Map {
    form.optional("claims").and_then(|claims| serde_json::from_str(claims).ok()).unwrap_or_default()
}

/// The places in which the claims parameter asks for claims.
fn names(form: &Form) -> Vec<String> {
    claims(form).into_iter().map(|(name, _)| name).collect()
}

/// What it says of the claims that it asks for.
fn details(form: &Form) -> Vec<String> {
    let places = claims(form).into_iter().filter_map(|(_, place)| place.as_object().cloned());
    let wishes = places.flatten().filter_map(|(_, wish)| wish.as_object().cloned());
    wishes.flatten().map(|(name, _)| name).collect()
}

struct IdTokenForAll {
    inner: Arc<dyn Rules>,
}

impl RulesOver for IdTokenForAll {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn id_token_is_issued(&self, _path: Path, grant: &Grant) -> bool {
        grant.user.is_some()
    }
}
