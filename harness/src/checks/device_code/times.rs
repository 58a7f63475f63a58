//! Whether what a device is told of times is true: RFC 8628 §3.5, OpenID Connect Core §2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::{Browser, Connect, Lab};

pub const INTERVAL_IS_ENOUGH: Check = Check {
    id: "device/interval-is-enough",
    title: "a device that waits between two polls as long as it was told is not slowed down",
    why: "A server that wants more than it says makes every device that keeps to it slower and slower.",
    clauses: &["rfc8628/3.5/slow-down"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(interval_is_enough(lab))),
};

pub const AUTH_TIME: Check = Check {
    id: "device/auth-time",
    title: "the auth_time of an ID token for a device is the time when its user logged in",
    why: "A device may come for its token long after its user has left: the time of its poll makes every login a fresh one.",
    clauses: &["oidc-core/2/auth-time-of-login"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[Need::OpenId, Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(auth_time(lab))),
};

/// A minute more or less is none: both times are of one clock.
const MINUTE: u64 = 60;

/// A server may count from when it gave the codes, so that the first poll waits as well.
async fn interval_is_enough(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let device = lab.device().await?;
    for _ in 0..3 {
        lab.advance(device.interval).await?;
        let reply = lab.poll(&device).await?;
        match reply.text("error").as_deref() {
            Some("authorization_pending") => {}
            Some("slow_down") => {
                let expected = format!("authorization_pending, {} seconds after the last poll", device.interval);
                return Err(Stop::finding(INTERVAL_IS_ENOUGH.clauses[0], expected, "slow_down"));
            }
            _ => return Err(reply.not_the_control("authorization_pending")),
        }
    }
    Ok(())
}

/// The user logs in anew, and half of the time is over when the device comes.
async fn auth_time(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let device = lab.device().await?;
    let lifetime = device
        .expires_in
        .ok_or_else(|| Stop::not_applicable(Reason::Policy, "the device is not told how long its codes are good"))?;
    let waits = lifetime / 2;
    if waits <= 2 * MINUTE {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the codes of a device die too soon to tell one time from another",
        ));
    }
    lab.connect_in(&Browser::default(), &device, Connect::allowing()).await?;
    lab.advance(waits).await?;
    let tokens = lab.poll(&device).await?.is_token()?;
    let claims = tokens.id_token.as_deref().and_then(Jwt::read).map(|jwt| jwt.claims).unwrap_or_default();
    let number = |name: &str| claims.get(name).and_then(serde_json::Value::as_u64);
    let (Some(issued), Some(login)) = (number("iat"), number("auth_time")) else {
        return Err(Stop::not_applicable(Reason::Policy, "no ID token tells when the user of the device logged in"));
    };
    if login + waits <= issued + MINUTE {
        return Ok(());
    }
    let actual = format!("auth_time {login}, iat {issued}");
    Err(Stop::finding(AUTH_TIME.clauses[0], format!("an auth_time {waits} seconds before iat"), actual))
}
