//! Introspection that says of a token what is not so.

use serde_json::{Value, json};

use super::{EVERY_SCOPE, append_slash, changed, set};
use crate::faults::{Fault, OIDC};
use crate::tokens::Map;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "refresh-token-said-to-die-early",
        says: "Introspection tells of a refresh token that it expires an hour after its issue, as access tokens do.",
        clause: "rfc7662/2.2/times",
        caught_by: &["introspection/refresh-exp-is-true"],
        seams: &[changed!(Introspection, |body| {
            let is_refresh_token = body.contains_key("iat") && !body.contains_key("token_type");
            if let Some(issued) = body.get("iat").and_then(Value::as_u64).filter(|_| is_refresh_token) {
                set(body, "exp", json!(issued + 3600));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-names-one-client",
        says: "The client_id of every introspected token is the same client.",
        clause: "rfc7662/2.2/client-id",
        caught_by: &["introspection/client-id"],
        seams: &[changed!(Introspection, |body| {
            if is_active(body) {
                set(body, "client_id", json!("web"));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-names-the-client-as-user",
        says: "Introspection says of a user's token that its subject is the client.",
        clause: "rfc7662/2.2/subject",
        caught_by: &["introspection/subject", "introspection/refreshed-subject"],
        seams: &[changed!(Introspection, |body| {
            if is_active(body) {
                let client_id = body.get("client_id").cloned().unwrap_or_default();
                set(body, "sub", client_id);
            }
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-of-another-issuer",
        says: "The iss of introspection has a slash that the issuer has not.",
        clause: "rfc7662/2.2/issuer",
        caught_by: &["introspection/issuer"],
        seams: &[changed!(Introspection, |body| {
            if is_active(body) {
                append_slash(body, "iss");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-with-every-scope",
        says: "The scope of an introspected token is all that the client may have.",
        clause: "rfc7662/2.2/scope",
        caught_by: &["introspection/scope", "introspection/narrowed-scope"],
        seams: &[changed!(Introspection, |body| {
            if is_active(body) {
                set(body, "scope", json!(EVERY_SCOPE));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-in-milliseconds",
        says: "exp and iat of introspection count milliseconds.",
        clause: "rfc7662/2.2/times",
        caught_by: &["introspection/times"],
        seams: &[changed!(Introspection, |body| {
            for name in ["exp", "iat"] {
                if let Some(seconds) = body.get(name).and_then(Value::as_u64) {
                    set(body, name, json!(seconds * 1000));
                }
            }
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-exp-as-duration",
        says: "The exp of introspection is how long the token lives.",
        clause: "rfc7662/2.2/times",
        caught_by: &["introspection/times"],
        seams: &[changed!(Introspection, |body| {
            let time = |name: &str| body.get(name).and_then(Value::as_u64);
            if let (Some(issued), Some(expires)) = (time("iat"), time("exp")) {
                set(body, "exp", json!(expires - issued));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-for-whoever-asks",
        says: "The aud of introspection is the issuer, whomever the token is for.",
        clause: "rfc7662/2.2/audience",
        caught_by: &["introspection/audience"],
        seams: &[changed!(Introspection, |body| {
            if is_active(body) {
                let issuer = body.get("iss").cloned().unwrap_or_default();
                set(body, "aud", issuer);
            }
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-names-the-kind-of-token",
        says: "The token_type of introspection says that it is an access token.",
        clause: "rfc7662/2.2/token-type",
        caught_by: &["introspection/token-type"],
        seams: &[changed!(Introspection, |body| {
            if body.contains_key("token_type") {
                set(body, "token_type", json!("access_token"));
            }
        })],
        ..OIDC
    },
];

fn is_active(body: &Map) -> bool {
    body.get("active") == Some(&json!(true))
}
