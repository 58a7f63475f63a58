//! userinfo that says too much, or of somebody else.

use serde_json::{Value, json};

use super::{changed, set};
use crate::faults::{Fault, OIDC};

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "claims-without-their-scope",
        says: "userinfo says the e-mail address and the name whatever the scope.",
        clause: "oidc-core/5.4/scope-limits-claims",
        caught_by: &["userinfo/claims-by-scope"],
        seams: &[changed!(Userinfo, |body| {
            let name = body.get("sub").and_then(Value::as_str).unwrap_or_default().replace("user-", "");
            set(body, "email", json!(format!("{name}@example.com")));
            set(body, "name", json!(name));
        })],
        ..OIDC
    },
    Fault {
        id: "email-verified-as-string",
        says: "email_verified is true in quotation marks.",
        clause: "oidc-core/5.1/types",
        caught_by: &["userinfo/claim-types"],
        seams: &[changed!(Userinfo, |body| set(body, "email_verified", json!("true")))],
        ..OIDC
    },
    Fault {
        id: "one-profile-for-all",
        says: "userinfo remembers the e-mail address of the first user, and says it of everybody.",
        clause: "oidc-core/5.3/about-the-user",
        caught_by: &["userinfo/another-user"],
        seams: &[changed!(Userinfo, |body| {
            if body.contains_key("email") {
                set(body, "email", json!("alice@example.com"));
            }
        })],
        ..OIDC
    },
];
