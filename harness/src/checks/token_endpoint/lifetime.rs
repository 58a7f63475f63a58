//! How long an access token lives: RFC 6749 §5.1, RFC 6750 §5.3.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::Lab;

pub const SHORT_LIVED: Check = Check {
    id: "token/short-lived",
    title: "an access token lives for an hour at most",
    why: "A stolen token is good for as long as it lives, and nobody can tell which ones were stolen.",
    clauses: &["rfc6750/5.3/short-lived"],
    cells: Cells::EVERY_GRANT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(short_lived(lab))),
};

pub const LIVES_AS_TOLD: Check = Check {
    id: "access-token/lives-as-told",
    title: "an access token lives for as long as expires_in says",
    why: "A client uses its token until the time that it was told; one that dies before is a failure that nobody can explain.",
    clauses: &["rfc6749/5.1/lifetime"],
    cells: Cells::CLIENT_CREDENTIALS,
    needs: &[Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(lives_as_told(lab))),
};

const HOUR: u64 = 3600;

async fn short_lived(lab: &Lab) -> Answer {
    let tokens = lab.send(&lab.grant_request().await?).await?.is_token()?;
    let lifetime = tokens.expires_in().ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the token response does not say how long the access token lives")
    })?;
    if lifetime <= HOUR {
        return Ok(());
    }
    Err(Stop::finding(SHORT_LIVED.clauses[0], format!("{HOUR} seconds at most"), format!("expires_in {lifetime}")))
}

/// Nine tenths of the time are over. The token is a client's own: that of a user may end before, with a session that nobody uses.
async fn lives_as_told(lab: &Lab) -> Answer {
    let tokens = lab.send(&lab.grant_request().await?).await?.is_token()?;
    let lifetime = tokens.expires_in().ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the token response does not say how long the access token lives")
    })?;
    let witnesses = lab.witnesses(&tokens.access_token).await?;
    lab.advance(lifetime / 10 * 9).await?;
    if lab.lives(&witnesses, &tokens.access_token).await? {
        return Ok(());
    }
    let actual = format!("one that is dead after {} seconds", lifetime / 10 * 9);
    Err(Stop::finding(LIVES_AS_TOLD.clauses[0], format!("a token that lives for {lifetime} seconds"), actual))
}
