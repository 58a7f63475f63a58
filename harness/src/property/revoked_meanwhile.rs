//! A refresh token that is revoked while it is being used: RFC 7009 §2.1.

#![expect(missing_docs, reason = "a check documents itself: its title and its why stand in it")]

use std::time::Duration;

use futures_util::future::join;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Lab, PROPAGATION};

pub const REFRESH: Check = Check {
    id: "revocation/race-with-refresh",
    title: "a refresh token that is revoked while it is used leaves no successor alive",
    why: "A client that logs its user out while a tab refreshes in the background leaves a login behind that nobody knows of.",
    clauses: &["rfc7009/2.1/successor-dies"],
    cells: Cells::REFRESH,
    needs: &[Need::Revocation],
    ask: Ask::Property(|lab| Box::pin(refresh(lab))),
};

/// The revocation goes out so many milliseconds after the refresh.
const DELAYS: &[u64] = &[0, 0, 0, 1, 2, 5, 10, 20];

/// Which of the two comes first is not known, so that the server has to end the grant in either order; a server that lets a
/// successor live when the token before it is revoked chose otherwise.
async fn refresh(lab: &Lab) -> Answer {
    let (_, first) = lab.refreshable().await?;
    lab.revoke(&first).await?.is_ok()?;
    let (_, first) = lab.refreshable().await?;
    // A server that does not replace refresh tokens need not send one again.
    let successor = lab.refresh(&first).await?.is_token()?.refresh_token.unwrap_or_else(|| first.clone());
    lab.revoke(&first).await?.is_ok()?;
    if lives(lab, &successor).await? {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the revocation of a refresh token that was used leaves its successor alive",
        ));
    }
    for delay in DELAYS {
        let (_, token) = lab.refreshable().await?;
        let revocation = async {
            tokio::time::sleep(Duration::from_millis(*delay)).await;
            lab.revoke(&token).await
        };
        let (refreshed, revoked) = join(lab.refresh(&token), revocation).await;
        revoked?.is_ok()?;
        let left = refreshed?.tokens().and_then(|tokens| tokens.refresh_token).unwrap_or(token);
        if lives(lab, &left).await? {
            return Err(Stop::finding(
                "rfc7009/2.1/successor-dies",
                "a dead refresh token, whichever of the two came first",
                format!("a successor that refreshes after the revocation, sent {delay} ms after the refresh"),
            ));
        }
    }
    Ok(())
}

/// Does the token refresh, and what came of it after the word of the revocation had time to travel?
async fn lives(lab: &Lab, token: &str) -> Result<bool, Stop> {
    let reply = lab.refresh(token).await?;
    reply.judgeable()?;
    let Some(tokens) = reply.tokens() else {
        return Ok(false);
    };
    tokio::time::sleep(PROPAGATION).await;
    let reply = lab.refresh(tokens.refresh_token.as_deref().unwrap_or(token)).await?;
    reply.judgeable()?;
    Ok(reply.tokens().is_some())
}
