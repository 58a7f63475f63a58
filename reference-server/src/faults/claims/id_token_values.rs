//! ID tokens whose claims have values that they must not have.

use serde_json::{Value, json};

use super::id_tokens::is_refreshed;
use super::{changed, set};
use crate::faults::{BCP, Fault, OIDC};
use crate::tokens::Map;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "nonce-without-punctuation",
        says: "The nonce of the ID token has lost every character but letters, digits, hyphens and underscores.",
        clause: "oidc-core/2/nonce",
        caught_by: &["id-token/nonce"],
        seams: &[changed!(IdToken, |_, claims| nonce(claims, |nonce| {
            nonce.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
        }))],
        ..OIDC
    },
    Fault {
        id: "nonce-cut",
        says: "A nonce of more than 128 characters is in the ID token without its end.",
        clause: "oidc-core/2/nonce",
        caught_by: &["id-token/nonce"],
        seams: &[changed!(IdToken, |_, claims| nonce(claims, |nonce| nonce.chars().take(128).collect()))],
        ..OIDC
    },
    Fault {
        id: "nonce-null",
        says: "A request without a nonce yields an ID token with the nonce null.",
        clause: "oidc-core/2/claim-types",
        caught_by: &["id-token/claim-types"],
        seams: &[changed!(IdToken, |_, claims| {
            claims.entry("nonce").or_insert(Value::Null);
        })],
        ..OIDC
    },
    Fault {
        id: "amr-as-string",
        says: "The amr of the ID token is a string.",
        clause: "oidc-core/2/claim-types",
        caught_by: &["id-token/claim-types"],
        seams: &[changed!(IdToken, |_, claims| set(claims, "amr", json!("pwd")))],
        ..OIDC
    },
    Fault {
        id: "id-token-typed-as-access-token",
        says: "The ID token has the typ of an access token.",
        clause: "rfc9068/2.1/not-of-id-tokens",
        caught_by: &["id-token/signed"],
        seams: &[changed!(IdToken, |header, _| set(header, "typ", json!("at+jwt")))],
        ..BCP
    },
    Fault {
        id: "id-token-not-yet-good",
        says: "The nbf of the ID token is an hour ahead.",
        clause: "oidc-core/3.1.3.3/id-token",
        caught_by: &["id-token/times"],
        seams: &[changed!(IdToken, |_, claims| set(claims, "nbf", json!(number(claims, "iat") + 3600)))],
        ..OIDC
    },
    Fault {
        id: "id-token-issued-at-the-login",
        says: "The iat of the ID token is the time of the login, however long ago that was.",
        clause: "oidc-core/2/iat-is-issuance",
        caught_by: &["id-token/issued-now-in-old-session"],
        seams: &[changed!(IdToken, |_, claims| set(claims, "iat", json!(number(claims, "auth_time"))))],
        ..OIDC
    },
    Fault {
        id: "id-token-expires-after-the-login",
        says: "The lifetime of the ID token counts from the login, so that it is dead when it comes out of an old session.",
        clause: "oidc-core/3.1.3.3/id-token",
        caught_by: &["id-token/issued-now-in-old-session"],
        seams: &[changed!(IdToken, |_, claims| {
            let lifetime = number(claims, "exp").saturating_sub(number(claims, "iat"));
            set(claims, "exp", json!(number(claims, "auth_time") + lifetime));
        })],
        ..OIDC
    },
    Fault {
        id: "kid-unknown-on-refresh",
        says: "The ID token that comes with a refresh names a key that is not in the key set.",
        clause: "oidc-core/2/signed",
        caught_by: &["id-token/signed-after-refresh"],
        seams: &[changed!(IdToken, |header, claims| {
            if is_refreshed(claims) {
                set(header, "kid", json!("retired"));
            }
        })],
        ..OIDC
    },
];

fn nonce(claims: &mut Map, edit: fn(&str) -> String) {
    if let Some(edited) = claims.get("nonce").and_then(Value::as_str).map(edit) {
        set(claims, "nonce", json!(edited));
    }
}

fn number(claims: &Map, name: &str) -> u64 {
    claims.get(name).and_then(Value::as_u64).unwrap_or_default()
}
