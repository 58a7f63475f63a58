//! Metadata that is misspelt, or says less than clients need.

use serde_json::{Value, json};

use super::{changed, set};
use crate::faults::{Fault, OIDC};
use crate::tokens::Map;
use crate::tokens::secret::base64url;

/// Where the server believes to be, behind its proxy.
const INSIDE: &str = "http://as.internal:8080";

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "issuer-with-a-query",
        says: "The issuer in the metadata names its tenant in a query.",
        clause: "oidc-discovery/3/issuer-https",
        caught_by: &["metadata/issuer-form"],
        seams: &[changed!(Metadata, |body| {
            let issuer = body.get("issuer").and_then(Value::as_str).unwrap_or_default();
            let issuer = json!(format!("{issuer}?tenant=1"));
            set(body, "issuer", issuer);
        })],
        ..OIDC
    },
    Fault {
        id: "metadata-without-issuer",
        says: "The metadata does not say who the server is, although its responses do.",
        clause: "rfc9207/2.3/issuer-provided",
        caught_by: &["authorize/iss-advertised", "metadata/required-members"],
        seams: &[changed!(Metadata, |body| drop(body.remove("issuer")))],
        ..OIDC
    },
    Fault {
        id: "metadata-without-scopes",
        says: "The metadata does not list the scopes.",
        clause: "oidc-discovery/3/scopes-supported",
        caught_by: &["metadata/scopes-listed"],
        seams: &[changed!(Metadata, |body| drop(body.remove("scopes_supported")))],
        ..OIDC
    },
    Fault {
        id: "metadata-without-claims",
        says: "The metadata does not list the claims.",
        clause: "oidc-discovery/3/claims-supported",
        caught_by: &["metadata/claims-listed"],
        seams: &[changed!(Metadata, |body| drop(body.remove("claims_supported")))],
        ..OIDC
    },
    Fault {
        id: "metadata-without-userinfo",
        says: "The metadata does not say where userinfo is.",
        clause: "oidc-discovery/3/userinfo-endpoint",
        caught_by: &["metadata/userinfo-listed"],
        seams: &[changed!(Metadata, |body| drop(body.remove("userinfo_endpoint")))],
        ..OIDC
    },
    Fault {
        id: "keys-behind-the-proxy",
        says: "The jwks_uri in the metadata is the address that the server has behind its proxy.",
        clause: "oidc-discovery/3/endpoints-https",
        caught_by: &["metadata/endpoints-https"],
        seams: &[changed!(Metadata, |body| set(body, "jwks_uri", json!(format!("{INSIDE}/jwks"))))],
        ..OIDC
    },
    Fault {
        id: "userinfo-behind-the-proxy",
        says: "The userinfo_endpoint in the metadata is the address that the server has behind its proxy.",
        clause: "oidc-discovery/3/userinfo-https",
        caught_by: &["metadata/endpoints-https"],
        seams: &[changed!(Metadata, |body| set(body, "userinfo_endpoint", json!(format!("{INSIDE}/userinfo"))))],
        ..OIDC
    },
    Fault {
        id: "assertions-without-rs256",
        says: "The metadata offers private_key_jwt, and RS256 is not among its algorithms.",
        clause: "oidc-discovery/3/auth-rs256",
        caught_by: &["metadata/assertions-by-rs256"],
        seams: &[changed!(Metadata, |body| {
            set(body, "token_endpoint_auth_signing_alg_values_supported", json!(["ES256", "HS256"]));
        })],
        ..OIDC
    },
    Fault {
        id: "signed-metadata-unsigned",
        says: "The header of the signed metadata says that it is not signed.",
        clause: "rfc8414/2.1/signed-metadata",
        caught_by: &["metadata/signed"],
        seams: &[changed!(Metadata, |body| signed(body, "none", "iss", None))],
        ..OIDC
    },
    Fault {
        id: "signed-metadata-of-nobody",
        says: "The signed metadata does not say who signed it.",
        clause: "rfc8414/2.1/signed-metadata",
        caught_by: &["metadata/signed"],
        seams: &[changed!(Metadata, |body| signed(body, "ES256", "signed_by", None))],
        ..OIDC
    },
    Fault {
        id: "signed-metadata-in-itself",
        says: "The signed metadata contains signed metadata.",
        clause: "rfc8414/2.1/not-nested",
        caught_by: &["metadata/signed"],
        seams: &[changed!(Metadata, |body| signed(body, "ES256", "iss", Some("eyJhbGciOiJFUzI1NiJ9.e30.AAAA")))],
        ..OIDC
    },
    Fault {
        id: "revocation-behind-the-proxy",
        says: "The revocation_endpoint in the metadata is the plain address that the server has behind its proxy.",
        clause: "rfc7009/2/http-not-published",
        caught_by: &["metadata/endpoints-https"],
        seams: &[changed!(Metadata, |body| set(body, "revocation_endpoint", json!(format!("{INSIDE}/revoke"))))],
        ..OIDC
    },
    Fault {
        id: "pushing-behind-the-proxy",
        says: "The endpoint for pushed requests in the metadata is the plain address that the server has behind its proxy.",
        clause: "rfc9126/2/https",
        caught_by: &["metadata/endpoints-https"],
        seams: &[changed!(Metadata, |body| {
            set(body, "pushed_authorization_request_endpoint", json!(format!("{INSIDE}/par")));
        })],
        ..OIDC
    },
    Fault {
        id: "open-without-implicit",
        says: "The metadata lists no response type id_token token, although any client may register.",
        clause: "oidc-core/15.2/response-types",
        caught_by: &["metadata/open-response-types"],
        seams: &[changed!(Metadata, |body| drop_from(body, "response_types_supported", "id_token token"))],
        ..OIDC
    },
    Fault {
        id: "open-without-implicit-grant",
        says: "The metadata does not list the grant type implicit, although any client may register.",
        clause: "oidc-discovery/3/dynamic-grant-types",
        caught_by: &["metadata/open-grant-types"],
        seams: &[changed!(Metadata, |body| drop_from(body, "grant_types_supported", "implicit"))],
        ..OIDC
    },
    Fault {
        id: "open-without-userinfo",
        says: "Any client may register, and none is told of a userinfo endpoint.",
        clause: "oidc-core/15.2/userinfo",
        caught_by: &["metadata/open-userinfo"],
        seams: &[changed!(Metadata, |body| drop(body.remove("userinfo_endpoint")))],
        ..OIDC
    },
    Fault {
        id: "registration-not-listed",
        says: "The metadata does not say where clients register.",
        clause: "oidc-discovery/3/registration-endpoint",
        caught_by: &["metadata/registration-listed"],
        seams: &[changed!(Metadata, |body| drop(body.remove("registration_endpoint")))],
        ..OIDC
    },
    Fault {
        id: "request-objects-without-rs256",
        says: "Request objects cannot be signed with RS256, by the word of the metadata.",
        clause: "oidc-discovery/3/request-object-algs",
        caught_by: &["metadata/request-objects-by-rs256"],
        seams: &[changed!(Metadata, |body| drop_from(body, "request_object_signing_alg_values_supported", "RS256"))],
        ..OIDC
    },
    Fault {
        id: "logout-behind-the-proxy",
        says: "The end_session_endpoint in the metadata is the plain address that the server has behind its proxy.",
        clause: "oidc-rp-initiated-logout/2.1/endpoint-https",
        caught_by: &["metadata/endpoints-https"],
        seams: &[changed!(Metadata, |body| set(body, "end_session_endpoint", json!(format!("{INSIDE}/end_session"))))],
        ..OIDC
    },
    Fault {
        id: "pushing-required-nobody-knows-where",
        says: "The metadata says that requests have to be pushed, and not where.",
        clause: "rfc9126/2/listed",
        caught_by: &["metadata/required-members"],
        seams: &[changed!(Metadata, |body| {
            body.remove("pushed_authorization_request_endpoint");
            set(body, "require_pushed_authorization_requests", json!(true));
        })],
        ..OIDC
    },
];

/// A statement of all members, with a signature that nobody looks at here.
fn signed(body: &mut Map, algorithm: &str, party: &str, inner: Option<&str>) {
    let mut claims = body.clone();
    let issuer = body.get("issuer").cloned().unwrap_or_default();
    set(&mut claims, party, issuer);
    if let Some(inner) = inner {
        set(&mut claims, "signed_metadata", json!(inner));
    }
    let part = |value: Value| base64url(value.to_string().as_bytes());
    let signature = if algorithm == "none" { "" } else { "AAAA" };
    let statement = format!("{}.{}.{signature}", part(json!({ "alg": algorithm })), part(Value::Object(claims)));
    set(body, "signed_metadata", json!(statement));
}

/// The list without this value.
fn drop_from(body: &mut Map, list: &str, value: &str) {
    if let Some(values) = body.get_mut(list).and_then(Value::as_array_mut) {
        values.retain(|one| one != value);
    }
}
