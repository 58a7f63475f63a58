//! How often a request_uri works, and for how long: RFC 9126 §4.

use std::time::{Duration, Instant};

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Browser, Lab, Pushed};

pub const SINGLE_USE: Check = Check {
    id: "pushed/single-use",
    title: "a request_uri that led to a code leads to no other one",
    why: "It stands in histories and logs: whoever finds it there could have the same request allowed once more, with a state and a nonce that were used.",
    clauses: &["rfc9126/4/single-use"],
    cells: Cells::CODE,
    needs: &[Need::PushedRequests],
    ask: Ask::Code(|lab| Box::pin(single_use(lab))),
};

pub const EXPIRED: Check = Check {
    id: "pushed/expired",
    title: "an expired request_uri is refused",
    why: "What was pushed yesterday was checked by the rules of yesterday, and lies in the logs since.",
    clauses: &["rfc9126/4/expired-refused"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::PushedRequests, Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(expired(lab))),
};

pub const LIFETIME: Check = Check {
    id: "pushed/lifetime",
    title: "a request_uri works until its expires_in is over, and that is soon",
    why: "A client that was told a minute lets a slow user take it; one that lives for a day is a request that anybody may still find.",
    clauses: &["rfc9126/2.2/lifetime-kept", "rfc9101/10.2/short-lived"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::PushedRequests, Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(lifetime(lab))),
};

/// RFC 9126 §2.2: such lives are usual, in seconds.
const USUAL: u64 = 600;

/// So long after its end, in seconds, not even a server that sweeps once a minute still has it. It told the end by its own clock.
const LATE: u64 = 120;

/// What is left of a life when it is used, in seconds.
const REST: u64 = 3;

/// A person may reload the page (RFC 9126 §4), which is another request of the same browser: another browser comes second.
async fn single_use(lab: &Lab) -> Answer {
    let pushed = lab.is_pushed().await?;
    let code = lab.authorize(lab.by_reference(&pushed)?).await?.code()?;
    lab.redeem(&code).await?.is_token()?;
    let again = lab.authorize_in(&Browser::default(), lab.by_reference(&pushed)?).await?;
    again.refused("rfc9126/4/single-use").map(drop)
}

async fn expired(lab: &Lab) -> Answer {
    let control = lab.is_pushed().await?;
    lab.authorize(lab.by_reference(&control)?).await?.granted()?;
    let pushed = lab.is_pushed().await?;
    lab.advance(lives(&pushed)? + LATE).await?;
    let late = lab.authorize(lab.by_reference(&pushed)?).await?;
    late.refused("rfc9126/4/expired-refused").map(drop)
}

async fn lifetime(lab: &Lab) -> Answer {
    let control = lab.is_pushed().await?;
    lab.authorize(lab.by_reference(&control)?).await?.granted()?;
    let since = Instant::now();
    let pushed = lab.is_pushed().await?;
    let seconds = lives(&pushed)?;
    if seconds > USUAL {
        return Err(Stop::finding(
            "rfc9101/10.2/short-lived",
            format!("a life of at most {USUAL} seconds"),
            format!("one of {seconds}"),
        ));
    }
    lab.advance(seconds.saturating_sub(REST)).await?;
    match lab.authorize(lab.by_reference(&pushed)?).await?.grants("rfc9126/2.2/lifetime-kept") {
        Err(_) if since.elapsed() >= Duration::from_secs(REST) => {
            Err(Stop::Inconclusive(format!("the request took the {REST} seconds that were left of its life")))
        }
        late => late.map(drop),
    }
}

fn lives(pushed: &Pushed) -> Result<u64, Stop> {
    pushed
        .expires_in
        .ok_or_else(|| Stop::not_applicable(Reason::Policy, "the server does not say how long a request_uri lives"))
}
