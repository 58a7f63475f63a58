//! Pages that are shown where there should be an error.

use http::StatusCode;

use super::{Reply, after, location};
use crate::faults::{Fault, OIDC, Seam};
use crate::transport::reply;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "response-mode-unknown-is-welcome",
        says: "A response_mode that the server does not know leads to the start page of the server.",
        clause: "oidc-core/3.1.2.6/unsupported-response-mode",
        caught_by: &["authorize/response-mode-unknown"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/authorize"], |asked, reply| {
                if asked.param("response_mode").is_some() && reply.status() == StatusCode::BAD_REQUEST {
                    *reply = welcome();
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "prompt-none-leads-to-the-start-page",
        says: "Where prompt=none cannot be answered in silence, the start page of the server is shown.",
        clause: "oidc-core/3.1.2.1/prompt-none-no-ui",
        caught_by: &["authorize/prompt-none-without-session"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/authorize"], |asked, reply| {
                let refused = location(reply).is_some_and(|location| location.contains("error=login_required"));
                if asked.param("prompt") == Some("none") && refused {
                    *reply = welcome();
                }
            })
        })],
        ..OIDC
    },
];

/// A page without any form.
fn welcome() -> Reply {
    reply::page(StatusCode::OK, "<!doctype html><title>Welcome</title><h1>Welcome</h1>".to_owned())
}
