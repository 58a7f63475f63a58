//! `/_/requests`: what was asked lately, and what came of it. What may be shown is on a list; whatever is not on it could be a secret.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use crate::error::Refusal;
use crate::rules::{PARAMETERS, Rule};
use crate::server::Server;
use crate::tokens::Map;
use crate::transport::form::Form;
use crate::transport::reply::Reply;

/// So many requests are remembered; the oldest go first.
const KEPT: usize = 1000;

/// So many characters of a path or a value are shown.
const LONGEST: usize = 200;

/// Parameters whose names say something, beside those that requests may carry once.
const FURTHER_NAMES: &[&str] = &["audience", "csrf", "decision", "interaction", "resource", "user_code"];

/// Parameters whose values are no secrets.
const SHOWN: &[&str] = &[
    "acr_values",
    "actor_token_type",
    "audience",
    "client_assertion_type",
    "client_id",
    "code_challenge_method",
    "decision",
    "display",
    "grant_type",
    "max_age",
    "prompt",
    "requested_token_type",
    "resource",
    "response_mode",
    "response_type",
    "scope",
    "subject_token_type",
    "token_type_hint",
    "ui_locales",
];

/// The last requests of a server that is under control.
#[derive(Debug, Default)]
pub struct Journal {
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    written: u64,
    entries: VecDeque<Map>,
}

/// A request that has not been answered yet, as far as it may be shown.
#[derive(Debug)]
pub struct Entry(Map);

/// `POST /_/requests`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clear {
    clear: bool,
}

impl Journal {
    /// Begin an entry: its number, when, and what was asked. Requests to `/_/` are no entries.
    pub fn begin(&self, server: &Server, request: &Request<Bytes>) -> Option<Entry> {
        let path = request.uri().path();
        if path.starts_with("/_/") {
            return None;
        }
        let number = {
            let mut pages = self.pages();
            pages.written += 1;
            pages.written
        };
        let mut entry = Map::new();
        entry.insert("number".to_owned(), json!(number));
        entry.insert("time".to_owned(), json!(server.clock.now()));
        entry.insert("method".to_owned(), json!(request.method().as_str()));
        entry.insert("path".to_owned(), json!(shortened(path)));
        entry.insert("authorization".to_owned(), json!(scheme(request.headers())));
        entry.insert("parameters".to_owned(), parameters(server, request));
        Some(Entry(entry))
    }

    /// Write down what came of it.
    pub fn finish(&self, Entry(mut entry): Entry, reply: &Reply) {
        entry.insert("status".to_owned(), json!(reply.status().as_u16()));
        if let Some(refusal) = reply.extensions().get::<Refusal>() {
            entry.insert("error".to_owned(), json!(refusal.code.as_str()));
            entry.insert("rule".to_owned(), json!(refusal.rule.map(Rule::name)));
        }
        let mut pages = self.pages();
        if pages.entries.len() == KEPT {
            pages.entries.pop_front();
        }
        pages.entries.push_back(entry);
    }

    /// A panic elsewhere leaves the pages whole: nothing can fail while they are written.
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `GET`: what was asked lately, in the order in which it was answered.
pub fn list(server: &Server) -> Map {
    let entries: Vec<Map> = server.journal.pages().entries.iter().cloned().collect();
    Map::from_iter([("requests".to_owned(), json!(entries))])
}

/// `DELETE`: forget it all; the numbers go on.
pub fn clear(server: &Server) -> Map {
    server.journal.pages().entries.clear();
    list(server)
}

/// `POST`: the same, for whoever cannot send a DELETE.
pub fn clear_if(server: &Server, wish: &Clear) -> Result<Map, Problem> {
    if wish.clear {
        return Ok(clear(server));
    }
    Err(Problem::Bad("nothing to do: say \"clear\": true".to_owned()))
}

/// Names that the server knows, values that are no secrets. What it does not know is there without a name, for it could be anything.
fn parameters(server: &Server, request: &Request<Bytes>) -> Value {
    let is_form = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_form = is_form.is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    let query = Form::parse(request.uri().query().unwrap_or("").as_bytes());
    let body = if is_form { Form::parse(request.body()) } else { Form::default() };

    let shown = |place: &'static str, name: &str, value: &str| {
        let mut parameter = Map::from_iter([("in".to_owned(), json!(place))]);
        if is_known(server, name) {
            parameter.insert("name".to_owned(), json!(name));
        }
        if SHOWN.contains(&name) {
            parameter.insert("value".to_owned(), json!(shortened(value)));
        }
        parameter
    };
    let of_query = query.pairs().iter().map(|(name, value)| shown("query", name, value));
    let of_body = body.pairs().iter().map(|(name, value)| shown("body", name, value));
    of_query.chain(of_body).collect::<Vec<_>>().into()
}

fn is_known(server: &Server, name: &str) -> bool {
    let mut of_extensions = server.extensions.parameters();
    PARAMETERS.contains(&name) || FURTHER_NAMES.contains(&name) || of_extensions.any(|parameter| parameter.name == name)
}

/// How the request authenticates, not with what.
fn scheme(headers: &HeaderMap) -> Option<&'static str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let scheme = value.split(' ').next().unwrap_or("");
    ["Basic", "Bearer"].into_iter().find(|known| known.eq_ignore_ascii_case(scheme)).or(Some("another"))
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
