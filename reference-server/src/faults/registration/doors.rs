//! Who may register, and what is made of what they send.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};

use super::{answers, before, set_members, told};
use crate::config::{Config, RegistrationAccess};
use crate::faults::{Fault, OIDC, Seam, wire};
use crate::rules::Rule;
use crate::tokens::Map;

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "registration-closed",
        says: "Nobody registers without an initial access token.",
        clause: "rfc7591/3/open",
        caught_by: &["registration/open"],
        seams: &[Seam::Config(by_token)],
        ..OIDC
    },
    Fault {
        id: "any-initial-access-token",
        says: "Whoever registers needs an initial access token; which one does not matter.",
        clause: "rfc7591/1.2/limited-by-token",
        caught_by: &["registration/initial-access-token"],
        seams: &[Seam::Config(by_token), Seam::Gate(Rule::InitialAccessTokenMatches, None)],
        ..OIDC
    },
    Fault {
        id: "initial-access-token-is-metadata",
        says: "A wrong initial access token is refused like wrong metadata.",
        clause: "rfc7591/3.2.2/oauth-error",
        caught_by: &["registration/initial-token-challenge"],
        seams: &[Seam::Config(by_token), Seam::Wire(|inner| answers(inner, |asked, reply| {
            if asked.is_new() && asked.token.is_some() && reply.status() == StatusCode::UNAUTHORIZED {
                *reply = wire::refuse(StatusCode::BAD_REQUEST, "invalid_client_metadata");
                reply.headers_mut().remove(WWW_AUTHENTICATE);
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "unknown-metadata-refused",
        says: "A registration with a member that the server does not know is refused.",
        clause: "rfc7591/2/unknown-ignored",
        caught_by: &["registration/unknown-ignored"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, _| {
            let unknown = asked.body.keys().any(|name| !KNOWN.iter().any(|known| name.starts_with(known)));
            unknown.then(|| wire::refuse(StatusCode::BAD_REQUEST, "invalid_client_metadata"))
        }))],
        ..OIDC
    },
    Fault {
        id: "member-names-in-any-case",
        says: "The names of members are read in any case.",
        clause: "rfc7591/1.1/case-sensitive",
        caught_by: &["registration/case-sensitive"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, request| {
            let (exact, other): (BTreeMap<_, _>, BTreeMap<_, _>) =
                asked.body.clone().into_iter().partition(|(name, _)| *name == name.to_lowercase());
            if !other.is_empty() {
                let other = other.into_iter().map(|(name, value)| (name.to_lowercase(), value));
                set_members(request, exact.into_iter().chain(other).collect());
            }
            None
        }))],
        ..OIDC
    },
    Fault {
        id: "escapes-not-undone",
        says: "The name of a member that is written with an escape is another name.",
        clause: "oidc-registration/6/strings-compared",
        caught_by: &["registration/strings-compared"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, request| {
            if String::from_utf8_lossy(request.body()).contains("\\u005f") {
                let body = asked.body.clone().into_iter().filter(|(name, _)| !name.contains('_'));
                set_members(request, body.collect());
            }
            None
        }))],
        ..OIDC
    },
    Fault {
        id: "broken-json-registered",
        says: "A body that is no JSON object counts as an empty one, and the client gets what is usual.",
        clause: "rfc7591/3.2/error",
        caught_by: &["registration/error-response"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, request| {
            if asked.is_new() && asked.body.is_empty() {
                set_members(request, Map::from_iter([("redirect_uris".to_owned(), json!(["https://client.example/usual"]))]));
            }
            None
        }))],
        ..OIDC
    },
    Fault {
        id: "error-description-in-another-script",
        says: "The description of an error has letters outside ASCII.",
        clause: "rfc7591/3.2.2/description-ascii",
        caught_by: &["registration/error-response"],
        seams: &[Seam::Wire(|inner| answers(inner, |asked, reply| {
            if asked.is_new() && reply.status() == StatusCode::BAD_REQUEST {
                wire::responses::edit_json(reply, |body| {
                    body.insert("error_description".to_owned(), json!("Das geht so nicht: bitte überprüfen."));
                });
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "statements-believed",
        says: "A software statement is read, and not verified.",
        clause: "rfc7591/2.3/statement-signed",
        caught_by: &["registration/statement-of-a-stranger"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, request| {
            let statement = asked.body.get("software_statement").and_then(Value::as_str)?;
            let claims = URL_SAFE_NO_PAD.decode(statement.split('.').nth(1)?).ok()?;
            let claims: Map = serde_json::from_slice(&claims).ok()?;
            let mut body = asked.body.clone();
            body.remove("software_statement");
            body.extend(claims.into_iter().filter(|(name, _)| name.starts_with("client_")));
            set_members(request, body);
            None
        }))],
        ..OIDC
    },
    Fault {
        id: "registration-without-token-told",
        says: "Who registers is told where the registration is managed, and not with what.",
        clause: "rfc7592/3/registration-access-token",
        caught_by: &["management/both-or-neither"],
        seams: &[Seam::Wire(|inner| told(inner, |asked, body| {
            if asked.is_new() {
                body.remove("registration_access_token");
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "registration-without-address-told",
        says: "Who registers is given a token for the registration, and not told where it is.",
        clause: "rfc7592/3/configuration-endpoint",
        caught_by: &["management/both-or-neither"],
        seams: &[Seam::Wire(|inner| told(inner, |asked, body| {
            if asked.is_new() {
                body.remove("registration_client_uri");
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "registration-address-relative",
        says: "The address of a registration is a path.",
        clause: "rfc7592/7/uri-complete",
        caught_by: &["management/address-works"],
        seams: &[Seam::Wire(|inner| told(inner, |_, body| readdress(body, |id| format!("/register/{id}"))))],
        ..OIDC
    },
    Fault {
        id: "registration-address-by-a-number",
        says: "The address of a registration ends with its number in a table.",
        clause: "rfc7592/7/uri-form",
        caught_by: &["management/address-form"],
        seams: &[Seam::Wire(|inner| told(inner, |_, body| readdress(body, |_| "http://127.0.0.1/clients/17".to_owned())))],
        ..OIDC
    },
    Fault {
        id: "registration-address-behind-the-proxy",
        says: "The address of a registration is the one that the server has behind its proxy.",
        clause: "oidc-registration/3.2/configuration-https",
        caught_by: &["management/address-https"],
        seams: &[Seam::Wire(|inner| told(inner, |_, body| readdress(body, |id| format!("http://as.internal.example:8080/register/{id}"))))],
        ..OIDC
    },
];

/// Registration takes a token, which whoever judges the server is given.
fn by_token(config: &mut Config) {
    config.registration.allow = RegistrationAccess::Token;
    config.registration.initial_access_token = Some("the-initial-access-token-of-a-fault".to_owned());
}

fn readdress(body: &mut Map, address: fn(&str) -> String) {
    let id = body.get("client_id").and_then(Value::as_str).map(str::to_owned);
    if let Some(id) = id.filter(|_| body.contains_key("registration_client_uri")) {
        body.insert("registration_client_uri".to_owned(), json!(address(&id)));
    }
}

/// How the names of the members begin that every server knows.
const KNOWN: &[&str] = &[
    "application_type",
    "client_",
    "contacts",
    "default_",
    "grant_types",
    "id_token_",
    "initiate_login_uri",
    "jwks",
    "logo_uri",
    "policy_uri",
    "post_logout_",
    "redirect_uris",
    "request_",
    "require_",
    "response_types",
    "scope",
    "sector_identifier_uri",
    "software_",
    "subject_type",
    "token_endpoint_",
    "tos_uri",
    "userinfo_",
];
