//! Pages that are shown where there should be an error, and errors that go elsewhere.

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
    Fault {
        id: "errors-leave-for-another-host",
        says: "An error that the client should hear of leads to a page of another host, although the redirect_uri is good.",
        clause: "oidc-core/3.1.2.6/errors-redirected",
        caught_by: &["authorize/error-redirected", "authorize/prompt-none-without-session"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/authorize"], |_, reply| {
                if is_error(reply) {
                    *reply = reply::see_other("http://problems.example/?error=invalid_request");
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "errors-are-pages-with-200",
        says: "An error that the client should hear of is shown to the user, on a page with the status 200.",
        clause: "oidc-core/3.1.2.6/errors-redirected",
        caught_by: &["authorize/error-redirected", "authorize/prompt-none-without-session"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/authorize"], |_, reply| {
                if is_error(reply) {
                    let page = "<!doctype html><title>Error</title><h1>Something went wrong</h1>";
                    *reply = reply::page(StatusCode::OK, page.to_owned());
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "backslash-ends-the-host",
        says: "In a redirect_uri with a backslash before an at sign the host is read behind them, and the error is sent there.",
        clause: "rfc6749/3.1.2.4/no-redirect-to-invalid-uri",
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/authorize"], |asked, reply| {
                let behind = asked.param("redirect_uri").and_then(|uri| uri.split_once("\\@"));
                if let Some((_, there)) = behind.filter(|_| reply.status() == StatusCode::BAD_REQUEST) {
                    *reply = reply::see_other(&format!("http://{there}?error=invalid_request"));
                }
            })
        })],
        ..OIDC
    },
];

/// Whether an error is on its way to the client.
fn is_error(reply: &Reply) -> bool {
    location(reply).is_some_and(|location| location.contains("error="))
}

/// A page without any form.
fn welcome() -> Reply {
    reply::page(StatusCode::OK, "<!doctype html><title>Welcome</title><h1>Welcome</h1>".to_owned())
}
