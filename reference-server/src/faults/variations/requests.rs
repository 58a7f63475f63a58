//! Other ways to take authorization requests: what they may leave out, those that do not come in the open, resources; and to log out.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::super::claims::{changed, set};
use super::super::wire::{self, Asked, pushed::renamed};
use super::choices::reduce_scope_for_users;
use super::{Seam, Variation};
use crate::faults::rules::request_objects::nothing_beside;
use crate::rules::Rule;
use crate::tokens::Map;
use crate::transport::Wire;

pub(in super::super) static VARIATIONS: &[Variation] = &[
    Variation {
        id: "pkce-optional",
        says: "A public client may leave out the code_challenge, and an empty one counts as none.",
        clause: "rfc6749/3.1/empty-omitted",
        seams: &[Seam::Gate(Rule::ChallengeIsPresent, None)],
    },
    Variation {
        id: "scope-reduced-for-users",
        says: "With a password or an assertion of a user a scope that goes too far is cut down, as the response says.",
        clause: "rfc6749/3.3/scope-reported",
        seams: &[Seam::Wire(|inner| wire::before(inner, &["/token"], reduce_scope_for_users))],
    },
    Variation {
        id: "request-uri-of-a-scheme-of-its-own",
        says: "The request_uri of a pushed request is no URN.",
        clause: "rfc9126/2.2/format",
        seams: &[Seam::Wire(|inner| renamed(inner, |_, name| name.replacen("urn:ietf:params:oauth", "pushed", 1)))],
    },
    Variation {
        id: "nothing-beside-a-request-uri",
        says: "An authorization request that has more than a client_id beside its request_uri is refused.",
        clause: "rfc9126/2.1/validated",
        seams: &[Seam::Wire(|inner| {
            wire::before(inner, &["/authorize"], |_, request| {
                let asked = Asked::of(request);
                let refers = asked.param("request_uri").is_some_and(|reference| !reference.is_empty());
                let more = asked.params().any(|(name, _)| name != "request_uri" && name != "client_id");
                (refers && more).then(|| wire::refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
    },
    Variation {
        id: "unsigned-request-objects",
        says: "A client that did not register an algorithm may leave its request objects unsigned, and the metadata says so.",
        clause: "oidc-core/6.1/unsigned-allowed",
        seams: &[Seam::Config(|config| config.unsecured_request_objects = true)],
    },
    Variation {
        id: "request-objects-of-openid-connect",
        says: "The metadata does not speak of RFC 9101, and a request object needs the rest of an OpenID Connect request beside it.",
        clause: "oidc-core/6.3.3/assembled",
        seams: &[
            changed!(Metadata, |body| drop(body.remove("require_signed_request_object"))),
            Seam::Wire(refusing_objects_alone),
        ],
    },
    Variation {
        id: "request-objects-of-rfc-9101",
        says: "Nothing but the request object counts, in OpenID Connect too, and the metadata does not say so.",
        clause: "rfc9101/6.3/object-alone",
        seams: &[
            changed!(Metadata, |body| drop(body.remove("require_signed_request_object"))),
            Seam::Rules(nothing_beside),
        ],
    },
    Variation {
        id: "one-resource-at-a-time",
        says: "A request that names several resources is refused.",
        clause: "rfc8707/2/several",
        seams: &[Seam::Wire(|inner| {
            wire::before(inner, &["/authorize", "/token"], |_, request| {
                let several = Asked::of(request).params().filter(|(name, _)| name == "resource").count() > 1;
                several.then(|| wire::refuse(StatusCode::BAD_REQUEST, "invalid_target"))
            })
        })],
    },
    Variation {
        id: "audience-by-another-name",
        says: "The audience of an access token is a name that stands for its resource.",
        clause: "rfc8707/2/audience-restricted",
        seams: &[changed!(AccessToken, |_, claims| by_name(claims)), changed!(Introspection, by_name)],
    },
    Variation {
        id: "one-audience-for-all-resources",
        says: "The audience of an access token that is for resources is one name for all that there are.",
        clause: "rfc8707/2/audience-restricted",
        seams: &[changed!(AccessToken, |_, claims| by_one_name(claims)), changed!(Introspection, by_one_name)],
    },
    Variation {
        id: "logout-with-id-token-unasked",
        says: "Nobody is asked about a logout for which their own ID token is sent.",
        clause: "oidc-rp-initiated-logout/2/user-asked",
        seams: &[Seam::Config(|config| config.confirm_logout = false)],
    },
];

/// Whatever it is for.
fn by_one_name(document: &mut Map) {
    if document.contains_key("aud") {
        set(document, "aud", json!("urn:example:apis"));
    }
}

/// The last part of each URI.
fn by_name(document: &mut Map) {
    let name = |uri: &Value| json!(uri.as_str().unwrap_or_default().rsplit('/').next());
    match document.get("aud") {
        Some(Value::Array(several)) => {
            let names: Vec<Value> = several.iter().map(name).collect();
            set(document, "aud", json!(names));
        }
        Some(one) => {
            let name = name(one);
            set(document, "aud", name);
        }
        None => {}
    }
}

/// OpenID Connect Core §6.1: what every authorization request has stands beside the object, too.
pub(in crate::faults) fn refusing_objects_alone(inner: Arc<dyn Wire>) -> Arc<dyn Wire> {
    wire::before(inner, &["/authorize"], |_, request| {
        let asked = Asked::of(request);
        let lacks = asked.param("request").is_some() && asked.param("response_type").is_none();
        lacks.then(|| wire::refuse(StatusCode::BAD_REQUEST, "invalid_request"))
    })
}
