//! What a revocation ends, what it leaves alone, and who may ask for it: RFC 7009 §2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop, clause_in};
use crate::exchange::Deviation;
use crate::lab::Lab;

pub const ACCESS_TOKEN_DIES: Check = Check {
    id: "revocation/access-token-dies",
    title: "a revoked access token opens nothing",
    why: "Who logs out, or loses a device, relies on it.",
    clauses: &["rfc7009/2.1/invalidated-at-once", "rfc7009/2/access-revocable"],
    cells: Cells::EVERY_ACCESS_TOKEN,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(access_token_dies(lab))),
};

pub const WRONG_HINT_OF_ACCESS: Check = Check {
    id: "revocation/wrong-hint-of-access",
    title: "a wrong token_type_hint does not save an access token from revocation",
    why: "A client that is wrong about the kind of its token believes that it is dead while it lives on.",
    clauses: &["rfc7009/2.1/search-extended"],
    cells: Cells::EVERY_CLIENT,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(wrong_hint_of_access(lab))),
};

pub const OTHER_CLIENT: Check = Check {
    id: "revocation/other-client",
    title: "a client cannot revoke the token of another",
    why: "Any client that gets to see a token could end the sessions of all others.",
    clauses: &["rfc7009/2.1/bound-to-client"],
    cells: Cells::EVERY_REFRESH,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(other_client(lab))),
};

pub const UNAUTHENTICATED: Check = Check {
    id: "revocation/unauthenticated",
    title: "nobody revokes the token of a confidential client without its credentials",
    why: "Whoever finds a token in a log could end the session of its user.",
    clauses: &["rfc7009/2.1/client-verified"],
    cells: Cells::REFRESH_CONFIDENTIAL,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(unauthenticated(lab))),
};

pub const REFRESH_KILLS_ACCESS: Check = Check {
    id: "revocation/refresh-kills-access",
    title: "revoking a refresh token ends the access tokens of its grant",
    why: "Who logs out means all of it, not the half that can be renewed.",
    clauses: &["rfc7009/2.1/access-tokens-of-the-grant"],
    cells: Cells::EVERY_REFRESH,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(refresh_kills_access(lab))),
};

pub const ALL_GENERATIONS_DIE: Check = Check {
    id: "revocation/all-generations-die",
    title: "revoking a refresh token that came from a refresh ends all access tokens of the grant",
    why: "Who logs out means all of it: the token of the last refresh, and that of the first login.",
    clauses: &["rfc7009/2.1/access-tokens-of-the-grant"],
    cells: Cells::EVERY_REFRESH,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(all_generations_die(lab))),
};

pub const NEXT_TOKEN_LIVES: Check = Check {
    id: "revocation/next-token-lives",
    title: "after a revocation the next token that the client is given lives",
    why: "A server that hands the revoked token out again, or marks the user for good, locks the client out with an answer that says success.",
    clauses: OF_A_TOKEN,
    cells: Cells::EVERY_ACCESS_TOKEN,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(next_token_lives(lab))),
};

/// What a token that is dead when it comes breaks: its lifetime, where one was told, else the answer of its grant.
const OF_A_TOKEN: &[&str] = &[
    "rfc6749/5.1/lifetime",
    "rfc6749/4.1.4/token-response",
    "rfc6749/4.3.3/token-response",
    "rfc6749/4.4.3/token-response",
    "rfc6749/6/token-response",
    "rfc8628/3.5/success",
    "rfc6749/4.5/token-response",
];

async fn access_token_dies(lab: &Lab) -> Answer {
    let request = lab.grant_request().await?;
    let tokens = lab.send(&request).await?.is_token()?;
    let witnesses = lab.witnesses(&tokens.access_token).await?;
    let reply = lab.revoke(&tokens.access_token).await?;
    if !reply.is_success() {
        return reply.ok("rfc7009/2/access-revocable").map(drop);
    }
    if lab.outlives_revocation(&witnesses, &tokens.access_token).await? {
        return Err(Stop::finding(
            "rfc7009/2.1/invalidated-at-once",
            "a dead access token",
            "an access token that lives on after a revocation that succeeded",
        ));
    }
    Ok(())
}

