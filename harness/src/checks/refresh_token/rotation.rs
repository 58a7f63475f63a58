//! Rotation of refresh tokens, and what happens when an old one comes back: RFC 9700 §4.14.2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::lab::Lab;

pub const OLD_TOKEN_AFTER_ROTATION: Check = Check {
    id: "refresh/old-token-after-rotation",
    title: "a refresh token that was replaced is refused",
    why: "A stolen refresh token of a public client needs no secret: only rotation makes its theft show.",
    clauses: &["rfc9700/4.14.2/rotation-revokes", "rfc9700/4.14.2/replay-detected", "rfc6749/5.2/error-response"],
    cells: Cells::EVERY_REFRESH_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(old_token_after_rotation(lab))),
};

pub const REUSE_KILLS_FAMILY: Check = Check {
    id: "refresh/reuse-kills-family",
    title: "when a replaced refresh token comes back, the living one dies",
    why: "Two holders of one lineage mean that one is a thief. Who it is is unknown, so that neither may go on.",
    clauses: &["rfc9700/4.14.2/reuse-kills-family", "rfc6749/5.2/error-response"],
    cells: Cells::EVERY_REFRESH_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(reuse_kills_family(lab))),
};

pub const OLD_REUSE_KILLS_FAMILY: Check = Check {
    id: "refresh/old-reuse-kills-family",
    title: "when a refresh token comes back that was replaced long ago, the living one dies",
    why: "A thief need not be the next to refresh: a server that remembers only the last token of a lineage takes older ones for unknown, and the theft for a typing error.",
    clauses: &["rfc9700/4.14.2/reuse-kills-family", "rfc6749/5.2/error-response"],
    cells: Cells::REFRESH_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(old_reuse_kills_family(lab))),
};

/// The refresh token, and the one by which a refresh replaced it, if it did.
async fn rotated(lab: &Lab) -> Result<(String, Option<String>), Stop> {
    let (_, first) = lab.refreshable().await?;
    let second = lab.refresh(&first).await?.is_token()?.refresh_token.filter(|second| *second != first);
    Ok((first, second))
}

/// For confidential clients rotation is a choice (RFC 6749 §6), and so is what becomes of the old token.
async fn old_token_after_rotation(lab: &Lab) -> Answer {
    let (first, second) = rotated(lab).await?;
    if second.is_none() {
        return Err(Stop::finding(
            "rfc9700/4.14.2/replay-detected",
            "a new refresh token, since nothing binds this one to its sender",
            "the same refresh token again",
        ));
    }
    lab.refresh(&first).await?.refused("rfc9700/4.14.2/rotation-revokes").map(drop)
}

async fn reuse_kills_family(lab: &Lab) -> Answer {
    let (first, second) = rotated(lab).await?;
    let second = second.ok_or_else(no_rotation)?;
    dies_when_comes_back(lab, &first, &second).await
}

async fn old_reuse_kills_family(lab: &Lab) -> Answer {
    let (first, second) = rotated(lab).await?;
    let second = second.ok_or_else(no_rotation)?;
    let third = lab.refresh(&second).await?.is_token()?.refresh_token.filter(|third| *third != second);
    dies_when_comes_back(lab, &first, &third.ok_or_else(no_rotation)?).await
}

async fn dies_when_comes_back(lab: &Lab, replaced: &str, living: &str) -> Answer {
    if lab.refresh(replaced).await?.tokens().is_some() {
        return Err(Stop::Inconclusive("the replaced refresh token still works".to_owned()));
    }
    lab.refresh(living).await?.refused("rfc9700/4.14.2/reuse-kills-family").map(drop)
}

fn no_rotation() -> Stop {
    Stop::not_applicable(Reason::Policy, "the server does not rotate the refresh tokens of this client")
}
