//! Whose access token opens userinfo: one that was asked for with `openid`, by a user who still may.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::granted::granted_scope;
use crate::lab::{Authorize, Browser, Lab, Witness};

pub const WITHOUT_OPENID: Check = Check {
    id: "userinfo/without-openid",
    title: "a token that was granted without openid opens no userinfo",
    why: "A user who let a client read a calendar was not asked whether it may know who they are.",
    clauses: &["oidc-core/5.3/openid-token"],
    cells: Cells::CODE_WITHOUT_ID_TOKEN,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(without_openid(lab))),
};

pub const USER_DISABLED: Check = Check {
    id: "userinfo/user-disabled",
    title: "the token of a user who was disabled opens no userinfo",
    why: "A client that asks who its user is takes the answer for a sign that all is well with the account.",
    clauses: &["rfc6750/3.1/invalid-token-code"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::DisableUser, Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(user_disabled(lab))),
};

async fn without_openid(lab: &Lab) -> Answer {
    let (_, control) = lab.user_tokens().await?;
    if !lab.is_alive(Witness::Userinfo, &control.access_token).await? {
        return Err(Stop::Inconclusive("userinfo does not take the access token".to_owned()));
    }
    let all = lab.target().authorization_scope().unwrap_or_default();
    let others: Vec<&str> = all.split(' ').filter(|value| !["openid", "offline_access"].contains(value)).collect();
    if others.is_empty() {
        return Err(Stop::not_applicable(Reason::Policy, "the target file names no scope but openid"));
    }
    let code = lab.authorize(Authorize::valid().with("scope", others.join(" ")).without("nonce")).await?.code()?;
    let tokens = lab.redeem(&code).await?.is_token()?;
    let granted = granted_scope(&tokens, code.scope.as_deref());
    if tokens.id_token.is_some() || granted.is_some_and(|granted| granted.contains("openid")) {
        return Err(Stop::not_applicable(Reason::Policy, "the server grants openid without being asked for it"));
    }
    let reply = lab.userinfo(&tokens.access_token).await?;
    reply.judgeable()?;
    if reply.is_success() {
        return Err(Stop::finding("oidc-core/5.3/openid-token", "a refusal", reply.actual()));
    }
    Ok(())
}

async fn user_disabled(lab: &Lab) -> Answer {
    let user = lab.user_to_disable()?;
    let code = lab.authorize_in(&Browser::default(), Authorize::valid().user(&user)).await?.code()?;
    let tokens = lab.redeem(&code).await?.is_token()?;
    if !lab.is_alive(Witness::Userinfo, &tokens.access_token).await? {
        return Err(Stop::Inconclusive("userinfo does not take the access token".to_owned()));
    }
    let reply = lab.while_disabled(&user, lab.userinfo(&tokens.access_token)).await?;
    reply.judgeable()?;
    if reply.is_success() {
        return Err(Stop::finding("rfc6750/3.1/invalid-token-code", "a refusal", reply.actual()));
    }
    Ok(())
}
