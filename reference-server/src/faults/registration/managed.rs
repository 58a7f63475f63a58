//! What a read, an update and a deletion are answered with.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Asked, answers, before, told};
use crate::faults::wire::{self, Reply};
use crate::faults::{Fault, OIDC, Seam};

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "read-answered-201",
        says: "A read of a registration is answered with 201.",
        clause: "rfc7592/2.1/read",
        caught_by: &["management/read"],
        seams: &[Seam::Wire(|inner| answers(inner, |asked, reply| status(asked, reply, &Method::GET, StatusCode::OK, StatusCode::CREATED)))],
        ..OIDC
    },
    Fault {
        id: "read-of-another-type",
        says: "The answer to a read of a registration says that it is text.",
        clause: "rfc7592/3/json",
        caught_by: &["management/read-json"],
        seams: &[Seam::Wire(|inner| answers(inner, |asked, reply| {
            if asked.method == Method::GET {
                reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "update-answered-202",
        says: "An update of a registration is answered with 202.",
        clause: "rfc7592/2.2/updated",
        caught_by: &["management/updated"],
        seams: &[Seam::Wire(|inner| answers(inner, |asked, reply| status(asked, reply, &Method::PUT, StatusCode::OK, StatusCode::ACCEPTED)))],
        ..OIDC
    },
    Fault {
        id: "update-tells-nothing",
        says: "An update of a registration is answered with an empty object.",
        clause: "rfc7592/2.2/updated",
        caught_by: &["management/updated"],
        seams: &[Seam::Wire(|inner| told(inner, |asked, body| {
            if asked.method == Method::PUT {
                body.clear();
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "read-kept-by-caches",
        says: "The answer to a read of a registration may be kept by whoever passes it on.",
        clause: "rfc7592/3/no-store",
        caught_by: &["management/no-store"],
        seams: &[Seam::Wire(|inner| answers(inner, |asked, reply| {
            if asked.method == Method::GET {
                reply.headers_mut().remove(CACHE_CONTROL);
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "read-tells-the-inner-name",
        says: "A read calls the client by its key in a table.",
        clause: "rfc7592/2.1/client-id-constant",
        caught_by: &["management/client-id-read"],
        seams: &[Seam::Wire(|inner| told(inner, |asked, body| {
            if asked.method == Method::GET {
                body.insert("client_id".to_owned(), json!("client:17"));
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "read-knows-less",
        says: "A read leaves out what the server itself makes no use of.",
        clause: "rfc7592/3/metadata-returned",
        caught_by: &["management/metadata-returned"],
        seams: &[Seam::Wire(|inner| told(inner, |asked, body| {
            if asked.method == Method::GET {
                body.remove("client_uri");
                body.remove("software_id");
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "read-changes-the-client",
        says: "A read counts as a registration of now.",
        clause: "oidc-registration/4.3/idempotent",
        caught_by: &["management/read-changes-nothing"],
        seams: &[Seam::Wire(|inner| told(inner, |asked, body| {
            if let (true, Some(issued)) = (asked.method == Method::GET, body.get("client_id_issued_at").and_then(Value::as_u64)) {
                body.insert("client_id_issued_at".to_owned(), json!(issued + 1));
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "secret-told-once",
        says: "A secret is told along with the registration, and never again.",
        clause: "rfc7592/7/credentials-returned",
        caught_by: &["management/credentials-returned"],
        profile: "oauth2",
        seams: &[Seam::Wire(|inner| told(inner, |asked, body| {
            if !asked.is_new() {
                body.remove("client_secret");
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "unknown-method-is-404",
        says: "A method that the client configuration endpoint does not know is answered with 404.",
        clause: "rfc7592/2/method-unsupported",
        caught_by: &["management/method-unsupported"],
        seams: &[Seam::Wire(|inner| answers(inner, |_, reply| {
            if reply.status() == StatusCode::METHOD_NOT_ALLOWED {
                *reply.status_mut() = StatusCode::NOT_FOUND;
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "deletion-answered-200",
        says: "A deletion is answered with 200.",
        clause: "rfc7592/2.3/no-content",
        caught_by: &["management/delete"],
        seams: &[Seam::Wire(|inner| answers(inner, |asked, reply| status(asked, reply, &Method::DELETE, StatusCode::NO_CONTENT, StatusCode::OK)))],
        ..OIDC
    },
    Fault {
        id: "deletion-not-implemented",
        says: "A server that deletes nothing says 501.",
        clause: "rfc7592/2.3/delete-unsupported",
        caught_by: &["management/delete"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, _| {
            (asked.method == Method::DELETE).then(|| wire::refuse(StatusCode::NOT_IMPLEMENTED, "not_implemented"))
        }))],
        ..OIDC
    },
    Fault {
        id: "deletion-forbidden-with-401",
        says: "A client that may not delete itself is told that its token is wrong.",
        clause: "rfc7592/2.3/forbidden",
        caught_by: &["management/delete"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, _| {
            (asked.method == Method::DELETE).then(|| wire::refuse(StatusCode::UNAUTHORIZED, "invalid_token"))
        }))],
        ..OIDC
    },
    Fault {
        id: "update-forbidden-with-401",
        says: "A client that may not change its registration is told that its token is wrong.",
        clause: "rfc7592/2.2/forbidden",
        caught_by: &["management/forbidden"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, _| {
            (asked.method == Method::PUT).then(|| wire::refuse(StatusCode::UNAUTHORIZED, "invalid_token"))
        }))],
        ..OIDC
    },
    Fault {
        id: "read-forbidden-with-401",
        says: "A client that may not read its registration is told that its token is wrong.",
        clause: "rfc7592/2.1/forbidden",
        caught_by: &["management/forbidden", "management/address-works"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, _| {
            (asked.method == Method::GET).then(|| wire::refuse(StatusCode::UNAUTHORIZED, "invalid_token"))
        }))],
        ..OIDC
    },
    Fault {
        id: "read-refused-without-challenge",
        says: "A read with a wrong token is refused without a challenge.",
        clause: "rfc7592/2.1/invalid-token",
        caught_by: &["management/read-token-altered"],
        seams: &[Seam::Wire(|inner| answers(inner, |asked, reply| unchallenged(asked, reply, &Method::GET)))],
        ..OIDC
    },
    Fault {
        id: "update-refused-without-challenge",
        says: "An update with a wrong token is refused without a challenge.",
        clause: "rfc7592/2.2/invalid-token",
        caught_by: &["management/update-token-altered"],
        seams: &[Seam::Wire(|inner| answers(inner, |asked, reply| unchallenged(asked, reply, &Method::PUT)))],
        ..OIDC
    },
    Fault {
        id: "deletion-refused-without-challenge",
        says: "A deletion with a wrong token is refused without a challenge.",
        clause: "rfc7592/2.3/invalid-token",
        caught_by: &["management/delete-token-altered"],
        seams: &[Seam::Wire(|inner| answers(inner, |asked, reply| unchallenged(asked, reply, &Method::DELETE)))],
        ..OIDC
    },
];

/// Another status for a method that succeeded.
fn status(asked: &Asked, reply: &mut Reply, method: &Method, good: StatusCode, bad: StatusCode) {
    if asked.method == *method && reply.status() == good {
        *reply.status_mut() = bad;
    }
}

fn unchallenged(asked: &Asked, reply: &mut Reply, method: &Method) {
    if asked.method == *method {
        reply.headers_mut().remove(WWW_AUTHENTICATE);
    }
}
