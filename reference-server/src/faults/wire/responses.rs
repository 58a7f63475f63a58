//! Answers that are changed on the way out.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue,
    PRAGMA, WWW_AUTHENTICATE, X_FRAME_OPTIONS,
};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Reply, after};
use crate::faults::{Fault, OIDC, Seam};
use crate::tokens::Map;

const TOKEN: &[&str] = &["/token"];
const METADATA: &[&str] = &["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "no-store-missing",
        says: "Token responses do not forbid caching.",
        clause: "rfc6749/5.1/no-store",
        precedent: Some("pixelfed/pixelfed#6553"),
        caught_by: &["token/no-store"],
        seams: &[Seam::Wire(|inner| after(inner, TOKEN, |_, reply| drop(reply.headers_mut().remove(CACHE_CONTROL))))],
        ..OIDC
    },
    Fault {
        id: "no-store-missing-on-refresh",
        says: "The answer to a refresh does not forbid caching.",
        clause: "rfc6749/5.1/no-store",
        precedent: Some("cloudflare/workers-oauth-provider#224"),
        caught_by: &["token/no-store"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |asked, reply| {
                if asked.is_refresh() {
                    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=0"));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "pragma-missing",
        says: "Token responses do not have Pragma: no-cache.",
        clause: "rfc6749/5.1/pragma-no-cache",
        caught_by: &["token/pragma-no-cache"],
        seams: &[Seam::Wire(|inner| after(inner, TOKEN, |_, reply| drop(reply.headers_mut().remove(PRAGMA))))],
        ..OIDC
    },
    Fault {
        id: "token-response-as-text",
        says: "Token responses are JSON, but of the type text/plain.",
        clause: "rfc6749/5.1/json",
        caught_by: &["token/json"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |_, reply| {
                reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            })
        })],
        ..OIDC
    },
    Fault {
        id: "challenge-missing",
        says: "A client that failed to authenticate is not told how to.",
        clause: "rfc6749/5.2/challenge",
        caught_by: &["client-auth/challenge", "client-auth/challenge-unknown-client"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |_, reply| drop(reply.headers_mut().remove(WWW_AUTHENTICATE)))
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-refused-with-403",
        says: "At introspection a wrong secret is answered with 403.",
        clause: "rfc7662/2.3/unauthorized",
        caught_by: &["introspection/wrong-secret-challenge"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/introspect"], |_, reply| {
                if reply.status() == StatusCode::UNAUTHORIZED {
                    *reply.status_mut() = StatusCode::FORBIDDEN;
                    reply.headers_mut().remove(WWW_AUTHENTICATE);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "bearer-challenge-missing",
        says: "userinfo refuses a token and does not say why.",
        clause: "rfc6750/3/challenge",
        caught_by: &["userinfo/no-token", "userinfo/garbage-token", "userinfo/altered-token"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/userinfo"], |_, reply| drop(reply.headers_mut().remove(WWW_AUTHENTICATE)))
        })],
        ..OIDC
    },
    Fault {
        id: "error-without-a-token",
        says: "Whoever sends userinfo no token is told that the token is invalid.",
        clause: "rfc6750/3.1/no-error-without-token",
        caught_by: &["userinfo/no-error-without-token"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/userinfo"], |asked, reply| {
                if !asked.headers.contains_key(AUTHORIZATION) {
                    let challenge = HeaderValue::from_static("Bearer realm=\"api\", error=\"invalid_token\"");
                    reply.headers_mut().insert(WWW_AUTHENTICATE, challenge);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "invalid-token-with-400",
        says: "userinfo answers an invalid token with 400.",
        clause: "rfc6750/3.1/invalid-token",
        caught_by: &["userinfo/invalid-token-status"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/userinfo"], |asked, reply| {
                if asked.headers.contains_key(AUTHORIZATION) && reply.status() == StatusCode::UNAUTHORIZED {
                    *reply.status_mut() = StatusCode::BAD_REQUEST;
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "errors-as-pages",
        says: "Errors of the token endpoint are HTML pages.",
        clause: "rfc6749/5.2/error-response",
        caught_by: &["token/error-response"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |_, reply| {
                if reply.status().is_client_error() {
                    *reply.body_mut() =
                        Bytes::from_static(b"<!doctype html><title>Error</title><p>Something is wrong.</p>");
                    reply.headers_mut().insert(CONTENT_TYPE, HTML);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "errors-with-200",
        says: "Errors of the token endpoint have the status 200.",
        clause: "rfc6749/5.2/error-response",
        caught_by: &["token/error-response", "code/missing", "refresh/missing"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |_, reply| {
                if reply.status() == StatusCode::BAD_REQUEST {
                    *reply.status_mut() = StatusCode::OK;
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "error-description-quotes",
        says: "error_description holds quotation marks and line breaks.",
        clause: "rfc6749/5.2/error-characters",
        caught_by: &["token/error-response"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |_, reply| {
                if reply.status().is_client_error() {
                    edit_json(reply, |body| {
                        let says = "could not \"validate\" the request\n\tat line 1\\0";
                        body.insert("error_description".to_owned(), json!(says));
                    });
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "metadata-as-text",
        says: "The metadata is of the type text/plain.",
        clause: "oidc-discovery/4.2/json",
        caught_by: &["metadata/json"],
        seams: &[Seam::Wire(|inner| {
            after(inner, METADATA, |_, reply| {
                reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            })
        })],
        ..OIDC
    },
    Fault {
        id: "second-metadata-of-another-issuer",
        says: "Of the two metadata documents one names another issuer.",
        clause: "rfc8414/3.3/issuer-identical",
        caught_by: &["metadata/issuer-identical"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/.well-known/oauth-authorization-server"], |_, reply| {
                let text = String::from_utf8_lossy(reply.body()).replace("\"issuer\":\"http:", "\"issuer\":\"https:");
                *reply.body_mut() = text.into();
            })
        })],
        ..OIDC
    },
    Fault {
        id: "pages-in-frames",
        says: "Login and consent may be shown inside a stranger's page.",
        clause: "rfc6749/10.13/framing",
        caught_by: &["authorize/not-framed"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/login", "/consent"], |_, reply| {
                reply.headers_mut().remove(CONTENT_SECURITY_POLICY);
                reply.headers_mut().remove(X_FRAME_OPTIONS);
            })
        })],
        ..OIDC
    },
    Fault {
        id: "redirect-307",
        says: "After the consent form was sent, a 307 makes the browser send it to the client.",
        clause: "oidc-core/16.22/no-307",
        caught_by: &["authorize/no-307"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/login", "/consent"], |asked, reply| {
                let leaves = super::location(reply).is_some_and(|location| location.contains("code="));
                if asked.method == Method::POST && leaves {
                    *reply.status_mut() = StatusCode::TEMPORARY_REDIRECT;
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "hint-hides-token",
        says: "Introspection looks for a token only where the hint says.",
        clause: "rfc7662/2.1/search-extended",
        caught_by: &["introspection/wrong-hint", "introspection/wrong-hint-of-refresh"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/introspect"], |asked, reply| {
                let hint = asked.param("token_type_hint").unwrap_or_default().to_owned();
                edit_json(reply, |body| {
                    let kind = if body.contains_key("token_type") { "access_token" } else { "refresh_token" };
                    if !hint.is_empty() && hint != kind {
                        *body = Map::from_iter([("active".to_owned(), json!(false))]);
                    }
                });
            })
        })],
        ..OIDC
    },
    Fault {
        id: "unknown-token-is-an-error",
        says: "Introspection answers an unknown token with an error.",
        clause: "rfc7662/2.2/inactive-token",
        caught_by: &["introspection/unknown-token-inactive", "introspection/altered-token-inactive"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/introspect"], |_, reply| {
                let inactive =
                    serde_json::from_slice::<Value>(reply.body()).is_ok_and(|body| body["active"] == json!(false));
                if inactive {
                    *reply = super::refuse(StatusCode::NOT_FOUND, "invalid_token");
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "token-member-twice",
        says: "A member of the token response occurs twice.",
        clause: "rfc6749/3.2/response-not-repeated",
        caught_by: &["token/members-once"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |_, reply| {
                if reply.status() == StatusCode::OK {
                    let body = String::from_utf8_lossy(reply.body()).replacen('{', "{\"scope\":\"\",", 1);
                    *reply.body_mut() = body.into();
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "token-with-201",
        says: "A token response has the status 201.",
        clause: "rfc6749/5.1/status-200",
        caught_by: &["token/json"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |_, reply| {
                if reply.status() == StatusCode::OK {
                    *reply.status_mut() = StatusCode::CREATED;
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-badly-signed",
        says: "The signature of the ID token does not hold.",
        clause: "oidc-core/2/signed",
        caught_by: &["id-token/signed"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |_, reply| {
                edit_json(reply, |body| {
                    if let Some((signed, signature)) =
                        body.get("id_token").and_then(Value::as_str).and_then(|jwt| jwt.rsplit_once('.'))
                    {
                        let reversed: String = signature.chars().rev().collect();
                        let jwt = format!("{signed}.{reversed}");
                        body.insert("id_token".to_owned(), json!(jwt));
                    }
                });
            })
        })],
        ..OIDC
    },
    Fault {
        id: "userinfo-as-text",
        says: "userinfo is JSON, but of the type text/plain.",
        clause: "oidc-core/5.3.2/content-type",
        caught_by: &["userinfo/claims"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/userinfo"], |_, reply| {
                reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            })
        })],
        ..OIDC
    },
    Fault {
        id: "cors-at-authorize",
        says: "Scripts of any site may read what the authorization endpoint answers.",
        clause: "oidc-discovery/3/cors-not-at-authorization",
        caught_by: &["authorize/no-cors"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/authorize"], |_, reply| {
                reply.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            })
        })],
        ..OIDC
    },
];

/// Change a JSON document; the length follows.
pub(in super::super) fn edit_json(reply: &mut Reply, edit: impl FnOnce(&mut Map)) {
    if let Ok(Value::Object(mut body)) = serde_json::from_slice(reply.body()) {
        edit(&mut body);
        *reply.body_mut() = Value::Object(body).to_string().into();
    }
}
