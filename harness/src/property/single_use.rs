//! Many hands on one code or refresh token at the same moment, judged by what lives afterwards: RFC 6749 §4.1.2, RFC 9700
//! §4.14.2.

#![expect(missing_docs, reason = "a check documents itself: its title and its why stand in it")]

use futures_util::future::join_all;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::{Exchange, Tokens};
use crate::lab::{Authorize, Lab};

pub const CODE: Check = Check {
    id: "code/race",
    title: "a code that is redeemed many times at once yields one living grant at most",
    why: "Looking whether a code was used, and marking it used, are two steps; a thief who is quick comes in between.",
    clauses: &["rfc6749/4.1.2/code-single-use"],
    cells: Cells::CODE_BEARING,
    needs: &[],
    ask: Ask::Property(|lab| Box::pin(code(lab))),
};

pub const REFRESH: Check = Check {
    id: "refresh/race",
    title: "a refresh token that is used many times at once leaves one living successor at most",
    why: "Two living successors are two holders, and the reuse that would betray the thief never shows.",
    clauses: &["rfc9700/4.14.2/rotation-revokes"],
    cells: Cells::REFRESH_PUBLIC,
    needs: &[],
    ask: Ask::Property(|lab| Box::pin(refresh(lab))),
};

pub const CLIENT_ASSERTION: Check = Check {
    id: "client-assertion/race",
    title: "a client assertion that is used many times at once authenticates once at most",
    why: "Looking whether an assertion was used, and marking it used, are two steps; a thief who is quick comes in between.",
    clauses: &["oidc-core/9/assertion-single-use"],
    cells: Cells::CLIENT_CREDENTIALS_BY_JWT,
    needs: &[],
    ask: Ask::Property(|lab| Box::pin(client_assertion(lab))),
};

/// So many requests go out at the same moment.
const HANDS: usize = 16;

/// So often the race is run: one that is lost once in a while is lost.
const ROUNDS: usize = 4;

async fn code(lab: &Lab) -> Answer {
    let (_, control) = lab.user_tokens().await?;
    let witnesses = lab.witnesses(&control.access_token).await;
    if witnesses.is_err() && control.refresh_token.is_none() {
        return witnesses.map(drop);
    }
    for _ in 0..ROUNDS {
        let code = lab.authorize(Authorize::valid()).await?.code()?;
        let won = race(lab, &lab.redemption(&code)?).await?;
        if let Ok(witnesses) = &witnesses {
            let mut living = Vec::new();
            for tokens in &won {
                if !living.contains(&&tokens.access_token) && lab.lives(witnesses, &tokens.access_token).await? {
                    living.push(&tokens.access_token);
                }
            }
            one_at_most("rfc6749/4.1.2/code-single-use", "access token", living.len(), won.len())?;
        }
        one_at_most("rfc6749/4.1.2/code-single-use", "refresh token", usable(lab, &won).await?, won.len())?;
    }
    Ok(())
}

async fn refresh(lab: &Lab) -> Answer {
    for _ in 0..ROUNDS {
        let (_, first) = lab.refreshable().await?;
        let won = race(lab, &lab.refreshing(&first)?).await?;
        if won.iter().all(|tokens| tokens.refresh_token.as_ref().is_none_or(|token| *token == first)) {
            return Err(Stop::not_applicable(
                Reason::Policy,
                "the server does not rotate the refresh tokens of this client",
            ));
        }
        one_at_most("rfc9700/4.14.2/rotation-revokes", "refresh token", usable(lab, &won).await?, won.len())?;
    }
    Ok(())
}

/// Where an assertion may be used again one after the other there is nothing to race for: another check says so.
async fn client_assertion(lab: &Lab) -> Answer {
    const NAME: &str = "client_assertion";
    for round in 0..ROUNDS {
        let request = lab.grant_request().await?;
        let assertion = lab.assertion_in(&request)?.map(|(_, assertion)| assertion.signed()).unwrap_or_default();
        let request = request.with(NAME, assertion);
        let won = race(lab, &request).await?;
        if round == 0 && lab.send(&request).await?.tokens().is_some() {
            return Err(Stop::not_applicable(Reason::Policy, "the server takes a client assertion more than once"));
        }
        one_at_most("oidc-core/9/assertion-single-use", "use of an assertion", won.len(), won.len())?;
    }
    Ok(())
}

/// Sends one request many times at once, over connections that stand already; the token responses that came.
async fn race(lab: &Lab, request: &Exchange) -> Result<Vec<Tokens>, Stop> {
    let warm = Exchange::fetch(&request.url);
    join_all((0..HANDS).map(|_| lab.send(&warm))).await;
    let replies = join_all((0..HANDS).map(|_| lab.send(request))).await;
    let won: Vec<Tokens> = replies.into_iter().flatten().filter_map(|reply| reply.tokens()).collect();
    if won.is_empty() {
        return Err(Stop::Inconclusive("none of the requests was answered with a token".to_owned()));
    }
    Ok(won)
}

/// How many different refresh tokens still buy something, each tried once and one after the other.
async fn usable(lab: &Lab, won: &[Tokens]) -> Result<usize, Stop> {
    let mut tried: Vec<&String> = Vec::new();
    let mut living = 0;
    for token in won.iter().filter_map(|tokens| tokens.refresh_token.as_ref()) {
        if tried.contains(&token) {
            continue;
        }
        tried.push(token);
        living += usize::from(lab.refresh(token).await?.tokens().is_some());
    }
    Ok(living)
}

fn one_at_most(clause: &'static str, what: &str, living: usize, won: usize) -> Answer {
    if living <= 1 {
        return Ok(());
    }
    Err(Stop::finding(
        clause,
        format!("one living {what} at most"),
        format!("{living} living ones; {won} of {HANDS} requests were answered with tokens"),
    ))
}
