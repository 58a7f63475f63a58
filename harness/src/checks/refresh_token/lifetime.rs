//! How long a refresh token lives, and whom it dies with.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need};
use crate::exchange::ErrorCode::InvalidGrant;
use crate::lab::{Authorize, Lab, renewable};

pub const EXPIRED: Check = Check {
    id: "refresh/expired",
    title: "a refresh token that lay idle for a year is refused",
    why: "Devices are lost and sold; what nobody uses any more must not open anything.",
    clauses: &["rfc9700/4.14.2/idle-expiry", "rfc6749/5.2/invalid-grant", "rfc6749/5.2/error-response"],
    cells: Cells::EVERY_REFRESH_BY_METHOD,
    needs: &[Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(expired(lab))),
};

pub const USER_DISABLED: Check = Check {
    id: "refresh/user-disabled",
    title: "the refresh token of a user who was disabled is refused",
    why: "Whoever is locked out keeps access for as long as the refresh token lives, unless the server looks.",
    clauses: &["rfc6749/5.2/invalid-grant", "rfc6749/5.2/error-response"],
    cells: Cells::REFRESH,
    needs: &[Need::DisableUser],
    ask: Ask::Code(|lab| Box::pin(user_disabled(lab))),
};

const YEAR: u64 = 366 * 86_400;

async fn expired(lab: &Lab) -> Answer {
    let (_, control) = lab.refreshable().await?;
    lab.refresh(&control).await?.is_token()?;
    let (_, refresh_token) = lab.refreshable().await?;
    lab.advance(YEAR).await?;
    lab.refresh(&refresh_token).await?.refused("rfc9700/4.14.2/idle-expiry")?.with_error(&[InvalidGrant])
}

async fn user_disabled(lab: &Lab) -> Answer {
    let user = lab.user_to_disable()?;
    let code = lab.authorize(Authorize::valid().user(&user)).await?.code()?;
    let tokens = lab.redeem(&code).await?.is_token()?;
    let tokens =
        lab.refresh(&renewable(&tokens)?).await?.is_token().map(|next| (next.refresh_token, tokens.refresh_token))?;
    let (next, first) = tokens;
    let refresh_token = next.or(first).unwrap_or_default();

    let reply = lab.while_disabled(&user, lab.refresh(&refresh_token)).await?;
    reply.refused("rfc6749/5.2/invalid-grant")?.with_error(&[InvalidGrant])
}
