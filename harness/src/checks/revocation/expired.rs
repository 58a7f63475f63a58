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

pub const EXPIRED_REFRESH_TOKEN: Check = Check {
    id: "revocation/expired-refresh-token",
    title: "revoking a refresh token that has expired is a success",
    why: "Who logs out after a long journey wanted the token to be dead, and it is; an error keeps clients trying.",
    clauses: &["rfc7009/2.2/unknown-token-ok"],
    cells: Cells::REFRESH,
    needs: &[Need::AdvanceTime, Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(expired_refresh_token(lab))),
};

const YEAR: u64 = 366 * 86_400;

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

/// That the token has expired is told by a younger one. In a year the secret of a client may have ended too, which says nothing of
/// tokens.
async fn expired_refresh_token(lab: &Lab) -> Answer {
    let (_, control) = lab.refreshable().await?;
    lab.revoke(&control).await?.is_ok()?;
    let (_, refresh_token) = lab.refreshable().await?;
    let (_, younger) = lab.refreshable().await?;
    lab.advance(YEAR).await?;
    let refreshed = lab.refresh(&younger).await?;
    if refreshed.tokens().is_some() {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "a refresh token that nobody uses lives for more than a year",
        ));
    }
    if refreshed.text("error").as_deref() != Some("invalid_grant") {
        return Err(refreshed.not_the_control("the error invalid_grant for a refresh token that has expired"));
    }

    let reply = lab.revoke(&refresh_token).await?;
    if reply.status == 401 {
        return Err(reply.not_the_control("a client whose credentials are good after a year"));
    }
    reply.ok("rfc7009/2.2/unknown-token-ok").map(drop)
}
