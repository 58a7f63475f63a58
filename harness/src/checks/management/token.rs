//! The registration access token: RFC 7592 §1.3, §5, Appendix A.

use super::{read, supported};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::token_endpoint::unguessable::vary_by;
use crate::lab::Lab;

pub const UNGUESSABLE: Check = Check {
    id: "management/token-unguessable",
    title: "registration access tokens are long and random",
    why: "It is all that stands between a stranger and the client, and it may be tried without a user.",
    clauses: &["rfc7592/5/unguessable"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(unguessable(lab))),
};

pub const NEWEST_WORKS: Check = Check {
    id: "management/newest-token",
    title: "the token that was told last is the one that works",
    why: "A client that drops the old token for a new one that was never stored is locked out of its own registration for good.",
    clauses: &["rfc7592/1.3/new-token-works", "rfc7592/7/old-token-void"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(newest_works(lab))),
};

pub const OUTLIVES_TIME: Check = Check {
    id: "management/token-lives-on",
    title: "the registration access token lives as long as the registration",
    why: "It is needed when something has gone wrong, which may be years later. Nobody gives out another one.",
    clauses: &["rfc7592/5/no-expiry", "rfc7592/7/rotated-on-request-only"],
    cells: Cells::SERVER,
    needs: &[Need::AdvanceTime, Need::Management],
    ask: Ask::Code(|lab| Box::pin(outlives_time(lab))),
};

/// So many registrations are compared.
const REGISTRATIONS: usize = 5;

/// Longer than access tokens live, and sessions.
const TWO_DAYS: u64 = 2 * 24 * 60 * 60;

async fn unguessable(lab: &Lab) -> Answer {
    let mut tokens = Vec::new();
    for _ in 0..REGISTRATIONS {
        tokens.push(lab.register(&lab.registration()?).await?.configuration()?.token.clone());
    }
    vary_by("rfc7592/5/unguessable", "registration access tokens", &tokens)
}

async fn newest_works(lab: &Lab) -> Answer {
    const WORKS: &str = "rfc7592/1.3/new-token-works";
    let first = lab.register(&lab.registration()?).await?;
    let second = read(lab, &first).await?;
    let request = lab.updating(&second)?;
    let Some(reply) = supported(lab, &request).await? else {
        return Err(Stop::not_applicable(Reason::Policy, "the server lets this client not update its registration"));
    };
    reply.ok(WORKS)?;
    let third = second.renewed(&request, &reply).ok_or_else(|| reply.not_the_control("a registration"))?;
    lab.send_registration(&lab.reading(&third)?).await?.ok(WORKS)?;

    let newest = &third.configuration()?.token;
    for old in [&first, &second] {
        if &old.configuration()?.token != newest {
            lab.send_registration(&lab.reading(old)?).await?.withheld("rfc7592/7/old-token-void")?;
        }
    }
    Ok(())
}

async fn outlives_time(lab: &Lab) -> Answer {
    let registered = read(lab, &lab.register(&lab.registration()?).await?).await?;
    lab.advance(TWO_DAYS).await?;
    let reply = lab.send_registration(&lab.reading(&registered)?).await?;
    reply.judgeable()?;
    if reply.is_success() {
        return Ok(());
    }
    Err(Stop::finding("rfc7592/5/no-expiry", "the registration, two days later", reply.actual()))
}
