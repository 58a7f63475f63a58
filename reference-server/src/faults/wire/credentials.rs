//! Credentials that are read in too many ways, or in too few.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, HeaderValue};

use super::requests::authorize;
use super::{Asked, Params, before, set_body, set_param, set_query};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::AuthMethod;
use crate::transport::Wire;
use crate::transport::credentials::Presented;
use crate::transport::form::Form;

/// How many characters of a secret a forgetful comparison looks at.
const COMPARED: usize = 16;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "secret-cut-short",
        says: "Of a client secret only the first characters are compared.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &["client-auth/secret-near-misses"],
        seams: &[Seam::Wire(|inner| secrets::<CutShort>(inner))],
        ..OIDC
    },
    Fault {
        id: "secret-in-any-case",
        says: "Upper and lower case of a client secret make no difference.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &["client-auth/secret-near-misses"],
        seams: &[Seam::Wire(|inner| secrets::<AnyCase>(inner))],
        ..OIDC
    },
    Fault {
        id: "secret-trimmed",
        says: "Spaces around a client secret are cut off before it is compared.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &["client-auth/secret-near-misses"],
        seams: &[Seam::Wire(|inner| secrets::<Trimmed>(inner))],
        ..OIDC
    },
    Fault {
        id: "client-id-is-a-secret",
        says: "A client_secret that equals the client_id is accepted, as from a client whose secret was never set.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &["client-auth/secret-near-misses"],
        seams: &[Seam::Wire(|inner| secrets::<NeverSet>(inner))],
        ..OIDC
    },
    Fault {
        id: "credentials-in-query-as-in-the-body",
        says: "A client that is registered to authenticate in the body may do so in the URL.",
        clause: "rfc6749/2.3.1/not-in-uri",
        caught_by: &["client-auth/credentials-in-query"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                let Asked { query, mut body, .. } = Asked::of(request);
                let (credentials, rest): (Params, Params) =
                    query.into_iter().partition(|(name, _)| name == "client_id" || name == "client_secret");
                if !credentials.is_empty() {
                    body.extend(credentials);
                    set_body(request, &body);
                    set_query(request, &rest);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "basic-in-one-case",
        says: "The scheme name Basic is read in that case only.",
        clause: "rfc6749/2.3.1/basic-supported",
        caught_by: &["client-auth/scheme-case"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token", "/introspect", "/revoke"], |_, request| {
                forget(request, "Basic");
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "bearer-in-one-case",
        says: "The scheme name Bearer is read in that case only.",
        clause: "rfc6750/2.1/header-supported",
        caught_by: &["userinfo/scheme-case"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/userinfo"], |_, request| {
                forget(request, "Bearer");
                None
            })
        })],
        ..OIDC
    },
];

/// An Authorization header whose scheme is not written like this is not understood.
fn forget(request: &mut Request<Bytes>, scheme: &str) {
    let is_other = |value: &HeaderValue| value.to_str().is_ok_and(|value| !value.starts_with(scheme));
    if request.headers().get(AUTHORIZATION).is_some_and(is_other) {
        request.headers_mut().remove(AUTHORIZATION);
    }
}

/// Does a secret that was sent (last) pass for the registered one of a client?
trait SameSecret {
    fn same(id: &str, known: &str, sent: &str) -> bool;
}

struct CutShort;
struct AnyCase;
struct Trimmed;
struct NeverSet;

impl SameSecret for CutShort {
    fn same(_: &str, known: &str, sent: &str) -> bool {
        known.chars().take(COMPARED).eq(sent.chars().take(COMPARED))
    }
}

impl SameSecret for AnyCase {
    fn same(_: &str, known: &str, sent: &str) -> bool {
        known.eq_ignore_ascii_case(sent)
    }
}

impl SameSecret for Trimmed {
    fn same(_: &str, known: &str, sent: &str) -> bool {
        known == sent.trim()
    }
}

impl SameSecret for NeverSet {
    fn same(id: &str, _: &str, sent: &str) -> bool {
        id == sent
    }
}

/// A secret that passes for the registered one is replaced by it.
fn secrets<S: SameSecret>(inner: Arc<dyn Wire>) -> Arc<dyn Wire> {
    before(inner, &["/token", "/introspect", "/revoke"], |server, request| {
        let form = Form::parse(request.body());
        let presented = Presented::new(request.headers(), &form);
        let (id, sent, method) = (presented.client_id()?.to_owned(), presented.secret()?, presented.method());
        let client = server.config.clients.iter().find(|client| client.client_id == id)?;
        let known = client.secret.clone().filter(|known| known != sent && S::same(&id, known, sent))?;
        match method {
            AuthMethod::ClientSecretBasic => authorize(request, &id, &known),
            _ => set_param(request, "client_secret", &known),
        }
        None
    })
}
