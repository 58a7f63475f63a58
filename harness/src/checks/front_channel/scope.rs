//! What the browser brings along to say how far a token reaches, and for how long: RFC 6749 §4.2.2.

use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Reason, Stop, clause_in};
use crate::lab::granted::{beside, scope, text, unknown_scope};
use crate::lab::{Authorize, Lab};

pub const SCOPE_REPORTED: Check = Check {
    id: "front-channel/scope-reduction-reported",
    title: "a scope that is left out of a token through the browser is left out of the answer",
    why: "A page that believes it may do what it may not shows its user buttons that fail.",
    clauses: &["rfc6749/4.2.2/scope-reported", "rfc6749/3.3/scope-reported"],
    cells: Cells::FRONT_CHANNEL_TOKENS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_reported(lab))),
};

pub const SCOPE_BEYOND_CLIENT: Check = Check {
    id: "front-channel/scope-beyond-client",
    title: "a token through the browser has no scope that the client may not have",
    why: "Everybody can write the link, and everybody on the page can read the token: nothing else stands between a page and an API that it has no business with.",
    clauses: &["rfc6749/10.3/scope-by-client", "rfc6749/4.2.2.1/invalid-scope", "rfc6749/4.1.2.1/invalid-scope"],
    cells: Cells::FRONT_CHANNEL_TOKENS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_beyond_client(lab))),
};

async fn scope_beyond_client(lab: &Lab) -> Answer {
    let more = lab.scope_beyond_client()?;
    lab.authorize(Authorize::valid()).await?.granted()?;
    let asked = beside(lab.target().authorization_scope(), more);
    let authorized = lab.authorize(Authorize::valid().with("scope", &asked)).await?;
    if authorized.landing.param("error").is_some() {
        let clause = match lab.cell().grant {
            Some(Grant::Implicit) => "rfc6749/4.2.2.1/invalid-scope",
            _ => "rfc6749/4.1.2.1/invalid-scope",
        };
        return authorized.with_error(clause, &["invalid_scope", "access_denied", "unauthorized_client"]);
    }
    let granted = authorized.granted()?;
    let told = granted.scope.as_deref().map(scope);
    let has = lab.scope_of(&granted.access_token.unwrap_or_default()).await?;
    let clause = SCOPE_BEYOND_CLIENT.clauses[0];
    match (told, has) {
        (_, Some(has)) if has.contains(more) => {
            Err(Stop::finding(clause, format!("no {more} in the scope"), "a token that has it"))
        }
        (Some(told), _) if told.contains(more) => {
            Err(Stop::finding(clause, format!("no {more} in the scope"), "a response that grants it"))
        }
        // That a scope was left out and the answer does not say so is for the check above.
        (Some(_), _) | (None, Some(_)) => Ok(()),
        (None, None) => {
            Err(Stop::Inconclusive("neither the answer nor the token says which scope was granted".to_owned()))
        }
    }
}

async fn scope_reported(lab: &Lab) -> Answer {
    let clause = clause_in(lab.cell(), SCOPE_REPORTED.clauses);
    lab.authorize(Authorize::valid()).await?.granted()?;
    let more = unknown_scope();
    let asked = beside(lab.target().authorization_scope(), &more);
    let authorized = lab.authorize(Authorize::valid().with("scope", &asked)).await?;
    if authorized.reaches_client() && authorized.landing.param("error").is_some() {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the server refuses a scope that it does not know, and leaves none out",
        ));
    }
    let granted = authorized.granted()?;
    let told = granted.scope.as_deref().map(scope);
    if told.as_ref().is_some_and(|told| !told.contains(&more)) {
        return Ok(());
    }
    let has = lab.scope_of(&granted.access_token.unwrap_or_default()).await?.ok_or_else(|| {
        Stop::Inconclusive("neither the answer nor the token says which scope was granted".to_owned())
    })?;
    if has.contains(&more) {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the server grants a scope that it does not know, and leaves none out",
        ));
    }
    // Introspection may tell less than the token has (RFC 7662 §2.2).
    let mut rest = told.clone().unwrap_or_else(|| scope(&asked));
    rest.remove(&more);
    if has != rest {
        return Err(Stop::Inconclusive("nothing tells the whole scope of the token".to_owned()));
    }
    let said = told.map_or_else(|| "no scope".to_owned(), |told| format!("the scope {}", text(&told)));
    Err(Stop::finding(
        clause,
        format!("the scope {}, which the token has", text(&has)),
        format!("{said} in the response to a request for {asked}"),
    ))
}
