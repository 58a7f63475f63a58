//! Tokens that are exchanged by another name than that of an access token, and are dead where the names differ.

use super::{INVALID_REQUEST, VALIDATED, refuses, refuses_token};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::{JWT_TYPE, Lab, REFRESH_TOKEN_TYPE, renewable};

pub const JWT_REVOKED: Check = Check {
    id: "token-exchange/jwt-revoked",
    title: "a revoked access token is not exchanged as a JWT either",
    why: "Its signature holds for ever: a server that looks at no more where the token is called a JWT brings back to life what was revoked.",
    clauses: &[REVOKED, INVALID_REQUEST, "rfc6749/5.2/error-response"],
    cells: Cells::TOKEN_EXCHANGE,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(jwt_revoked(lab))),
};

pub const REFRESH_TOKEN_REPLACED: Check = Check {
    id: "token-exchange/refresh-token-replaced",
    title: "a refresh token that was replaced, and is refused, is exchanged for nothing",
    why: "Rotation makes the theft of a refresh token show at one grant; at the other the thief would go in and out unseen.",
    clauses: &[VALIDATED, INVALID_REQUEST, "rfc6749/5.2/error-response"],
    cells: Cells::TOKEN_EXCHANGE_OF_CODE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(refresh_token_replaced(lab))),
};

/// The clause on a revoked token by another name: by RFC 7519 a JWT is no less valid for having been revoked.
const REVOKED: &str = "rfc8693/2.1/revoked-by-any-name";

/// A token that lives on after it was revoked is for the checks of revocation to judge.
async fn jwt_revoked(lab: &Lab) -> Answer {
    let (subject, owner) = lab.subject_token().await?;
    let token = &subject.access_token;
    if Jwt::read(token).is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "the access token is no JWT"));
    }
    let request = lab.exchange_request_of(token, JWT_TYPE)?;
    if lab.send(&request).await?.tokens().is_none() {
        return Err(not_taken());
    }
    let witnesses = lab.witnesses(token).await?;
    let revoked = lab.send(&lab.revocation(token)?.by(owner)).await?;
    if !revoked.is_success() || lab.outlives_revocation(&witnesses, token).await? {
        return Err(Stop::Inconclusive("the access token outlives its revocation".to_owned()));
    }
    refuses(&lab.send(&request).await?, REVOKED)
}

/// It is exchanged before anybody tries to refresh with it: that could end the family, and hide what the exchange thinks of it. A server
/// may honour it for a while, or for ever; then it is exchanged by right.
async fn refresh_token_replaced(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    let old = renewable(&tokens)?;
    let request = lab.exchange_request_of(&old, REFRESH_TOKEN_TYPE)?;
    if lab.send(&request).await?.tokens().is_none() {
        return Err(not_taken());
    }
    let new = lab.refresh(&old).await?.is_token()?.refresh_token;
    if new.is_none_or(|new| new == old) {
        return Err(Stop::not_applicable(Reason::Policy, "the server does not replace refresh tokens"));
    }
    let exchanged = lab.send(&request).await?;
    exchanged.judgeable()?;
    if exchanged.tokens().is_some() {
        let again = lab.refresh(&old).await?;
        again.judgeable()?;
        if again.tokens().is_some() {
            return Err(Stop::not_applicable(Reason::Policy, "the server still honours the old refresh token"));
        }
    }
    refuses_token(&exchanged)
}

fn not_taken() -> Stop {
    Stop::not_applicable(Reason::Policy, "the server takes no such token in exchange, which may be")
}
