//! What userinfo and introspection make of bearer tokens that they do not like.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};
use http::{Request, StatusCode};

use super::requests::authorize;
use super::{Asked, Reply, after, before, refuse, set_query};
use crate::faults::{BCP, Fault, OIDC, Seam};
use crate::server::Server;
use crate::transport::credentials::bearer;
use crate::transport::reply;

const USERINFO: &[&str] = &["/userinfo"];
const INTROSPECTION: &[&str] = &["/introspect"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "error-twice-in-the-challenge",
        says: "The challenge of userinfo has its error twice.",
        clause: "rfc6750/3/attributes-not-repeated",
        caught_by: &["userinfo/challenge-form"],
        seams: &[Seam::Wire(|inner| {
            after(inner, USERINFO, |_, reply| challenge(reply, |known| format!("{known}, error=\"invalid_token\"")))
        })],
        ..OIDC
    },
    Fault {
        id: "challenge-with-quotation-marks",
        says: "The error_description in the challenge of userinfo quotes what was wrong.",
        clause: "rfc6750/3/attribute-characters",
        caught_by: &["userinfo/challenge-form"],
        seams: &[Seam::Wire(|inner| {
            after(inner, USERINFO, |_, reply| {
                challenge(reply, |known| {
                    known.replacen("error_description=\"", "error_description=\"\\\"token\\\": ", 1)
                });
            })
        })],
        ..OIDC
    },
    Fault {
        id: "insufficient-scope-with-401",
        says: "A token that does not reach far enough is answered with 401.",
        clause: "rfc6750/3.1/insufficient-scope",
        caught_by: &["userinfo/insufficient-scope-status"],
        seams: &[Seam::Wire(|inner| {
            after(inner, USERINFO, |_, reply| {
                if reply.status() == StatusCode::FORBIDDEN {
                    *reply.status_mut() = StatusCode::UNAUTHORIZED;
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "challenge-without-error",
        says: "The challenge of userinfo does not say what was wrong with the token.",
        clause: "rfc6750/3/error-attribute",
        caught_by: &["userinfo/challenge-form"],
        seams: &[Seam::Wire(|inner| {
            after(inner, USERINFO, |_, reply| {
                challenge(reply, |known| known.split(", error").next().unwrap_or_default().to_owned());
            })
        })],
        ..OIDC
    },
    Fault {
        id: "forged-jwt-is-an-invalid-request",
        says: "userinfo answers a JWT whose signature does not hold with invalid_request.",
        clause: "rfc9068/4/invalid-token",
        caught_by: &["userinfo/challenge-form"],
        seams: &[Seam::Wire(|inner| {
            after(inner, USERINFO, |asked, reply| {
                if bearer(&asked.headers).is_some_and(|token| token.matches('.').count() == 2) {
                    challenge(reply, |known| known.replace("invalid_token", "invalid_request"));
                }
            })
        })],
        ..BCP
    },
    Fault {
        id: "two-tokens-with-401",
        says: "Who sends userinfo its token twice is told to log in.",
        clause: "rfc6750/3.1/invalid-request",
        caught_by: &["userinfo/two-tokens"],
        seams: &[Seam::Wire(|inner| {
            after(inner, USERINFO, |asked, reply| {
                if asked.param("access_token").is_some() && reply.status() == StatusCode::BAD_REQUEST {
                    *reply.status_mut() = StatusCode::UNAUTHORIZED;
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "token-in-the-query-for-every-cache",
        says: "userinfo takes the access token from the URL, and any cache may keep the answer.",
        clause: "rfc6750/2.3/cache-private",
        caught_by: &["userinfo/token-in-query-not-shared"],
        seams: &[
            Seam::Wire(|inner| after(inner, USERINFO, |_, reply| drop(reply.headers_mut().remove(CACHE_CONTROL)))),
            Seam::Wire(|inner| {
                before(inner, USERINFO, |_, request| {
                    let token = Asked::of(request).query.into_iter().find(|(name, _)| name == "access_token")?.1;
                    set_query(request, &[]);
                    let value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
                    request.headers_mut().insert(AUTHORIZATION, value);
                    None
                })
            }),
        ],
        ..OIDC
    },
    Fault {
        id: "introspection-of-nothing-crashes",
        says: "Introspection answers a request that names no token with 500.",
        clause: "rfc7662/2.1/token-sent",
        caught_by: &["introspection/token-missing"],
        seams: &[Seam::Wire(|inner| {
            before(inner, INTROSPECTION, |_, request| {
                let missing = Asked::of(request).param("token").is_none();
                missing.then(|| refuse(StatusCode::INTERNAL_SERVER_ERROR, "server_error"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "any-bearer-introspects",
        says: "Introspection is told by a bearer token who asks, and looks at none of them.",
        clause: "rfc7662/2.1/authorized",
        caught_by: &["introspection/bearer-unknown"],
        seams: &[Seam::Wire(|inner| {
            before(inner, INTROSPECTION, |server, request| {
                bearer(request.headers())?;
                ask_as_a_client(server, request);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "bearer-introspection-with-400",
        says: "Introspection is told by a bearer token who asks, and answers one that it does not know with 400.",
        clause: "rfc7662/2.3/bearer-unauthorized",
        caught_by: &["introspection/bearer-unknown"],
        seams: &[Seam::Wire(|inner| {
            before(inner, INTROSPECTION, |server, request| {
                // All that it issues have the form of a JWT.
                let is_known = bearer(request.headers())?.split('.').count() == 3;
                if is_known {
                    ask_as_a_client(server, request);
                }
                (!is_known).then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
        ..OIDC
    },
];

/// Whoever asked with a token asks as a client from now on.
fn ask_as_a_client(server: &Server, request: &mut Request<Bytes>) {
    if let Some(client) = server.config.clients.iter().find(|client| client.secret.is_some()) {
        authorize(request, &client.client_id, client.secret.as_deref().unwrap_or_default());
    }
}

/// Another challenge, where there is one.
fn challenge(reply: &mut Reply, other: impl FnOnce(&str) -> String) {
    let known = reply.headers().get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    if let Some(known) = known.filter(|known| known.contains("error=")) {
        reply::insert(reply, WWW_AUTHENTICATE, &other(&known));
    }
}
