//! How long an access token lives: RFC 6750 §5.3.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
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
