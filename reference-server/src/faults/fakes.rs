//! Servers that are no servers. Nothing may pass against them, and they prove nothing else.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use serde_json::json;
use tokio::time::sleep;

use super::{Fake, Seam};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::Wire;

pub(super) static FAKES: &[Fake] = &[
    Fake {
        id: "silent",
        says: "It takes every request and never answers.",
        seams: &[Seam::Wire(|_| Arc::new(Crude { waits: None, answer: || Response::new(Bytes::new()) }))],
    },
    Fake {
        id: "html-500",
        says: "It answers everything with an HTML page and the status 500.",
        seams: &[Seam::Wire(|_| Arc::new(Crude { waits: AT_ONCE, answer: html_500 }))],
    },
    Fake {
        id: "always-token",
        says: "It answers everything with 200 and every member that anybody might hope for.",
        seams: &[Seam::Wire(|_| Arc::new(Crude { waits: AT_ONCE, answer: token }))],
    },
    Fake {
        id: "always-invalid-request",
        says: "It answers everything with 400 and invalid_request.",
        seams: &[Seam::Wire(|_| Arc::new(Crude { waits: AT_ONCE, answer: invalid_request }))],
    },
    Fake {
        id: "slow-drip",
        says: "It answers everything with a token, half a minute too late.",
        seams: &[Seam::Wire(|_| Arc::new(Crude { waits: Some(Duration::from_secs(30)), answer: token }))],
    },
];

const AT_ONCE: Option<Duration> = Some(Duration::ZERO);

/// One answer to everything.
struct Crude {
    /// How long it takes; for ever if there is no saying.
    waits: Option<Duration>,
    answer: fn() -> Response<Bytes>,
}

impl Wire for Crude {
    fn around<'a>(&'a self, _server: &'a Server, _request: Request<Bytes>) -> BoxFuture<'a, Response<Bytes>> {
        Box::pin(async move {
            match self.waits {
                Some(Duration::ZERO) => {}
                Some(wait) => sleep(wait).await,
                None => pending().await,
            }
            (self.answer)()
        })
    }
}

fn answer(status: StatusCode, content_type: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn html_500() -> Response<Bytes> {
    let page = "<!doctype html><title>500</title><h1>Internal Server Error</h1>";
    answer(StatusCode::INTERNAL_SERVER_ERROR, "text/html", page.to_owned())
}

fn token() -> Response<Bytes> {
    let body = json!({
        "access_token": "token",
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": "refresh",
        "id_token": "e30.e30.e30",
        "scope": "openid",
        "active": true,
        "sub": "user-alice",
        "keys": [],
        "code": "code",
    });
    answer(StatusCode::OK, "application/json", body.to_string())
}

fn invalid_request() -> Response<Bytes> {
    answer(StatusCode::BAD_REQUEST, "application/json", json!({ "error": "invalid_request" }).to_string())
}
