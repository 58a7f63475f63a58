//! What was said in a cell, without secrets: the evidence of a verdict.

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::http::TransportError;
use crate::exchange::{Reply, Wire, redact};

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
}

/// The exchanges of a cell, in the order of their answers.
#[derive(Debug, Default)]
pub struct Transcript(Mutex<Vec<Recorded>>);

impl Transcript {
    /// Keeps an exchange.
    pub fn record(&self, wire: &Wire, reply: &Result<Reply, TransportError>) {
        let mut sent: Vec<String> =
            wire.headers.iter().map(|(name, value)| format!("{name}: {}", redact::header(name, value))).collect();
        sent.extend(wire.body.as_deref().map(kept));
        let (answer, came) = match reply {
            Ok(reply) => {
                let mut came: Vec<String> = reply
                    .headers
                    .iter()
                    .map(|(name, value)| {
                        let value = value.to_str().unwrap_or("(not text)");
                        format!("{name}: {}", redact::header(name.as_str(), value))
                    })
                    .collect();
                if !reply.body.is_empty() {
                    came.push(kept(&reply.body));
                }
                (reply.status.to_string(), came)
            }
            Err(error) => (error.to_string(), Vec::new()),
        };
        let request = format!("{} {}", wire.method, redact::url(&wire.url));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Recorded { request, sent, answer, came });
    }

    /// Takes what was recorded.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn kept(body: &str) -> String {
    let mut body = redact::redact(body);
    if body.len() > LONGEST_BODY {
        let cut = (0..=LONGEST_BODY).rev().find(|at| body.is_char_boundary(*at)).unwrap_or(0);
        let rest = body.len() - cut;
        body.truncate(cut);
        let _ = write!(body, "… ({rest} more bytes)");
    }
    body
}
