//! Access tokens that are wrong.

use serde_json::{Value, json};

use super::{EVERY_SCOPE, append_slash, changed, set};
use crate::config::Config;
use crate::faults::{BCP, Fault, OIDC, Seam};

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "access-token-alg-none",
        says: "The header of a JWT access token says that it is not signed.",
        clause: "rfc9068/2.1/no-none",
        caught_by: &["access-token/signed"],
        seams: &[changed!(AccessToken, |header, _| set(header, "alg", json!("none")))],
        ..BCP
    },
    Fault {
        id: "access-token-signed-by-another-key",
        says: "The signature of a JWT access token does not hold under the key that it names.",
        clause: "rfc9068/2.1/signed",
        caught_by: &["access-token/signed"],
        seams: &[changed!(Jwks, |body| {
            for key in body.get_mut("keys").and_then(Value::as_array_mut).into_iter().flatten() {
                if key["kty"] == "EC" {
                    // The base point of P-256: a key of somebody, though of nobody here.
                    key["x"] = json!("axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY");
                    key["y"] = json!("T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU");
                }
            }
        })],
        ..BCP
    },
    Fault {
        id: "access-token-key-unpublished",
        says: "The key that signs access tokens is not in the key set.",
        clause: "rfc9068/4/keys-published",
        caught_by: &["access-token/signed"],
        seams: &[changed!(Jwks, |body| {
            if let Some(keys) = body.get_mut("keys").and_then(Value::as_array_mut) {
                keys.retain(|key| key["kty"] != "EC");
            }
        })],
        ..BCP
    },
    Fault {
        id: "access-token-under-a-shared-key",
        says: "A JWT access token is protected by a key that every resource server has to know.",
        clause: "rfc9068/2.1/asymmetric",
        caught_by: &["access-token/signed"],
        seams: &[changed!(AccessToken, |header, _| set(header, "alg", json!("HS256")))],
        ..BCP
    },
    Fault {
        id: "access-token-with-the-long-typ",
        says: "The typ of a JWT access token is application/at+jwt.",
        clause: "rfc9068/2.1/typ-at-jwt",
        caught_by: &["access-token/typ-short"],
        seams: &[changed!(AccessToken, |header, _| set(header, "typ", json!("application/at+jwt")))],
        ..BCP
    },
    Fault {
        id: "access-token-with-names-of-its-own",
        says: "A JWT access token says the e-mail address of the user under the name that the directory has for it.",
        clause: "rfc9068/2.2.2/registered-claim-names",
        caught_by: &["access-token/registered-names"],
        seams: &[changed!(AccessToken, |_, claims| set(claims, "mail", json!("alice@example.com")))],
        ..BCP
    },
    Fault {
        id: "scopes-of-two-apis-in-one-token",
        says: "The scope api:read belongs to one API, profile and email to another, and a request for all of them gets a token for both.",
        clause: "rfc9068/3/mixed-scopes-refused",
        caught_by: &["access-token/mixed-scopes"],
        seams: &[changed!(AccessToken, |_, claims| {
            let scope = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
            let apis =
                [("https://api.example", &["api:read"][..]), ("https://people.example", &["profile", "email"][..])];
            let has = |names: &[&str]| scope.split(' ').any(|one| names.contains(&one));
            let audience: Vec<&str> = apis.iter().filter(|(_, names)| has(names)).map(|(api, _)| *api).collect();
            if !audience.is_empty() {
                set(claims, "aud", json!(audience));
            }
        })],
        ..BCP
    },
    Fault {
        id: "access-token-for-everybody",
        says: "Neither a JWT access token nor its introspection says for whom it is.",
        clause: "rfc9700/2.3/audience-restricted",
        caught_by: &["access-token/audience-restricted", "access-token/members"],
        seams: &[
            changed!(AccessToken, |_, claims| drop(claims.remove("aud"))),
            changed!(Introspection, |body| drop(body.remove("aud"))),
        ],
        ..BCP
    },
    Fault {
        id: "access-token-without-exp",
        says: "A JWT access token does not say when it expires.",
        clause: "rfc9068/2.2/members",
        caught_by: &["access-token/members"],
        seams: &[changed!(AccessToken, |_, claims| drop(claims.remove("exp")))],
        ..BCP
    },
    Fault {
        id: "access-token-without-jti",
        says: "A JWT access token has no identifier.",
        clause: "rfc9068/2.2/members",
        caught_by: &["access-token/members"],
        seams: &[changed!(AccessToken, |_, claims| drop(claims.remove("jti")))],
        ..BCP
    },
    Fault {
        id: "access-token-of-another-issuer",
        says: "The iss of a JWT access token has a slash that the issuer has not.",
        clause: "rfc9068/2.2/issuer",
        caught_by: &["access-token/issuer"],
        seams: &[changed!(AccessToken, |_, claims| append_slash(claims, "iss"))],
        ..BCP
    },
    Fault {
        id: "access-token-of-another-client",
        says: "The client_id of every JWT access token is the same client.",
        clause: "rfc9068/2.2/client-id",
        caught_by: &["access-token/client-id"],
        seams: &[changed!(AccessToken, |_, claims| set(claims, "client_id", json!("service")))],
        ..BCP
    },
    Fault {
        id: "access-token-for-the-client",
        says: "The aud of a JWT access token is the client.",
        clause: "rfc9068/5/audience-is-no-client",
        caught_by: &["access-token/audience"],
        seams: &[changed!(AccessToken, |_, claims| {
            let client_id = claims.get("client_id").cloned().unwrap_or_default();
            set(claims, "aud", json!([client_id]));
        })],
        ..BCP
    },
    Fault {
        id: "access-token-names-the-client-as-user",
        says: "The sub of a user's JWT access token is the client.",
        clause: "rfc9068/2.2/sub-is-resource-owner",
        caught_by: &["access-token/user-subject", "access-token/refreshed-subject"],
        seams: &[changed!(AccessToken, |_, claims| {
            let client_id = claims.get("client_id").cloned().unwrap_or_default();
            set(claims, "sub", client_id);
        })],
        ..BCP
    },
    Fault {
        id: "client-token-names-a-user",
        says: "The sub of a JWT that a client got for itself is that of a user.",
        clause: "rfc9068/2.2/sub-is-client",
        caught_by: &["access-token/client-subject"],
        seams: &[changed!(AccessToken, |_, claims| {
            if !claims.contains_key("auth_time") {
                set(claims, "sub", json!("user-alice"));
            }
        })],
        ..BCP
    },
    Fault {
        id: "access-token-without-scope",
        says: "A JWT access token does not say which scope it has.",
        clause: "rfc9068/2.2.3/scope",
        caught_by: &["access-token/scope-present"],
        seams: &[changed!(AccessToken, |_, claims| drop(claims.remove("scope")))],
        ..BCP
    },
    Fault {
        id: "access-token-with-every-scope",
        says: "The scope of a JWT access token is all that the client may have.",
        clause: "rfc9068/2.2.3/scope-as-granted",
        caught_by: &["access-token/scope", "access-token/narrowed-scope"],
        seams: &[changed!(AccessToken, |_, claims| set(claims, "scope", json!(EVERY_SCOPE)))],
        ..BCP
    },
    Fault {
        id: "access-token-outlives-expires-in",
        says: "A JWT access token expires a day later than the client was told.",
        clause: "rfc6749/5.1/lifetime",
        caught_by: &["access-token/lifetime"],
        seams: &[changed!(AccessToken, |_, claims| {
            let expires_at = claims.get("exp").and_then(Value::as_u64).unwrap_or_default();
            set(claims, "exp", json!(expires_at + 86_400));
        })],
        ..OIDC
    },
    Fault {
        id: "expires-in-milliseconds",
        says: "expires_in counts milliseconds.",
        clause: "rfc6749/5.1/lifetime",
        caught_by: &["access-token/lifetime", "introspection/times"],
        seams: &[changed!(TokenResponse, |_, body| {
            let seconds = body.get("expires_in").and_then(Value::as_u64).unwrap_or_default();
            set(body, "expires_in", json!(seconds * 1000));
        })],
        ..OIDC
    },
    Fault {
        id: "one-jti-for-all",
        says: "The jti of every JWT access token is the same.",
        clause: "rfc9068/2.2/jti-unique",
        caught_by: &["access-token/jti-unique"],
        seams: &[changed!(AccessToken, |_, claims| set(claims, "jti", json!("1")))],
        ..BCP
    },
    Fault {
        id: "access-token-with-a-typ-of-its-own",
        says: "The typ of a JWT access token is access_token.",
        clause: "rfc8725/3.11/typ-form",
        caught_by: &["access-token/typ-short"],
        seams: &[changed!(AccessToken, |header, _| set(header, "typ", json!("access_token")))],
        ..BCP
    },
    Fault {
        id: "password-stands-for-the-client",
        says: "A token by the password of a user stands for the client that typed it.",
        clause: "identityserver-grant-types/resource-owner-password/for-user",
        caught_by: &["password/for-user"],
        profile: "identityserver",
        seams: &[
            // Where RFC 9700 counts, nobody has this grant any more.
            Seam::Config(|config| {
                config.without_grant_types.retain(|name| name != "password");
                let demo = Config::demo(&config.issuer).clients;
                config.clients.extend(demo.into_iter().filter(|client| client.client_id == "legacy"));
            }),
            changed!(AccessToken, |_, claims| {
                if claims.get("client_id").is_some_and(|client| client == "legacy") {
                    set(claims, "sub", json!("legacy"));
                }
            }),
        ],
        ..OIDC
    },
];
