//! The form of a request.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};

use super::Shows::Refused;
use super::{Case, cases};
use crate::support::{basic, form_request, post, secret_of, send, token};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const FORM: &str = "application/x-www-form-urlencoded";

pub const CASES: &[Case] = cases! {
    RequestIsPost, Refused("invalid_request"), |server, side| {
        let mut request = of_web("grant_type=client_credentials");
        *request.method_mut() = side.of(Method::POST, Method::PUT);
        send(server, request)
    };

    BodyIsForm, Refused("invalid_request"), |server, side| {
        let mut request = of_web("grant_type=client_credentials");
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(side.of(FORM, "text/plain")));
        send(server, request)
    };

    FormIsWellFormed, Refused("invalid_request"), |server, side|
        send(server, of_web(side.of("grant_type=client_credentials&x=%66", "grant_type=client_credentials&x=%f")));

    ParameterNotRepeated, Refused("invalid_request"), |server, side|
        token(server, "web", &[GRANT, (side.of("audience", "scope"), "api:read"), ("scope", "api:read")]);

    ParameterIsPresent, Refused("invalid_request"), |server, side|
        post(server, "/revoke", "web", &[("token", side.of("unknown", ""))]);

    CredentialsNotInQuery, Refused("invalid_request"), |server, side|
        post(server, side.of("/token", "/token?client_secret=leaked"), "web", &[GRANT]);
};

/// A token request with this body, authenticated as it should be.
fn of_web(body: &'static str) -> http::Request<bytes::Bytes> {
    let request = form_request("/token").header("authorization", basic("web", &secret_of("web")));
    request.body(body.into()).unwrap()
}
