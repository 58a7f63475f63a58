//! ID tokens that are wrong.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::{append_slash, changed, set};
use crate::faults::{Fault, OIDC};
use crate::tokens::Map;
use crate::tokens::secret::random_string;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "auth-time-not-by-registration",
        says: "A client that registered for auth_time does not find it in the ID tokens of the token endpoint.",
        clause: "oidc-registration/2/require-auth-time",
        caught_by: &["registration/require-auth-time"],
        seams: &[changed!(BackIdToken, |_, claims| drop(claims.remove("auth_time")))],
        ..OIDC
    },
    Fault {
        id: "auth-time-not-by-registration-in-the-browser",
        says: "A client that registered for auth_time does not find it in ID tokens that come through the browser.",
        clause: "oidc-registration/2/require-auth-time",
        caught_by: &["registration/require-auth-time"],
        seams: &[changed!(FrontIdToken, |_, claims| drop(claims.remove("auth_time")))],
        ..OIDC
    },
    Fault {
        id: "id-token-tells-the-mail-in-the-browser",
        says: "An ID token that comes through the browser tells the e-mail address of the user, whatever the scope.",
        clause: "oidc-core/5.4/scope-limits-claims",
        caught_by: &["front-channel/claims-by-scope"],
        seams: &[changed!(FrontIdToken, |_, claims| set(claims, "email", json!("somebody@example.com")))],
        ..OIDC
    },
    Fault {
        id: "id-token-without-nonce",
        says: "The nonce of the authorization request is missing in the ID token.",
        clause: "oidc-core/2/nonce",
        caught_by: &["id-token/nonce"],
        seams: &[changed!(IdToken, |_, claims| drop(claims.remove("nonce")))],
        ..OIDC
    },
    Fault {
        id: "id-token-of-another-issuer",
        says: "The iss of the ID token has a slash that the issuer has not.",
        clause: "oidc-discovery/3/issuer-equals-id-token-iss",
        caught_by: &["id-token/issuer"],
        seams: &[changed!(IdToken, |_, claims| append_slash(claims, "iss"))],
        ..OIDC
    },
    Fault {
        id: "id-token-for-the-api",
        says: "The aud of the ID token is the API, and not the client.",
        clause: "oidc-core/2/audience",
        caught_by: &["id-token/audience"],
        seams: &[changed!(IdToken, |_, claims| set(claims, "aud", json!("api")))],
        ..OIDC
    },
    Fault {
        id: "id-token-times-as-strings",
        says: "exp and iat of the ID token are strings.",
        clause: "oidc-core/2/times-are-numbers",
        caught_by: &["id-token/times"],
        seams: &[changed!(IdToken, |_, claims| {
            for name in ["exp", "iat"] {
                let text = claims.get(name).map(Value::to_string).unwrap_or_default();
                set(claims, name, json!(text));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-in-milliseconds",
        says: "exp and iat of the ID token count milliseconds.",
        clause: "oidc-core/2/times-are-numbers",
        caught_by: &["id-token/times"],
        seams: &[changed!(IdToken, |_, claims| {
            for name in ["exp", "iat"] {
                let seconds = claims.get(name).and_then(Value::as_u64).unwrap_or_default();
                set(claims, name, json!(seconds * 1000));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "auth-time-of-the-request",
        says: "auth_time is the time of the request, not of the login.",
        clause: "oidc-core/2/auth-time",
        caught_by: &["id-token/auth-time-of-login"],
        seams: &[changed!(IdToken, |_, claims| {
            let issued = claims.get("iat").cloned().unwrap_or_default();
            set(claims, "auth_time", issued);
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-without-iat",
        says: "The ID token does not say when it was issued.",
        clause: "oidc-core/2/members",
        caught_by: &["id-token/members"],
        seams: &[changed!(IdToken, |_, claims| drop(claims.remove("iat")))],
        ..OIDC
    },
    Fault {
        id: "at-hash-of-something-else",
        says: "The at_hash of the ID token is the hash of another token.",
        clause: "oidc-core/3.1.3.6/at-hash",
        precedent: Some("gravitee-io/gravitee-access-management#396"),
        caught_by: &["id-token/at-hash"],
        seams: &[changed!(IdToken, |_, claims| set(claims, "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")))],
        ..OIDC
    },
    Fault {
        id: "id-token-alg-none",
        says: "The header of the ID token says that it is not signed.",
        clause: "oidc-core/2/signed",
        precedent: Some("projectdiscovery/nuclei-templates#16944"),
        caught_by: &["id-token/signed"],
        seams: &[changed!(IdToken, |header, _| set(header, "alg", json!("none")))],
        ..OIDC
    },
    Fault {
        id: "id-token-kid-unknown",
        says: "The kid of the ID token is not in the key set.",
        clause: "oidc-core/10.1/kid",
        caught_by: &["jwks/signing-keys-published"],
        seams: &[changed!(IdToken, |header, _| set(header, "kid", json!("retired")))],
        ..OIDC
    },
    Fault {
        id: "subject-changes",
        says: "The sub of the same user is another one in each ID token.",
        clause: "oidc-core/12.2/same-subject",
        precedent: Some("wso2/product-is#16423"),
        caught_by: &["refresh/id-token-same-subject"],
        seams: &[changed!(IdToken, |_, claims| set(claims, "sub", json!(random_string())))],
        ..OIDC
    },
    Fault {
        id: "id-token-without-auth-time",
        says: "A request with max_age is answered by an ID token without auth_time.",
        clause: "oidc-core/2/auth-time",
        precedent: Some("authlib/authlib#741"),
        caught_by: &["id-token/auth-time"],
        seams: &[changed!(IdToken, |_, claims| drop(claims.remove("auth_time")))],
        ..OIDC
    },
    Fault {
        id: "id-token-for-another-party",
        says: "The azp of the ID token is another client.",
        clause: "oidc-core/2/azp",
        caught_by: &["id-token/audience"],
        seams: &[changed!(IdToken, |_, claims| set(claims, "azp", json!("somebody-else")))],
        ..OIDC
    },
    Fault {
        id: "id-token-with-a-long-sub",
        says: "The sub of the ID token has more than 255 characters.",
        clause: "oidc-core/2/sub-length",
        caught_by: &["id-token/members"],
        seams: &[changed!(IdToken, |_, claims| {
            let long = format!("{:0>256}", claims.get("sub").and_then(Value::as_str).unwrap_or_default());
            set(claims, "sub", json!(long));
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-without-kid",
        says: "The ID token does not say with which of several keys it is signed.",
        clause: "oidc-core/10.1/kid",
        caught_by: &["jwks/signing-keys-published"],
        seams: &[changed!(IdToken, |header, _| drop(header.remove("kid")))],
        ..OIDC
    },
    Fault {
        id: "id-token-with-its-own-key",
        says: "The header of the ID token says where its key is to be fetched.",
        clause: "oidc-core/2/no-header-keys",
        caught_by: &["id-token/signed"],
        seams: &[changed!(IdToken, |header, _| set(header, "jku", json!("https://as.example/jwks")))],
        ..OIDC
    },
    Fault {
        id: "id-token-backdated-on-refresh",
        says: "Each ID token has an iat a quarter of an hour before the one before it.",
        clause: "oidc-core/12.2/new-iat",
        caught_by: &["refresh/id-token-same-subject"],
        seams: &[changed!(IdToken, |_, claims| {
            static ISSUED: AtomicU64 = AtomicU64::new(0);
            let iat = claims.get("iat").and_then(Value::as_u64).unwrap_or_default();
            set(claims, "iat", json!(iat.saturating_sub(ISSUED.fetch_add(1000, Ordering::Relaxed))));
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-an-hour-ahead",
        says: "The iat of the ID token is an hour in the future, as that of a clock in another time zone.",
        clause: "oidc-core/2/iat-is-issuance",
        caught_by: &["id-token/issued-now"],
        seams: &[changed!(IdToken, |_, claims| {
            for name in ["exp", "iat"] {
                let seconds = claims.get(name).and_then(Value::as_u64).unwrap_or_default();
                set(claims, name, json!(seconds + 3600));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-with-an-unlisted-algorithm",
        says: "The ID token names an algorithm that the metadata does not list.",
        clause: "oidc-discovery/3/id-token-algs",
        caught_by: &["id-token/algorithm-listed"],
        seams: &[changed!(IdToken, |header, _| set(header, "alg", json!("RS512")))],
        ..OIDC
    },
    Fault {
        id: "one-sub-for-all",
        says: "All users have the same sub.",
        clause: "oidc-core/5.7/sub-unique",
        caught_by: &["id-token/sub-unique"],
        seams: &[changed!(IdToken, |_, claims| set(claims, "sub", json!("user")))],
        ..OIDC
    },
    Fault {
        id: "another-sub-at-each-client",
        says: "A user has another sub at each client, and the metadata says that subjects are public.",
        clause: "oidc-core/8/public-same",
        caught_by: &["id-token/sub-at-every-client"],
        seams: &[changed!(IdToken, |_, claims| {
            let part = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            set(claims, "sub", json!(format!("{}@{}", part("sub"), part("aud"))));
        })],
        ..OIDC
    },
    Fault {
        id: "at-hash-stale-on-refresh",
        says: "The at_hash that comes with a refresh is that of another token.",
        clause: "oidc-core/3.1.3.6/at-hash",
        caught_by: &["id-token/at-hash-after-refresh"],
        seams: &[changed!(IdToken, |_, claims| {
            if is_refreshed(claims) {
                set(claims, "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "auth-time-of-the-refresh",
        says: "The auth_time that comes with a refresh is the time of the refresh.",
        clause: "oidc-core/12.2/auth-time-original",
        caught_by: &["id-token/auth-time-after-refresh"],
        seams: &[changed!(IdToken, |_, claims| {
            if is_refreshed(claims) {
                let issued = claims.get("iat").cloned().unwrap_or_default();
                set(claims, "auth_time", issued);
            }
        })],
        ..OIDC
    },
    Fault {
        id: "refreshed-id-token-keeps-iat",
        says: "The iat that comes with a refresh is that of the first ID token.",
        clause: "oidc-core/12.2/new-iat",
        caught_by: &["id-token/iat-after-refresh"],
        seams: &[changed!(IdToken, |_, claims| {
            if is_refreshed(claims) {
                // The first one was issued at the login.
                let first = claims.get("auth_time").cloned().unwrap_or_default();
                set(claims, "iat", first);
            }
        })],
        ..OIDC
    },
    Fault {
        id: "no-id-token-for-openid-alone",
        says: "Who asks for openid and nothing else gets no ID token.",
        clause: "oidc-core/3.1.3.3/id-token",
        caught_by: &["id-token/openid-alone"],
        seams: &[changed!(TokenResponse, |_, body| {
            if body.get("scope") == Some(&json!("openid")) {
                body.remove("id_token");
            }
        })],
        ..OIDC
    },
];

/// The nonce is that of the login; a refresh has none.
pub(super) fn is_refreshed(claims: &Map) -> bool {
    !claims.contains_key("nonce")
}
