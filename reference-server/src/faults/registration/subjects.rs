//! Pairwise subjects in name only.

use serde_json::{Value, json};

use super::{before, set_members, told};
use crate::faults::claims::{changed, set};
use crate::faults::{Fault, OIDC, Seam};
use crate::tokens::secret::base64url;

/// The metadata lists them.
const LISTED: Seam = changed!(Metadata, |body| set(body, "subject_types_supported", json!(["public", "pairwise"])));

/// A client that asks for them is registered for public ones.
const TAKEN: Seam = Seam::Wire(|inner| {
    before(inner, |asked, request| {
        if asked.body.get("subject_type").is_some_and(|kind| kind == "pairwise") {
            let mut body = asked.body.clone();
            body.remove("subject_type");
            set_members(request, body);
        }
        None
    })
});

/// And is told what it asked for.
const TOLD: Seam = Seam::Wire(|inner| {
    told(inner, |asked, body| {
        if let Some(kind) = asked.body.get("subject_type") {
            body.insert("subject_type".to_owned(), kind.clone());
        }
    })
});

pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "pairwise-in-name-only",
        says: "Clients that are registered for pairwise subjects all know a user by the same one.",
        clause: "oidc-core/8.1/pairwise-distinct",
        caught_by: &["registration/pairwise-subjects"],
        seams: &[LISTED, TAKEN, TOLD],
        ..OIDC
    },
    Fault {
        id: "pairwise-in-base64",
        says: "A pairwise subject is client and user in Base64.",
        clause: "oidc-core/8.1/not-reversible",
        caught_by: &["registration/pairwise-subjects"],
        seams: &[
            LISTED,
            TAKEN,
            TOLD,
            changed!(IdToken, |_, claims| {
                let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
                let both = json!(base64url(format!("{}:{}", text("aud"), text("sub")).as_bytes()));
                set(claims, "sub", both);
            }),
        ],
        ..OIDC
    },
];
