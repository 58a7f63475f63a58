//! Subject and actor tokens that are no good any more, or never were.

use super::{INVALID_REQUEST, VALIDATED, refuses_token};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::SKEW;
use crate::lab::{ACCESS_TOKEN_TYPE, Lab, random};

pub const SUBJECT_TOKEN_EXPIRED: Check = Check {
    id: "token-exchange/subject-token-expired",
    title: "an expired subject_token is refused",
    why: "Whoever holds an old token could trade it for a new one for ever, and no token would ever end.",
    clauses: &[VALIDATED, INVALID_REQUEST, "rfc6749/5.2/error-response"],
    cells: Cells::TOKEN_EXCHANGE,
    needs: &[Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(subject_token_expired(lab))),
};

pub const SUBJECT_TOKEN_REVOKED: Check = Check {
    id: "token-exchange/subject-token-revoked",
    title: "a revoked subject_token is refused",
    why: "A token that was stolen and revoked would come to life again as another one.",
    clauses: &[VALIDATED, INVALID_REQUEST, "rfc6749/5.2/error-response"],
    cells: Cells::TOKEN_EXCHANGE,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(subject_token_revoked(lab))),
};

pub const ACTOR_TOKEN_UNKNOWN: Check = Check {
    id: "token-exchange/actor-token-unknown",
    title: "an actor_token that the server did not issue is refused",
    why: "Who acts in the name of another has to prove who they are, or everybody is everybody's deputy.",
    clauses: &[VALIDATED, INVALID_REQUEST, "rfc6749/5.2/error-response"],
    cells: Cells::TOKEN_EXCHANGE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(actor_token_unknown(lab))),
};

pub const ACTOR_TOKEN_REVOKED: Check = Check {
    id: "token-exchange/actor-token-revoked",
    title: "a revoked actor_token is refused",
    why: "Whoever lost the right to act would go on acting in the name of others by the token that proved it.",
    clauses: &[VALIDATED, INVALID_REQUEST, "rfc6749/5.2/error-response"],
    cells: Cells::TOKEN_EXCHANGE,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(actor_token_revoked(lab))),
};

pub const ACTOR_TOKEN_EXPIRED: Check = Check {
    id: "token-exchange/actor-token-expired",
    title: "an expired actor_token is refused",
    why: "Whoever was once allowed to act would act for ever: nobody else looks at the age of this token.",
    clauses: &[VALIDATED, INVALID_REQUEST, "rfc6749/5.2/error-response"],
    cells: Cells::TOKEN_EXCHANGE,
    needs: &[Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(actor_token_expired(lab))),
};

pub const USER_DISABLED: Check = Check {
    id: "token-exchange/user-disabled",
    title: "the token of a user who was disabled is exchanged for nothing",
    why: "Whoever is locked out would live on in every token that a service gets for theirs.",
    clauses: &["rfc6749/5.2/invalid-grant", "rfc6749/5.2/error-response"],
    cells: Cells::TOKEN_EXCHANGE,
    needs: &[Need::DisableUser],
    ask: Ask::Code(|lab| Box::pin(user_disabled(lab))),
};

pub const SUBJECT_TOKEN_STAYS: Check = Check {
    id: "token-exchange/subject-token-stays",
    title: "an exchange leaves the subject_token as it was",
    why: "A gateway exchanges what it was sent: its client would be locked out by the first request.",
    clauses: &[UNTOUCHED],
    cells: Cells::TOKEN_EXCHANGE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(subject_token_stays(lab))),
};

/// The clause on what an exchange does to its tokens.
const UNTOUCHED: &str = "rfc8693/2.1/subject-token-untouched";

/// An access token is not for one use: RFC 6749 §1.4.
async fn subject_token_stays(lab: &Lab) -> Answer {
    let (subject, _) = lab.subject_token().await?;
    let witnesses = lab.witnesses(&subject.access_token).await?;
    lab.send(&lab.exchange_request(&subject.access_token)?).await?.is_token()?;
    if lab.lives(&witnesses, &subject.access_token).await? {
        return Ok(());
    }
    Err(Stop::finding(UNTOUCHED, "a subject_token that lives on", "one that died of its exchange"))
}

