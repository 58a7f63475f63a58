//! What an `id_token_hint` is good for: OpenID Connect Core §3.1.2.1, §3.1.2.2.

use super::session::grants_nothing;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need};
use crate::checks::id_token::id_token;
use crate::exchange::Jwt;
use crate::lab::{Authorize, Browser, Lab};

pub const HINT_IS_NO_LOGIN: Check = Check {
    id: "authorize/hint-is-no-login",
    title: "an id_token_hint logs nobody in",
    why: "ID tokens lie in logs and in browsers, and anybody can write one that is not signed: as a login, each of them is a password for good.",
    clauses: &[
        "oidc-core/3.1.2.3/authenticated",
        "oidc-core/3.1.2.2/id-token-hint-issuer",
        "oidc-core/3.1.3.3/id-token",
    ],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(hint_is_no_login(lab))),
};

async fn hint_is_no_login(lab: &Lab) -> Answer {
    let (_, tokens, _) = id_token(lab).await?;
    let hint = tokens.id_token.unwrap_or_default();
    let forged = [Jwt::unsigned(&hint), Jwt::with_altered_signature(&hint)];
    for (at, hint) in std::iter::once(hint).chain(forged.into_iter().flatten()).enumerate() {
        let clause = if at == 0 { "oidc-core/3.1.2.3/authenticated" } else { "oidc-core/3.1.2.2/id-token-hint-issuer" };
        let hinted = || Authorize::valid().with("id_token_hint", hint.as_str());
        for request in [hinted().with("prompt", "none").untouched(), hinted().without("prompt").without_login()] {
            let lured = lab.authorize_in(&Browser::default(), request).await?;
            grants_nothing(&lured, clause, "the login page or an error, in a browser in which nobody logged in")?;
        }
    }
    Ok(())
}
