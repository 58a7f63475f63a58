//! Legal requests that are refused, and wrong ones that are answered in the wrong place.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Method, Request, StatusCode};

use super::{Asked, Params, Reply, after, before, encode, refuse};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::ResponseType;
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::secret::Digest;
use crate::transport::Wire;
use crate::transport::reply;

/// What a server knows that was written from RFC 6749, and RFC 7523 and 8693, alone.
const KNOWN: &[&str] = &[
    "assertion",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "device_code",
    "grant_type",
    "max_age",
    "nonce",
    "password",
    "prompt",
    "redirect_uri",
    "refresh_token",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "subject_token",
    "subject_token_type",
    "username",
];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "unknown-parameter-refused",
        says: "A token request with a parameter that the server does not know is refused.",
        clause: "rfc6749/3.2/unknown-ignored",
        caught_by: &["token/unknown-parameter-ignored"],
        seams: &[Seam::Wire(|inner| before(inner, &["/token"], |_, request| unknown(&Asked::of(request).body)))],
        ..OIDC
    },
    Fault {
        id: "unknown-parameter-refused-at-authorize",
        says: "An authorization request with a parameter that the server does not know is refused.",
        clause: "rfc6749/3.1/unknown-ignored",
        caught_by: &["authorize/unknown-parameter-ignored"],
        seams: &[Seam::Wire(|inner| before(inner, &["/authorize"], |_, request| unknown(&Asked::of(request).query)))],
        ..OIDC
    },
    Fault {
        id: "non-ascii-refused",
        says: "A token request with a letter outside ASCII is refused, wherever it stands.",
        clause: "rfc6749/3.2/unknown-ignored",
        caught_by: &["token/unknown-parameter-ignored"],
        seams: &[Seam::Wire(|inner| before(inner, &["/token"], |_, request| non_ascii(&Asked::of(request).body)))],
        ..OIDC
    },
    Fault {
        id: "non-ascii-refused-at-authorize",
        says: "An authorization request with a letter outside ASCII is refused, wherever it stands.",
        clause: "rfc6749/3.1/unknown-ignored",
        caught_by: &["authorize/unknown-parameter-ignored"],
        seams: &[Seam::Wire(|inner| before(inner, &["/authorize"], |_, request| non_ascii(&Asked::of(request).query)))],
        ..OIDC
    },
    Fault {
        id: "empty-parameter-refused",
        says: "A token request with an empty parameter is refused.",
        clause: "rfc6749/3.2/empty-omitted",
        caught_by: &["token/empty-parameter-omitted"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                let is_empty = Asked::of(request).body.iter().any(|(_, value)| value.is_empty());
                is_empty.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "post-refused-at-authorize",
        says: "The authorization endpoint answers GET only.",
        clause: "oidc-core/3.1.2.1/get-and-post",
        caught_by: &["authorize/post-supported"],
        seams: &[Seam::Wire(|inner| before(inner, &["/authorize"], |_, request| only_get(request)))],
        ..OIDC
    },
    Fault {
        id: "post-refused-at-userinfo",
        says: "userinfo answers GET only.",
        clause: "oidc-core/5.3/get-and-post",
        caught_by: &["userinfo/post"],
        seams: &[Seam::Wire(|inner| before(inner, &["/userinfo"], |_, request| only_get(request)))],
        ..OIDC
    },
    Fault {
        id: "metadata-once",
        says: "Whoever fetches the metadata a second time is refused.",
        clause: "oidc-discovery/4.2/json",
        caught_by: &["metadata/available"],
        seams: &[Seam::Wire(|inner| Arc::new(MetadataOnce { inner, fetched: AtomicUsize::new(0) }))],
        ..OIDC
    },
    Fault {
        id: "jwks-missing",
        says: "There is nothing at the jwks_uri.",
        clause: "oidc-core/10.1/keys-published",
        caught_by: &["jwks/available"],
        seams: &[Seam::Wire(|inner| before(inner, &["/jwks"], |_, _| Some(reply::not_found())))],
        ..OIDC
    },
    Fault {
        id: "public-clients-revoke-nothing",
        says: "The revocation by a public client is a success that changes nothing.",
        clause: "rfc7009/2.1/invalidated-at-once",
        precedent: Some("CVE-2018-1000211"),
        caught_by: &["revocation/refresh-token-dies"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/revoke"], |_, request| {
                let asked = Asked::of(request);
                let is_public = asked.param("client_id").is_some() && asked.param("client_secret").is_none();
                is_public.then(|| reply::with_status(StatusCode::OK, Bytes::new()))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "revocation-of-unknown-token-refused",
        says: "The revocation of a token that is not known is an error.",
        clause: "rfc7009/2.2/unknown-token-ok",
        caught_by: &["revocation/unknown-token"],
        seams: &[Seam::Wire(|inner| {
            revoking(inner, |_, found| {
                (found == Found::Nothing).then(|| refuse(StatusCode::BAD_REQUEST, "invalid_token"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "second-revocation-refused",
        says: "The revocation of a token that was revoked already is an error.",
        clause: "rfc7009/2.2/unknown-token-ok",
        caught_by: &["revocation/twice", "revocation/access-token-twice"],
        seams: &[Seam::Wire(|inner| {
            revoking(inner, |_, found| (found == Found::Dead).then(|| refuse(StatusCode::BAD_REQUEST, "invalid_token")))
        })],
        ..OIDC
    },
    Fault {
        id: "unknown-hint-refused",
        says: "A token_type_hint that the server does not know is an error at revocation.",
        clause: "rfc7009/2.2/unknown-hint-ignored",
        caught_by: &["revocation/unknown-hint"],
        seams: &[Seam::Wire(|inner| {
            revoking(inner, |asked, _| {
                let known =
                    [None, Some("access_token"), Some("refresh_token")].contains(&asked.param("token_type_hint"));
                (!known).then(|| refuse(StatusCode::BAD_REQUEST, "unsupported_token_type"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "hint-saves-token",
        says: "Revocation looks for a token only where the hint says.",
        clause: "rfc7009/2.1/search-extended",
        caught_by: &["revocation/wrong-hint"],
        seams: &[Seam::Wire(|inner| {
            revoking(inner, |asked, found| {
                let misses = matches!(
                    (asked.param("token_type_hint"), found),
                    (Some("access_token"), Found::RefreshToken) | (Some("refresh_token"), Found::AccessToken)
                );
                misses.then(|| reply::with_status(StatusCode::OK, Bytes::new()))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "errors-to-any-redirect-uri",
        says: "An error is sent to the redirect_uri before anybody looked whether it is registered.",
        clause: "rfc6749/4.1.2.1/no-redirect-to-invalid-uri",
        precedent: Some("CVE-2026-41479"),
        caught_by: &["redirect-uri/error-not-sent-to-unregistered"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/authorize"], |asked, reply| {
                let response_type = asked.param("response_type").and_then(ResponseType::parse);
                if response_type.is_none() {
                    send_back(asked, reply, "unsupported_response_type");
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "prompt-errors-to-any-redirect-uri",
        says: "That a prompt makes no sense is told to the redirect_uri before anybody looked whether it is registered.",
        clause: "rfc6749/4.1.2.1/no-redirect-to-invalid-uri",
        caught_by: &["redirect-uri/error-not-sent-to-unregistered"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/authorize"], |asked, reply| {
                if asked.param("prompt").is_some_and(|prompt| prompt.starts_with("none ")) {
                    send_back(asked, reply, "invalid_request");
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "unknown-client-sent-back",
        says: "An unknown client is told so at the redirect_uri that it named.",
        clause: "rfc6749/4.1.2.1/no-redirect-for-invalid-client",
        caught_by: &["redirect-uri/unknown-client", "redirect-uri/client-missing"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |server, request| {
                let asked = Asked::of(request);
                let known = |id: &str| server.config.clients.iter().any(|client| client.client_id == id);
                if asked.param("client_id").is_some_and(known) {
                    return None;
                }
                let mut reply = reply::with_status(StatusCode::BAD_REQUEST, Bytes::new());
                send_back(&asked, &mut reply, "invalid_client");
                Some(reply)
            })
        })],
        ..OIDC
    },
];

fn unknown(params: &Params) -> Option<Reply> {
    let is_unknown = params.iter().any(|(name, _)| !KNOWN.contains(&name.as_str()));
    is_unknown.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
}

fn non_ascii(params: &Params) -> Option<Reply> {
    let is_strange = params.iter().any(|(_, value)| !value.is_ascii());
    is_strange.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
}

fn only_get(request: &Request<Bytes>) -> Option<Reply> {
    let reply = || reply::method_not_allowed("GET", reply::with_status(StatusCode::METHOD_NOT_ALLOWED, Bytes::new()));
    (request.method() != Method::GET).then(reply)
}

/// Send an error that was to be shown to the redirect URI of the request.
fn send_back(asked: &Asked, reply: &mut Reply, error: &str) {
    if reply.status() != StatusCode::BAD_REQUEST {
        return;
    }
    if let Some(redirect_uri) = asked.param("redirect_uri") {
        let query = encode(&[("error".to_owned(), error.to_owned())]);
        *reply = reply::see_other(&format!("{redirect_uri}?{query}"));
    }
}

struct MetadataOnce {
    inner: Arc<dyn Wire>,
    fetched: AtomicUsize,
}

impl Wire for MetadataOnce {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let is_metadata = request.uri().path().starts_with("/.well-known/");
            if is_metadata && self.fetched.fetch_add(1, Ordering::Relaxed) > 0 {
                return refuse(StatusCode::FORBIDDEN, "access_denied");
            }
            self.inner.around(server, request).await
        })
    }
}

/// What the token of a revocation request is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Dead,
    AccessToken,
    RefreshToken,
}

/// Revocation requests that are answered before they are judged.
struct Revoking {
    inner: Arc<dyn Wire>,
    answer: fn(&Asked, Found) -> Option<Reply>,
}

fn revoking(inner: Arc<dyn Wire>, answer: fn(&Asked, Found) -> Option<Reply>) -> Arc<dyn Wire> {
    Arc::new(Revoking { inner, answer })
}

impl Wire for Revoking {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            if asked.path == "/revoke"
                && let Some(token) = asked.param("token")
                && let Some(reply) = (self.answer)(&asked, find(server, Digest::of(token)).await)
            {
                return reply;
            }
            self.inner.around(server, request).await
        })
    }
}

async fn find(server: &Server, digest: Digest) -> Found {
    let access_token = server.store.access_token(digest).await.ok().flatten().map(|token| token.revoked);
    let refresh_token = server.store.refresh_token(digest).await.ok().flatten().map(|token| token.revoked);
    match (access_token, refresh_token) {
        (None, None) => Found::Nothing,
        (Some(true), _) | (_, Some(true)) => Found::Dead,
        (Some(false), _) => Found::AccessToken,
        (None, Some(false)) => Found::RefreshToken,
    }
}
