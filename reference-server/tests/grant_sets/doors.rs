//! The doors: the configuration file, the control API, registration.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use grantspec_reference::{ClientConfig, Config, Server};
use http::{Request, StatusCode};
use serde_json::json;

use crate::sets::{CODE, HYBRID, IMPLICIT, Set};
use crate::support::{CALLBACK, KEYS, config, send, tell};

/// A way into the server for a client.
#[derive(Clone, Copy)]
pub enum Door {
    Configuration,
    Control,
    Registration,
}

/// A client that came in, and the server that holds it.
pub struct Held {
    pub server: Arc<Server>,
    pub client_id: String,
    pub secret: String,
}

/// A server whose doors are open.
pub fn open() -> Arc<Server> {
    Arc::new(Server::new(config(), Arc::clone(&KEYS)).expect("the demonstration is a legal configuration"))
}

impl Door {
    pub const ALL: [Door; 3] = [Door::Configuration, Door::Control, Door::Registration];

    pub fn name(self) -> &'static str {
        match self {
            Door::Configuration => "configuration",
            Door::Control => "control",
            Door::Registration => "registration",
        }
    }

    /// Bring in a client with these grant types; or the words of the refusal.
    pub async fn hold(self, server: &Arc<Server>, set: &Set) -> Result<Held, String> {
        match self {
            Door::Configuration => configured(set),
            Door::Control => told(server, set).await,
            Door::Registration => registered(server, set).await,
        }
    }
}

fn client(set: &Set) -> ClientConfig {
    ClientConfig {
        client_id: "new".to_owned(),
        secret: Some("a-secret-of-sixteen".to_owned()),
        grant_types: set.0.iter().map(|name| (*name).to_owned()).collect(),
        redirect_uris: vec![CALLBACK.to_owned()],
        scopes: vec!["openid".to_owned(), "profile".to_owned(), "api:read".to_owned()],
        browser_tokens: true,
        ..ClientConfig::default()
    }
}

/// The client stands in the file behind those of the demonstration.
fn configured(set: &Set) -> Result<Held, String> {
    let mut config = config();
    config.clients.push(client(set));
    let text = config.to_toml().map_err(|error| error.to_string())?;
    let config = Config::from_toml(Path::new("server.toml"), &text).map_err(|error| error.to_string())?;
    let server = Server::new(config, Arc::clone(&KEYS)).map_err(|error| error.to_string())?;
    Ok(Held { server: Arc::new(server), client_id: "new".to_owned(), secret: "a-secret-of-sixteen".to_owned() })
}

async fn told(server: &Arc<Server>, set: &Set) -> Result<Held, String> {
    let body = serde_json::to_string(&client(set)).map_err(|error| error.to_string())?;
    let answer = tell(server, "/_/clients", &body).await;
    if answer.status != StatusCode::OK {
        return Err(answer.member("error"));
    }
    Ok(Held { server: Arc::clone(server), client_id: "new".to_owned(), secret: "a-secret-of-sixteen".to_owned() })
}

/// As RFC 7591 and OpenID Connect write it: hybrid is both of the others, and the response types tell.
async fn registered(server: &Arc<Server>, set: &Set) -> Result<Held, String> {
    let (mut grant_types, mut response_types): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    if set.has(CODE) || set.has(HYBRID) {
        grant_types.push(CODE);
    }
    if set.has(IMPLICIT) || set.has(HYBRID) {
        grant_types.push(IMPLICIT);
    }
    for (front, own) in [
        (CODE, &["code"][..]),
        (IMPLICIT, &["token", "id_token", "id_token token"]),
        (HYBRID, &["code id_token", "code token", "code id_token token"]),
    ] {
        response_types.extend(own.iter().filter(|_| set.has(front)));
    }
    grant_types.extend(set.0.iter().filter(|name| !set.fronts().contains(name)));
    let body = json!({
        "grant_types": grant_types, "response_types": response_types,
        "application_type": "native", "redirect_uris": [CALLBACK],
    });
    let request = Request::post("/register").header("content-type", "application/json");
    let request = request.body(Bytes::from(body.to_string())).map_err(|error| error.to_string())?;
    let answer = send(server, request).await;
    if answer.status != StatusCode::CREATED {
        return Err(answer.member("error_description"));
    }
    Ok(Held {
        server: Arc::clone(server),
        client_id: answer.member("client_id"),
        secret: answer.member("client_secret"),
    })
}
