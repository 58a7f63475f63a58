//! How long a code lives, and whom it dies with: RFC 6749 §4.1.2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need};
use crate::exchange::ErrorCode::InvalidGrant;
use crate::lab::{Authorize, Lab};

pub const EXPIRED: Check = Check {
    id: "code/expired",
    title: "a code of yesterday is refused",
    why: "Codes lie in logs and histories for years.",
    clauses: &["rfc6749/4.1.2/code-expires", "rfc6749/5.2/invalid-grant", "rfc6749/5.2/error-response"],
    cells: Cells::CODE_BEARING,
    needs: &[Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(expired(lab))),
};

pub const LIFETIME: Check = Check {
    id: "code/lifetime",
    title: "a code lives for ten minutes at most",
    why: "The shorter a code lives, the less a leaked one is worth.",
    clauses: &["rfc6749/4.1.2/code-lifetime", "rfc6749/5.2/error-response"],
    cells: Cells::CODE_BEARING,
    needs: &[Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(lifetime(lab))),
};

pub const USER_DISABLED: Check = Check {
    id: "code/user-disabled",
    title: "the code of a user who was disabled is refused",
    why: "Whoever is locked out must not come back with a code that was asked for a minute before.",
    clauses: &["rfc6749/5.2/invalid-grant", "rfc6749/5.2/error-response"],
    cells: Cells::CODE_BEARING,
    needs: &[Need::DisableUser],
    ask: Ask::Code(|lab| Box::pin(user_disabled(lab))),
};

const DAY: u64 = 86_400;
const TEN_MINUTES: u64 = 600;

async fn expired(lab: &Lab) -> Answer {
    lab.user_tokens().await?;
    let code = lab.authorize(Authorize::valid()).await?.code()?;
    lab.advance(DAY).await?;
    lab.redeem(&code).await?.refused("rfc6749/4.1.2/code-expires")?.with_error(&[InvalidGrant])
}

async fn lifetime(lab: &Lab) -> Answer {
    lab.user_tokens().await?;
    let code = lab.authorize(Authorize::valid()).await?.code()?;
    lab.advance(TEN_MINUTES + 1).await?;
    lab.redeem(&code).await?.refused("rfc6749/4.1.2/code-lifetime").map(drop)
}

async fn user_disabled(lab: &Lab) -> Answer {
    let user = lab.user_to_disable()?;
    let first = lab.authorize(Authorize::valid().user(&user)).await?.code()?;
    lab.redeem(&first).await?.is_token()?;
    let code = lab.authorize(Authorize::valid().user(&user)).await?.code()?;

    let reply = lab.while_disabled(&user, lab.redeem(&code)).await?;
    reply.refused("rfc6749/5.2/invalid-grant")?.with_error(&[InvalidGrant])
}
