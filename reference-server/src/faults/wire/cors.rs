//! Answers that scripts of other origins cannot read, although they are meant for them.

use http::header::{ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue};

use super::{Asked, Reply, after};
use crate::faults::{Fault, OIDC, Seam};

const METADATA: &[&str] = &["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "metadata-not-for-scripts",
        says: "Scripts of other sites cannot read the metadata.",
        clause: "oidc-discovery/4/cors",
        caught_by: &["cors/metadata"],
        seams: &[Seam::Wire(|inner| after(inner, METADATA, closed))],
        ..OIDC
    },
    Fault {
        id: "keys-for-one-origin",
        says: "The key set may be read by the scripts of one origin only, whoever asks.",
        clause: "oidc-discovery/3/cors",
        caught_by: &["cors/jwks"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/jwks"], |_, reply| {
                let origin = HeaderValue::from_static("https://www.example");
                reply.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            })
        })],
        ..OIDC
    },
    Fault {
        id: "tokens-not-for-scripts",
        says: "The token endpoint is open to no script.",
        clause: "oidc-discovery/3/cors",
        caught_by: &["cors/token"],
        seams: &[Seam::Wire(|inner| after(inner, &["/token"], closed))],
        ..OIDC
    },
    Fault {
        id: "errors-not-for-scripts",
        says: "A script may read the tokens that it gets, and not the error that it gets instead.",
        clause: "oidc-discovery/3/cors",
        caught_by: &["cors/token", "cors/userinfo"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/token", "/userinfo"], |asked, reply| {
                if !reply.status().is_success() {
                    closed(asked, reply);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "userinfo-without-authorization",
        says: "userinfo tells browsers that scripts may ask, and not that they may send an Authorization header.",
        clause: "oidc-core/5.3/cors",
        caught_by: &["cors/userinfo"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/userinfo"], |_, reply| {
                let headers = HeaderValue::from_static("content-type");
                if reply.headers().contains_key(ACCESS_CONTROL_ALLOW_HEADERS) {
                    reply.headers_mut().insert(ACCESS_CONTROL_ALLOW_HEADERS, headers);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "revocation-not-for-scripts",
        says: "No script may read what revocation answers.",
        clause: "oidc-discovery/3/cors",
        caught_by: &["cors/revocation"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/revoke"], |_, reply| drop(reply.headers_mut().remove(ACCESS_CONTROL_ALLOW_ORIGIN)))
        })],
        ..OIDC
    },
];

/// No word of other origins.
fn closed(_: &Asked, reply: &mut Reply) {
    reply.headers_mut().remove(ACCESS_CONTROL_ALLOW_ORIGIN);
}
