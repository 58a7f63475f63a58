//! The wire: requests exactly as an exchange says, nothing followed, nothing repeated.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::exchange::{Exchange, Reply, Wire};

/// The HTTP client of a run, with every convenience off.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    timeout: Duration,
    sent: std::sync::Arc<AtomicU64>,
}

/// The longest body that is read, in bytes: a document of the protocol is a thousandth of that.
const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Nobody listens there, or the name does not resolve.
    #[error("cannot connect ({0})")]
    Connect(String),
    /// The server took longer than the deadline.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The connection broke, or what came is not HTTP.
    #[error("no readable answer ({0})")]
    Broken(String),
    /// The body goes on and on.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// One redirect follows the other, without an end.
    #[error("the browser was sent on {times} times in a row, last by {last}")]
    Circle {
        /// How often.
        times: usize,
        /// The last request, and its status.
        last: String,
    },
}

impl Http {
    /// A client whose requests end after `timeout`, whatever happens.
    pub fn new(timeout: Duration) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .connect_timeout(timeout.min(Duration::from_secs(3)))
            .pool_idle_timeout(Duration::from_secs(5))
            .tcp_nodelay(true)
            .user_agent(concat!("grantspec/", env!("CARGO_PKG_VERSION")))
            .build()
            .expect("a client without TLS files or proxies to read can always be built");
        Self { client, timeout, sent: std::sync::Arc::default() }
    }

    /// After which time a request ends.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How many requests were sent.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Sends an exchange.
    pub async fn send(&self, exchange: &Exchange) -> Result<Reply, TransportError> {
        self.send_wire(&exchange.wire()).await
    }

    /// Sends a request as it goes on the wire.
    pub async fn send_wire(&self, wire: &Wire) -> Result<Reply, TransportError> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let method = reqwest::Method::from_bytes(wire.method.as_bytes()).unwrap_or(reqwest::Method::POST);
        let mut request = self.client.request(method, &wire.url).timeout(self.timeout);
        for (name, value) in &wire.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = &wire.body {
            request = request.body(body.clone());
        }
        let deadline = tokio::time::timeout(self.timeout, async {
            let mut response = request.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let mut body = Vec::new();
            while let Some(part) = response.chunk().await? {
                body.extend_from_slice(&part);
                if body.len() > LONGEST_BODY {
                    break;
                }
            }
            Ok::<_, reqwest::Error>((status, headers, body))
        });
        let (status, headers, body) = match deadline.await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) if error.is_timeout() => {
                return Err(TransportError::Timeout(self.timeout));
            }
            Ok(Err(error)) if error.is_connect() => {
                return Err(TransportError::Connect(root(&error)));
            }
            Ok(Err(error)) => return Err(TransportError::Broken(root(&error))),
            Err(_) => return Err(TransportError::Timeout(self.timeout)),
        };
        if body.len() > LONGEST_BODY {
            return Err(TransportError::TooLong(LONGEST_BODY));
        }
        Ok(Reply {
            asked: format!("{} {}", wire.method, path(&wire.url)),
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

/// The innermost cause: "connection refused" says more than "error sending request".
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// The path of a URL, for messages.
fn path(url: &str) -> &str {
    let after = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after.find('/').map_or("/", |at| &after[at..]);
    path.split(['?', '#']).next().unwrap_or("/")
}
