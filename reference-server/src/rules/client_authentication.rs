//! Client authentication: RFC 6749 §2.3.

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::model::Client;
use crate::transport::credentials::{AuthorizationHeader, Presented};

pub(super) fn well_formed(presented: &Presented<'_>) -> Ruling {
    match presented.header {
        AuthorizationHeader::Unreadable => Err(Refusal::new(
            ErrorCode::InvalidClient,
            "The Authorization header is not one readable Basic credential.",
        )),
        AuthorizationHeader::Absent | AuthorizationHeader::Basic { .. } => Ok(()),
    }
}

pub(super) fn one_method(presented: &Presented<'_>) -> Ruling {
    let methods = [
        !matches!(presented.header, AuthorizationHeader::Absent),
        presented.body_secret.is_some(),
        presented.has_assertion(),
    ];
    if methods.iter().filter(|used| **used).count() < 2 {
        return Ok(());
    }
    let code = if presented.has_assertion() { ErrorCode::InvalidClient } else { ErrorCode::InvalidRequest };
    Err(Refusal::new(code, "The client authenticates by more than one method."))
}

pub(super) fn id_agrees(presented: &Presented<'_>) -> Ruling {
    match (&presented.header, presented.body_id) {
        (AuthorizationHeader::Basic { client_id, .. }, Some(body_id)) if client_id != body_id => Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "The client_id in the body is not the client that authenticates.",
        )),
        (AuthorizationHeader::Absent, Some(body_id)) => agrees_with_assertion(presented, body_id),
        _ => Ok(()),
    }
}

fn agrees_with_assertion(presented: &Presented<'_>, body_id: &str) -> Ruling {
    if presented.jwt().is_none_or(|assertion| assertion.hearsay("sub").is_none_or(|sub| sub == body_id)) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidClient, "The client_id in the body is not the subject of the client_assertion."))
}

pub(super) fn authenticates(client: &Client, presented: &Presented<'_>) -> Ruling {
    if client.is_public() || presented.has_proof() {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidClient, "A confidential client has to authenticate."))
}

pub(super) fn uses_its_method(client: &Client, presented: &Presented<'_>) -> Ruling {
    if !presented.has_proof() || presented.method() == client.auth_method {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidClient, "The client is registered for another authentication method."))
}

pub(super) fn secret_matches(client: &Client, presented: &Presented<'_>) -> Ruling {
    match (presented.secret(), &client.secret) {
        (None, _) => Ok(()),
        (Some(secret), Some(digest)) if digest.matches(secret) => Ok(()),
        (Some(_), _) => Err(Refusal::new(ErrorCode::InvalidClient, "The client secret is wrong.")),
    }
}
