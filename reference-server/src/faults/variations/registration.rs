//! Legal choices about the registration of clients.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::error::{ErrorCode, Refusal};
use crate::faults::claims::set;
use crate::faults::registration::tokens::Rotates;
use crate::faults::registration::{Asked, before, set_members, told};
use crate::faults::wire::{self, Reply};
use crate::faults::{Seam, Variation};
use crate::model::{AuthMethod, Client, GrantType, Path};
use crate::rules::{Rule, Rules, RulesOver, Ruling};

#[rustfmt::skip]
pub(in crate::faults) static VARIATIONS: &[Variation] = &[
    Variation {
        id: "registration-token-rotates",
        says: "A read and an update tell a new registration access token, and the old one is void.",
        clause: "rfc7592/2.1/credentials-replaced",
        seams: &[Seam::Wire(|inner| Arc::new(Rotates { inner, names: Mutex::default(), keeps_old: false }))],
    },
    Variation {
        id: "registration-without-management",
        says: "A client registers, and nobody manages the registration.",
        clause: "oidc-registration/3.2/both-or-neither",
        seams: &[Seam::Wire(|inner| told(inner, |_, body| {
            body.remove("registration_client_uri");
            body.remove("registration_access_token");
        }))],
    },
    Variation {
        id: "registration-of-oauth-alone",
        says: "Registration goes by RFC 7591: whether a client is a native one is nothing that it knows.",
        clause: "rfc7591/2/unknown-ignored",
        seams: &[
            Seam::Wire(|inner| before(inner, |asked, request| {
                if asked.body.contains_key("application_type") {
                    let body = asked.body.iter().filter(|(name, _)| *name != "application_type");
                    set_members(request, body.map(|(name, value)| (name.clone(), value.clone())).collect());
                }
                None
            })),
            Seam::Wire(|inner| told(inner, |_, body| drop(body.remove("application_type")))),
        ],
    },
    Variation {
        id: "read-without-credentials",
        says: "A read tells neither the registration access token nor the address nor the secret, as they are the old ones.",
        clause: "oidc-registration/4.3/token-omitted",
        seams: &[Seam::Wire(|inner| told(inner, |asked, body| {
            if asked.method == Method::GET {
                for name in ["registration_client_uri", "registration_access_token", "client_secret", "client_secret_expires_at"] {
                    body.remove(name);
                }
            }
        }))],
    },
    Variation {
        id: "registration-replaces",
        says: "What a client may not have is left out of its registration, and the answer says so.",
        clause: "rfc7591/2/values-refused-or-replaced",
        seams: &[Seam::Wire(|inner| before(inner, |asked, request| {
            let is_unwanted = |name: &str, value: &serde_json::Value| name == "sector_identifier_uri" || value == "none";
            let body = asked.body.iter().filter(|(name, value)| !is_unwanted(name, value));
            if !asked.body.is_empty() && asked.body.get("token_endpoint_auth_method").is_none_or(|method| method != "none") {
                set_members(request, body.map(|(name, value)| (name.clone(), value.clone())).collect());
            }
            None
        }))],
    },
    Variation {
        id: "registered-clients-act-by-basic",
        says: "A client that registered itself gets tokens of its own by HTTP Basic alone; for a code it may authenticate in every way.",
        clause: "rfc6749/2.3.1/body-supported",
        seams: &[Seam::Rules(|inner| Arc::new(ActsByBasic { inner }))],
    },
    Variation {
        id: "bad-redirect-uris-left-out",
        says: "Of several redirect URIs those are left out that would send a code over the network in the open, and the answer says so.",
        clause: "rfc7591/2/values-refused-or-replaced",
        seams: &[Seam::Wire(|inner| before(inner, drop_open_addresses))],
    },
    Variation {
        id: "registered-for-more",
        says: "Whoever registers for codes is registered for refresh tokens as well, and the answer says so.",
        clause: "rfc7591/2/values-refused-or-replaced",
        seams: &[Seam::Wire(|inner| before(inner, add_refresh_token))],
    },
    Variation {
        id: "registrations-are-read-only",
        says: "A registration can be read, as by OpenID Connect Registration; nobody updates or deletes it.",
        clause: "rfc7592/2/method-unsupported",
        seams: &[Seam::Wire(|inner| before(inner, |asked, _| {
            let is_read = asked.is_new() || asked.method == Method::GET;
            (!is_read).then(|| wire::refuse(StatusCode::METHOD_NOT_ALLOWED, "invalid_request"))
        }))],
    },
    Variation {
        id: "members-of-openid-connect-unknown",
        says: "The registration ignores what OpenID Connect added to it, and its answer does not speak of it.",
        clause: "rfc7591/2/unknown-ignored",
        seams: &[
            Seam::Wire(|inner| before(inner, drop_unknown_members)),
            Seam::Wire(|inner| told(inner, |_, body| body.retain(|name, _| !OF_OPENID_CONNECT.contains(&name.as_str())))),
        ],
    },
    Variation {
        id: "implicit-replaced-at-registration",
        says: "A client that registers for the implicit grant is registered for codes, and the answer says so.",
        clause: "rfc7591/2/values-refused-or-replaced",
        seams: &[Seam::Wire(|inner| before(inner, replace_implicit))],
    },
    Variation {
        id: "registered-for-little",
        says: "Whoever registers may ask for openid and profile and for nothing else, and the answer says so.",
        clause: "rfc7591/2/values-refused-or-replaced",
        seams: &[Seam::Config(|config| config.registration.scopes.retain(|scope| scope == "openid" || scope == "profile"))],
    },
];

