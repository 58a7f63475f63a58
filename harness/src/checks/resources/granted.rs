//! How far a grant for several resources reaches: RFC 8707 §2.2.

use super::audience::one_for_both;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Deviation;
use crate::lab::{Authorize, Lab, renewable};

pub const SUBSET: Check = Check {
    id: "resource/subset-of-the-grant",
    title: "a code for two resources buys a token for one of them, and a refresh token for both",
    why: "A client that sends each API a token of its own keeps one API from using another; it can do so only if the grant stays whole.",
    clauses: &["rfc8707/2.2/subset-of-code", "rfc8707/2.2/refresh-token-full"],
    cells: Cells::REFRESH_CONFIDENTIAL,
    needs: &[Need::Resources],
    ask: Ask::Code(|lab| Box::pin(subset(lab))),
};

/// RFC 8707 §2: a server need not serve several resources at once.
async fn subset(lab: &Lab) -> Answer {
    let (first, second) = (lab.resource()?, lab.other_resource()?);
    let code = lab.authorize(for_both(first, second)).await?.code();
    let code = code
        .map_err(|_| Stop::not_applicable(Reason::Policy, "the server serves no request for both resources at once"))?;
    let clause = "rfc8707/2.2/subset-of-code";
    let narrowed = lab.send(&lab.redemption(&code)?.with("resource", first)).await?.served(clause)?;
    let audience = lab.audience_of(&narrowed).await?;
    // An audience may be another name of the resource; so what is asked is that the same code buys another one for the other.
    let code = lab.authorize(for_both(first, second)).await?.code()?;
    let beside = lab.send(&lab.redemption(&code)?.with("resource", second)).await?.served(clause)?;
    let same = audience == lab.audience_of(&beside).await?;
    if same && !audience.contains(first) && !audience.contains(second) {
        return Err(one_for_both());
    }
    if audience.contains(second) || same {
        return Err(Stop::finding(clause, format!("a token for {first} alone"), format!("the audience {audience:?}")));
    }

    let clause = "rfc8707/2.2/refresh-token-full";
    let request = lab.refreshing(&renewable(&narrowed)?)?.with("resource", second);
    let refreshed = lab.send(&request).await?.served(clause)?;
    let other = lab.audience_of(&refreshed).await?;
    if other == audience || other.contains(first) {
        return Err(Stop::finding(clause, format!("a token for {second}"), format!("the audience {other:?}")));
    }
    Ok(())
}

fn for_both(first: &str, second: &str) -> Authorize {
    Authorize::valid().with("resource", first).deviating(Deviation::Repeat("resource".to_owned(), second.to_owned()))
}
