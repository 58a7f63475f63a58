//! The revocation of what is dead already: RFC 7009 §2.2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::SKEW;
use crate::lab::Lab;

pub const EXPIRED_TOKEN: Check = Check {
    id: "revocation/expired-token",
    title: "revoking an access token that has expired is a success",
    why: "Who logs out after a long day wanted the token to be dead, and it is; an error keeps clients trying.",
    clauses: &["rfc7009/2.2/unknown-token-ok"],
    cells: Cells::FIRST_GRANTS,
    needs: &[Need::AdvanceTime, Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(expired_token(lab))),
};

async fn expired_token(lab: &Lab) -> Answer {
    let control = lab.send(&lab.grant_request().await?).await?.is_token()?;
    lab.revoke(&control.access_token).await?.is_ok()?;

    let tokens = lab.send(&lab.grant_request().await?).await?.is_token()?;
    let lifetime = tokens.expires_in().ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the token response does not say how long the access token lives")
    })?;
    lab.advance(lifetime + SKEW).await?;
    lab.revoke(&tokens.access_token).await?.ok("rfc7009/2.2/unknown-token-ok").map(drop)
}
