//! Key sets in which a key is something else than it seems.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::changed;
use crate::faults::{Fault, OIDC};
use crate::tokens::Map;
use crate::tokens::secret::random_string;

/// The certificate of a key that nobody here has.
const CERTIFICATE: &str = "MIIBgDCCASWgAwIBAgIUX54gWabwp7v4o3pkKDDavUTivs0wCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKYXMuZXhhbXBsZTAeFw0yNjExMzAwMTI4NTdaFw0zNjExMjcwMTI4NTdaMBUxEzARBgNVBAMMCmFzLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATRhH93XLWBSjoFalYefG6EZgBiaGTAubo+Dy2IBdf2tjshXnoSpwrPGe+I+G0yrw+VYwjp+EyMzYYC8EBbQOueo1MwUTAdBgNVHQ4EFgQUkJotJMyqq/U4U1h66oqEPhnic4UwHwYDVR0jBBgwFoAUkJotJMyqq/U4U1h66oqEPhnic4UwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA/O/jSRfxUI+JIMfP3SZEp3ZYfR8ohm9RBnzWYfIbv0MCIQC5YpttCakvVvpCJPi9r3xO53xoIzBaqZ3VgNVC8IEhRw==";

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "keys-without-use",
        says: "The key set holds a key for encryption, and the others do not say what they are for.",
        clause: "oidc-discovery/3/key-use",
        caught_by: &["jwks/key-use"],
        seams: &[changed!(Jwks, |body| {
            for key in keys(body).iter_mut().filter_map(Value::as_object_mut) {
                key.remove("use");
            }
            let modulus = json!(random_string());
            for_encryption(body, Some(modulus));
        })],
        ..OIDC
    },
    Fault {
        id: "one-key-for-both",
        says: "The key that signs is offered for encryption as well.",
        clause: "oidc-discovery/3/one-use-per-key",
        caught_by: &["jwks/key-use"],
        seams: &[changed!(Jwks, |body| for_encryption(body, None))],
        ..OIDC
    },
    Fault {
        id: "certificate-alone",
        says: "A key is published as a certificate alone.",
        clause: "oidc-discovery/3/bare-keys",
        caught_by: &["jwks/bare-keys"],
        seams: &[changed!(Jwks, |body| {
            for key in keys(body).iter_mut().filter(|key| key["kty"] == "RSA").filter_map(Value::as_object_mut) {
                key.remove("n");
                key.remove("e");
                key.insert("x5c".to_owned(), json!([CERTIFICATE]));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "certificate-of-an-older-key",
        says: "Beside a key stands the certificate of the one that it replaced.",
        clause: "oidc-discovery/3/bare-keys",
        caught_by: &["jwks/bare-keys"],
        seams: &[changed!(Jwks, |body| {
            for key in keys(body).iter_mut().filter(|key| key["kty"] == "EC") {
                key["x5c"] = json!([CERTIFICATE]);
            }
        })],
        ..OIDC
    },
    Fault {
        id: "encryption-keys-without-age",
        says: "Nobody is told for how long a key for encryption may be kept.",
        clause: "oidc-core/10.2.1/max-age",
        caught_by: &["jwks/max-age"],
        seams: &[changed!(Jwks, |body| {
            let modulus = json!(random_string());
            for_encryption(body, Some(modulus));
        })],
        ..OIDC
    },
    Fault {
        id: "old-keys-withdrawn",
        says: "A key disappears from the key set at the moment at which another takes its place.",
        clause: "oidc-core/10.1.1/old-keys-kept",
        caught_by: &["jwks/old-keys-kept"],
        seams: &[changed!(Jwks, |body| {
            // Those that sign come first.
            let mut seen = HashSet::new();
            if let Some(keys) = body.get_mut("keys").and_then(Value::as_array_mut) {
                keys.retain(|key| seen.insert(key["alg"].to_string()));
            }
        })],
        ..OIDC
    },
];

/// The keys of a set.
fn keys(body: &mut Map) -> &mut [Value] {
    body.get_mut("keys").and_then(Value::as_array_mut).map(Vec::as_mut_slice).unwrap_or_default()
}

/// The first RSA key once more, for encryption; with another modulus it is another key.
fn for_encryption(body: &mut Map, modulus: Option<Value>) {
    let Some(mut key) = keys(body).iter().find(|key| key["kty"] == "RSA").cloned() else { return };
    key["kid"] = json!("encryption");
    key["use"] = json!("enc");
    key["alg"] = json!("RSA-OAEP-256");
    if let Some(modulus) = modulus {
        key["n"] = modulus;
    }
    if let Some(keys) = body.get_mut("keys").and_then(Value::as_array_mut) {
        keys.push(key);
    }
}
