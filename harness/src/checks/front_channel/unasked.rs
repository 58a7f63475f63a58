//! What an ID token that comes through the browser tells of a person: OpenID Connect Core §5.4.

use crate::cell::{Cell, Cells};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::userinfo::person::within;
use crate::lab::granted::{granted_scope, scope};
use crate::lab::{Authorize, Lab};

pub const CLAIMS_BY_SCOPE: Check = Check {
    id: "front-channel/claims-by-scope",
    title: "an ID token through the browser tells no claims of a scope that was not asked for",
    why: "It passes through browsers and lies in logs: who asks whether it is the same user as last time need not learn their name, nor everybody on the way.",
    clauses: &["oidc-core/5.4/scope-limits-claims"],
    cells: Cells::FRONT_CHANNEL_ID_TOKENS,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(claims_by_scope(lab))),
};

/// What the server grants beyond the request it says, where it says anything of the scope. What it tells the client itself, by the ID token of the
/// token endpoint, is between the two (OpenID Connect Core §3.3.3.6).
async fn claims_by_scope(lab: &Lab) -> Answer {
    const ASKED: &str = "openid";
    let granted = lab.authorize(Authorize::valid().with("scope", ASKED)).await?.granted()?;
    let told = granted.id_claims().ok_or_else(|| Stop::Inconclusive("no ID token came that can be read".to_owned()))?;
    if granted.code.is_none() && granted.access_token.is_none() && grants_more(lab, ASKED).await? {
        let says = "the server grants more than was asked for, and an ID token that comes alone does not say what";
        return Err(Stop::not_applicable(Reason::Policy, says));
    }
    let by_code = match (&granted.scope, &granted.code) {
        (None, Some(code)) => granted_scope(&lab.redeem(code).await?.is_token()?, Some(ASKED)),
        _ => None,
    };
    let scope = by_code.unwrap_or_else(|| scope(granted.scope.as_deref().unwrap_or(ASKED)));
    within(&told.claims, &scope, ASKED)
}

/// Does the server grant more than was asked for where it says what it grants?
async fn grants_more(lab: &Lab, asked: &str) -> Result<bool, Stop> {
    let Some(client) = lab.target().client_for(Cell::CODE) else { return Ok(false) };
    let acting = lab.acting_in(Cell::CODE, client);
    let code = acting.authorize(Authorize::valid().with("scope", asked)).await?.code()?;
    let granted = granted_scope(&acting.redeem(&code).await?.is_token()?, Some(asked)).unwrap_or_default();
    Ok(granted != scope(asked))
}
