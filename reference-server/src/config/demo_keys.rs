//! The keys of the demonstration. Their private halves are printed in the manual: they prove nothing outside of it.

use serde_json::{Value, json};

/// The private key of the client `web-key`, on P-256, in PEM (PKCS #8).
pub const WEB_KEY: &str = include_str!("../../demo/web-key.pem");

/// The name of the assertion issuer of the demonstration.
pub const ISSUER: &str = "https://issuer.example";

/// The private key of the assertion issuer of the demonstration, on P-256, in PEM (PKCS #8).
pub const ISSUER_KEY: &str = include_str!("../../demo/issuer-key.pem");

/// The public half of [`WEB_KEY`], for ES256.
pub fn web_key_jwks() -> Value {
    json!({ "keys": [{
        "kty": "EC", "use": "sig", "alg": "ES256", "kid": "web-key-1", "crv": "P-256",
        "x": "UTELXBfJ-CYKmzlz_Cr87zm0ZiBHgaDz2mKayHkZUkE",
        "y": "lKDv6hfzELijlanmchWAykogUERca9ITKRzrZrfa5Qs",
    }] })
}

/// The public half of [`ISSUER_KEY`], for ES256.
pub fn issuer_jwks() -> Value {
    json!({ "keys": [{
        "kty": "EC", "use": "sig", "alg": "ES256", "kid": "issuer-key-1", "crv": "P-256",
        "x": "pz0_4_BY_X8Brqkxtl9p9srhMOw26YvD2RgTnYQ1j6Q",
        "y": "C9uTAKjEsY2NI9xRfQ-9a89xc64-ChdvLya3fTTV484",
    }] })
}
