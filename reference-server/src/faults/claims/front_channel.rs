//! What comes through the browser, and is wrong: OpenID Connect Core §3.2.2, §3.3.2.

use serde_json::{Value, json};

use super::{append_slash, changed, is_implicit, set};
use crate::faults::{Fault, OIDC};
use crate::model::Path;
use crate::tokens::secret::{base64url, random_string, sha256};

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "token-type-missing-in-the-fragment",
        says: "An access token comes through the browser without its token_type.",
        clause: "rfc6749/4.2.2/access-token",
        caught_by: &["front-channel/access-token"],
        seams: &[changed!(AuthorizationResponse, |_, fields| fields.retain(|(name, _)| *name != "token_type"))],
        ..OIDC
    },
    Fault {
        id: "lifetime-missing-in-the-fragment",
        says: "An access token comes through the browser, and nobody says how long it lives.",
        clause: "rfc6749/4.2.2/expires-in-present",
        caught_by: &["front-channel/expires-in"],
        seams: &[changed!(AuthorizationResponse, |_, fields| fields.retain(|(name, _)| *name != "expires_in"))],
        ..OIDC
    },
    Fault {
        id: "scope-missing-in-the-fragment",
        says: "An access token through the browser reaches less far than was asked for, and nobody says so.",
        clause: "rfc6749/4.2.2/scope-reported",
        caught_by: &["front-channel/scope-reduction-reported"],
        seams: &[changed!(AuthorizationResponse, |_, fields| fields.retain(|(name, _)| *name != "scope"))],
        ..OIDC
    },
    Fault {
        id: "token-type-in-the-fragment-not-bearer",
        says: "The token_type of an access token through the browser is access_token.",
        clause: "oidc-core/3.2.2.5/bearer",
        caught_by: &["front-channel/token-type"],
        seams: &[changed!(AuthorizationResponse, |_, fields| {
            for (_, value) in fields.iter_mut().filter(|(name, _)| *name == "token_type") {
                "access_token".clone_into(value);
            }
        })],
        ..OIDC
    },
    Fault {
        id: "refresh-token-in-the-fragment",
        says: "The implicit grant brings a refresh token along.",
        clause: "rfc6749/4.2.2/no-refresh-token",
        caught_by: &["front-channel/no-refresh-token"],
        seams: &[changed!(AuthorizationResponse, |path, fields| {
            if is_implicit(path) {
                fields.push(("refresh_token", random_string()));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "access-token-beside-the-id-token",
        says: "Whoever asks for a code and an ID token gets an access token with them.",
        clause: "oidc-core/3.3.2.5/access-token-where-asked",
        caught_by: &["front-channel/no-access-token-beside-code"],
        seams: &[changed!(AuthorizationResponse, |path, fields| {
            if path == Path::CodeIdToken && fields.iter().any(|(name, _)| *name == "id_token") {
                fields.push(("access_token", random_string()));
                fields.push(("token_type", "Bearer".to_owned()));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "offline-access-without-a-code",
        says: "The implicit flow grants offline_access.",
        clause: "oidc-core/11/ignored-without-code",
        caught_by: &["front-channel/offline-access-ignored"],
        seams: &[changed!(AuthorizationResponse, |path, fields| {
            let scope = fields.iter_mut().find(|(name, _)| *name == "scope" && is_implicit(path));
            if let Some((_, scope)) = scope.filter(|(_, scope)| !scope.contains("offline_access")) {
                scope.push_str(" offline_access");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "code-in-the-implicit-flow",
        says: "The implicit flow brings a code along that nobody asked for.",
        clause: "oidc-core/3.2.2.5/no-code",
        caught_by: &["front-channel/no-code"],
        seams: &[changed!(AuthorizationResponse, |path, fields| {
            if is_implicit(path) {
                fields.push(("code", random_string()));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "access-token-beside-id-token",
        says: "The response type id_token is answered with an access token too.",
        clause: "oidc-core/3.2.2.1/no-access-token",
        caught_by: &["front-channel/no-access-token"],
        seams: &[changed!(AuthorizationResponse, |path, fields| {
            if path == Path::ImplicitIdToken {
                fields.push(("access_token", random_string()));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "browser-token-never-stored",
        says: "The access token that comes through the browser is not the one that was stored.",
        clause: "oidc-core/5.3.2/json-object",
        caught_by: &["front-channel/userinfo"],
        seams: &[changed!(AuthorizationResponse, |_, fields| {
            for (_, value) in fields.iter_mut().filter(|(name, _)| *name == "access_token") {
                *value = random_string();
            }
        })],
        ..OIDC
    },
    Fault {
        id: "front-channel-id-token-without-iat",
        says: "An ID token through the browser does not say when it was issued.",
        clause: "oidc-core/2/members",
        caught_by: &["front-channel/id-token-members"],
        seams: &[changed!(FrontIdToken, |_, claims| drop(claims.remove("iat")))],
        ..OIDC
    },
    Fault {
        id: "front-channel-times-as-strings",
        says: "The times of an ID token through the browser are strings.",
        clause: "oidc-core/2/times-are-numbers",
        caught_by: &["front-channel/id-token-types"],
        seams: &[changed!(FrontIdToken, |_, claims| {
            let expires = claims.get("exp").map(Value::to_string).unwrap_or_default();
            set(claims, "exp", json!(expires));
        })],
        ..OIDC
    },
    Fault {
        id: "front-channel-issuer-with-a-slash",
        says: "The iss of an ID token through the browser has a slash that the issuer has not.",
        clause: "oidc-discovery/3/issuer-equals-id-token-iss",
        caught_by: &["front-channel/issuer", "front-channel/iss-equals-id-token", "hybrid/same-subject"],
        seams: &[changed!(FrontIdToken, |_, claims| append_slash(claims, "iss"))],
        ..OIDC
    },
    Fault {
        id: "front-channel-id-token-for-the-api",
        says: "The aud of an ID token through the browser is the API, and not the client.",
        clause: "oidc-core/2/audience",
        caught_by: &["front-channel/audience"],
        seams: &[changed!(FrontIdToken, |_, claims| set(claims, "aud", json!("api")))],
        ..OIDC
    },
    Fault {
        id: "front-channel-id-token-unsigned",
        says: "The header of an ID token through the browser says that it is not signed.",
        clause: "oidc-core/2/none-by-registration-only",
        caught_by: &["front-channel/id-token-signed"],
        seams: &[changed!(FrontIdToken, |header, _| set(header, "alg", json!("none")))],
        ..OIDC
    },
    Fault {
        id: "front-channel-id-token-without-nonce",
        says: "The nonce of the request is missing in the ID token through the browser.",
        clause: "oidc-core/3.2.2.10/nonce",
        caught_by: &["front-channel/nonce"],
        seams: &[changed!(FrontIdToken, |_, claims| drop(claims.remove("nonce")))],
        ..OIDC
    },
    Fault {
        id: "front-channel-nonce-of-another-request",
        says: "The nonce in the ID token through the browser is not that of the request.",
        clause: "oidc-core/3.3.2.11/nonce",
        caught_by: &["front-channel/nonce"],
        seams: &[changed!(FrontIdToken, |_, claims| set(claims, "nonce", json!(random_string())))],
        ..OIDC
    },
    Fault {
        id: "front-channel-at-hash-missing",
        says: "An ID token that comes beside an access token has no at_hash.",
        clause: "oidc-core/3.2.2.10/at-hash",
        caught_by: &["front-channel/at-hash"],
        seams: &[changed!(FrontIdToken, |_, claims| drop(claims.remove("at_hash")))],
        ..OIDC
    },
    Fault {
        id: "front-channel-at-hash-wrong",
        says: "The at_hash of an ID token that comes beside an access token is the hash of something else.",
        clause: "oidc-core/3.3.2.11/at-hash",
        caught_by: &["front-channel/at-hash"],
        seams: &[changed!(FrontIdToken, |_, claims| {
            if claims.contains_key("at_hash") {
                set(claims, "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "c-hash-wrong",
        says: "The c_hash of an ID token is the hash of another code.",
        clause: "oidc-core/3.3.2.11/c-hash",
        caught_by: &["hybrid/c-hash"],
        seams: &[changed!(FrontIdToken, |_, claims| {
            if claims.contains_key("c_hash") {
                set(claims, "c_hash", json!(base64url(&sha256(random_string().as_bytes())[..16])));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "c-hash-missing",
        says: "An ID token that comes beside a code has no c_hash.",
        clause: "oidc-core/3.3.2.11/c-hash",
        caught_by: &["hybrid/c-hash"],
        seams: &[changed!(FrontIdToken, |_, claims| drop(claims.remove("c_hash")))],
        ..OIDC
    },
    Fault {
        id: "front-channel-subject-of-its-own",
        says: "The two ID tokens of the hybrid flow have each a sub of their own.",
        clause: "oidc-core/3.3.3.6/same-issuer-and-subject",
        caught_by: &["hybrid/same-subject"],
        seams: &[changed!(FrontIdToken, |_, claims| {
            let sub = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
            let own = json!(format!("browser-{sub}"));
            set(claims, "sub", own);
        })],
        ..OIDC
    },
    Fault {
        id: "front-channel-id-token-without-auth-time",
        says: "Of the two ID tokens of the hybrid flow only one says when the user logged in.",
        clause: "oidc-core/3.3.3.6/same-authentication-claims",
        caught_by: &["front-channel/auth-time", "hybrid/same-login"],
        seams: &[changed!(FrontIdToken, |_, claims| drop(claims.remove("auth_time")))],
        ..OIDC
    },
    Fault {
        id: "two-names-in-one-login",
        says: "The two ID tokens of the hybrid flow call the user by different names.",
        clause: "oidc-core/3.3.3.6/same-user-claims",
        caught_by: &["hybrid/same-person"],
        seams: &[
            changed!(FrontIdToken, |_, claims| set(claims, "name", json!("Alice"))),
            changed!(BackIdToken, |_, claims| set(claims, "name", json!("Alice Adams"))),
        ],
        ..OIDC
    },
];
