//! Which grant type, and for whom.

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::model::{Client, GrantType};

pub(super) fn type_is_present(grant_type: Option<&str>) -> Ruling {
    match grant_type {
        Some(_) => Ok(()),
        None => Err(Refusal::new(ErrorCode::InvalidRequest, "The parameter grant_type is missing.")),
    }
}

pub(super) fn type_is_supported(grant_type: Option<GrantType>) -> Ruling {
    match grant_type {
        Some(grant_type) if grant_type.is_at_token_endpoint() => Ok(()),
        _ => Err(Refusal::new(ErrorCode::UnsupportedGrantType, "This server does not answer this grant type.")),
    }
}

pub(super) fn client_may_use(client: &Client, grant_type: GrantType) -> Ruling {
    // OpenID Connect Core §3.3.3: the code of a hybrid response is redeemed like any other.
    let redeems = grant_type == GrantType::AuthorizationCode && client.may_use(GrantType::Hybrid);
    if client.may_use(grant_type) || redeems {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::UnauthorizedClient, "The client is not registered for this grant type."))
}

pub(super) fn client_is_confidential(client: &Client) -> Ruling {
    if client.is_public() {
        return Err(Refusal::new(ErrorCode::UnauthorizedClient, "A public client cannot act for itself."));
    }
    Ok(())
}
