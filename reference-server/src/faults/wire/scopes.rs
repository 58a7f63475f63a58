//! Scopes that are read in another case, or demanded.

use bytes::Bytes;
use http::{Request, StatusCode};

use super::{Asked, Reply, after, before, edit_response, refuse, set_param};
use crate::faults::{Fault, OIDC, Seam};
use crate::server::Server;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "scope-in-any-case",
        says: "Upper and lower case of a scope make no difference.",
        clause: "rfc6749/3.3/case-sensitive",
        caught_by: &["token/scope-case"],
        seams: &[Seam::Wire(|inner| before(inner, &["/token", "/authorize"], in_small_letters))],
        ..OIDC
    },
    Fault {
        id: "scope-demanded",
        says: "A client that asks for a token of its own without a scope is told that something is missing.",
        clause: "rfc6749/3.3/scope-default",
        caught_by: &["token/scope-omitted"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                let asked = Asked::of(request);
                let bare = asked.param("grant_type") == Some("client_credentials") && asked.param("scope").is_none();
                bare.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "scope-demanded-at-authorize",
        says: "An authorization request without a scope is refused as if the user had said no.",
        clause: "rfc6749/3.3/scope-default",
        caught_by: &["token/scope-omitted"],
        seams: &[
            Seam::Wire(|inner| {
                after(inner, &["/authorize"], |_, reply| {
                    edit_response(reply, |params| {
                        for (_, error) in
                            params.iter_mut().filter(|(name, value)| name == "error" && value == "invalid_scope")
                        {
                            "access_denied".clone_into(error);
                        }
                    });
                })
            }),
            Seam::Wire(|inner| {
                before(inner, &["/authorize"], |_, request| {
                    if Asked::of(request).param("scope").is_none() {
                        set_param(request, "scope", "\"");
                    }
                    None
                })
            }),
        ],
        ..OIDC
    },
];

fn in_small_letters(_: &Server, request: &mut Request<Bytes>) -> Option<Reply> {
    let scope = Asked::of(request).param("scope")?.to_lowercase();
    set_param(request, "scope", &scope);
    None
}
