//! Credentials that are read where nobody should look for them, at one endpoint or in one grant alone.

use bytes::Bytes;
use http::Request;

use super::requests::credentials_from_query;
use super::{Asked, before, drop_param};
use crate::faults::{Fault, OIDC, Seam};
use crate::grants::device_code;

/// Credentials in the query are read at this endpoint.
macro_rules! read_at {
    ($path:literal) => {
        Seam::Wire(|inner| {
            before(inner, &[$path], |_, request| {
                credentials_from_query(request);
                None
            })
        })
    };
}

/// Credentials in the query are read in this grant.
macro_rules! read_in {
    ($grant_type:expr) => {
        Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                if asks_for(request, $grant_type) {
                    credentials_from_query(request);
                }
                None
            })
        })
    };
}

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "two-auth-methods-at-pushed",
        says: "At the endpoint for pushed requests a secret in the body is passed over where the header has one.",
        clause: "rfc6749/2.3/one-method",
        caught_by: &["client-auth/two-methods-at-pushed"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/par"], |_, request| {
                if request.headers().contains_key(http::header::AUTHORIZATION) {
                    drop_param(request, "client_secret");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "query-credentials-at-introspection",
        says: "At the introspection endpoint credentials in the query are as good as any.",
        clause: "rfc6749/2.3.1/not-in-uri",
        caught_by: &["client-auth/query-credentials-at-introspection"],
        seams: &[read_at!("/introspect")],
        ..OIDC
    },
    Fault {
        id: "query-credentials-at-revocation",
        says: "At the revocation endpoint credentials in the query are as good as any.",
        clause: "rfc6749/2.3.1/not-in-uri",
        caught_by: &["client-auth/query-credentials-at-revocation"],
        seams: &[read_at!("/revoke")],
        ..OIDC
    },
    Fault {
        id: "query-credentials-at-pushed",
        says: "At the endpoint for pushed requests credentials in the query are as good as any.",
        clause: "rfc6749/2.3.1/not-in-uri",
        caught_by: &["client-auth/query-credentials-at-pushed"],
        seams: &[read_at!("/par")],
        ..OIDC
    },
    Fault {
        id: "query-credentials-at-device",
        says: "At the device authorization endpoint credentials in the query are as good as any.",
        clause: "rfc6749/2.3.1/not-in-uri",
        caught_by: &["client-auth/query-credentials-at-device"],
        seams: &[read_at!("/device_authorization")],
        ..OIDC
    },
    Fault {
        id: "query-credentials-with-device",
        says: "For a device credentials in the query are as good as any.",
        clause: "rfc6749/2.3.1/not-in-uri",
        caught_by: &["client-auth/credentials-in-query"],
        seams: &[read_in!(device_code::NAME)],
        ..OIDC
    },
];

fn asks_for(request: &Request<Bytes>, grant_type: &str) -> bool {
    Asked::of(request).param("grant_type") == Some(grant_type)
}
