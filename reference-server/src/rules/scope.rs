//! Scope: RFC 6749 §3.3; and resources: RFC 8707 §2.

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::model::scope::IDENTITY;
use crate::model::{Client, ResponseType, Scope};

pub(super) fn well_formed(scope: Option<&str>) -> Ruling {
    match scope {
        Some(scope) if !Scope::is_well_formed(scope) => {
            Err(Refusal::new(ErrorCode::InvalidScope, "The scope is not a list of tokens separated by single spaces."))
        }
        _ => Ok(()),
    }
}

pub(super) fn known(requested: &Scope, known: &Scope) -> Ruling {
    if requested.is_within(known) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidScope, "The scope is not one that this server knows."))
}

pub(super) fn within_client(requested: &Scope, client: &Client) -> Ruling {
    if requested.is_empty() {
        return Err(Refusal::new(ErrorCode::InvalidScope, "Nothing that was asked for can be granted."));
    }
    if requested.is_within(&client.scopes) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidScope, "The scope goes beyond what the client is registered for."))
}

pub(super) fn speaks_of_no_user(requested: &Scope) -> Ruling {
    if requested.iter().any(|token| IDENTITY.contains(&token)) {
        return Err(Refusal::new(
            ErrorCode::InvalidScope,
            "A client that acts for itself cannot ask for scopes that speak of a user.",
        ));
    }
    Ok(())
}

pub(super) fn resource_within_grant(asked: &[String], granted: &[String]) -> Ruling {
    if granted.is_empty() || asked.iter().all(|resource| granted.contains(resource)) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidTarget,
        "The resource is not one of those that the authorization request named.",
    ))
}

pub(super) fn for_response(requested: &Scope, response_type: ResponseType) -> Scope {
    requested.only(|token| token != "offline_access" || response_type.has_code())
}

pub(super) fn default_of(client: &Client) -> Scope {
    client.scopes.only(|token| !IDENTITY.contains(&token))
}
