//! Access tokens where they are used, described and revoked: RFC 6750, RFC 7662, RFC 7009.

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::model::{AccessToken, Client, Grant, RefreshToken};
use crate::transport::form::Form;

pub(super) fn id_token_is_issued(grant: &Grant) -> bool {
    grant.id_token && grant.scope.contains("openid")
}

pub(super) fn in_header(in_header: bool, query: &Form, body: &Form) -> Ruling {
    if query.count("access_token") > 0 {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "An access token in the URL is not accepted; it has leaked.",
        ));
    }
    if in_header && body.count("access_token") > 0 {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "The access token is sent in more than one way."));
    }
    Ok(())
}

pub(super) fn bearer_is_live(token: &AccessToken, now: u64) -> Ruling {
    if !token.revoked && now < token.expires_at {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidToken, "The access token has expired or was revoked."))
}

pub(super) fn is_for_userinfo(token: &AccessToken, own: &[&str]) -> Ruling {
    let audience = &token.grant.audience;
    if audience.is_empty() || audience.iter().any(|name| own.contains(&name.as_str())) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidToken, "The access token is meant for another resource."))
}

pub(super) fn speaks_for_user(token: &AccessToken) -> Ruling {
    if token.grant.user.is_some() {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InsufficientScope, "The access token was not granted by a user."))
}

pub(super) fn has_openid(token: &AccessToken) -> Ruling {
    if token.grant.scope.contains("openid") {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InsufficientScope, "The access token does not have the scope openid."))
}

pub(super) fn may_introspect(client: &Client) -> Ruling {
    if client.is_public() {
        return Err(Refusal::new(ErrorCode::InvalidClient, "Only a client that authenticates may ask about tokens."));
    }
    Ok(())
}

pub(super) fn may_be_introspected_by(grant: &Grant, is_refresh_token: bool, client: &Client) -> Ruling {
    if grant.client_id == client.client_id {
        return Ok(());
    }
    if is_refresh_token {
        return Err(Refusal::new(ErrorCode::InvalidGrant, "The refresh token was issued to another client."));
    }
    if client.registered.is_some() {
        return Err(Refusal::new(
            ErrorCode::InvalidGrant,
            "A client that registered itself may ask about its own tokens only.",
        ));
    }
    Ok(())
}

pub(super) fn access_is_live(token: &AccessToken, now: u64) -> Ruling {
    if !token.revoked && now < token.expires_at {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidGrant, "The access token has expired or was revoked."))
}

pub(super) fn refresh_is_active(token: &RefreshToken, now: u64) -> Ruling {
    if !token.revoked && !token.rotated && now < token.expires_at && now < token.family_expires_at {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidGrant, "The refresh token has expired, was used or was revoked."))
}

pub(super) fn revocation_belongs_to(grant: &Grant, client: &Client) -> Ruling {
    if grant.client_id == client.client_id {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The token was issued to another client."))
}
