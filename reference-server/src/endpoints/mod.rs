//! One file per endpoint.

mod authenticate;
pub mod jwks;
pub mod metadata;
pub mod token;

use bytes::Bytes;
use http::Request;

use crate::transport::form::Form;

/// The parameters of the URL.
fn query(request: &Request<Bytes>) -> Form {
    Form::parse(request.uri().query().unwrap_or("").as_bytes())
}

/// A header as text.
fn header<'a>(request: &'a Request<Bytes>, name: &http::HeaderName) -> Option<&'a str> {
    request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
}
