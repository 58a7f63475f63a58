//! Is the answer to a registration whole, and of the form that is laid down? RFC 7591 §2, §3.2.1.

use serde_json::{Value, json};

use crate::cell::{Cell, Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::SigningKey;
use crate::lab::registration::{OTHER_REDIRECT_URI, REDIRECT_URI};
use crate::lab::{Authorize, Lab, Registered};

pub const METADATA_RETURNED: Check = Check {
    id: "registration/metadata-returned",
    title: "the answer tells what is registered",
    why: "A server may register something else than it was asked for. A client that is not told cannot know what it has.",
    clauses: &["rfc7591/3.2.1/metadata-returned", "oidc-registration/3.2/metadata-returned"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(metadata_returned(lab))),
};

pub const TYPES: Check = Check {
    id: "registration/types",
    title: "the values in the answer have the JSON types that are laid down for them",
    why: "A client that expects a list and gets a string takes each letter for a redirection URI, or gives up.",
    clauses: &["rfc7591/2/types", "oidc-registration/2/types"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(types(lab))),
};

pub const NAMES_OF_REQUESTS: Check = Check {
    id: "registration/names-of-requests",
    title: "grant and response types are told by the names that requests use",
    why: "A client looks for the name that it asked for; a server that tells the name of its own enumeration seems to have refused it.",
    clauses: &["rfc7591/2/names-of-requests"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(names_of_requests(lab))),
};

pub const KEYS_ONCE: Check = Check {
    id: "registration/keys-once",
    title: "no answer has both jwks and jwks_uri",
    why: "Whoever reads it cannot know which keys hold: a key that was taken back by one may still be good by the other.",
    clauses: &["rfc7591/2/keys-returned-once"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(keys_once(lab))),
};

pub const REDIRECT_URIS_KEPT: Check = Check {
    id: "registration/redirect-uris-kept",
    title: "redirection URIs are registered as they were sent, or not at all",
    why: "A server that drops one of them, or writes it in another way, fails its users at login, and not its client at registration.",
    clauses: &["oidc-registration/3.2/redirect-uris-kept", "oidc-registration/7/failed-not-used"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(redirect_uris_kept(lab))),
};

/// What shows in use: where answers go, and which grants are served.
async fn metadata_returned(lab: &Lab) -> Answer {
    const CLAUSE: &str = "rfc7591/3.2.1/metadata-returned";
    let request = lab.registration()?.for_grants(&["authorization_code", "client_credentials"], &["code"]);
    let registered = lab.register(&request).await?;
    let missing = |name: &str, value: &str| {
        let expected = format!("{name} with {value}, which is registered: it works");
        Err(Stop::finding(CLAUSE, expected, registered.reply.actual()))
    };
    let has = |name: &str, value: &str| registered.list(name).contains(&value);
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let asked = Authorize::valid().with("redirect_uri", REDIRECT_URI);
    if acting.authorize_in(lab.browser(), asked).await?.code().is_ok() {
        for (name, value) in
            [("redirect_uris", REDIRECT_URI), ("grant_types", "authorization_code"), ("response_types", "code")]
        {
            if !has(name, value) {
                return missing(name, value);
            }
        }
    }
    let own = lab.acting_in(Cell::CLIENT_CREDENTIALS, &registered.client).client_credentials().await?;
    match own.tokens() {
        Some(_) if !has("grant_types", "client_credentials") => missing("grant_types", "client_credentials"),
        _ => Ok(()),
    }
}

/// What the value of a member has to be.
#[derive(Clone, Copy)]
enum Type {
    Text,
    Texts,
    Number,
    Flag,
    Object,
}

/// RFC 7591 §2, §3.2.1, RFC 7592 §3, OpenID Connect Registration §2.
#[rustfmt::skip]
const TYPE_OF: &[(&str, Type)] = &[
    ("client_id", Type::Text), ("client_secret", Type::Text), ("client_name", Type::Text), ("client_uri", Type::Text),
    ("token_endpoint_auth_method", Type::Text), ("scope", Type::Text), ("software_id", Type::Text), ("application_type", Type::Text),
    ("subject_type", Type::Text), ("id_token_signed_response_alg", Type::Text), ("jwks_uri", Type::Text),
    ("registration_access_token", Type::Text), ("registration_client_uri", Type::Text),
    ("redirect_uris", Type::Texts), ("grant_types", Type::Texts), ("response_types", Type::Texts), ("contacts", Type::Texts),
    ("default_max_age", Type::Number), ("require_auth_time", Type::Flag), ("jwks", Type::Object),
];

async fn types(lab: &Lab) -> Answer {
    let request =
        lab.registration()?.with("contacts", json!(["admin@client.example"])).with("software_id", "grantspec");
    let registered = lab.register(&request).await?;
    well_typed(&registered)?;
    match lab.reading(&registered) {
        Ok(reading) => {
            let reply = lab.send_registration(&reading).await?;
            registered.renewed(&reading, &reply).map_or(Ok(()), |read| well_typed(&read))
        }
        // Nothing else is answered where nothing is managed.
        Err(_) => Ok(()),
    }
}

fn well_typed(registered: &Registered) -> Answer {
    for (name, expected) in TYPE_OF {
        let Some(told) = registered.members.get(*name).filter(|told| !told.is_null()) else { continue };
        let (fits, expected) = match expected {
            Type::Text => (told.is_string(), "a string"),
            Type::Texts => (told.as_array().is_some_and(|list| list.iter().all(Value::is_string)), "a list of strings"),
            Type::Number => (told.is_number(), "a number"),
            Type::Flag => (told.is_boolean(), "true or false"),
            Type::Object => (told.is_object(), "an object"),
        };
        if !fits {
            let actual = format!("{}: {told}", registered.reply.asked);
            return Err(Stop::finding("rfc7591/2/types", format!("{name} as {expected}"), actual));
        }
    }
    Ok(())
}

async fn names_of_requests(lab: &Lab) -> Answer {
    let request = lab.registration()?.for_grants(&["authorization_code", "client_credentials"], &["code"]);
    let registered = lab.register(&request).await?;
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    acting.authorize_in(lab.browser(), Authorize::valid()).await?.code()?;
    for (name, value) in [("grant_types", "authorization_code"), ("response_types", "code")] {
        let told = registered.list(name);
        if !told.is_empty() && !told.contains(&value) {
            let actual = format!("{name} {told:?}, of a client that gets codes");
            return Err(Stop::finding("rfc7591/2/names-of-requests", format!("{name} with {value}"), actual));
        }
    }
    Ok(())
}

async fn keys_once(lab: &Lab) -> Answer {
    const URI: &str = "https://client.example/jwks.json";
    let key = SigningKey::fresh("ES256").map_err(Stop::Error)?;
    let request = lab.registration()?.signing(key);
    let registered = lab.register(&request).await?;
    let mut requests = vec![request.with("jwks_uri", URI)];
    if let Ok(update) = lab.updating(&registered) {
        requests.extend([update.clone().without("jwks").with("jwks_uri", URI), update.with("jwks_uri", URI)]);
    }
    for request in requests {
        let reply = lab.send_registration(&request).await?;
        reply.judgeable()?;
        let json = reply.json().unwrap_or_default();
        let has = |name: &str| json.get(name).is_some_and(|value| !value.is_null());
        if reply.is_success() && has("jwks") && has("jwks_uri") {
            return Err(Stop::finding("rfc7591/2/keys-returned-once", "jwks or jwks_uri, not both", reply.actual()));
        }
    }
    Ok(())
}

/// One URI is well, one is not: both, or none of them. And one that could be written in another way is not.
async fn redirect_uris_kept(lab: &Lab) -> Answer {
    const BAD: &str = "javascript:alert(1)";
    const ODD: &str = "https://client.example/a/../cb?x=%7e&y";
    lab.register(&lab.registration()?).await?.may(Grant::AuthorizationCode)?;
    for (uris, clause) in [
        ([OTHER_REDIRECT_URI, ODD], "oidc-registration/3.2/redirect-uris-kept"),
        ([REDIRECT_URI, BAD], "oidc-registration/3.2/redirect-uris-kept"),
    ] {
        let request = lab.registration()?.with("redirect_uris", &uris[..]);
        let reply = lab.send_registration(&request).await?;
        reply.judgeable()?;
        let Some(registered) = lab.registered(&request, &reply) else { continue };
        let Some(told) = registered.members.get("redirect_uris") else {
            return Err(Stop::not_applicable(Reason::Policy, "the answer does not tell the redirect_uris"));
        };
        let told = told.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
        if uris.iter().any(|uri| !told.contains(uri)) || told.len() != uris.len() {
            return Err(Stop::finding(
                clause,
                format!("a refusal, or the redirect_uris {uris:?}"),
                format!("{told:?}"),
            ));
        }
        if told.contains(&BAD) {
            return Err(Stop::finding("oidc-registration/7/failed-not-used", "a refusal", format!("{told:?}")));
        }
    }
    Ok(())
}
