//! What a server makes up must not be guessed: RFC 6749 §10.10.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::lab::Lab;

pub const TOKENS: Check = Check {
    id: "token/unguessable",
    title: "access tokens and refresh tokens are long and random",
    why: "A token that can be guessed needs no theft.",
    clauses: &[CLAUSE],
    cells: Cells::EVERY_TOKEN,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(tokens(lab))),
};

const CLAUSE: &str = "rfc6749/10.10/unguessable";

/// So many token responses are compared.
const RESPONSES: usize = 6;

/// One of the 95 characters that a code or a token may be made of (RFC 6749 Appendix A.11, A.12, A.17) holds 6.57 bits: 128
/// bits need 20 of them.
const FEWEST_VARYING: usize = 20;

async fn tokens(lab: &Lab) -> Answer {
    let (mut access, mut refresh) = (Vec::new(), Vec::new());
    for _ in 0..RESPONSES {
        let request = lab.grant_request().await?;
        let tokens = lab.send(&request).await?.is_token()?;
        access.push(tokens.access_token);
        refresh.extend(tokens.refresh_token);
    }
    // No text forbids to hand out a living token once more: only those that differ say how they were made.
    for tokens in [&mut access, &mut refresh] {
        tokens.sort_unstable();
        tokens.dedup();
    }
    if access.len() < 3 && refresh.len() < 3 {
        return Err(Stop::not_applicable(Reason::Policy, "the server hands out the same tokens again"));
    }
    [("access tokens", access), ("refresh tokens", refresh)]
        .iter()
        .filter(|(_, values)| values.len() >= 3)
        .try_for_each(|(what, values)| vary(what, values))
}

/// Do these values differ from each other in as many characters as 128 bits need?
pub fn vary(what: &str, values: &[String]) -> Answer {
    vary_by(CLAUSE, what, values)
}

/// The same, where another clause asks for it.
pub fn vary_by(clause: &'static str, what: &str, values: &[String]) -> Answer {
    let shortest = values.iter().map(|value| value.chars().count()).min().unwrap_or_default();
    let varies = |at: &usize| values.iter().any(|value| value.chars().nth(*at) != values[0].chars().nth(*at));
    let varying = (0..shortest).filter(varies).count();
    if varying >= FEWEST_VARYING {
        return Ok(());
    }
    Err(Stop::finding(
        clause,
        format!("{what} that differ in at least {FEWEST_VARYING} characters, as 128 bits need"),
        format!("{varying} that differ in {} {what} of {shortest} characters", values.len()),
    ))
}
