//! userinfo that says too much, or of somebody else.

use serde_json::{Value, json};

use super::{changed, set};
use crate::faults::{Fault, OIDC, Seam};
use crate::tokens::Map;

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
        id: "profile-opens-the-mail",
        says: "Whoever may know the name of a user is told the e-mail address too.",
        clause: "oidc-core/5.4/scope-limits-claims",
        caught_by: &["userinfo/claims-by-scope"],
        seams: &[changed!(Userinfo, |body| {
            if body.contains_key("family_name") && !body.contains_key("email") {
                set(body, "email", json!("somebody@example.com"));
            }
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
        id: "email-without-domain",
        says: "The email of userinfo is the name of the mailbox alone.",
        clause: "oidc-core/5.1/email-syntax",
        caught_by: &["userinfo/email-syntax"],
        seams: &[changed!(Userinfo, |body| {
            let email = body.get("email").and_then(Value::as_str).map(str::to_owned);
            if let Some((mailbox, _)) = email.as_deref().and_then(|email| email.split_once('@')) {
                set(body, "email", json!(mailbox));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "verified-phone-without-country",
        says: "A telephone number that was verified stands without its country.",
        clause: "oidc-core/5.1/verified-phone-number-format",
        caught_by: &["userinfo/phone-number-format"],
        seams: &[changed!(Userinfo, |body| phone(body, true))],
        ..OIDC
    },
    Fault {
        id: "phone-without-country",
        says: "A telephone number stands without its country.",
        clause: "oidc-core/5.1/phone-number-format",
        caught_by: &["userinfo/phone-number-format"],
        seams: &[changed!(Userinfo, |body| phone(body, false))],
        ..OIDC
    },
    Fault {
        id: "null-claims",
        says: "userinfo says null of what the server does not know.",
        clause: "oidc-core/5.3.2/no-empty-claims",
        caught_by: &["userinfo/no-empty-claims"],
        seams: &[changed!(Userinfo, |body| set(body, "picture", json!(null)))],
        ..OIDC
    },
    Fault {
        id: "empty-claims",
        says: "userinfo says nothing, between quotation marks, of what the server does not know.",
        clause: "oidc-core/5.3.2/no-empty-claims",
        caught_by: &["userinfo/no-empty-claims"],
        seams: &[changed!(Userinfo, |body| set(body, "middle_name", json!("")))],
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
    Fault {
        id: "address-of-another-place",
        says: "The text of an address is that of the place where the user lived before.",
        clause: "oidc-core/5.1.1/address-consistent",
        caught_by: &["userinfo/address-consistent"],
        seams: &[changed!(Userinfo, |body| {
            if let Some(address) = body.get_mut("address").and_then(Value::as_object_mut) {
                set(address, "formatted", json!("7 Old Road\nFormerly 9876\nElsewhere"));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "claim-source-without-address",
        says: "userinfo says that somebody else knows more, and not where to ask.",
        clause: "oidc-core/5.6.2/sources-formed",
        caught_by: &["userinfo/claim-sources"],
        seams: &[changed!(Userinfo, |body| {
            set(body, "_claim_names", json!({ "credit_score": "bank" }));
            set(body, "_claim_sources", json!({ "bank": { "access_token": "ksj3n283dke" } }));
        })],
        ..OIDC
    },
    Fault {
        id: "language-tags-in-capitals",
        says: "The language tags of claims are spelled in capital letters.",
        clause: "oidc-core/5.2/language-tags",
        caught_by: &["userinfo/languages"],
        seams: &[changed!(Userinfo, |body| {
            let name = body.get("family_name").cloned();
            if let Some(name) = name {
                set(body, "family_name#EN", name);
            }
        })],
        ..OIDC
    },
    Fault {
        id: "picture-is-a-page",
        says: "The picture of a user leads to a page.",
        clause: "oidc-core/5.1/picture-is-image",
        caught_by: &["userinfo/picture-is-image"],
        seams: &[Seam::Config(|config| {
            let page = json!(format!("{}/", config.issuer));
            for user in &mut config.users {
                set(&mut user.claims, "picture", page.clone());
            }
        })],
        ..OIDC
    },
];

/// A number as it is dialled at home.
fn phone(body: &mut Map, verified: bool) {
    if body.contains_key("phone_number") {
        set(body, "phone_number", json!("0664 1234567"));
        set(body, "phone_number_verified", json!(verified));
    }
}
