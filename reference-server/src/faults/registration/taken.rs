//! What a registration brings along and ought not to, and is taken and told back; and secrets that are none.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::{Asked, before, set_members, texts, told};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::Path;
use crate::rules::Rule;
use crate::tokens::Map;

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "secrets-by-date",
        says: "The secret of a client that registers is made of the time and a few characters.",
        clause: "rfc6749/10.10/unguessable",
        caught_by: &["registration/secret-unique"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |asked, body| {
                let few: String = body.get("client_id").and_then(Value::as_str).unwrap_or_default().chars().take(6).collect();
                if asked.is_new() && body.contains_key("client_secret") {
                    body.insert("client_secret".to_owned(), json!(format!("secret-of-2026-11-30-at-noon-{few}")));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "fragments-registered",
        says: "A redirection URI with a fragment is registered as it is.",
        clause: "rfc6749/3.1.2/no-fragment",
        caught_by: &["registration/redirect-uri-kinds"],
        seams: &[
            Seam::Wire(|inner| before(inner, |asked, request| {
                let bare = |uri: &str| uri.split('#').next().unwrap_or_default().to_owned();
                let uris: Vec<String> = texts(&asked.body, "redirect_uris").into_iter().map(bare).collect();
                put(asked, request, "redirect_uris", json!(uris));
                None
            })),
            Seam::Wire(|inner| told(inner, |asked, body| as_asked(asked, body, "redirect_uris"))),
        ],
        ..OIDC
    },
    Fault {
        id: "private-keys-registered",
        says: "A key set is registered with all that is in it, private keys too.",
        clause: "oidc-registration/2/no-private-keys",
        caught_by: &["registration/no-private-keys"],
        seams: &[
            Seam::Wire(|inner| before(inner, |asked, request| {
                let mut jwks = asked.body.get("jwks").cloned().unwrap_or_default();
                let keys = jwks.get_mut("keys").and_then(Value::as_array_mut);
                for key in keys.into_iter().flatten().filter_map(Value::as_object_mut) {
                    key.remove("d");
                }
                put(asked, request, "jwks", jwks);
                None
            })),
            Seam::Wire(|inner| told(inner, |asked, body| as_asked(asked, body, "jwks"))),
        ],
        ..OIDC
    },
    Fault {
        id: "grants-outlive-updates",
        says: "A refresh token goes on working when its client is not registered for refreshing any more.",
        clause: "rfc7591/2/registered-types-only",
        caught_by: &["management/grant-taken-back"],
        seams: &[Seam::Gate(Rule::ClientMayUseGrant, Some(Path::RefreshToken))],
        ..OIDC
    },
    Fault {
        id: "any-scope-in-an-id-token",
        says: "Where an ID token is all that is asked for, the scope is not held against that of the client.",
        clause: "rfc7591/2/registered-scope-only",
        caught_by: &["registration/scope-held-by-id-token"],
        seams: &[Seam::Gate(Rule::ScopeWithinClient, Some(Path::ImplicitIdToken))],
        ..OIDC
    },
];

/// Another value of a member, where there is one.
fn put(asked: &Asked, request: &mut Request<Bytes>, name: &str, value: Value) {
    if asked.body.contains_key(name) {
        let mut members = asked.body.clone();
        members.insert(name.to_owned(), value);
        set_members(request, members);
    }
}

/// The member as the request had it.
fn as_asked(asked: &Asked, body: &mut Map, name: &str) {
    if let Some(value) = asked.body.get(name) {
        body.insert(name.to_owned(), value.clone());
    }
}
