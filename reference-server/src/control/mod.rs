//! `/_/`: what a test needs and no real server offers. Only when it was asked for, only from this machine, and by no page of another site.

mod clients;
mod clock;
mod journal;
mod keys;
mod users;

pub use journal::Journal;

use std::net::IpAddr;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderValue, Method, Request, StatusCode};
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
    if !is_asked_by_name(server, request) {
        let says = "the Host has to be this machine or the issuer, and the Origin, if there is one, the issuer";
        return reply::private_json(StatusCode::FORBIDDEN, &Map::from_iter([("error".to_owned(), json!(says))]));
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

/// No page of another site asks: a browser says where the page came from (`Origin`), and a name that was made to lead here after the page was loaded (DNS
/// rebinding) is neither the issuer's nor one of this machine.
fn is_asked_by_name(server: &Server, request: &Request<Bytes>) -> bool {
    let issuer = server.config.issuer.as_str();
    let text = |value: &HeaderValue| value.to_str().unwrap_or("").to_owned();
    let asked = request.headers().get(HOST).map(text);
    let asked = request.uri().authority().map(Authority::to_string).or(asked);
    let own = issuer.split_once("://").and_then(|(_, authority)| host(authority));

    asked.is_none_or(|asked| host(&asked).is_some_and(|host| is_loopback(&host) || Some(host) == own))
        && request.headers().get(ORIGIN).is_none_or(|origin| origin == issuer)
}

/// RFC 3986 §3.2.2: the name or address of an authority, without its port.
fn host(authority: &str) -> Option<String> {
    Some(authority.parse::<Authority>().ok()?.host().to_ascii_lowercase())
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
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
