//! Scope values that are almost known: RFC 6749 §3.3.

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::lab::Lab;

pub const ALMOST_KNOWN: Check = Check {
    id: "token/scope-almost-known",
    title: "a scope that is almost one that the client may have is not granted",
    why: "A comparison by prefix grants what nobody defined, and a resource server that compares the same way opens more than was asked for.",
    clauses: &[CLAUSE, "rfc6749/5.1/scope-reported", "rfc6749/5.2/error-response", "rfc6749/4.1.2.1/invalid-scope"],
    cells: Cells::FIRST_GRANTS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(almost_known(lab))),
};

const CLAUSE: &str = "rfc6749/5.2/invalid-scope";

async fn almost_known(lab: &Lab) -> Answer {
    let asked = lab.target().scope_in(lab.cell());
    // Those that mean something to the protocol may be found by other ways than a comparison.
    let by_length = |value: &&str| (!["openid", "offline_access"].contains(value), value.len());
    let longest = asked.unwrap_or_default().split(' ').max_by_key(by_length).unwrap_or_default();
    if longest.len() < 2 || !longest.is_ascii() {
        return Err(Stop::not_applicable(Reason::Policy, "the target file names no scope that could be almost meant"));
    }
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
    for near in [longest[..longest.len() - 1].to_owned(), format!("{longest}x")] {
        if !is_known(&near) {
            lab.asks_for_more(&near, Some(CLAUSE)).await?;
        }
    }
    Ok(())
}
