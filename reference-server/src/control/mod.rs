//! `/_/`: what a test needs and no real server offers. Only when it was asked for, only from this machine.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::config::ClientConfig;
use crate::model::{Client, User};
use crate::server::Server;
use crate::store::StoreError;
use crate::tokens::Map;
use crate::transport::Peer;
use crate::transport::reply::{self, Reply};

/// `POST /_/clock`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

/// `POST /_/users/<name>`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Disable {
    disabled: bool,
}

/// Why a control request did nothing.
enum Problem {
    Bad(String),
    NotFound,
    Server,
}

impl From<StoreError> for Problem {
    fn from(_: StoreError) -> Problem {
        Problem::Server
    }
}

/// Answer a control request; where control is off, nothing is here.
pub async fn answer(server: &Server, request: &Request<Bytes>) -> Reply {
    let is_near = request.extensions().get::<Peer>().is_none_or(|peer| peer.0.ip().to_canonical().is_loopback());
    if !server.config.control || !is_near {
        return reply::not_found();
    }
    match act(server, request).await {
        Ok(body) => reply::private_json(StatusCode::OK, &body),
        Err(Problem::Bad(says)) => {
            reply::private_json(StatusCode::BAD_REQUEST, &Map::from_iter([("error".to_owned(), json!(says))]))
        }
        Err(Problem::NotFound) => reply::not_found(),
        Err(Problem::Server) => reply::plain(StatusCode::INTERNAL_SERVER_ERROR, "The server failed.\n"),
    }
}

async fn act(server: &Server, request: &Request<Bytes>) -> Result<Map, Problem> {
    let path = request.uri().path().trim_start_matches("/_/");
    match (request.method() == Method::POST, path) {
        (true, "clock") => advance(server, &body(request)?),
        (true, "clients") => register(server, &body(request)?).await,
        (false, "clients") => clients(server).await,
        (false, "users") => users(server).await,
        (true, path) => match path.strip_prefix("users/") {
            Some(name) => disable(server, name, &body(request)?).await,
            None => Err(Problem::NotFound),
        },
        (false, _) => Err(Problem::NotFound),
    }
}

/// JSON and nothing else, which also keeps the forms of other sites out.
fn body<T: DeserializeOwned>(request: &Request<Bytes>) -> Result<T, Problem> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if !content_type.starts_with("application/json") {
        return Err(Problem::Bad("the body has to be application/json".to_owned()));
    }
    serde_json::from_slice(request.body()).map_err(|error| Problem::Bad(error.to_string()))
}

fn advance(server: &Server, by: &Advance) -> Result<Map, Problem> {
    const TEN_YEARS: u64 = 10 * 365 * 24 * 60 * 60;
    if by.advance_seconds > TEN_YEARS {
        return Err(Problem::Bad(format!("advance_seconds is more than {TEN_YEARS}")));
    }
    server.clock.advance(Duration::from_secs(by.advance_seconds));
    Ok(Map::from_iter([("now".to_owned(), json!(server.clock.now()))]))
}

async fn disable(server: &Server, name: &str, wish: &Disable) -> Result<Map, Problem> {
    let user = server.store.user(name).await?.ok_or(Problem::NotFound)?;
    let mut user = (*user).clone();
    user.disabled = wish.disabled;
    let body = describe_user(&user);
    server.store.put_user(user).await?;
    Ok(body)
}

async fn register(server: &Server, config: &ClientConfig) -> Result<Map, Problem> {
    let client = Client::parse(config, &server.offer).map_err(|error| Problem::Bad(error.to_string()))?;
    let body = describe_client(&client);
    server.store.put_client(client).await?;
    Ok(body)
}

async fn clients(server: &Server) -> Result<Map, Problem> {
    let clients: Vec<Map> = server.store.clients().await?.iter().map(|client| describe_client(client)).collect();
    Ok(Map::from_iter([("clients".to_owned(), json!(clients))]))
}

async fn users(server: &Server) -> Result<Map, Problem> {
    let users: Vec<Map> = server.store.users().await?.iter().map(|user| describe_user(user)).collect();
    Ok(Map::from_iter([("users".to_owned(), json!(users))]))
}

fn describe_client(client: &Client) -> Map {
    Map::from_iter([
        ("client_id".to_owned(), json!(client.client_id)),
        ("auth_method".to_owned(), json!(client.auth_method)),
        ("grant_types".to_owned(), json!(client.grant_types)),
        ("response_types".to_owned(), json!(client.response_types)),
        ("redirect_uris".to_owned(), json!(client.redirect_uris)),
        ("scopes".to_owned(), json!(client.scopes)),
        ("require_pkce".to_owned(), json!(client.require_pkce)),
        ("allow_plain_pkce".to_owned(), json!(client.allow_plain_pkce)),
        ("browser_tokens".to_owned(), json!(client.browser_tokens)),
        ("access_token".to_owned(), json!(client.access_token)),
        ("refresh_token".to_owned(), json!(client.refresh_token)),
        ("remember_consent".to_owned(), json!(client.remember_consent)),
        ("lifetimes".to_owned(), json!(client.lifetimes)),
    ])
}

fn describe_user(user: &User) -> Map {
    Map::from_iter([
        ("name".to_owned(), json!(user.name)),
        ("sub".to_owned(), json!(user.sub)),
        ("disabled".to_owned(), json!(user.disabled)),
    ])
}
