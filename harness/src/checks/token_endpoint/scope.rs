//! Scope values that are almost known: RFC 6749 §3.3.

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::ErrorCode;
use crate::lab::{Authorize, Lab};

pub const IN_WORDS: Check = Check {
    id: "token/scope-in-words",
    title: "the scope of an answer is words with one space between two",
    why: "A client that looks for a word in a list with commas finds none, and believes that it was given nothing.",
    clauses: &["rfc6749/5.1/scope-reported"],
    cells: Cells::EVERY_GRANT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(in_words(lab))),
};

pub const ALMOST_KNOWN: Check = Check {
    id: "token/scope-almost-known",
    title: "a scope that is almost one that the client may have is not granted",
    why: "A comparison by prefix grants what nobody defined, and a resource server that compares the same way opens more than was asked for.",
    clauses: &[CLAUSE, "rfc6749/5.1/scope-reported", "rfc6749/5.2/error-response", "rfc6749/4.1.2.1/invalid-scope"],
    cells: Cells::EVERY_FIRST_GRANT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(almost_known(lab))),
};

pub const CASE: Check = Check {
    id: "token/scope-case",
    title: "a scope in another case is another scope",
    why: "Where two names are one to the server and two to an API, neither knows what was allowed.",
    clauses: &["rfc6749/3.3/case-sensitive", "rfc6749/5.2/error-response"],
    cells: Cells::FIRST_GRANTS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(case(lab))),
};

pub const OMITTED: Check = Check {
    id: "token/scope-omitted",
    title: "a request without a scope gets the default, or is told that it needs one",
    why: "A client that names no scope and is refused for some other reason looks for a mistake that it did not make.",
    clauses: &[DEFAULT, "rfc6749/5.2/error-response"],
    cells: Cells::FIRST_GRANTS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(omitted(lab))),
};

const CLAUSE: &str = "rfc6749/5.2/invalid-scope";
const DEFAULT: &str = "rfc6749/3.3/scope-default";

/// The longest scope that is asked for: what is almost it is nothing else.
fn longest(lab: &Lab) -> Result<&str, Stop> {
    let asked = lab.target().scope_in(lab.cell());
    // Those that mean something to the protocol may be found by other ways than a comparison.
    let by_length = |value: &&str| (!["openid", "offline_access"].contains(value), value.len());
    let longest = asked.unwrap_or_default().split(' ').max_by_key(by_length).unwrap_or_default();
    if longest.len() < 2 || !longest.is_ascii() {
        return Err(Stop::not_applicable(Reason::Policy, "the target file names no scope that could be almost meant"));
    }
    Ok(longest)
}

async fn case(lab: &Lab) -> Answer {
    let value = longest(lab)?;
    let upper = value.to_uppercase();
    let other = if upper == value { value.to_lowercase() } else { upper };
    if other == value {
        return Err(Stop::not_applicable(Reason::Policy, "no scope of the target file has a letter"));
    }
    lab.asks_in_another_case(value, &other, CASE.clauses[0]).await
}

async fn omitted(lab: &Lab) -> Answer {
    // OpenID Connect Core §3.1.2.1: there a scope is a parameter that must not be missing.
    let fitting: &[&str] = if lab.target().metadata.oidc && lab.cell().response_type.is_some() {
        &[ErrorCode::InvalidScope.name(), ErrorCode::InvalidRequest.name()]
    } else {
        &[ErrorCode::InvalidScope.name()]
    };
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;
    if lab.cell().response_type.is_some() {
        let authorized = lab.authorize(Authorize::valid().without("scope").without("nonce")).await?;
        return match authorized.code() {
            Ok(code) => lab.redeem(&code).await?.served(DEFAULT).map(drop),
            Err(_) => authorized.refused(DEFAULT)?.with_error(DEFAULT, fitting),
        };
    }
    let reply = lab.send(&lab.grant_request().await?.without("scope")).await?;
    if reply.tokens().is_some() {
        return Ok(());
    }
    reply.refused(DEFAULT)?.with_error_or(DEFAULT, fitting)
}

async fn almost_known(lab: &Lab) -> Answer {
    let longest = longest(lab)?;
    if lab.grants_unknown_scopes().await? {
        return Err(Stop::not_applicable(Reason::Policy, "the server grants scopes that it cannot know"));
    }
    let supported = lab.target().metadata.document.get("scopes_supported").and_then(Value::as_array);
    let scopes = &lab.target().scopes;
    let named = [&scopes.authorization_code, &scopes.client_credentials, &scopes.beyond_client];
    let is_known = |near: &str| {
        supported.is_some_and(|known| known.iter().any(|value| value == near))
            || named.iter().any(|scope| scope.as_deref().is_some_and(|scope| scope.split(' ').any(|one| one == near)))
    };
    // The last one has a character that no scope has.
    for near in [longest[..longest.len() - 1].to_owned(), format!("{longest}x"), format!("{longest}\"")] {
        if !is_known(&near) {
            lab.asks_for_more(&near, Some(CLAUSE)).await?;
        }
    }
    Ok(())
}

async fn in_words(lab: &Lab) -> Answer {
    let request = lab.grant_request().await?;
    let tokens = lab.send(&request).await?.is_token()?;
    let Some(told) = tokens.scope else {
        return Err(Stop::not_applicable(Reason::Policy, "the answer does not tell the scope"));
    };
    let asked = [request.value("scope"), lab.target().authorization_scope()].into_iter().flatten();
    let asked: Vec<&str> = asked.flat_map(|scope| scope.split(' ')).collect();
    // A comma may be a part of a scope: it is a separator where what it separates was asked for.
    let glued = |word: &str| {
        !asked.contains(&word) && word.split([',', ';', '+']).any(|part| part != word && asked.contains(&part))
    };
    if told.is_empty() || !told.split(' ').any(|word| word.is_empty() || glued(word)) {
        return Ok(());
    }
    Err(Stop::finding(IN_WORDS.clauses[0], "scopes with one space between two", format!("scope {told:?}")))
}
