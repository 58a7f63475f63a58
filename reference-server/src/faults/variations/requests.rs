//! Other ways to take authorization requests that do not come in the open, to name resources, and to log out.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::super::claims::{changed, set};
use super::super::wire::{self, Asked, pushed::renamed};
use super::{Seam, Variation};
use crate::model::{Counts, Path};
use crate::rules::{Rules, RulesOver};
use crate::tokens::Map;
use crate::transport::form::Form;

pub(in super::super) static VARIATIONS: &[Variation] = &[
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
                let refers = asked.param("request_uri").is_some();
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
            Seam::Wire(|inner| {
                wire::before(inner, &["/authorize"], |_, request| {
                    let asked = Asked::of(request);
                    let lacks = asked.param("request").is_some() && asked.param("response_type").is_none();
                    lacks.then(|| wire::refuse(StatusCode::BAD_REQUEST, "invalid_request"))
                })
            }),
        ],
    },
    Variation {
        id: "request-objects-that-count-alone",
        says: "Nothing beside a request object counts, and the metadata does not speak of RFC 9101.",
        clause: "rfc9101/6.3/object-alone",
        seams: &[
            changed!(Metadata, |body| drop(body.remove("require_signed_request_object"))),
            Seam::Rules(|inner| Arc::new(ObjectAlone { inner })),
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
        id: "logout-with-id-token-unasked",
        says: "Nobody is asked about a logout for which their own ID token is sent.",
        clause: "oidc-rp-initiated-logout/2/user-asked",
        seams: &[Seam::Config(|config| config.confirm_logout = false)],
    },
];

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

struct ObjectAlone {
    inner: Arc<dyn Rules>,
}

impl RulesOver for ObjectAlone {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_parameters(&self, path: Path, claims: &Map, form: &Form, _counts: Counts) -> Form {
        self.inner.request_object_parameters(path, claims, form, Counts::ObjectAlone)
    }
}