async fn subject_token_expired(lab: &Lab) -> Answer {
    let (subject, _) = lab.subject_token().await?;
    lab.send(&lab.exchange_request(&subject.access_token)?).await?.is_token()?;
    let lifetime = subject.expires_in().ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the token response does not say how long the subject token lives")
    })?;
    lab.advance(lifetime + SKEW).await?;

    // That a fresh one is taken shows that it is the age which is refused.
    let (fresh, _) = lab.subject_token().await?;
    lab.send(&lab.exchange_request(&fresh.access_token)?).await?.is_token()?;
    refuses_token(&lab.send(&lab.exchange_request(&subject.access_token)?).await?)
}

/// A token that lives on after it was revoked is for the checks of revocation to judge.
async fn subject_token_revoked(lab: &Lab) -> Answer {
    let (subject, owner) = lab.subject_token().await?;
    lab.send(&lab.exchange_request(&subject.access_token)?).await?.is_token()?;
    let witnesses = lab.witnesses(&subject.access_token).await?;
    let revoked = lab.send(&lab.revocation(&subject.access_token)?.by(owner)).await?;
    if !revoked.is_success() || lab.outlives_revocation(&witnesses, &subject.access_token).await? {
        return Err(Stop::Inconclusive("the access token outlives its revocation".to_owned()));
    }
    refuses_token(&lab.send(&lab.exchange_request(&subject.access_token)?).await?)
}

async fn actor_token_unknown(lab: &Lab) -> Answer {
    let (actor, _) = lab.subject_token().await?;
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;
    let delegation = |actor_token: &str| {
        request.clone().param("actor_token", actor_token).param("actor_token_type", ACCESS_TOKEN_TYPE)
    };
    if lab.send(&delegation(&actor.access_token)).await?.tokens().is_none() {
        return Err(no_actors());
    }
    refuses_token(&lab.send(&delegation(&random())).await?)
}

/// That another living token of the same client is taken shows that it is the revocation which is refused.
async fn actor_token_revoked(lab: &Lab) -> Answer {
    let request = lab.grant_request().await?;
    let delegation = |actor_token: &str| {
        request.clone().param("actor_token", actor_token).param("actor_token_type", ACCESS_TOKEN_TYPE)
    };
    let (actor, owner) = lab.subject_token().await?;
    if lab.send(&delegation(&actor.access_token)).await?.tokens().is_none() {
        return Err(no_actors());
    }
    let witnesses = lab.witnesses(&actor.access_token).await?;
    let revoked = lab.send(&lab.revocation(&actor.access_token)?.by(owner)).await?;
    if !revoked.is_success() || lab.outlives_revocation(&witnesses, &actor.access_token).await? {
        return Err(Stop::Inconclusive("the access token outlives its revocation".to_owned()));
    }
    let (other, _) = lab.subject_token().await?;
    if lab.send(&delegation(&other.access_token)).await?.tokens().is_none() {
        return Err(Stop::Inconclusive("the subject token died with the actor token".to_owned()));
    }
    refuses_token(&lab.send(&delegation(&actor.access_token)).await?)
}

/// The subject token is a fresh one; that it is taken beside a fresh actor token shows that it is the age which is refused.
async fn actor_token_expired(lab: &Lab) -> Answer {
    let (actor, _) = lab.subject_token().await?;
    let request = lab.delegation_request().await?;
    if lab.send(&request.with("actor_token", &actor.access_token)).await?.tokens().is_none() {
        return Err(no_actors());
    }
    let lifetime = actor.expires_in().ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the token response does not say how long the actor token lives")
    })?;
    lab.advance(lifetime + SKEW).await?;
    let request = lab.delegation_request().await?;
    lab.send(&request).await?.is_token()?;
    refuses_token(&lab.send(&request.with("actor_token", &actor.access_token)).await?)
}

async fn user_disabled(lab: &Lab) -> Answer {
    let user = lab.user_to_disable()?;
    let tokens = lab.tokens_for(&user).await?;
    let request = lab.exchange_request(&tokens.access_token)?;
    if lab.send(&request).await?.tokens().is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "the client may not exchange the token of this user"));
    }
    let reply = lab.while_disabled(&user, lab.send(&request)).await?;
    reply.refused(USER_DISABLED.clauses[0]).map(drop)
}

fn no_actors() -> Stop {
    Stop::not_applicable(Reason::Policy, "the server lets nobody act by the access token at hand")
}
