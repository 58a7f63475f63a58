//! Authorization codes: RFC 6749 §4.1.2, §4.1.3.

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::model::{Client, Code};

pub(super) fn belongs_to(code: &Code, client: &Client) -> Ruling {
    if code.grant.client_id == client.client_id {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidGrant, "The code was issued to another client."))
}

pub(super) fn is_fresh(code: &Code, now: u64) -> Ruling {
    if code.spent || now < code.expires_at {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidGrant, "The code has expired."))
}

pub(super) fn redirect_uri_repeats(code: &Code, redirect_uri: Option<&str>) -> Ruling {
    match (code.redirect_uri.as_deref(), redirect_uri) {
        (None, None) => Ok(()),
        (Some(asked), Some(repeated)) if asked == repeated => Ok(()),
        (Some(_), None) => Err(Refusal::new(
            ErrorCode::InvalidGrant,
            "The redirect_uri of the authorization request has to be repeated.",
        )),
        (_, Some(_)) => {
            Err(Refusal::new(ErrorCode::InvalidGrant, "The redirect_uri is not the one of the authorization request."))
        }
    }
}
