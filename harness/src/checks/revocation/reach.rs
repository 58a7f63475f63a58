//! What a revocation ends, what it leaves alone, and who may ask for it: RFC 7009 §2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Stop};
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

pub const OTHER_CLIENT: Check = Check {
    id: "revocation/other-client",
    title: "a client cannot revoke the token of another",
    why: "Any client that gets to see a token could end the sessions of all others.",
    clauses: &["rfc7009/2.1/bound-to-client"],
    cells: Cells::REFRESH,
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
    cells: Cells::REFRESH,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(refresh_kills_access(lab))),
};

pub const ALL_GENERATIONS_DIE: Check = Check {
    id: "revocation/all-generations-die",
    title: "revoking a refresh token that came from a refresh ends all access tokens of the grant",
    why: "Who logs out means all of it: the token of the last refresh, and that of the first login.",
    clauses: &["rfc7009/2.1/access-tokens-of-the-grant"],
    cells: Cells::REFRESH,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(all_generations_die(lab))),
};

pub const NEXT_TOKEN_LIVES: Check = Check {
    id: "revocation/next-token-lives",
    title: "after a revocation the next token that the client is given lives",
    why: "A server that hands the revoked token out again, or marks the user for good, locks the client out with an answer that says success.",
    clauses: &["rfc6749/5.1/lifetime"],
    cells: Cells::EVERY_ACCESS_TOKEN,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(next_token_lives(lab))),
};

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
    let actual = "one that is dead when it comes, after another was revoked";
    Err(Stop::finding(NEXT_TOKEN_LIVES.clauses[0], "a living access token", actual))
}
