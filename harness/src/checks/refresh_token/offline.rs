//! Access for as long as the user is away, and whether they were asked for it: OpenID Connect Core §11.

use crate::cell::{Cells, ClientKind, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Deviation, Tokens};
use crate::lab::{Authorize, Browser, Code, Lab};
use crate::target::{Client, is_of_an_app};

pub const OFFLINE_CONSENT: Check = Check {
    id: "refresh/offline-access-consent",
    title: "a user who allowed a login is asked again before a client may act in their absence",
    why: "The user agreed to be known while they are here. A refresh token acts in their name for months, and nobody told them.",
    clauses: &["oidc-core/11/consent", "oidc-core/11/web-consent", NATIVE],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId, Need::SecondUser],
    ask: Ask::Code(|lab| Box::pin(offline_consent(lab))),
};

const NATIVE: &str = "oidc-core/11/native-consent";

/// Only where the server asks for consent at all, and gives refresh tokens for `offline_access` alone.
async fn offline_consent(lab: &Lab) -> Answer {
    let user = lab.last_user()?;
    let client = client_of_its_own(lab)?;
    let browser = Browser::default();
    let asked = |scope: &str| Authorize::valid().user(user).by(&client).without("prompt").with("scope", scope);

    let first = lab.authorize_in(&browser, asked("openid").undecided()).await?;
    if first.landing.param("code").is_some() || browser.pending_consent().is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "the server asks for no consent here"));
    }
    let code = lab.authorize_in(&browser, asked("openid")).await?.code()?;
    if tokens_of(lab, &client, &code).await?.refresh_token.is_some() {
        return Err(Stop::not_applicable(Reason::Policy, "the server gives refresh tokens without offline_access"));
    }
    let more = lab.authorize_in(&browser, asked("openid offline_access").undecided()).await?;
    if let Ok(code) = more.code()
        && tokens_of(lab, &client, &code).await?.refresh_token.is_some()
    {
        let is_native = client.kind() == ClientKind::Public && client.redirect_uris.iter().all(|uri| is_of_an_app(uri));
        return Err(Stop::finding(
            if is_native { NATIVE } else { OFFLINE_CONSENT.clauses[0] },
            "a page that asks the user, or no refresh token",
            "a refresh token for a user who had allowed a login only",
        ));
    }
    // That nothing came of it means something only where something comes with consent.
    let allowed = asked("openid offline_access").with("prompt", "consent");
    let code = lab.authorize_in(&browser, allowed).await?.code()?;
    match tokens_of(lab, &client, &code).await?.refresh_token {
        Some(_) => Ok(()),
        None => Err(Stop::not_applicable(Reason::Policy, "the server gives no refresh token for offline_access")),
    }
}

async fn tokens_of(lab: &Lab, client: &Client, code: &Code) -> Result<Tokens, Stop> {
    lab.send(&lab.redemption(code)?.deviating(&Deviation::As(Box::new(client.clone())))).await?.is_token()
}

/// A client in whose name nobody asks this user for anything else: the first two confidential ones are those of the checks of
/// consent. One that signs would do so by a clock that others may have left behind.
fn client_of_its_own(lab: &Lab) -> Result<Client, Stop> {
    let others = || lab.target().clients.iter().filter(|client| client.id != lab.client().id);
    let asked =
        others().filter(|client| client.kind() == ClientKind::Confidential && client.may(Grant::AuthorizationCode));
    let asked: Vec<&str> = asked.take(2).map(|client| client.id.as_str()).collect();
    let fits = |client: &&Client| {
        client.kind() == lab.client().kind()
            && !client.auth.is_jwt()
            && client.may_use(lab.cell())
            && client.may(Grant::RefreshToken)
            && !asked.contains(&client.id.as_str())
    };
    others().find(fits).cloned().ok_or_else(|| {
        Stop::not_applicable(Reason::NoClient, "the target has too few clients that may ask for a code and refresh")
    })
}
