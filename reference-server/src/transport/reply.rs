//! The answers that leave: JSON, errors, pages, redirects.

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, PRAGMA, REFERRER_POLICY, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::error::{ErrorCode, Refusal, TokenError};
use crate::model::Departure;
use crate::pages;
use crate::tokens::{Map, json};

/// What every endpoint answers with.
pub type Reply = Response<Bytes>;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// A reply with this status and body, and nothing else.
pub fn with_status(status: StatusCode, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(body.into());
    *reply.status_mut() = status;
    reply
}

/// A sentence for whoever reads answers as they are.
pub fn plain(status: StatusCode, says: &'static str) -> Reply {
    let mut reply = with_status(status, says);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    reply.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    reply
}

/// A JSON document.
pub fn json(status: StatusCode, body: &Map) -> Reply {
    let mut reply = with_status(status, json::written(body));
    reply.headers_mut().insert(CONTENT_TYPE, JSON);
    reply
}

/// A JSON document that nobody may keep: RFC 6749 §5.1.
pub fn private_json(status: StatusCode, body: &Map) -> Reply {
    let mut reply = json(status, body);
    reply.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    reply.headers_mut().insert(PRAGMA, NO_CACHE);
    reply
}

/// A JWT that nobody may keep: OpenID Connect Core §5.3.2.
pub fn private_jwt(jwt: String) -> Reply {
    let mut reply = with_status(StatusCode::OK, jwt);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/jwt"));
    reply.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    reply.headers_mut().insert(PRAGMA, NO_CACHE);
    reply
}

/// A status without a body that nobody may keep: RFC 7592 §2.3.
pub fn private(status: StatusCode) -> Reply {
    let mut reply = with_status(status, Bytes::new());
    reply.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    reply.headers_mut().insert(PRAGMA, NO_CACHE);
    reply
}

/// RFC 6749 §5.2: the error response of the token endpoint and its neighbours.
pub fn token_error(issuer: &str, error: &TokenError) -> Reply {
    match error {
        TokenError::InvalidRequest(refusal)
        | TokenError::InvalidGrant(refusal)
        | TokenError::UnauthorizedClient(refusal)
        | TokenError::UnsupportedGrantType(refusal)
        | TokenError::InvalidScope(refusal)
        | TokenError::Extension(refusal) => refused(StatusCode::BAD_REQUEST, issuer, refusal),
        TokenError::InvalidClient(refusal) => {
            let mut reply = refused(StatusCode::UNAUTHORIZED, issuer, refusal);
            challenge(&mut reply, &format!("Basic realm=\"{issuer}\", charset=\"UTF-8\""));
            reply
        }
        TokenError::Server => {
            let refusal = Refusal::new(ErrorCode::ServerError, "The server failed.");
            refused(StatusCode::INTERNAL_SERVER_ERROR, issuer, &refusal)
        }
    }
}

/// A refusal as JSON.
pub fn refused(status: StatusCode, issuer: &str, refusal: &Refusal) -> Reply {
    because(refusal, private_json(status, &error_body(issuer, refusal)))
}

/// A refusal as a page.
pub fn refused_page(status: StatusCode, refusal: &Refusal) -> Reply {
    because(refusal, page(status, pages::error(refusal)))
}

/// A reply that remembers why it is a refusal. Nothing of that is sent.
pub fn because(refusal: &Refusal, mut reply: Reply) -> Reply {
    reply.extensions_mut().insert(refusal.clone());
    reply
}

/// `error`, `error_description` and the page that explains the rule.
fn error_body(issuer: &str, refusal: &Refusal) -> Map {
    let mut body = Map::new();
    body.insert("error".to_owned(), refusal.code.as_str().into());
    body.insert("error_description".to_owned(), refusal.says.as_ref().into());
    if let Some(rule) = refusal.rule {
        body.insert("error_uri".to_owned(), format!("{issuer}/rules/{}", rule.name()).into());
    }
    body
}

/// 405, with the methods that would have been right.
pub fn method_not_allowed(allow: &'static str, mut reply: Reply) -> Reply {
    *reply.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    reply.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    reply
}

/// RFC 9110 §11.6.1: ask for credentials.
pub fn challenge(reply: &mut Reply, value: &str) {
    insert(reply, WWW_AUTHENTICATE, value);
}

/// What a page may load and do: nothing but its style sheet and its icon, both from here, and nobody may frame it.
///
/// There is no `form-action` on purpose. A browser applies it to the whole chain of redirects behind a form, and to the form of `form_post`:
/// both lead to the redirect URI of whichever client asks, which the server has checked already.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The same for a page with a script file of this server.
const POLICY_WITH_SCRIPT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The same for a page with the picture of a client, which the client keeps where it likes.
const POLICY_WITH_PICTURE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self' https:; base-uri 'none'; frame-ancestors 'none'",
);

/// A page for a person: no script, no frame, no third party, nothing kept.
pub fn page(status: StatusCode, html: String) -> Reply {
    let mut reply = with_status(status, html);
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    reply
}

/// A page that one of the script files of this server works on.
pub fn scripted_page(html: String) -> Reply {
    let mut reply = page(StatusCode::OK, html);
    reply.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY_WITH_SCRIPT);
    reply
}

/// RFC 7591 §2, `logo_uri`: a page on which a client may have its picture.
pub fn page_with_picture(html: String) -> Reply {
    let mut reply = page(StatusCode::OK, html);
    reply.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY_WITH_PICTURE);
    reply
}

/// RFC 6749 §4.1.2, Form Post Response Mode §2: a redirect, or a page that posts the response and is not to be stored.
pub fn authorization_response(departure: Departure) -> Reply {
    match departure {
        Departure::Location(location) => see_other(&location),
        Departure::Form { action, fields } => scripted_page(pages::form_post(&action, &fields)),
    }
}

/// RFC 9700 §4.12: 303, so that no browser repeats a password to the next address.
pub fn see_other(location: &str) -> Reply {
    let mut reply = with_status(StatusCode::SEE_OTHER, Bytes::new());
    insert(&mut reply, LOCATION, location);
    reply.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    reply.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    reply
}

/// Nothing is here.
pub fn not_found() -> Reply {
    page(StatusCode::NOT_FOUND, pages::not_found())
}

/// Set a header whose value is computed; one that HTTP cannot carry is left out.
pub fn insert(reply: &mut Reply, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(name, value);
    }
}
