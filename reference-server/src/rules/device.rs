//! Device codes and user codes: RFC 8628.

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::model::{Client, DeviceRequest, Session};

pub(super) fn login_is_needed(session: Option<&Session>, now: u64) -> bool {
    session.is_none_or(|session| now >= session.expires_at)
}

pub(super) fn user_code_is_open(device: Option<&DeviceRequest>, now: u64) -> Ruling {
    match device {
        Some(device) if device.decision.is_none() && now < device.expires_at => Ok(()),
        _ => Err(Refusal::unknown_user_code()),
    }
}

pub(super) fn belongs_to(device: &DeviceRequest, client: &Client) -> Ruling {
    if device.client_id == client.client_id {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidGrant, "The device code was issued to another client."))
}

pub(super) fn is_fresh(device: &DeviceRequest, now: u64) -> Ruling {
    if now < device.expires_at {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::ExpiredToken, "The device code has expired; the device may ask for another one."))
}

pub(super) fn is_allowed(device: &DeviceRequest) -> Ruling {
    if device.decision.as_ref().is_some_and(|decision| !decision.allowed) {
        return Err(Refusal::new(ErrorCode::AccessDenied, "The user did not allow it."));
    }
    Ok(())
}

pub(super) fn polls_slowly(device: &DeviceRequest, now: u64) -> Ruling {
    let too_soon = device.polled_at.is_some_and(|before| now.saturating_sub(before) < device.interval);
    if too_soon && device.decision.is_none() {
        return Err(Refusal::new(
            ErrorCode::SlowDown,
            "The device asks too often; it has to wait five seconds longer from now on.",
        ));
    }
    Ok(())
}

pub(super) fn is_decided(device: &DeviceRequest) -> Ruling {
    if device.decision.is_some() {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::AuthorizationPending, "The user has not decided yet."))
}
