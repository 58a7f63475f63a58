//! Metadata, keys and types of tokens that promise something else than what comes.

use serde_json::{Value, json};

use super::{changed, set};
use crate::faults::{BCP, Fault, OIDC, Seam};
use crate::rules::Rule;
use crate::tokens::Map;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "openid-unlisted",
        says: "The scopes in the metadata lack openid.",
        clause: "oidc-discovery/3/defined-scopes-listed",
        caught_by: &["metadata/openid-listed"],
        seams: &[changed!(Metadata, |body| {
            if let Some(scopes) = body.get_mut("scopes_supported").and_then(Value::as_array_mut) {
                scopes.retain(|scope| scope != "openid");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "scope-told-with-commas",
        says: "The scopes of a token response have commas between them.",
        clause: "rfc6749/5.1/scope-reported",
        caught_by: &["token/scope-in-words"],
        seams: &[changed!(TokenResponse, |_, body| {
            let told = body.get("scope").and_then(Value::as_str).unwrap_or_default().replace(' ', ",");
            set(body, "scope", json!(told));
        })],
        ..OIDC
    },
    Fault {
        id: "pushing-promised",
        says: "The metadata says that requests have to be pushed, and those in the open are served too.",
        clause: "rfc9126/4/push-required",
        caught_by: &["pushed/required"],
        seams: &[changed!(Metadata, |body| set(body, "require_pushed_authorization_requests", json!(true)))],
        ..OIDC
    },
    Fault {
        id: "broken-encryption-offered",
        says: "The metadata offers to encrypt ID tokens by RSA1_5.",
        clause: "rfc8725/3.2/no-rsa1-5",
        caught_by: &["metadata/current-algorithms"],
        seams: &[changed!(Metadata, |body| {
            set(body, "id_token_encryption_alg_values_supported", json!(["RSA-OAEP", "RSA1_5"]));
        })],
        ..BCP
    },
    Fault {
        id: "short-keys-published",
        says: "An RSA key of 1024 bits is published beside the others.",
        clause: "rfc8725/3.2/current-algorithms",
        caught_by: &["metadata/current-algorithms"],
        seams: &[changed!(Jwks, |body| {
            let short =
                json!({ "kty": "RSA", "use": "sig", "kid": "old", "e": "AQAB", "n": format!("{}o", "q".repeat(170)) });
            if let Some(keys) = body.get_mut("keys").and_then(Value::as_array_mut) {
                keys.push(short);
            }
        })],
        ..BCP
    },
    Fault {
        id: "signing-promised",
        says: "The metadata says that requests have to be signed, and others are served too.",
        clause: "rfc9101/10.5/required-of-all",
        caught_by: &["request-object/required"],
        seams: &[changed!(Metadata, |body| set(body, "require_signed_request_object", json!(true)))],
        ..OIDC
    },
    Fault {
        id: "keys-for-another-algorithm",
        says: "The keys are published for another algorithm than that of the tokens which they verify.",
        clause: "oidc-core/10.1/algorithm-appropriate",
        caught_by: &["jwks/signing-keys-published"],
        seams: &[changed!(Jwks, |body| each_key(body, "alg", "RS512"))],
        ..OIDC
    },
    Fault {
        id: "keys-for-encryption",
        says: "The keys that verify tokens are published for encryption.",
        clause: "oidc-core/10.1/key-usage",
        caught_by: &["jwks/signing-keys-published"],
        seams: &[changed!(Jwks, |body| each_key(body, "use", "enc"))],
        ..OIDC
    },
    Fault {
        id: "token-endpoint-with-a-fragment",
        says: "The metadata names the token endpoint with a fragment.",
        clause: "rfc6749/3.2/no-fragment",
        caught_by: &["metadata/endpoints-without-fragment"],
        // Whoever signs an assertion for this address calls the server by it.
        seams: &[
            changed!(Metadata, |body| append(body, "token_endpoint", "#top")),
            Seam::Gate(Rule::AssertionIsForServer, None),
            Seam::Gate(Rule::ClientAssertionIsForServer, None),
        ],
        ..OIDC
    },
    Fault {
        id: "authorization-endpoint-with-a-fragment",
        says: "The metadata names the authorization endpoint as a page of an application does that keeps its place behind a #.",
        clause: "rfc6749/3.1/no-fragment",
        caught_by: &["metadata/endpoints-without-fragment"],
        seams: &[changed!(Metadata, |body| append(body, "authorization_endpoint", "#/"))],
        ..OIDC
    },
    Fault {
        id: "revocation-endpoint-with-a-fragment",
        says: "The metadata names the revocation endpoint with a fragment.",
        clause: "rfc7009/2/endpoint-uri",
        caught_by: &["metadata/endpoints-without-fragment"],
        seams: &[changed!(Metadata, |body| append(body, "revocation_endpoint", "#top"))],
        ..OIDC
    },
    Fault {
        id: "secrets-only",
        says: "By the metadata no client can authenticate without a secret that the server knows.",
        clause: "rfc9700/2.5/asymmetric",
        caught_by: &["metadata/asymmetric-authentication"],
        seams: &[changed!(Metadata, |body| {
            set(
                body,
                "token_endpoint_auth_methods_supported",
                json!(["client_secret_basic", "client_secret_post", "none"]),
            );
        })],
        ..BCP
    },
    Fault {
        id: "clients-get-another-type-of-token",
        says: "The JWT access tokens of client credentials have the typ JWT, and all others at+jwt.",
        clause: "rfc9068/2.1/typ",
        caught_by: &["access-token/typ-always"],
        seams: &[changed!(AccessToken, |header, claims| {
            if claims.get("sub") == claims.get("client_id") {
                set(header, "typ", json!("JWT"));
            }
        })],
        ..BCP
    },
];

fn append(body: &mut Map, name: &str, end: &str) {
    let longer = format!("{}{end}", body.get(name).and_then(Value::as_str).unwrap_or_default());
    set(body, name, json!(longer));
}

fn each_key(body: &mut Map, name: &str, value: &str) {
    for key in
        body.get_mut("keys").and_then(Value::as_array_mut).into_iter().flatten().filter(|key| key["kty"] == "RSA")
    {
        key[name] = json!(value);
    }
}
