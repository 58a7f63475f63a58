//! `/_/`: what a test needs and no real server offers. Only when it was asked for, only from this machine.

mod clients;
mod clock;
mod journal;
mod keys;
mod users;

pub use journal::Journal;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::server::Server;
use crate::store::{NameTaken, StoreError};
use crate::tokens::Map;
use crate::transport::Peer;
use crate::transport::reply::{self, Reply};

/// Why a control request did nothing.
enum Problem {
    Bad(String),
    NotFound,
    Server,
}

impl From<NameTaken> for Problem {
    fn from(taken: NameTaken) -> Problem {
        Problem::Bad(taken.to_string())
    }
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
    if request.method() == Method::DELETE {
        return if path == "requests" { Ok(journal::clear(server)) } else { Err(Problem::NotFound) };
    }
    match (request.method() == Method::POST, path) {
        (true, "requests") => journal::clear_if(server, &body(request)?),
        (false, "requests") => Ok(journal::list(server)),
        (true, "clock") => clock::advance(server, &body(request)?),
        (true, "clients") => clients::register(server, &body(request)?).await,
        (false, "clients") => clients::list(server).await,
        (true, "keys") => keys::rotate(server, &body(request)?).await,
        (false, "keys") => Ok(keys::list(server)),
        (false, "users") => users::list(server).await,
        (true, path) => match path.strip_prefix("users/") {
            Some(name) => users::change(server, name, body(request)?).await,
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
