//! Access that outlives the visit, asked for where no code could bring a refresh token: OpenID Connect Core §11.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::granted::{beside, scope};
use crate::lab::{Authorize, Lab};

pub const OFFLINE_ACCESS_IGNORED: Check = Check {
    id: "front-channel/offline-access-ignored",
    title: "offline_access is not granted where no code comes",
    why: "The user would allow access for as long as they are away, and a page in a browser would hold it.",
    clauses: &["oidc-core/11/ignored-without-code"],
    cells: Cells::IMPLICIT_BOTH,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(offline_access_ignored(lab))),
};

/// With the prompt that such a request must have. What is granted shows in the scope of the response; that of the token may be
/// narrower or wider for reasons of its own.
async fn offline_access_ignored(lab: &Lab) -> Answer {
    const OFFLINE: &str = "offline_access";
    let clause = OFFLINE_ACCESS_IGNORED.clauses[0];
    lab.authorize(Authorize::valid()).await?.granted()?;
    let asked = beside(lab.target().authorization_scope(), OFFLINE);
    let authorized = lab.authorize(Authorize::valid().with("scope", asked).with("prompt", "consent")).await?;
    if authorized.reaches_client() && authorized.landing.param("error").is_some() {
        return Err(Stop::not_applicable(Reason::Policy, "the server refuses offline_access to this client"));
    }
    let granted = authorized.granted()?;
    if authorized.landing.param("refresh_token").is_some() {
        return Err(Stop::finding(clause, "no refresh_token in the response", authorized.landing.summary()));
    }
    let Some(told) = granted.scope else {
        return Err(Stop::not_applicable(Reason::Policy, "the response does not say which scope was granted"));
    };
    if scope(&told).contains(OFFLINE) {
        return Err(Stop::finding(clause, "a scope without offline_access", format!("the scope {told:?}")));
    }
    Ok(())
}
