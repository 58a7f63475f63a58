//! Other answers through the browser that are just as right.

use std::sync::Arc;

use serde_json::json;

use crate::faults::claims::{changed, set};
use crate::faults::wire::{self, Asked, front_channel::edit_form};
use crate::faults::{Seam, Variation};
use crate::model::{Path, Prompt};
use crate::rules::{Rules, RulesOver, Ruling};

/// Where authorization responses come from.
const AT: &[&str] = &["/authorize", "/login", "/consent"];

pub(in super::super) static VARIATIONS: &[Variation] = &[
    Variation {
        id: "response-in-another-order",
        says: "The parameters of an authorization response stand in reverse order.",
        clause: "rfc6749/4.1.2/unknown-ignored",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, AT, |_, reply| wire::edit_response(reply, |params| params.reverse()))
        })],
    },
    Variation {
        id: "extra-parameter-in-the-fragment",
        says: "A parameter that the client does not know comes back with tokens.",
        clause: "rfc6749/4.2.2/unknown-ignored",
        seams: &[changed!(AuthorizationResponse, |_, fields| fields.push(("session_state", "a.b".to_owned())))],
    },
    Variation {
        id: "token-type-in-lower-case-in-the-fragment",
        says: "The token_type of an access token through the browser is bearer.",
        clause: "rfc6749/5.1/members",
        seams: &[changed!(AuthorizationResponse, |_, fields| {
            for (_, value) in fields.iter_mut().filter(|(name, _)| *name == "token_type") {
                "bearer".clone_into(value);
            }
        })],
    },
    Variation {
        id: "query-mode-ignored-for-tokens",
        says: "response_mode=query is not heard where it would bring tokens into a query.",
        clause: "multiple-response-types/7/no-tokens-in-query",
        seams: &[Seam::Wire(|inner| {
            wire::before(inner, &["/authorize"], |_, request| {
                let asked = Asked::of(request);
                let brings_tokens = asked.param("response_type").is_some_and(|asked| asked.contains("token"));
                if brings_tokens && asked.param("response_mode") == Some("query") {
                    wire::set_param(request, "response_mode", "");
                }
                None
            })
        })],
    },
    Variation {
        id: "form-post-by-hand",
        says: "The page of response_mode=form_post has no script, and its markup is in capital letters.",
        clause: "form-post/2/client-processes",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, AT, |_, reply| {
                edit_form(reply, "<form method=\"post\"", "<FORM METHOD=\"POST\"");
                edit_form(reply, "<script src=\"/form-post.js\"></script>", "");
            })
        })],
    },
    Variation {
        id: "interaction-required",
        says: "Where prompt=none would need a page, whichever it is, the error is interaction_required.",
        clause: "oidc-core/3.1.2.6/interaction-required",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, AT, |_, reply| {
                wire::edit_response(reply, |params| {
                    for (name, value) in params.iter_mut() {
                        if name == "error" && (value == "login_required" || value == "consent_required") {
                            "interaction_required".clone_into(value);
                        }
                    }
                });
            })
        })],
    },
    Variation {
        id: "unknown-prompts-ignored",
        says: "Values of prompt that the server does not know are ignored, beside none too.",
        clause: "oidc-core/3.1.2.1/prompt-none-alone",
        seams: &[Seam::Rules(|inner| Arc::new(KnownPrompts { inner }))],
    },
    Variation {
        id: "hashes-in-every-id-token",
        says: "The ID token of a token response has the c_hash of some code.",
        clause: "oidc-core/3.3.2.11/c-hash",
        seams: &[changed!(BackIdToken, |_, claims| set(claims, "c_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")))],
    },
    Variation {
        id: "fewer-claims-through-the-browser",
        says: "An ID token through the browser says nothing of the person but their sub.",
        clause: "oidc-core/3.3.3.6/same-user-claims",
        seams: &[
            changed!(FrontIdToken, |_, claims| claims.retain(|name, _| name != "name" && name != "email")),
            changed!(BackIdToken, |_, claims| set(claims, "name", json!("Alice Adams"))),
        ],
    },
];

/// OpenID Connect Core §3.1.2.1: what is not understood may be ignored.
struct KnownPrompts {
    inner: Arc<dyn Rules>,
}

impl RulesOver for KnownPrompts {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn prompt_is_consistent(&self, path: Path, prompt: Prompt) -> Ruling {
        let contradicts = prompt.login || prompt.consent;
        if contradicts { self.inner.prompt_is_consistent(path, prompt) } else { Ok(()) }
    }
}
