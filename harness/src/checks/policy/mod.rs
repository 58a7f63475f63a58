//! What a server chose once, it holds to, whichever way a client comes: a path that chooses otherwise is one that somebody forgot.

use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::lab::Lab;
use crate::policy::{FAILED_ATTEMPT, PLAIN, Policy, REPEATED_PARAMETER, REPLACED_TOKEN, ROTATION};

pub const ROTATES_ALIKE: Check = Check {
    id: "policy/rotation",
    title: "a client whose refresh token was replaced once has it replaced each time",
    why: "A refresh token that stays the same after the first refresh is one whose theft nobody notices, behind a server that seems to rotate.",
    clauses: &["rfc6749/6/rotates-alike"],
    cells: ROTATION.cells,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(rotates_alike(lab))),
};

pub const REPLACED_ALIKE: Check = Check {
    id: "policy/replaced-token",
    title: "a replaced refresh token is treated alike, whether it was the first or a later one",
    why: "Grace that only a later token has, or only the first, is no grace that anybody decided on.",
    clauses: &["rfc6749/6/replaced-alike"],
    cells: REPLACED_TOKEN.cells,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(replaced_alike(lab))),
};

pub const CODE_AFTER_FAILED_ATTEMPT: Check = Check {
    id: "policy/code-after-failed-attempt",
    title: "a wrong code_verifier does the same to a code, whichever response type it came from",
    why: "Where one response type burns the code and another keeps it, one of the two has a redemption of its own, with rules of its own.",
    clauses: &["rfc6749/4.1.3/failed-attempt-alike"],
    cells: FAILED_ATTEMPT.cells,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(held(lab, &FAILED_ATTEMPT, "rfc6749/4.1.3/failed-attempt-alike"))),
};

pub const PLAIN_ALIKE: Check = Check {
    id: "policy/plain-challenge",
    title: "the method plain is taken or refused, whichever response type the code comes from",
    why: "A server that turned plain off turned it off for each response type: what is left open is what an attacker asks for.",
    clauses: &["rfc7636/4.2/plain-alike"],
    cells: PLAIN.cells,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(held(lab, &PLAIN, "rfc7636/4.2/plain-alike"))),
};

pub const REPEATED_PARAMETER_ALIKE: Check = Check {
    id: "policy/error-of-repeated-parameter",
    title: "a parameter that comes twice leads to the same place, whichever response type was asked for",
    why: "An error that one response type shows to the user and another sends to the client was decided twice.",
    clauses: &["rfc6749/4.1.2.1/error-place-alike"],
    cells: REPEATED_PARAMETER.cells,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(held(lab, &REPEATED_PARAMETER, "rfc6749/4.1.2.1/error-place-alike"))),
};

/// Asked here, the answer is the one that was learned.
async fn held(lab: &Lab, policy: &'static Policy, clause: &'static str) -> Answer {
    let chosen = lab.policy(policy).await?;
    let here = (policy.ask)(lab).await?;
    alike(policy, clause, chosen.name, here)
}

fn alike(policy: &Policy, clause: &'static str, chosen: &str, here: &str) -> Answer {
    if here == chosen {
        return Ok(());
    }
    Err(Stop::finding(clause, format!("the answer to {} that this server gave before: {chosen}", policy.name), here))
}

/// The refresh token that a refresh leaves the client with.
async fn next(lab: &Lab, token: &str) -> Result<String, Stop> {
    let next = lab.refresh(token).await?.is_token()?.refresh_token;
    Ok(next.unwrap_or_else(|| token.to_owned()))
}

async fn rotates_alike(lab: &Lab) -> Answer {
    let chosen = lab.policy(&ROTATION).await?;
    let (_, mut token) = lab.refreshable().await?;
    for _ in 0..3 {
        let following = next(lab, &token).await?;
        let here = if following == token { "kept" } else { "replaced" };
        alike(&ROTATION, "rfc6749/6/rotates-alike", chosen.name, here)?;
        token = following;
    }
    Ok(())
}

async fn replaced_alike(lab: &Lab) -> Answer {
    let chosen = lab.policy(&REPLACED_TOKEN).await?;
    let (_, first) = lab.refreshable().await?;
    let second = next(lab, &first).await?;
    let third = next(lab, &second).await?;
    if third == second {
        return Err(Stop::Inconclusive("the second refresh did not replace the token".to_owned()));
    }
    let again = lab.refresh(&second).await?;
    again.judgeable()?;
    let here = if again.tokens().is_some() { "honoured" } else { "refused" };
    alike(&REPLACED_TOKEN, "rfc6749/6/replaced-alike", chosen.name, here)
}
