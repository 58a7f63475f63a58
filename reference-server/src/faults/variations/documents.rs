//! Documents that say more or less than those of the strict server, and requests that a server need not serve.

use http::StatusCode;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use crate::faults::claims::{changed, set};
use crate::faults::rules::flows::requests;
use crate::faults::wire::userinfo::SIGNED as SIGNED_USERINFO;
use crate::faults::wire::{before, refuse};
use crate::faults::{Seam, Variation};
use crate::tokens::Map;
use crate::transport::form::Form;
use crate::transport::reply;

pub(in super::super) static VARIATIONS: &[Variation] = &[
    Variation {
        id: "id-tokens-say-more",
        says: "The ID token says how the user logged in, for whom it is, and from when on it is good.",
        clause: "oidc-core/2/claim-types",
        seams: &[changed!(IdToken, |_, claims| {
            let (client, issued) = (claims.get("aud").cloned(), claims.get("iat").cloned());
            set(claims, "azp", client.unwrap_or_default());
            set(claims, "nbf", issued.unwrap_or_default());
            set(claims, "amr", json!(["pwd"]));
            set(claims, "acr", json!("0"));
        })],
    },
    Variation {
        id: "id-tokens-for-an-api-too",
        says: "The ID token is for the client and for an API of the server, and says which of the two asked for it.",
        clause: "oidc-core/2/audience",
        seams: &[changed!(IdToken, |_, claims| {
            let client = claims.get("aud").cloned().unwrap_or_default();
            set(claims, "aud", json!([client, "https://api.example/accounts"]));
            set(claims, "azp", client);
        })],
    },
    Variation {
        id: "keys-say-less",
        says: "The published keys do not say what they are for.",
        clause: "oidc-core/10.1/key-usage",
        seams: &[changed!(Jwks, |body| {
            let keys = body.get_mut("keys").and_then(Value::as_array_mut).into_iter().flatten();
            for key in keys.filter_map(Value::as_object_mut) {
                key.remove("alg");
                key.remove("use");
            }
        })],
    },
    Variation {
        id: "metadata-says-less",
        says: "The metadata does not list response modes.",
        clause: "rfc8414/2/response-modes",
        seams: &[changed!(Metadata, |body| drop(body.remove("response_modes_supported")))],
    },
    Variation {
        id: "userinfo-signed",
        says: "All clients are registered for signed userinfo.",
        clause: "oidc-core/5.3.2/json-object",
        seams: &[SIGNED_USERINFO],
    },
    Variation {
        id: "access-tokens-without-profile",
        says: "Access tokens are JWTs of the typ JWT, as they were before RFC 9068.",
        clause: "rfc6749/7/token-validated",
        seams: &[changed!(AccessToken, |header, _| set(header, "typ", json!("JWT")))],
    },
    Variation {
        id: "one-audience",
        says: "Of several resources that were asked for at once an access token is for the first alone.",
        clause: "rfc8707/2/audience-restricted",
        seams: &[changed!(AccessToken, |_, claims| for_the_first(claims)), changed!(Introspection, for_the_first)],
    },
    Variation {
        id: "strange-nonces-refused",
        says: "A nonce is refused if it is longer than 128 characters, or holds others than letters, digits, hyphens and underscores.",
        clause: "oidc-core/2/nonce",
        seams: &[Seam::Rules(|inner| requests(inner, has_plain_nonce))],
    },
    Variation {
        id: "introspection-by-basic-alone",
        says: "Introspection takes HTTP Basic alone, and the metadata says so.",
        clause: "rfc7662/2.1/authorized",
        seams: &[
            changed!(Metadata, |body| set(
                body,
                "introspection_endpoint_auth_methods_supported",
                json!(["client_secret_basic"])
            )),
            Seam::Wire(|inner| {
                before(inner, &["/introspect"], |server, request| {
                    if request.headers().contains_key(AUTHORIZATION) {
                        return None;
                    }
                    let mut refusal = refuse(StatusCode::UNAUTHORIZED, "invalid_client");
                    let challenge = format!("Basic realm=\"{}\", charset=\"UTF-8\"", server.config.issuer);
                    reply::challenge(&mut refusal, &challenge);
                    Some(refusal)
                })
            }),
        ],
    },
    Variation {
        id: "openid-only",
        says: "An authorization request without openid in its scope is refused.",
        clause: "oidc-core/3.1.2.1/openid-scope",
        seams: &[Seam::Rules(|inner| {
            requests(inner, |form| {
                form.optional("scope").is_none_or(|scope| scope.split(' ').any(|one| one == "openid"))
            })
        })],
    },
];

/// Of several audiences the first.
fn for_the_first(document: &mut Map) {
    if let Some(Value::Array(several)) = document.get("aud")
        && let Some(first) = several.first().cloned()
    {
        set(document, "aud", first);
    }
}

fn has_plain_nonce(form: &Form) -> bool {
    form.optional("nonce")
        .is_none_or(|nonce| nonce.len() <= 128 && nonce.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)))
}
