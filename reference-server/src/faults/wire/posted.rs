//! Authorization requests by POST that lose something on the way.

use bytes::Bytes;
use http::{Method, Request};

use super::{Asked, set_body};
use crate::faults::{Fault, OIDC, Seam, wire};

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
];

fn lose(request: &mut Request<Bytes>, name: &str) {
    if request.method() == Method::POST {
        let mut params = Asked::of(request).body;
        params.retain(|(known, _)| known != name);
        set_body(request, &params);
    }
}
