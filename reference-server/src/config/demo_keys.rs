//! The keys of the demonstration. Their private halves are printed in the manual: they prove nothing outside of it.

use serde_json::{Value, json};

/// The private key of the client `web-key`, on P-256, in PEM (PKCS #8).
pub const WEB_KEY: &str = include_str!("../../demo/web-key.pem");

/// The name of the assertion issuer of the demonstration.
pub const ISSUER: &str = "https://issuer.example";

/// The private key of the assertion issuer of the demonstration, RSA, in PEM (PKCS #8).
pub const ISSUER_KEY: &str = include_str!("../../demo/issuer-key.pem");

/// The public half of [`WEB_KEY`], for ES256.
pub fn web_key_jwks() -> Value {
    json!({ "keys": [{
        "kty": "EC", "use": "sig", "alg": "ES256", "kid": "web-key-1", "crv": "P-256",
        "x": "UTELXBfJ-CYKmzlz_Cr87zm0ZiBHgaDz2mKayHkZUkE",
        "y": "lKDv6hfzELijlanmchWAykogUERca9ITKRzrZrfa5Qs",
    }] })
}

/// The public half of [`ISSUER_KEY`], for RS256.
pub fn issuer_jwks() -> Value {
    json!({ "keys": [{
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "issuer-key-1", "e": "AQAB",
        "n": "whj0ZTEHnZlya0U3CU8ihvSfUH9j_vQ7HVFD74c_KekE1YIVHcaiVc8gHaWP1POtwDxQA8vAI2MEacCzsx2x-5rb-I9juuZJituQU5V49p3YxlYoa3-\
              SwRHRQqFHrcuo3zH4zx8QhOAVjT-FKzBJFBQt1M5LTG7rN7-IXegXjsbiN7UuivX_3o7WUDpOUI2-MdfFU27ehtXWdJRCQq2DS23cViJ114pKPmPENFfny8r\
              6qnlks_3aOnR2qh52z9gBcr1qx_pItr3DcBqHeUDCqqNeTR34n6ej16gqBbO-XUsBFJ89RWI-B5faIHXmEqZnp8IhHuNdK_muOeAVgvN3Fw",
    }] })
}
