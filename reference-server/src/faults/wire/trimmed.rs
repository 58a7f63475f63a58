//! Parameters that are trimmed, cut, or read where they are empty.

use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::{Asked, before, refuse, set_param};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::Scope;

const AUTHORIZE: &[&str] = &["/authorize"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "client-id-trimmed",
        says: "Spaces around the client_id of an authorization request make no difference.",
        clause: "rfc6749/4.1.2.1/no-redirect-for-invalid-client",
        caught_by: &["redirect-uri/client-almost"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |_, request| {
                let trimmed = Asked::of(request).param("client_id")?.trim().to_owned();
                set_param(request, "client_id", &trimmed);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "client-id-by-its-beginning",
        says: "The client_id of an authorization request need only begin like that of a client.",
        clause: "rfc6749/4.1.2.1/no-redirect-for-invalid-client",
        caught_by: &["redirect-uri/client-almost"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |server, request| {
                let asked = Asked::of(request).param("client_id")?.to_owned();
                let clients = &server.config.clients;
                if clients.iter().all(|client| client.client_id != asked) {
                    let known = clients.iter().find(|client| asked.starts_with(&client.client_id))?;
                    set_param(request, "client_id", &known.client_id);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "client-id-in-any-case-at-authorize",
        says: "Upper and lower case of the client_id of an authorization request make no difference.",
        clause: "rfc6749/1.9/case-sensitive",
        caught_by: &["redirect-uri/client-case"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |server, request| {
                let asked = Asked::of(request).param("client_id")?.to_owned();
                let is_meant = |known: &str| known.eq_ignore_ascii_case(&asked);
                let known = server.config.clients.iter().find(|client| is_meant(&client.client_id))?;
                set_param(request, "client_id", &known.client_id);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "nonce-trimmed",
        says: "Spaces around a nonce are lost.",
        clause: "oidc-core/2/nonce",
        caught_by: &["id-token/nonce"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |_, request| {
                let trimmed = Asked::of(request).param("nonce")?.trim().to_owned();
                set_param(request, "nonce", &trimmed);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "empty-nonce-is-a-nonce",
        says: "A nonce without a value does where one is required.",
        clause: "oidc-core/3.2.2.1/nonce-required",
        caught_by: &["front-channel/nonce-required"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |_, request| {
                if Asked::of(request).param("nonce") == Some("") {
                    set_param(request, "nonce", " ");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "empty-max-age-is-no-number",
        says: "A max_age without a value is refused, because it is no number.",
        clause: "rfc6749/3.1/empty-omitted",
        caught_by: &["authorize/empty-parameter-omitted"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |_, request| {
                let is_empty = Asked::of(request).param("max_age") == Some("");
                is_empty.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-optional-beside-other-scopes",
        says: "A request is one of OpenID Connect, which has to say where its answer goes, only if openid is all of its scope.",
        clause: "oidc-core/3.1.2.2/required-parameters",
        caught_by: &["redirect-uri/missing"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |server, request| {
                let asked = Asked::of(request);
                let scope = Scope::parse(asked.param("scope").unwrap_or_default());
                if asked.param("redirect_uri").is_none() && scope.contains("openid") && scope.iter().count() > 1 {
                    let is_asking = |id: &str| asked.param("client_id") == Some(id);
                    let client = server.config.clients.iter().find(|client| is_asking(&client.client_id))?;
                    set_param(request, "redirect_uri", client.redirect_uris.first()?);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "response-mode-in-any-case",
        says: "Upper and lower case of response_mode make no difference.",
        clause: "oidc-core/3.1.2.6/unsupported-response-mode",
        caught_by: &["authorize/response-mode-unknown"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |_, request| {
                let lower = Asked::of(request).param("response_mode")?.to_lowercase();
                set_param(request, "response_mode", &lower);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "form-with-encoding-refused",
        says: "A form whose type says in which encoding it is written is refused.",
        clause: "rfc6749/4.1.4/token-response",
        caught_by: &["token/equivalent-spellings"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                let is_bare = |value: &http::HeaderValue| value == "application/x-www-form-urlencoded";
                let other = request.headers().get(CONTENT_TYPE).is_some_and(|value| !is_bare(value));
                other.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
        ..OIDC
    },
];
