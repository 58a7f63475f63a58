//! Forms that are read in one way only, or for more than they say.

use bytes::Bytes;
use http::{Method, Request, StatusCode};

use super::requests::authorize;
use super::{Asked, Params, Reply, after, before, refuse, set_body, set_param, set_query};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::AuthMethod;
use crate::tokens::Map;
use crate::transport::credentials::Presented;
use crate::transport::form::Form;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "small-hexadecimal-digits-refused",
        says: "A percent-encoding with hexadecimal digits in small letters is refused.",
        clause: "rfc6749/4.1.4/token-response",
        caught_by: &["token/equivalent-spellings", "authorize/equivalent-spellings"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token", "/authorize"], |_, request| only(request, has_small_hex))
        })],
        ..OIDC
    },
    Fault {
        id: "encoded-spaces-refused",
        says: "A space that is sent as %20 is refused.",
        clause: "rfc6749/4.1.4/token-response",
        caught_by: &["token/equivalent-spellings", "authorize/equivalent-spellings"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token", "/authorize"], |_, request| only(request, |form| form.contains("%20")))
        })],
        ..OIDC
    },
    Fault {
        id: "empty-secret-is-a-secret",
        says: "A client_secret without a value counts as one that was sent.",
        clause: "rfc6749/3.2/empty-omitted",
        caught_by: &["client-auth/empty-secret-omitted"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                let is_empty = |(name, value): &(String, String)| name == "client_secret" && value.is_empty();
                let sent = Asked::of(request).body.iter().any(is_empty);
                sent.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "secret-of-any-client",
        says: "A secret is good for every client if it is that of any of them.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &[
            "client-auth/secret-of-another",
            "introspection/secret-of-another",
            "revocation/secret-of-another",
        ],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token", "/introspect", "/revoke"], |server, request| {
                let form = Form::parse(request.body());
                let presented = Presented::new(request.headers(), &form);
                let (id, sent, method) = (presented.client_id()?.to_owned(), presented.secret()?, presented.method());
                let clients = &server.config.clients;
                clients.iter().find(|client| client.secret.as_deref() == Some(sent))?;
                let known = clients.iter().find(|client| client.client_id == id)?.secret.clone()?;
                match method {
                    AuthMethod::ClientSecretBasic => authorize(request, &id, &known),
                    _ => set_param(request, "client_secret", &known),
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "refresh-token-decides",
        says: "A token request that holds a refresh token is one for a refresh, whatever grant_type says.",
        clause: "rfc6749/4.1.3/code-verified",
        caught_by: &["token/grant-type-decides"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                if Asked::of(request).param("refresh_token").is_some_and(|token| !token.is_empty()) {
                    set_param(request, "grant_type", "refresh_token");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "scope-refused-beside-code",
        says: "A code is not redeemed if a scope is sent along.",
        clause: "rfc6749/4.1.3/no-other-parameters",
        caught_by: &["code/scope-beside-code"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                let asked = Asked::of(request);
                let beside = asked.param("code").is_some() && asked.param("scope").is_some();
                beside.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "unknown-hint-refused-at-introspection",
        says: "A token_type_hint that the server does not know is an error at introspection.",
        clause: "rfc7662/2.1/search-extended",
        caught_by: &["introspection/unknown-hint"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/introspect"], |_, request| {
                let asked = Asked::of(request);
                let known =
                    [None, Some("access_token"), Some("refresh_token")].contains(&asked.param("token_type_hint"));
                (!known).then(|| refuse(StatusCode::BAD_REQUEST, "unsupported_token_type"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-by-get",
        says: "Introspection answers GET, with the token in the URL.",
        clause: "rfc7662/4/get-disallowed",
        caught_by: &["introspection/get-refused"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/introspect"], |_, request| {
                if request.method() == Method::GET {
                    let query: Params = Asked::of(request).query;
                    set_body(request, &query);
                    set_query(request, &[]);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "invalid-grant-with-401",
        says: "A code or refresh token that is not good is answered with 401.",
        clause: "rfc6749/5.2/error-response",
        caught_by: &["code/unknown", "refresh/unknown", "code/redeemed-twice"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/token"], |_, reply| {
                let is_grant = serde_json::from_slice::<Map>(reply.body())
                    .is_ok_and(|body| body.get("error").is_some_and(|error| error == "invalid_grant"));
                if is_grant {
                    *reply.status_mut() = StatusCode::UNAUTHORIZED;
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "challenge-missing-at-revocation",
        says: "A client that failed to authenticate at revocation is not told how to.",
        clause: "rfc7009/2.2.1/error-response",
        caught_by: &["revocation/wrong-secret-challenge"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/revoke"], |_, reply| {
                reply.headers_mut().remove(http::header::WWW_AUTHENTICATE);
            })
        })],
        ..OIDC
    },
];

/// A request whose form, in the query or in the body, is of a spelling that nobody thought of.
fn only(request: &Request<Bytes>, is_strange: fn(&str) -> bool) -> Option<Reply> {
    let body = String::from_utf8_lossy(request.body());
    let strange = is_strange(&body) || request.uri().query().is_some_and(is_strange);
    strange.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
}

fn has_small_hex(form: &str) -> bool {
    form.split('%').skip(1).any(|after| after.bytes().take(2).any(|b| b.is_ascii_lowercase()))
}
