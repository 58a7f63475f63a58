//! What a client registers about the login of its users: OpenID Connect Registration §2.

use crate::cell::{Cell, Cells, Grant, ResponseType};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::{Authorize, Lab, Registered};

pub const DEFAULT_MAX_AGE: Check = Check {
    id: "registration/default-max-age",
    title: "a login that is older than the default_max_age of the client is renewed",
    why: "A bank registers it once, so that no page of it can forget to ask for a fresh login.",
    clauses: &["oidc-registration/2/default-max-age"],
    cells: Cells::SERVER,
    needs: &[Need::AdvanceTime, Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(default_max_age(lab))),
};

pub const OVERRIDDEN: Check = Check {
    id: "registration/default-max-age-overridden",
    title: "a max_age in the request counts instead of the registered one",
    why: "The page that needs less, and says so, would log its users out for nothing.",
    clauses: &["oidc-registration/2/default-max-age-overridden"],
    cells: Cells::SERVER,
    needs: &[Need::AdvanceTime, Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(overridden(lab))),
};

pub const REQUIRE_AUTH_TIME: Check = Check {
    id: "registration/require-auth-time",
    title: "a client that registered for auth_time finds it in every ID token",
    why: "A client that looks at the age of a login takes a token without it for one of any age, or for none.",
    clauses: &["oidc-registration/2/require-auth-time"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(require_auth_time(lab))),
};

/// So old may a login be, in seconds.
const AGE: u64 = 100;

/// A client with a default_max_age, and a user who logged in for it.
async fn logged_in(lab: &Lab) -> Result<Registered, Stop> {
    let registered = lab.register(&lab.registration()?.with("default_max_age", AGE)).await?;
    if registered.members.get("default_max_age").is_none_or(|told| *told != AGE) {
        return Err(Stop::not_applicable(Reason::Policy, "the server does not register a default_max_age"));
    }
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    acting.authorize_in(lab.browser(), Authorize::valid()).await?.code()?;
    // A user who is always asked cannot be asked again.
    let silent = Authorize::valid().with("prompt", "none").untouched();
    acting.authorize_in(lab.browser(), silent).await?.code()?;
    Ok(registered)
}

async fn default_max_age(lab: &Lab) -> Answer {
    let registered = logged_in(lab).await?;
    lab.advance(AGE + 1).await?;
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let silent = Authorize::valid().with("prompt", "none").untouched();
    acting.authorize_in(lab.browser(), silent).await?.refused("oidc-registration/2/default-max-age").map(drop)
}

async fn overridden(lab: &Lab) -> Answer {
    let registered = logged_in(lab).await?;
    lab.advance(AGE + 1).await?;
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let longer = Authorize::valid().with("prompt", "none").with("max_age", (AGE * 100).to_string()).untouched();
    acting
        .authorize_in(lab.browser(), longer)
        .await?
        .issues_code("oidc-registration/2/default-max-age-overridden")
        .map(drop)
}

async fn require_auth_time(lab: &Lab) -> Answer {
    let request = lab.registration()?.with("require_auth_time", true);
    let code = lab.register(&request.clone().for_grants(&["authorization_code", "refresh_token"], &["code"])).await?;
    if code.members.get("require_auth_time") != Some(&true.into()) {
        return Err(Stop::not_applicable(Reason::Policy, "the server does not register require_auth_time"));
    }
    let tokens = super::user_tokens(lab, &code).await?;
    told(tokens.id_token.as_ref(), "a token response")?;
    if let Some(refresh_token) = tokens.refresh_token.filter(|_| code.client.may(Grant::RefreshToken)) {
        let refreshed = lab.acting_in(Cell::REFRESH, &code.client).refresh(&refresh_token).await?.is_token()?;
        // A refresh may come without an ID token (OpenID Connect Core §12.2).
        if refreshed.id_token.is_some() {
            told(refreshed.id_token.as_ref(), "the answer to a refresh")?;
        }
    }
    let front = request.for_grants(&["implicit"], &["id_token"]);
    let reply = lab.send_registration(&front).await?;
    let front = lab.registered(&front, &reply).filter(|front| front.client.may(Grant::Implicit));
    if let Some(front) = front.filter(|_| lab.target().answers(ResponseType::IdToken)) {
        let acting = lab.acting_in(Cell::of(ResponseType::IdToken), &front.client);
        let granted = acting.authorize_in(lab.browser(), Authorize::valid()).await?.granted()?;
        told(granted.id_token.as_ref(), "an authorization response")?;
    }
    Ok(())
}

fn told(id_token: Option<&String>, way: &str) -> Answer {
    let jwt = id_token.and_then(|token| Jwt::read(token));
    let jwt = jwt
        .ok_or_else(|| Stop::Inconclusive(format!("expected an ID token in {way}; there is none that can be read")))?;
    if jwt.number("auth_time").is_some() {
        return Ok(());
    }
    let actual = format!("an ID token without it in {way}");
    Err(Stop::finding("oidc-registration/2/require-auth-time", "auth_time, a number", actual))
}
