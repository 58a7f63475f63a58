//! One file per endpoint.

mod authenticate;
pub mod authorize;
pub mod client_configuration;
pub mod device;
pub mod device_authorization;
pub mod interaction;
pub mod introspection;
pub mod jwks;
pub mod metadata;
mod protected;
pub mod pushed_authorization;
pub mod read;
pub mod registration;
pub mod revocation;
pub mod token;
pub mod userinfo;

use bytes::Bytes;
use http::Request;

use crate::transport::form::Form;

/// The parameters of the URL.
fn query(request: &Request<Bytes>) -> Form {
    Form::parse(request.uri().query().unwrap_or("").as_bytes())
}

/// A header as text.
fn header<'a>(request: &'a Request<Bytes>, name: &http::HeaderName) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}
