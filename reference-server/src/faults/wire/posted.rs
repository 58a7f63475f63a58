//! Authorization requests that lose something on the way.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde_json::Value;

use super::{Asked, set_body, set_param};
use crate::faults::{Fault, OIDC, Seam, wire};
use crate::transport::reply;

/// What is lost of a request that is posted.
macro_rules! lost {
    ($name:literal) => {
        Seam::Wire(|inner| {
            wire::before(inner, &["/authorize"], |_, request| {
                lose(request, $name);
                None
            })
        })
    };
}

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "posted-request-loses-nonce",
        says: "An authorization request by POST loses its nonce.",
        clause: "oidc-core/2/nonce",
        caught_by: &["id-token/nonce"],
        seams: &[lost!("nonce")],
        ..OIDC
    },
    Fault {
        id: "posted-request-loses-prompt",
        says: "An authorization request by POST loses its prompt.",
        clause: "oidc-core/3.1.2.3/prompt-login",
        caught_by: &["authorize/prompt-login"],
        seams: &[lost!("prompt")],
        ..OIDC
    },
    Fault {
        id: "posted-request-loses-max-age",
        says: "An authorization request by POST loses its max_age.",
        clause: "oidc-core/3.1.2.1/max-age",
        caught_by: &["authorize/max-age-zero"],
        seams: &[lost!("max_age")],
        ..OIDC
    },
    Fault {
        id: "silent-form-post-forgotten",
        says: "A request with prompt=none is answered in the default mode, although it asks for form_post.",
        clause: "form-post/2/parameters-posted",
        caught_by: &["form-post/error-posted"],
        seams: &[Seam::Wire(|inner| {
            wire::before(inner, &["/authorize"], |_, request| {
                let asked = Asked::of(request);
                if asked.param("prompt") == Some("none") && asked.param("response_mode") == Some("form_post") {
                    set_param(request, "response_mode", "");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "choice-of-account-ignored",
        says: "With prompt=select_account whoever is logged in goes on without a question.",
        clause: "oidc-core/3.1.2.1/prompt-select-account",
        caught_by: &["authorize/prompt-select-account"],
        seams: &[Seam::Wire(|inner| {
            wire::before(inner, &["/authorize"], |_, request| {
                if Asked::of(request).param("prompt") == Some("select_account") {
                    set_param(request, "prompt", "");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "expired-hint-refused",
        says: "An id_token_hint that has expired is refused, however long the session lives.",
        clause: "oidc-core/3.1.2.2/expired-hint-accepted",
        caught_by: &["authorize/expired-hint"],
        seams: &[Seam::Wire(|inner| {
            wire::before(inner, &["/authorize"], |server, request| {
                let claims = Asked::of(request).param("id_token_hint").and_then(|hint| server.keys.read_id_token(hint));
                let expires = claims.and_then(|claims| claims.get("exp").and_then(Value::as_u64));
                expires.is_some_and(|expires| expires <= server.clock.now()).then(|| {
                    reply::page(StatusCode::BAD_REQUEST, "<!doctype html><p>The hint has expired.</p>".to_owned())
                })
            })
        })],
        ..OIDC
    },
];

fn lose(request: &mut Request<Bytes>, name: &str) {
    if request.method() == Method::POST {
        let mut params = Asked::of(request).body;
        params.retain(|(known, _)| known != name);
        set_body(request, &params);
    }
}
