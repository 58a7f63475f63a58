//! What introspection says of refresh tokens that are dead, and of tokens whose user is: RFC 7662 §2.2, §4.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Authorize, Browser, Lab, Witness};

pub const REPLACED_INACTIVE: Check = Check {
    id: "introspection/replaced-refresh-inactive",
    title: "a refresh token that was replaced, and is refused, is not active",
    why: "What introspection says and what the token endpoint does are two views of one state; where they differ, somebody acts on the wrong one.",
    clauses: &["rfc7662/4/state-checked"],
    cells: Cells::EVERY_REFRESH_CONFIDENTIAL,
    needs: &[Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(replaced_inactive(lab))),
};

pub const EXPIRED_INACTIVE: Check = Check {
    id: "introspection/expired-refresh-inactive",
    title: "a refresh token that has expired is not active",
    why: "A client that asks whether its user is still logged in must hear that nothing can come of the token any more.",
    clauses: &["rfc7662/4/expired-inactive"],
    cells: Cells::EVERY_REFRESH_CONFIDENTIAL,
    needs: &[Need::AdvanceTime, Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(expired_inactive(lab))),
};

pub const USER_DISABLED: Check = Check {
    id: "introspection/user-disabled",
    title: "the access token of a user who was disabled is not active",
    why: "Whoever is locked out keeps access for as long as the token lives, although every resource server asks.",
    clauses: &["rfc7662/4/disabled-user"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::DisableUser, Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(user_disabled(lab))),
};

const YEAR: u64 = 366 * 86_400;

/// A refresh token of which introspection says that it lives; a control.
async fn living(lab: &Lab) -> Result<String, Stop> {
    let (_, refresh_token) = lab.refreshable().await?;
    if lab.is_alive(Witness::Introspection, &refresh_token).await? {
        return Ok(refresh_token);
    }
    Err(Stop::not_applicable(Reason::Policy, "introspection does not speak of refresh tokens, which may be"))
}

async fn replaced_inactive(lab: &Lab) -> Answer {
    let old = living(lab).await?;
    let tokens = lab.refresh(&old).await?.is_token()?;
    if tokens.refresh_token.is_none_or(|new| new == old) {
        return Err(Stop::not_applicable(Reason::Policy, "the server does not replace refresh tokens"));
    }
    let reply = lab.introspect(&old).await?;
    if !reply.is_active()? {
        return Ok(());
    }
    // A server may honour the old one for a while, or for ever: then it is active by right.
    let again = lab.refresh(&old).await?;
    again.judgeable()?;
    if again.tokens().is_some() {
        return Err(Stop::not_applicable(Reason::Policy, "the server still honours the old refresh token"));
    }
    reply.active("rfc7662/4/state-checked", false).map(drop)
}

async fn expired_inactive(lab: &Lab) -> Answer {
    let refresh_token = living(lab).await?;
    lab.advance(YEAR).await?;
    let reply = lab.introspect(&refresh_token).await?;
    if !reply.is_active()? {
        return Ok(());
    }
    let again = lab.refresh(&refresh_token).await?;
    again.judgeable()?;
    if again.tokens().is_some() {
        return Err(Stop::not_applicable(Reason::Policy, "refresh tokens of this server live longer than a year"));
    }
    reply.active("rfc7662/4/expired-inactive", false).map(drop)
}

async fn user_disabled(lab: &Lab) -> Answer {
    let user = lab.user_to_disable()?;
    let code = lab.authorize_in(&Browser::default(), Authorize::valid().user(&user)).await?.code()?;
    let tokens = lab.redeem(&code).await?.is_token()?;
    if !lab.is_alive(Witness::Introspection, &tokens.access_token).await? {
        return Err(Stop::Inconclusive("introspection does not know the tokens of this client".to_owned()));
    }
    let reply = lab.while_disabled(&user, lab.introspect(&tokens.access_token)).await?;
    reply.active("rfc7662/4/disabled-user", false).map(drop)
}
