//! userinfo that is written in another way than it says.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;

use super::{Reply, after};
use crate::faults::{Fault, OIDC, Seam};
use crate::tokens::secret::base64url;
use crate::tokens::{Algorithm, Map};

const AT: &[&str] = &["/userinfo"];

/// Every client registered for signed userinfo.
pub(in crate::faults) const SIGNED: Seam = Seam::Config(|config| {
    for client in &mut config.clients {
        client.userinfo_signed_response_alg = Some(Algorithm::Rs256);
    }
});

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "userinfo-in-latin-1",
        says: "userinfo is written in ISO 8859-1, and does not say so.",
        clause: "oidc-core/5.3.2/utf-8",
        caught_by: &["userinfo/utf-8"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                let text = String::from_utf8_lossy(reply.body()).replace("Alice", "Alic\u{e9}");
                let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
                *reply.body_mut() = Bytes::from(bytes);
            })
        })],
        ..OIDC
    },
    Fault {
        id: "userinfo-says-latin-1",
        says: "userinfo says that it is written in ISO 8859-1.",
        clause: "oidc-core/5.3.2/utf-8",
        caught_by: &["userinfo/utf-8"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| content_type(reply, "application/json; charset=iso-8859-1"))
        })],
        ..OIDC
    },
    Fault {
        id: "signed-userinfo-as-json",
        says: "Signed userinfo is of the type application/json.",
        clause: "oidc-core/5.3.2/jwt-content-type",
        caught_by: &["userinfo/signed"],
        seams: &[SIGNED, Seam::Wire(|inner| after(inner, AT, |_, reply| content_type(reply, "application/json")))],
        ..OIDC
    },
    Fault {
        id: "signed-userinfo-for-everybody",
        says: "Signed userinfo does not say for which client it is.",
        clause: "oidc-core/5.3.2/signed-members",
        caught_by: &["userinfo/signed", "registration/userinfo-alg"],
        seams: &[
            SIGNED,
            Seam::Wire(|inner| after(inner, AT, |_, reply| edit_claims(reply, |claims| drop(claims.remove("aud"))))),
        ],
        ..OIDC
    },
    Fault {
        id: "signed-userinfo-of-nobody",
        says: "Signed userinfo does not say who signed it.",
        clause: "oidc-core/5.3.2/signed-members",
        caught_by: &["userinfo/signed", "registration/userinfo-alg"],
        seams: &[
            SIGNED,
            Seam::Wire(|inner| after(inner, AT, |_, reply| edit_claims(reply, |claims| drop(claims.remove("iss"))))),
        ],
        ..OIDC
    },
];

fn content_type(reply: &mut Reply, value: &'static str) {
    if reply.status().is_success() {
        reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(value));
    }
}

/// Change the claims of a JWT, whose signature stays what it was.
fn edit_claims(reply: &mut Reply, edit: impl FnOnce(&mut Map)) {
    let text = String::from_utf8_lossy(reply.body()).into_owned();
    let parts: Vec<&str> = text.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else { return };
    let decoded = URL_SAFE_NO_PAD.decode(claims).unwrap_or_default();
    if let Ok(Value::Object(mut claims)) = serde_json::from_slice(&decoded) {
        edit(&mut claims);
        let claims = base64url(Value::Object(claims).to_string().as_bytes());
        *reply.body_mut() = Bytes::from(format!("{header}.{claims}.{signature}"));
    }
}
