//! One file per endpoint.

mod authenticate;
pub mod authorize;
pub mod client_configuration;
pub mod device;
pub mod device_authorization;
pub mod end_session;
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

pub use authenticate::audiences;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request};

use crate::error::Refusal;
use crate::model::Path;
use crate::server::Server;
use crate::transport::form::Form;

/// OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2: what a browser brings, in the URL or in a form.
fn front_channel_form(server: &Server, path: Path, request: &Request<Bytes>) -> Result<Form, Refusal> {
    let form = if request.method() == Method::POST {
        server.rules.body_is_form(path, header(request, &CONTENT_TYPE))?;
        Form::parse(request.body())
    } else {
        query(request)
    };
    server.rules.form_is_well_formed(path, &form)?;
    Ok(form)
}

/// The parameters of the URL.
fn query(request: &Request<Bytes>) -> Form {
    Form::parse(request.uri().query().unwrap_or("").as_bytes())
}

/// A header as text.
fn header<'a>(request: &'a Request<Bytes>, name: &http::HeaderName) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}
