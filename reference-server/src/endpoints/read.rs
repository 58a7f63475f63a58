//! Pages for people: what runs here, and what each rule says.

use http::StatusCode;

use crate::pages;
use crate::rules::Rule;
use crate::server::Server;
use crate::transport::reply::{self, Reply};

/// What runs here: issuer, clients, users.
pub async fn landing(server: &Server) -> Reply {
    match (server.store.clients().await, server.store.users().await) {
        (Ok(clients), Ok(users)) => {
            reply::page(StatusCode::OK, pages::landing(&server.config.issuer, &clients, &users))
        }
        _ => reply::with_status(StatusCode::INTERNAL_SERVER_ERROR, "The server failed.\n"),
    }
}

/// Every rule, in the order in which a request meets them.
pub fn rules() -> Reply {
    reply::page(StatusCode::OK, pages::rules())
}

/// The page behind `error_uri`: one rule and its clause.
pub fn rule(name: &str) -> Reply {
    match Rule::ALL.iter().find(|rule| rule.name() == name) {
        Some(rule) => reply::page(StatusCode::OK, pages::rule(*rule)),
        None => reply::not_found(),
    }
}

/// How the pages look.
pub fn style() -> Reply {
    let mut reply = reply::with_status(StatusCode::OK, pages::STYLE);
    reply::insert(&mut reply, http::header::CONTENT_TYPE, "text/css; charset=utf-8");
    reply
}

/// The one script.
pub fn form_post_script() -> Reply {
    let mut reply = reply::with_status(StatusCode::OK, pages::FORM_POST_SCRIPT);
    reply::insert(&mut reply, http::header::CONTENT_TYPE, "text/javascript; charset=utf-8");
    reply
}
