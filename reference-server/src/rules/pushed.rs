//! Pushed authorization requests: RFC 9126.

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::model::{Client, PushedRequest};

pub(super) fn is_not_pushed(request_uri: Option<&str>) -> Ruling {
    match request_uri {
        None => Ok(()),
        Some(_) => Err(Refusal::new(ErrorCode::InvalidRequest, "A request_uri cannot be pushed.")),
    }
}

pub(super) fn request_is_pushed(client: &Client, required_of_all: bool, pushed: bool) -> Ruling {
    if pushed || !(required_of_all || client.require_pushed_authorization_requests) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The client has to push its authorization requests."))
}

pub(super) fn is_own(client: &Client, request_uri: &str) -> Ruling {
    if PushedRequest::may_have_issued(request_uri) || client.request_uris.iter().any(|known| known == request_uri) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::RequestUriNotSupported,
        "A request_uri has to come from this server's own endpoint for pushed requests; it fetches none that the client has not registered.",
    ))
}

pub(super) fn belongs_to(pushed: &PushedRequest, client: &Client) -> Ruling {
    if pushed.client_id == client.client_id {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequestUri, "The request_uri was issued to another client."))
}

pub(super) fn is_fresh(pushed: &PushedRequest, now: u64) -> Ruling {
    if now < pushed.expires_at {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequestUri, "The request_uri has expired."))
}
