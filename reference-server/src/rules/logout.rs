//! Logout: OpenID Connect RP-Initiated Logout.

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::model::Client;
use crate::tokens::secret::same_bytes;

pub(super) fn client_agrees(client_id: Option<&str>, hinted: Option<&str>) -> Ruling {
    match (client_id, hinted) {
        (Some(client_id), Some(hinted)) if client_id != hinted => {
            Err(Refusal::new(ErrorCode::InvalidRequest, "The id_token_hint was issued to another client."))
        }
        _ => Ok(()),
    }
}

pub(super) fn redirect_needs_hint(client: Option<&Client>) -> Ruling {
    if client.is_some() {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "A post_logout_redirect_uri needs an id_token_hint beside it."))
}

pub(super) fn redirect_uri_is_registered(client: &Client, uri: &str) -> Ruling {
    if client.post_logout_redirect_uris.iter().any(|known| known == uri) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The post_logout_redirect_uri is not registered for this client."))
}

pub(super) fn needs_confirmation(hinted: Option<&str>, logged_in: &str, always: bool) -> bool {
    always || hinted != Some(logged_in)
}

pub(super) fn is_confirmed(csrf: Option<&str>, expected: &str) -> Ruling {
    if csrf.is_some_and(|csrf| same_bytes(csrf.as_bytes(), expected.as_bytes())) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::AccessDenied, "This was not sent from the page that asks whether to log out."))
}
