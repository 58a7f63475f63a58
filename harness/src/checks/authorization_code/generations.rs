//! A code that comes back after its tokens were renewed: RFC 6749 §4.1.2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Stop};
use crate::lab::{Lab, renewable};

pub const REPLAY_REVOKES_REFRESHED_TOKENS: Check = Check {
    id: "code/replay-revokes-refreshed-tokens",
    title: "when a code comes back, the tokens that a refresh brought die too",
    why: "A thief who redeemed the code refreshes before the theft shows. Tokens that forget where they came from are out of reach.",
    clauses: &["rfc6749/4.1.2/replay-revokes-tokens"],
    cells: Cells::REFRESH,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(replay_revokes_refreshed_tokens(lab))),
};

async fn replay_revokes_refreshed_tokens(lab: &Lab) -> Answer {
    let clause = "rfc6749/4.1.2/replay-revokes-tokens";
    let (code, first) = lab.user_tokens().await?;
    let refresh_token = renewable(&first)?;
    let second = lab.refresh(&refresh_token).await?.is_token()?;
    let witnesses = lab.witnesses(&second.access_token).await;
    if lab.redeem(&code).await?.tokens().is_some() {
        return Err(Stop::Inconclusive("the second redemption was not refused".to_owned()));
    }
    if let Ok(witnesses) = witnesses
        && lab.lives(&witnesses, &second.access_token).await?
    {
        lab.ends_access_tokens().await?;
        return Err(Stop::finding(clause, "a dead access token", "an access token of a refresh that lives on"));
    }
    let newest = second.refresh_token.unwrap_or(refresh_token);
    if lab.refresh(&newest).await?.tokens().is_some() {
        return Err(Stop::finding(clause, "a dead refresh token", "a refresh token of a refresh that lives on"));
    }
    Ok(())
}
