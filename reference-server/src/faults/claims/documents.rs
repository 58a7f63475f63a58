//! Responses, metadata and key sets that are wrong.

use serde_json::{Value, json};

use super::{append_path, changed, set};
use crate::faults::rules::introspection::for_good;
use crate::faults::variations::REDUCES_SCOPE;
use crate::faults::{Fault, OIDC, Seam};
use crate::model::Path;
use crate::tokens::secret::random_string;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "assertion-algorithms-not-listed",
        says: "The metadata offers client authentication by a JWT, and does not say by which algorithms.",
        clause: "rfc8414/2/auth-signing-algs",
        caught_by: &["metadata/assertion-algorithms-listed"],
        seams: &[changed!(Metadata, |body| drop(body.remove("token_endpoint_auth_signing_alg_values_supported")))],
        ..OIDC
    },
    Fault {
        id: "assertions-by-none-listed",
        says: "The metadata lists none among the algorithms of client assertions.",
        clause: "rfc8414/2/auth-no-none",
        caught_by: &["metadata/assertion-algorithms-listed"],
        seams: &[changed!(Metadata, |body| {
            set(body, "token_endpoint_auth_signing_alg_values_supported", json!(["ES256", "none"]));
        })],
        ..OIDC
    },
    Fault {
        id: "refresh-token-by-client-credentials",
        says: "The client credentials grant delivers a refresh token.",
        clause: "rfc6749/4.4.3/no-refresh-token",
        precedent: Some("keycloak/keycloak#6212"),
        caught_by: &["client-credentials/no-refresh-token"],
        seams: &[changed!(TokenResponse, |path, body| {
            if path == Path::ClientCredentials {
                set(body, "refresh_token", json!(random_string()));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-by-client-credentials",
        says: "The client credentials grant delivers an ID token.",
        clause: "rfc6749/4.4.3/no-user",
        precedent: Some("cdelmonte-zg/nanoidp#239"),
        caught_by: &["client-credentials/no-id-token"],
        seams: &[changed!(TokenResponse, |path, body| {
            if path == Path::ClientCredentials {
                set(body, "id_token", json!("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyLWFsaWNlIn0."));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "token-type-missing-on-refresh",
        says: "A refresh is answered without token_type.",
        clause: "rfc6749/5.1/members",
        caught_by: &["token/members"],
        seams: &[changed!(TokenResponse, |path, body| {
            if path == Path::RefreshToken {
                body.remove("token_type");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "tokens-for-good",
        says: "An access token never expires, and the answer does not say how long it lives.",
        clause: "rfc6750/5.2/lifetime-limited",
        caught_by: &["introspection/expired-inactive"],
        seams: &[
            changed!(TokenResponse, |_, body| drop(body.remove("expires_in"))),
            changed!(AccessToken, |_, claims| drop(claims.remove("exp"))),
            changed!(Introspection, |body| {
                if body.contains_key("token_type") {
                    body.remove("exp");
                }
            }),
            Seam::Rules(for_good),
        ],
        ..OIDC
    },
    Fault {
        id: "expires-in-as-string",
        says: "expires_in is a string.",
        clause: "rfc6749/5.1/expires-in",
        caught_by: &["token/members"],
        seams: &[changed!(TokenResponse, |_, body| {
            let text = body.get("expires_in").map(Value::to_string).unwrap_or_default();
            set(body, "expires_in", json!(text));
        })],
        ..OIDC
    },
    Fault {
        id: "null-in-token-responses",
        says: "A token response says null of what it does not have.",
        clause: "oidc-core/13.3/no-nulls",
        caught_by: &["token/no-nulls"],
        seams: &[changed!(TokenResponse, |_, body| set(body, "session_state", json!(null)))],
        ..OIDC
    },
    Fault {
        id: "scope-as-list",
        says: "The scope of a token response is a list.",
        clause: "rfc6749/5.1/members",
        caught_by: &["token/members"],
        seams: &[changed!(TokenResponse, |_, body| {
            let scope = body.get("scope").and_then(Value::as_str).unwrap_or_default();
            let list: Vec<String> = scope.split(' ').map(str::to_owned).collect();
            set(body, "scope", json!(list));
        })],
        ..OIDC
    },
    Fault {
        id: "reduced-scope-unreported",
        says: "The server cuts down the scope and does not say so.",
        clause: "rfc6749/3.3/scope-reported",
        precedent: Some("thephpleague/oauth2-server#793"),
        caught_by: &["client-credentials/scope-reduction-reported"],
        seams: &[REDUCES_SCOPE, changed!(TokenResponse, |_, body| drop(body.remove("scope")))],
        ..OIDC
    },
    Fault {
        id: "userinfo-without-sub",
        says: "userinfo does not say of whom it speaks.",
        clause: "oidc-core/5.3.2/sub",
        caught_by: &["userinfo/claims"],
        seams: &[changed!(Userinfo, |body| drop(body.remove("sub")))],
        ..OIDC
    },
    Fault {
        id: "userinfo-of-another-sub",
        says: "The sub of userinfo is not that of the ID token.",
        clause: "oidc-core/5.3.2/sub-matches-id-token",
        precedent: Some("gravitee-io/gravitee-access-management#394"),
        caught_by: &["userinfo/claims"],
        seams: &[changed!(Userinfo, |body| set(body, "sub", json!("internal-4711")))],
        ..OIDC
    },
    Fault {
        id: "inactive-says-more",
        says: "Introspection says more of an inactive token than that it is inactive.",
        clause: "rfc7662/2.2/inactive-says-no-more",
        caught_by: &["introspection/inactive-says-no-more"],
        seams: &[changed!(Introspection, |body| {
            if body.get("active") == Some(&json!(false)) {
                set(body, "error_description", json!("The token is expired, revoked or unknown."));
                set(body, "client_id", json!("web"));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "metadata-of-another-issuer",
        says: "The issuer in the metadata is not the one at which the metadata stands.",
        clause: "oidc-discovery/4.3/issuer-identical",
        caught_by: &["metadata/issuer-identical"],
        seams: &[changed!(Metadata, |body| append_path(body, "issuer"))],
        ..OIDC
    },
    Fault {
        id: "metadata-incomplete",
        says: "The metadata lacks members that are required.",
        clause: "oidc-discovery/3/required-members",
        caught_by: &["metadata/required-members"],
        seams: &[changed!(Metadata, |body| {
            body.remove("subject_types_supported");
            body.remove("response_types_supported");
        })],
        ..OIDC
    },
    Fault {
        id: "metadata-with-list-in-a-string",
        says: "The scopes in the metadata are one string, with spaces between them.",
        clause: "rfc8414/3.2/lists-are-arrays",
        caught_by: &["metadata/lists-are-arrays"],
        seams: &[changed!(Metadata, |body| set(body, "scopes_supported", json!("openid profile email")))],
        ..OIDC
    },
    Fault {
        id: "metadata-without-pkce",
        says: "The metadata does not say that challenges are verified.",
        clause: "rfc8414/2/code-challenge-methods",
        caught_by: &["metadata/pkce-listed"],
        seams: &[changed!(Metadata, |body| drop(body.remove("code_challenge_methods_supported")))],
        ..OIDC
    },
    Fault {
        id: "metadata-with-plain",
        says: "The metadata lists the method plain, which is refused.",
        clause: "rfc8414/2/code-challenge-methods-served",
        caught_by: &["metadata/pkce-listed"],
        seams: &[changed!(Metadata, |body| set(body, "code_challenge_methods_supported", json!(["plain", "S256"])))],
        ..OIDC
    },
    Fault {
        id: "metadata-without-post",
        says: "The metadata lists an authentication method that nobody has, and not the one that works.",
        clause: "rfc8414/2/token-endpoint-auth-methods",
        caught_by: &["metadata/auth-method-listed"],
        seams: &[changed!(Metadata, |body| {
            set(body, "token_endpoint_auth_methods_supported", json!(["client_secret_basic", "private_key_jwt"]));
        })],
        ..OIDC
    },
    Fault {
        id: "metadata-with-empty-list",
        says: "The metadata has a list with nothing in it.",
        clause: "oidc-discovery/4.2/no-empty-lists",
        caught_by: &["metadata/no-empty-lists"],
        seams: &[changed!(Metadata, |body| set(body, "acr_values_supported", json!([])))],
        ..OIDC
    },
    Fault {
        id: "private-keys-published",
        says: "The key set holds the private half of a key.",
        clause: "oidc-discovery/3/no-private-keys",
        caught_by: &["jwks/no-private-members"],
        seams: &[changed!(Jwks, |body| {
            for key in body.get_mut("keys").and_then(Value::as_array_mut).into_iter().flatten() {
                key["d"] = json!("AQAB");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "signing-key-unpublished",
        says: "The key that signs ID tokens is not in the key set.",
        clause: "oidc-core/10.1/keys-published",
        caught_by: &["jwks/signing-keys-published"],
        seams: &[changed!(Jwks, |body| {
            if let Some(keys) = body.get_mut("keys").and_then(Value::as_array_mut) {
                keys.retain(|key| key["kty"] != "RSA");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-missing",
        says: "An authentication request yields no ID token.",
        clause: "oidc-core/3.1.3.3/id-token",
        caught_by: &["id-token/members"],
        seams: &[changed!(TokenResponse, |path, body| {
            if path == Path::AuthorizationCode {
                body.remove("id_token");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "token-type-not-bearer",
        says: "The token_type beside an ID token is not Bearer.",
        clause: "oidc-core/3.1.3.3/bearer",
        caught_by: &["token/members"],
        seams: &[changed!(TokenResponse, |_, body| set(body, "token_type", json!("access_token")))],
        ..OIDC
    },
    Fault {
        id: "unknown-scope-unreported",
        says: "A code buys less than was asked for, and the token response does not say so.",
        clause: "rfc6749/5.1/scope-reported",
        precedent: Some("coder/coder#28237"),
        caught_by: &["code/scope-reduction-reported"],
        seams: &[changed!(TokenResponse, |path, body| {
            if path == Path::AuthorizationCode {
                body.remove("scope");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "active-as-string",
        says: "Introspection says active in quotation marks.",
        clause: "rfc7662/2.2/active",
        caught_by: &["introspection/response"],
        seams: &[changed!(Introspection, |body| {
            let text = body.get("active").map(Value::to_string).unwrap_or_default();
            set(body, "active", json!(text));
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-exp-as-string",
        says: "The exp of introspection is a string.",
        clause: "rfc7662/2.2/members",
        caught_by: &["introspection/response"],
        seams: &[changed!(Introspection, |body| {
            if let Some(exp) = body.get("exp").map(Value::to_string) {
                set(body, "exp", json!(exp));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "iss-unadvertised",
        says: "Responses name the issuer, and the metadata does not say that they do.",
        clause: "rfc9207/2.4/iss-announced",
        caught_by: &["authorize/iss-advertised"],
        seams: &[changed!(Metadata, |body| drop(body.remove("authorization_response_iss_parameter_supported")))],
        ..OIDC
    },
    Fault {
        id: "metadata-without-rs256",
        says: "The metadata does not list RS256 for ID tokens.",
        clause: "oidc-discovery/3/rs256",
        caught_by: &["metadata/required-members"],
        seams: &[changed!(Metadata, |body| set(body, "id_token_signing_alg_values_supported", json!(["ES256"])))],
        ..OIDC
    },
];
