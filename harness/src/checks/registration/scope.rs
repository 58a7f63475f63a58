//! The scope that a client is told that it may ask for, and what it is granted: RFC 7591 §2, §3.2.1.

use crate::cell::{Cell, Cells};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::granted::scope;
use crate::lab::{Authorize, Lab, Registered};

pub const SCOPE_HELD: Check = Check {
    id: "registration/scope-held",
    title: "a client can ask for the scope that it was told that it is registered for, and gets no more",
    why: "Whoever registers for little does so that little can be stolen; whoever is told of more than it has fails its users at login.",
    clauses: &["rfc7591/3.2.1/provisioned-returned", "rfc7591/2/registered-scope-only"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(scope_held(lab))),
};

/// What the answer tells counts, whatever was asked for.
async fn scope_held(lab: &Lab) -> Answer {
    let usual = lab.target().authorization_scope().unwrap_or_default();
    let unsaid =
        || Stop::not_applicable(Reason::Policy, "the server does not tell for which scope a client is registered");
    let whole = lab.register(&lab.registration()?.with("scope", usual)).await?;
    let told = whole.text("scope").filter(|told| !told.is_empty()).ok_or_else(unsaid)?;
    let authorized = asks(lab, &whole, told).await?;
    if authorized.landing.param("error") == Some("invalid_scope") {
        let expected = format!("the scope {told}, which is registered by the answer");
        return Err(Stop::finding(SCOPE_HELD.clauses[0], expected, authorized.landing.summary()));
    }
    authorized.code()?;

    let narrow = told.split(' ').find(|one| *one == "openid").or(told.split(' ').next()).unwrap_or_default();
    let limited = lab.register(&lab.registration()?.with("scope", narrow)).await?;
    if limited.text("scope") != Some(narrow) || narrow == told {
        return Err(Stop::not_applicable(Reason::Policy, "the server registers every client for the same scope"));
    }
    asks(lab, &limited, narrow).await?.code()?;
    let Ok(code) = asks(lab, &limited, told).await?.code() else { return Ok(()) };
    let acting = lab.acting_in(Cell::CODE, &limited.client);
    let tokens = acting.redeem(&code).await?.is_token()?;
    let mut granted = acting.scope_of_token(&tokens).await?.unwrap_or_default();
    granted.extend(tokens.scope.as_deref().map(scope).into_iter().flatten());
    granted.remove(narrow);
    if granted.is_empty() {
        return Ok(());
    }
    let more = granted.into_iter().collect::<Vec<_>>().join(" ");
    let expected = format!("no scope beyond {narrow}, for which the client is registered");
    Err(Stop::finding(SCOPE_HELD.clauses[1], expected, format!("a token with {more}")))
}

async fn asks(lab: &Lab, registered: &Registered, scope: &str) -> Result<crate::lab::Authorized, Stop> {
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    acting.authorize_in(lab.browser(), Authorize::valid().with("scope", scope)).await
}