/// What a server of RFC 7591 alone has never heard of.
const OF_OPENID_CONNECT: [&str; 8] = [
    "id_token_signed_response_alg",
    "userinfo_signed_response_alg",
    "request_object_signing_alg",
    "token_endpoint_auth_signing_alg",
    "require_auth_time",
    "default_max_age",
    "subject_type",
    "application_type",
];

fn drop_unknown_members(asked: &Asked, request: &mut Request<Bytes>) -> Option<Reply> {
    if OF_OPENID_CONNECT.iter().any(|name| asked.body.contains_key(*name)) {
        let mut body = asked.body.clone();
        body.retain(|name, _| !OF_OPENID_CONNECT.contains(&name.as_str()));
        set_members(request, body);
    }
    None
}

/// Whoever wants tokens through the browser gets a code.
fn replace_implicit(asked: &Asked, request: &mut Request<Bytes>) -> Option<Reply> {
    if asked.body.get("grant_types") == Some(&json!(["implicit"])) {
        let mut body = asked.body.clone();
        set(&mut body, "grant_types", json!(["authorization_code"]));
        set(&mut body, "response_types", json!(["code"]));
        set_members(request, body);
    }
    None
}

/// Of several addresses those that a browser does not send over the network in the open.
fn drop_open_addresses(asked: &Asked, request: &mut Request<Bytes>) -> Option<Reply> {
    let Some(Value::Array(addresses)) = asked.body.get("redirect_uris") else { return None };
    let is_open = |address: &Value| {
        let address = address.as_str().unwrap_or_default();
        address.starts_with("http://")
            && !["127.0.0.1", "[::1]", "localhost"].iter().any(|own| address[7..].starts_with(own))
    };
    let good: Vec<Value> = addresses.iter().filter(|address| !is_open(address)).cloned().collect();
    if !good.is_empty() && good.len() < addresses.len() {
        let mut body = asked.body.clone();
        set(&mut body, "redirect_uris", Value::Array(good));
        set_members(request, body);
    }
    None
}

/// Whoever gets codes gets refresh tokens.
fn add_refresh_token(asked: &Asked, request: &mut Request<Bytes>) -> Option<Reply> {
    let names = |name: &str| {
        asked.body.get("grant_types").and_then(Value::as_array).is_some_and(|all| all.contains(&json!(name)))
    };
    if names("authorization_code") && !names("refresh_token") {
        let mut body = asked.body.clone();
        if let Some(all) = body.get_mut("grant_types").and_then(Value::as_array_mut) {
            all.push(json!("refresh_token"));
        }
        set_members(request, body);
    }
    None
}

struct ActsByBasic {
    inner: Arc<dyn Rules>,
}

impl RulesOver for ActsByBasic {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_may_use_grant(&self, path: Path, client: &Client, grant_type: GrantType) -> Ruling {
        let basic = client.auth_method == AuthMethod::ClientSecretBasic;
        if grant_type == GrantType::ClientCredentials && client.registered.is_some() && !basic {
            let says = "This server takes HTTP Basic here.";
            return Err(Refusal::new(ErrorCode::InvalidClient, says).by(Rule::ClientUsesItsMethod));
        }
        self.inner.client_may_use_grant(path, client, grant_type)
    }
}
