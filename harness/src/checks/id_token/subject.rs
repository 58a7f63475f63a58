//! Whom an ID token speaks of: OpenID Connect Core §5.7, §8.

use super::{id_token, id_token_of};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::{Authorize, Browser, Lab};

pub const SUB_UNIQUE: Check = Check {
    id: "id-token/sub-unique",
    title: "two users have two sub values",
    why: "The client keeps its accounts by iss and sub: whoever shares them shares the account.",
    clauses: &["oidc-core/5.7/sub-unique", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId, Need::SecondUser],
    ask: Ask::Code(|lab| Box::pin(sub_unique(lab))),
};

pub const SUB_STABLE: Check = Check {
    id: "id-token/sub-stable",
    title: "a user who comes again has the sub that they had",
    why: "The client keeps its accounts by it: with another sub each time, everybody is a stranger at each login.",
    clauses: &["oidc-core/8/public-same", "oidc-core/8.1/deterministic", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(sub_stable(lab))),
};

pub const SUB_AT_EVERY_CLIENT: Check = Check {
    id: "id-token/sub-at-every-client",
    title: "where subjects are public, a user has the same sub at every client",
    why: "Two clients of one company could not tell that their customer is the same; one that moves to a new client_id loses all its accounts.",
    clauses: &["oidc-core/8/public-same", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(sub_at_every_client(lab))),
};

async fn sub_unique(lab: &Lab) -> Answer {
    let (one, other) = (id_token(lab).await?.2, of_another_user(lab).await?);
    match (one.text("sub"), other.text("sub")) {
        (Some(one), Some(other)) if one == other => Err(Stop::finding(
            "oidc-core/5.7/sub-unique",
            "a sub for each of two users",
            format!("the sub {one} for both"),
        )),
        _ => Ok(()),
    }
}

/// In the same session and after another login. A public sub is the same at all clients, so that there is one; a pairwise one
/// is made in a way that always comes to the same.
async fn sub_stable(lab: &Lab) -> Answer {
    let clause = SUB_STABLE.clauses[usize::from(!lab.target().has_public_subjects())];
    let (_, _, first) = id_token(lab).await?;
    let first = first.text("sub").unwrap_or_default();
    for browser in [lab.browser(), &Browser::default()] {
        let code = lab.authorize_in(browser, Authorize::valid()).await?.code()?;
        let tokens = lab.redeem(&code).await?.is_token()?;
        let again = tokens.subject().ok_or_else(|| tokens.reply.not_the_control("an ID token with a sub"))?;
        if again != first {
            return Err(Stop::finding(clause, format!("the sub {first} again"), format!("the sub {again}")));
        }
    }
    Ok(())
}

/// The ID token of another user, who logs in in a browser of their own.
async fn of_another_user(lab: &Lab) -> Result<Jwt, Stop> {
    let code = lab.authorize_in(&Browser::default(), Authorize::valid().user(lab.second_user()?)).await?.code()?;
    let tokens = lab.redeem(&code).await?.is_token()?;
    tokens.id_claims().ok_or_else(|| tokens.reply.not_the_control("an ID token"))
}

async fn sub_at_every_client(lab: &Lab) -> Answer {
    if !lab.target().has_public_subjects() {
        return Err(Stop::not_applicable(Reason::Policy, "the metadata lists subject types other than public"));
    }
    let other = lab.other_client()?.clone();
    let (_, _, here) = id_token_of(lab, Authorize::valid()).await?;
    let code = lab.authorize(Authorize::valid().by(&other)).await?.code()?;
    let tokens = lab.send(&lab.redemption(&code)?.by(&other)).await?.is_token()?;
    let there = tokens.id_claims().ok_or_else(|| tokens.reply.not_the_control("an ID token"))?;
    match (here.text("sub"), there.text("sub")) {
        (Some(here), Some(there)) if here != there => Err(Stop::finding(
            "oidc-core/8/public-same",
            format!("the sub {here} of {} also at {}", lab.client().id, other.id),
            format!("the sub {there}"),
        )),
        _ => Ok(()),
    }
}