/// RFC 7009 §2: access tokens need not be revocable. Those count to whom the end of one that was revoked without a hint is known.
async fn wrong_hint_of_access(lab: &Lab) -> Answer {
    let control = lab.send(&lab.grant_request().await?).await?.is_token()?;
    let asked = lab.witnesses(&control.access_token).await?;
    lab.revoke(&control.access_token).await?.is_ok()?;
    let mut witnesses = Vec::new();
    for witness in asked {
        if !lab.outlives_revocation(&[witness], &control.access_token).await? {
            witnesses.push(witness);
        }
    }
    if witnesses.is_empty() {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "an access token lives on after it was revoked without a hint",
        ));
    }

    let tokens = lab.send(&lab.grant_request().await?).await?.is_token()?;
    for witness in &witnesses {
        if !lab.is_alive(*witness, &tokens.access_token).await? {
            let says = "the access token that came after another was revoked is dead";
            return Err(Stop::Inconclusive(says.to_owned()));
        }
    }
    let request = lab.revocation(&tokens.access_token)?.param("token_type_hint", "refresh_token");
    let reply = lab.send(&request).await?;
    reply.judgeable()?;
    if lab.outlives_revocation(&witnesses, &tokens.access_token).await? {
        let actual = format!("{}, and an access token that lives on", reply.actual());
        return Err(Stop::finding(WRONG_HINT_OF_ACCESS.clauses[0], "a dead access token", actual));
    }
    Ok(())
}

async fn other_client(lab: &Lab) -> Answer {
    let other = lab.other_client()?.clone();
    let (_, control) = lab.refreshable().await?;
    lab.revoke(&control).await?.is_ok()?;

    let (_, refresh_token) = lab.refreshable().await?;
    let request = lab.revocation(&refresh_token)?.deviating(&Deviation::As(Box::new(other)));
    lab.send(&request).await?.judgeable()?;
    lab.refresh(&refresh_token).await?.served("rfc7009/2.1/bound-to-client").map(drop)
}

async fn unauthenticated(lab: &Lab) -> Answer {
    let clause = "rfc7009/2.1/client-verified";
    let (_, control) = lab.refreshable().await?;
    lab.revoke(&control).await?.is_ok()?;

    for parameter in ["client_id", "client_secret"] {
        let (_, refresh_token) = lab.refreshable().await?;
        let request = lab.revocation(&refresh_token)?.without(parameter);
        lab.send(&request).await?.judgeable()?;
        lab.refresh(&refresh_token).await?.served(clause)?;
    }
    Ok(())
}

async fn refresh_kills_access(lab: &Lab) -> Answer {
    let (tokens, refresh_token) = lab.refreshable().await?;
    let witnesses = lab.witnesses(&tokens.access_token).await?;
    lab.revoke(&refresh_token).await?.is_ok()?;
    if lab.outlives_revocation(&witnesses, &tokens.access_token).await? {
        lab.ends_access_tokens().await?;
        return Err(Stop::finding(
            "rfc7009/2.1/access-tokens-of-the-grant",
            "a dead access token",
            "an access token that lives on after its refresh token was revoked",
        ));
    }
    Ok(())
}

async fn all_generations_die(lab: &Lab) -> Answer {
    let (first, refresh_token) = lab.refreshable().await?;
    let witnesses = lab.witnesses(&first.access_token).await?;
    let second = lab.refresh(&refresh_token).await?.is_token()?;
    lab.revoke(second.refresh_token.as_ref().unwrap_or(&refresh_token)).await?.is_ok()?;
    for (tokens, which) in [(first, "that came with the code"), (second, "that came with the refresh")] {
        if lab.outlives_revocation(&witnesses, &tokens.access_token).await? {
            lab.ends_access_tokens().await?;
            return Err(Stop::finding(
                "rfc7009/2.1/access-tokens-of-the-grant",
                "a dead access token",
                format!("the access token {which}, which lives on"),
            ));
        }
    }
    Ok(())
}

/// The access token is revoked, and the refresh token where there is one.
async fn next_token_lives(lab: &Lab) -> Answer {
    let first = lab.send(&lab.grant_request().await?).await?.is_token()?;
    let witnesses = lab.witnesses(&first.access_token).await?;
    lab.revoke(&first.access_token).await?.is_ok()?;
    if let Some(refresh_token) = &first.refresh_token {
        lab.revoke(refresh_token).await?.is_ok()?;
    }
    let next = lab.send(&lab.grant_request().await?).await?.is_token()?;
    if lab.lives(&witnesses, &next.access_token).await? {
        return Ok(());
    }
    // Who was not told of a lifetime was given no token all the same.
    let clause = match next.expires_in() {
        Some(_) => OF_A_TOKEN[0],
        None => clause_in(lab.cell(), &OF_A_TOKEN[1..]),
    };
    let actual = "one that is dead when it comes, after another was revoked";
    Err(Stop::finding(clause, "a living access token", actual))
}
