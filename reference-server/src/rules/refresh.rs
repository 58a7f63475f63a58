//! Refresh tokens: RFC 6749 §6, RFC 9700 §4.14.2.

use super::Ruling;
use crate::config::RefreshTokenUse;
use crate::error::{ErrorCode, Refusal};
use crate::model::{Client, Grant, GrantType, RefreshToken, Scope};

pub(super) fn is_issued(client: &Client, grant: &Grant) -> bool {
    client.may_use(GrantType::RefreshToken) && grant.user.is_some()
}

pub(super) fn rotates(client: &Client) -> bool {
    client.is_public() || client.refresh_token == RefreshTokenUse::OneTime
}

pub(super) fn belongs_to(token: &RefreshToken, client: &Client) -> Ruling {
    if token.grant.client_id == client.client_id {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidGrant, "The refresh token was issued to another client."))
}

pub(super) fn is_live(token: &RefreshToken) -> Ruling {
    if token.revoked {
        return Err(Refusal::new(ErrorCode::InvalidGrant, "The refresh token was revoked."));
    }
    Ok(())
}

pub(super) fn is_fresh(token: &RefreshToken, now: u64) -> Ruling {
    if now < token.expires_at && now < token.family_expires_at {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidGrant, "The refresh token has expired."))
}

pub(super) fn scope_within_grant(requested: &Scope, token: &RefreshToken) -> Ruling {
    if requested.is_within(&token.grant.scope) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidScope, "The scope goes beyond what the user granted."))
}
