//! Pages for people: what runs here, what each rule says, and what a client would find at its redirect URI.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use http::{Method, Request, StatusCode};

use super::{authorize, query};
use crate::error::AuthorizeError;
use crate::pages;
use crate::rules::Rule;
use crate::server::Server;
use crate::transport::form::Form;
use crate::transport::reply::{self, Reply};

/// What runs here: issuer, clients, users.
pub async fn landing(server: &Server) -> Reply {
    look(server).await.unwrap_or_else(|error| authorize::failed(server, &error))
}

async fn look(server: &Server) -> Result<Reply, AuthorizeError> {
    let (clients, users) = (server.store.clients().await?, server.store.users().await?);
    Ok(reply::page(StatusCode::OK, pages::landing(server, &clients, &users)))
}

/// Every rule, in the order in which a request meets them.
pub fn rules() -> Reply {
    reply::page(StatusCode::OK, pages::rules())
}

/// The page behind `error_uri`: one rule and its clause.
pub fn rule(server: &Server, name: &str) -> Reply {
    match Rule::ALL.iter().find(|rule| rule.name() == name) {
        Some(rule) => reply::page(StatusCode::OK, pages::rule(&server.config.issuer, *rule)),
        None => reply::not_found(),
    }
}

/// The redirect URI of a client of the demonstration: what came back, and how a client would go on.
pub fn callback(server: &Server, request: &Request<Bytes>, client_id: &str) -> Reply {
    let known = server.config.clients.iter().find(|client| server.config.demo && client.client_id == client_id);
    let Some(client) = known else { return reply::not_found() };
    let response = if request.method() == Method::POST { Form::parse(request.body()) } else { query(request) };
    reply::scripted_page(pages::callback(&server.config, client, response.pairs()))
}

/// How the pages look.
pub fn style() -> Reply {
    file(pages::STYLE, "text/css; charset=utf-8")
}

/// What stands in the tab of the browser.
pub fn icon() -> Reply {
    file(pages::ICON, "image/svg+xml")
}

/// It submits the form of a response.
pub fn form_post_script() -> Reply {
    file(pages::FORM_POST_SCRIPT, "text/javascript; charset=utf-8")
}

/// It shows what is behind the `#` of an address.
pub fn callback_script() -> Reply {
    file(pages::CALLBACK_SCRIPT, "text/javascript; charset=utf-8")
}

/// A file of this server, to be asked for again when the server may be another.
fn file(text: &'static str, content_type: &'static str) -> Reply {
    let mut reply = reply::with_status(StatusCode::OK, text);
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    reply
}
