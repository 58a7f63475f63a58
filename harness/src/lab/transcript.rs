//! What was said in a cell, without secrets: the evidence of a verdict. Where all is well nobody looks at it, so that it is
//! written down when it is asked for; nothing of it leaves this file as it was heard.

use std::fmt::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::http::TransportError;
use crate::exchange::redact::Secrets;
use crate::exchange::{Reply, Wire};

/// Bodies longer than this are cut in the transcript; pages say little beyond their beginning.
const LONGEST_BODY: usize = 4096;

/// One request and its answer, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// Method and URL.
    pub request: String,
    /// The headers that matter, and the body.
    pub sent: Vec<String>,
    /// The status, or why there was no answer.
    pub answer: String,
    /// The headers and the body of the answer.
    pub came: Vec<String>,
    /// What the answer gave.
    #[serde(skip)]
    pub gave: Gave,
}

/// What an answer gave to whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gave {
    /// What was asked for, or something else.
    Something,
    /// A refusal, a page, or the word that a token is not active.
    Nothing,
    /// Nothing, because the server broke, or was silent.
    Broken,
}

impl Gave {
    fn of(reply: &Result<Reply, TransportError>) -> Self {
        let Ok(reply) = reply else { return Self::Broken };
        let inactive = || reply.json().is_some_and(|body| body.get("active") == Some(&false.into()));
        let error_at_client = || reply.header("location").is_some_and(|to| to.contains("error="));
        match reply.status {
            500.. => Self::Broken,
            400.. => Self::Nothing,
            _ if reply.media_type() == "text/html" || inactive() || error_at_client() => Self::Nothing,
            _ => Self::Something,
        }
    }
}

/// Parameters whose values say what kind of request it is.
const TELLING: &[&str] = &["grant_type", "prompt", "response_mode", "response_type", "token_type_hint"];

impl Recorded {
    fn of(wire: &Wire, reply: &Result<Reply, TransportError>, secrets: &mut Secrets) -> Self {
        let request = format!("{} {}", wire.method, secrets.url(&wire.url));
        let mut sent: Vec<String> =
            wire.headers.iter().map(|(name, value)| format!("{name}: {}", secrets.header(name, value))).collect();
        sent.extend(wire.body.as_deref().map(|body| secrets.body(body)));
        let (answer, came) = match reply {
            Ok(reply) => {
                let mut came: Vec<String> = reply
                    .headers
                    .iter()
                    .map(|(name, value)| {
                        let value = value.to_str().unwrap_or("(not text)");
                        format!("{name}: {}", secrets.header(name.as_str(), value))
                    })
                    .collect();
                if !reply.body.is_empty() {
                    came.push(secrets.body(&reply.body));
                }
                (reply.status.to_string(), came)
            }
            Err(error) => (error.to_string(), Vec::new()),
        };
        Self { request, sent, answer, came, gave: Gave::of(reply) }
    }

    /// The exchange in one line: method, path, the names of the parameters, and what came.
    pub fn line(&self) -> String {
        let (method, url) = self.request.split_once(' ').unwrap_or(("", &self.request));
        let (origin, path, query) = match url::Url::parse(url) {
            Ok(url) => {
                (url.origin().ascii_serialization(), url.path().to_owned(), url.query().unwrap_or_default().to_owned())
            }
            Err(_) => (String::new(), url.to_owned(), String::new()),
        };
        let form = |name: &&String| name.as_str() == "content-type: application/x-www-form-urlencoded";
        let body = self.sent.iter().find(form).and(self.sent.last()).map(String::as_str).unwrap_or_default();
        let params: Vec<String> = form_urlencoded::parse(query.as_bytes())
            .chain(form_urlencoded::parse(body.as_bytes()))
            .map(|(name, value)| if TELLING.contains(&&*name) { format!("{name}={value}") } else { name.into_owned() })
            .collect();
        let location = self.came.iter().find_map(|line| line.strip_prefix("location: "));
        let error = self.came.last().and_then(|body| serde_json::from_str::<serde_json::Value>(body).ok());
        let error = error.and_then(|body| Some(body.get("error")?.as_str()?.to_owned()));
        let to = location.map(|to| to.split(['?', '#']).next().unwrap_or_default());
        let to = to.map(|to| to.strip_prefix(&origin).unwrap_or(to).to_owned());
        let came = to.or(error).unwrap_or_default();
        let line = format!("{method} {path}  {}  → {} {came}", params.join(", "), self.answer);
        line.replace("    ", "  ").trim_end().to_owned()
    }
}

/// The exchanges of a cell, in the order of their answers.
#[derive(Default)]
pub struct Transcript(Mutex<Kept>);

/// Without what it keeps, which is full of secrets.
impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transcript of {} exchanges", self.count())
    }
}

#[derive(Default)]
struct Kept {
    heard: Vec<(Wire, Result<Reply, TransportError>)>,
    secrets: Secrets,
}

impl Kept {
    /// All that was heard, in words; what it has of secrets is known from now on.
    fn written(&mut self) -> Vec<Recorded> {
        let Self { heard, secrets } = self;
        heard.iter().map(|(wire, reply)| Recorded::of(wire, reply, secrets)).collect()
    }
}

impl Transcript {
    /// An empty transcript that will show none of these values.
    pub fn hiding<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let mut secrets = Secrets::default();
        values.for_each(|value| secrets.learn(value));
        Self(Mutex::new(Kept { heard: Vec::new(), secrets }))
    }

    /// Will show no value of the field of this name.
    pub fn hide_field(&self, name: &str) {
        self.kept().secrets.learn_name(name);
    }

    /// Keeps an exchange.
    pub fn record(&self, wire: &Wire, reply: &Result<Reply, TransportError>) {
        self.kept().heard.push((wire.clone(), reply.clone()));
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The text without the secrets that are known by now.
    pub fn masked(&self, text: &str) -> String {
        let mut kept = self.kept();
        kept.written();
        kept.secrets.masked(text)
    }

    /// How many exchanges were kept and not taken.
    pub fn count(&self) -> usize {
        self.kept().heard.len()
    }

    /// Takes what was kept. What turned out to be a secret by then leaves every line.
    pub fn take(&self) -> Vec<Recorded> {
        let mut kept = self.kept();
        let mut exchanges = kept.written();
        kept.heard.clear();
        for exchange in &mut exchanges {
            let lines = exchange.sent.iter_mut().chain(&mut exchange.came);
            for line in lines.chain([&mut exchange.request, &mut exchange.answer]) {
                *line = shortened(kept.secrets.masked(line));
            }
        }
        exchanges
    }
}

fn shortened(mut line: String) -> String {
    if line.len() > LONGEST_BODY {
        let cut = (0..=LONGEST_BODY).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
        let rest = line.len() - cut;
        line.truncate(cut);
        let _ = write!(line, "… ({rest} more bytes)");
    }
    line
}
