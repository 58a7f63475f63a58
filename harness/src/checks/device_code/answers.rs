//! What a poll is answered before the user has decided, and after: RFC 8628 §3.5.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::SKEW;
use crate::lab::{Browser, Connect, Device, Lab};
use crate::login::Denial;

pub const PENDING: Check = Check {
    id: "device/pending",
    title: "a device is told to go on polling until its user has decided",
    why: "A token before the user's word needs no user at all; and on any other error a device gives up.",
    clauses: &[ONLY_IF_APPROVED, "rfc8628/3.5/authorization-pending", "rfc6749/5.2/error-response"],
    cells: Cells::DEVICE_CODE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(pending(lab))),
};

pub const UNDECIDED: Check = Check {
    id: "device/undecided",
    title: "a user who has typed the code and not answered the question has allowed nothing",
    why: "The question is there to be answered: whoever reads which client asks for what may want to say no.",
    clauses: &[ONLY_IF_APPROVED, "rfc6749/5.2/error-response"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(undecided(lab))),
};

pub const DENIED: Check = Check {
    id: "device/denied",
    title: "a device whose user said no gets no token, and is told so",
    why: "A no that counts for nothing is a consent page for show; a device that is not told polls on.",
    clauses: &[ONLY_IF_APPROVED, "rfc8628/3.5/access-denied", "rfc6749/5.2/error-response"],
    cells: Cells::DEVICE_CODE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(denied(lab))),
};

pub const EXPIRED: Check = Check {
    id: "device/expired",
    title: "a device whose time is over gets no token, whether its user has said yes or nothing",
    why: "A code that was sent to somebody, or lies in a log, must be worth nothing a day later.",
    clauses: &["rfc8628/3.2/limited-time", "rfc8628/3.5/expired-token", "rfc6749/5.2/error-response"],
    cells: Cells::DEVICE_CODE,
    needs: &[Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(expired(lab))),
};

pub const POLLS_TOO_OFTEN: Check = Check {
    id: "device/polls-too-often",
    title: "a device that polls too often is told to wait, and nothing else",
    why: "On any other error than authorization_pending and slow_down a device gives up, while its user is still typing.",
    clauses: &[ONLY_IF_APPROVED, "rfc8628/3.5/slow-down", "rfc6749/5.2/error-response"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(polls_too_often(lab))),
};

pub const SLOWED_DOWN: Check = Check {
    id: "device/slowed-down",
    title: "a device that was slowed down gets its token when it has waited longer",
    why: "A server that counts the longer wait from somewhere else slows a patient device down for ever.",
    clauses: &["rfc8628/3.5/success", "rfc6749/5.2/error-response"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(slowed_down(lab))),
};

pub const TOKEN_AFTER_POLLS: Check = Check {
    id: "device/token-after-polls",
    title: "a device that has polled in vain gets its token once its user has said yes",
    why: "This is how devices do it: the first poll is long over when the user has typed the code.",
    clauses: &["rfc8628/3.5/success"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[Need::Interval],
    ask: Ask::Code(|lab| Box::pin(token_after_polls(lab))),
};

pub const LIFETIME: Check = Check {
    id: "device/lifetime",
    title: "the codes of a device are good until their expires_in is over",
    why: "A device that was told ten minutes shows its code for ten minutes: whoever is slow to type it would find it dead, and the device would wait for nothing.",
    clauses: &["rfc8628/3.2/limited-time"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(lifetime(lab))),
};

/// What is left of the life of a code when it is typed, in seconds.
const REST: u64 = 30;

/// The clause on every poll that must not succeed.
pub(super) const ONLY_IF_APPROVED: &str = "rfc8628/3.5/only-if-approved";

/// Longer than any code lives.
const DAY: u64 = 86_400;

/// What a device is told that is to go on polling.
const GO_ON: &[&str] = &["authorization_pending", "slow_down"];

async fn pending(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let device = lab.device().await?;
    let refused = lab.poll(&device).await?;
    refused.refused(ONLY_IF_APPROVED)?.with_error_or("rfc8628/3.5/authorization-pending", GO_ON)
}

/// A server that asks nothing once the code is typed has its answer with the code.
async fn undecided(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let device = lab.device().await?;
    let browser = Browser::default();
    lab.connect_in(&browser, &device, Connect::undecided()).await?;
    if browser.pending_consent().is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "the user is asked nothing once the code is typed"));
    }
    lab.poll(&device).await?.refused(ONLY_IF_APPROVED).map(drop)
}

async fn denied(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let device = lab.device().await?;
    let browser = Browser::default();
    let landing = lab.connect_in(&browser, &device, Connect::denying()).await?;
    let reply = lab.poll(&device).await?;
    match browser.denial() {
        None => Err(Stop::not_applicable(Reason::Policy, "the page has no button and no link that says no")),
        Some(Denial::Boxes) => {
            Err(Stop::not_applicable(Reason::Policy, "the page has no button that says no, only boxes"))
        }
        Some(Denial::Link(_)) if reply.text("error").as_deref() == Some("authorization_pending") => {
            Err(Stop::Inconclusive(format!(
                "a link that seemed to say no led to {}, and decided nothing",
                landing.summary()
            )))
        }
        Some(Denial::Button | Denial::Link(_)) => {
            reply.refused(ONLY_IF_APPROVED)?.with_error_or("rfc8628/3.5/access-denied", &["access_denied"])
        }
    }
}

async fn expired(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let (allowed, waiting) = (lab.connected().await?, lab.device().await?);
    lab.advance(waiting.expires_in.unwrap_or(DAY) + SKEW).await?;
    for device in [&allowed, &waiting] {
        let refused = lab.poll(device).await?;
        refused
            .refused("rfc8628/3.2/limited-time")?
            .with_error_or("rfc8628/3.5/expired-token", &["expired_token", "invalid_grant"])?;
    }
    Ok(())
}

async fn lifetime(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let device = lab.device().await?;
    let lives = device.expires_in.filter(|seconds| *seconds > 2 * REST);
    let lives = lives.ok_or_else(|| Stop::not_applicable(Reason::Policy, "the codes live for less than a minute"))?;
    lab.advance(lives - REST).await?;
    lab.connect(&device, Connect::allowing()).await?;
    lab.poll_patiently(device).await?.served(LIFETIME.clauses[0]).map(drop)
}

/// A device that was told to wait, and polls at once; a server may count from when it gave the codes, and slow it down already.
async fn hurried(lab: &Lab) -> Result<Device, Stop> {
    let mut device = lab.device().await?;
    let first = lab.poll(&device).await?;
    if device.goes_on(&first) { Ok(device) } else { Err(first.not_the_control("authorization_pending or slow_down")) }
}

async fn polls_too_often(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let device = hurried(lab).await?;
    lab.poll(&device).await?.refused(ONLY_IF_APPROVED)?.with_error_or("rfc8628/3.5/slow-down", GO_ON)
}

async fn slowed_down(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let mut device = hurried(lab).await?;
    let second = lab.poll(&device).await?;
    if second.text("error").as_deref() != Some("slow_down") || !device.goes_on(&second) {
        return Err(Stop::not_applicable(Reason::Policy, "the server slows nobody down"));
    }
    lab.connect(&device, Connect::allowing()).await?;
    lab.advance(device.interval).await?;
    lab.poll(&device).await?.served("rfc8628/3.5/success").map(drop)
}

async fn token_after_polls(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let device = hurried(lab).await?;
    lab.connect(&device, Connect::allowing()).await?;
    lab.wait_between_polls(&device).await?;
    lab.poll(&device).await?.served("rfc8628/3.5/success").map(drop)
}
