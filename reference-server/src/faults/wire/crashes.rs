//! Strings that no client sends, and on which a server breaks.

use std::panic::resume_unwind;

use bytes::Bytes;
use http::{Request, StatusCode};

use super::{Asked, Reply, before};
use crate::faults::{Fault, OIDC, Seam};
use crate::transport::credentials::bearer;
use crate::transport::reply;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "short-code-hangs-up",
        says: "A code that is shorter than it should be ends the connection without an answer.",
        clause: "rfc6749/5.2/error-response",
        caught_by: &["code/shorter", "token/any-string"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                if Asked::of(request).param("code").is_some_and(|code| code.len() < LENGTH) {
                    hang_up();
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "strange-code-crashes",
        says: "A code or refresh token with a letter outside ASCII is answered with 500.",
        clause: "rfc6749/5.2/error-response",
        caught_by: &["token/any-string"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| strange(request, &["code", "refresh_token"]))
        })],
        ..OIDC
    },
    Fault {
        id: "empty-character-hangs-up",
        says: "A token with the character U+0000 ends the connection without an answer at introspection, revocation and the token endpoint.",
        clause: "rfc6749/5.2/error-response",
        caught_by: &["token/any-string", "introspection/any-string", "revocation/any-string"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token", "/introspect", "/revoke"], |_, request| {
                if Asked::of(request).body.iter().any(|(_, value)| value.contains('\0')) {
                    hang_up();
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "strange-token-crashes-introspection",
        says: "Introspection answers a token with a letter outside ASCII with 500.",
        clause: "rfc7662/2.3/inactive-is-no-error",
        caught_by: &["introspection/any-string"],
        seams: &[Seam::Wire(|inner| before(inner, &["/introspect"], |_, request| strange(request, &["token"])))],
        ..OIDC
    },
    Fault {
        id: "strange-token-crashes-revocation",
        says: "Revocation answers a token with a letter outside ASCII with 500.",
        clause: "rfc7009/2.2/unknown-token-ok",
        caught_by: &["revocation/any-string"],
        seams: &[Seam::Wire(|inner| before(inner, &["/revoke"], |_, request| strange(request, &["token"])))],
        ..OIDC
    },
    Fault {
        id: "short-token-crashes-userinfo",
        says: "userinfo answers a token that is shorter than it should be with 500.",
        clause: "oidc-core/5.3.3/error-response",
        caught_by: &["userinfo/any-string"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/userinfo"], |_, request| {
                bearer(request.headers()).filter(|token| token.len() < LENGTH).map(|_| crash())
            })
        })],
        ..OIDC
    },
];

/// How long a code is, and an opaque token.
const LENGTH: usize = 43;

/// What an index out of bounds does, without the hook that prints.
fn hang_up() {
    resume_unwind(Box::new("a token is not what it should be"));
}

fn strange(request: &Request<Bytes>, names: &[&str]) -> Option<Reply> {
    let asked = Asked::of(request);
    let is_strange = names.iter().any(|name| asked.param(name).is_some_and(|value| !value.is_ascii()));
    is_strange.then(crash)
}

fn crash() -> Reply {
    reply::with_status(StatusCode::INTERNAL_SERVER_ERROR, "The server failed.\n")
}
