//! How far a consent reaches: OpenID Connect Core §3.1.2.4. It takes a user who has allowed little so far, and clients that
//! nobody else asks in their name.

use serde_json::{Map, Value};

use super::interaction::unasked;
use crate::cell::{Cell, Cells, ClientKind, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Deviation, Jwt};
use crate::lab::granted::{granted_scope, scope};
use crate::lab::{Authorize, Browser, Code, Lab};
use crate::target::{Client, User};

pub const CONSENT_PER_SCOPE: Check = Check {
    id: "authorize/consent-per-scope",
    title: "a consent to little is none to more",
    why: "The user allowed a client to know who they are. What it asks for later, their mail or their data, is another question.",
    clauses: &["oidc-core/3.1.2.4/consent"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::SecondUser],
    ask: Ask::Code(|lab| Box::pin(consent_per_scope(lab))),
};

pub const CONSENT_PER_CLIENT: Check = Check {
    id: "authorize/consent-per-client",
    title: "a consent to one client is none to another",
    why: "Whoever once allowed a client that they trust would have allowed every other one, those of attackers included.",
    clauses: &["oidc-core/3.1.2.4/consent"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::SecondUser],
    ask: Ask::Code(|lab| Box::pin(consent_per_client(lab))),
};

pub const CONSENT_PER_USER: Check = Check {
    id: "authorize/consent-per-user",
    title: "the consent of one user is none of another",
    why: "Whoever was the first to allow a client would have allowed it for everybody.",
    clauses: &["oidc-core/3.1.2.4/consent"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration, Need::SecondUser],
    ask: Ask::Code(|lab| Box::pin(consent_per_user(lab))),
};

pub const CONSENT_PER_CLAIM: Check = Check {
    id: "authorize/consent-per-claim",
    title: "a claim that is asked for by its name is none that the user allowed before",
    why: "The user allowed a client to know that they are the same as last time; their mail address is asked for in another parameter.",
    clauses: &["oidc-core/3.1.2.4/consent"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::ClaimsParameter, Need::OpenId, Need::Registration, Need::SecondUser, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(consent_per_claim(lab))),
};

pub const BY_PARAMETER: Check = Check {
    id: "authorize/consent-by-parameter",
    title: "no parameter of a request stands for the user's yes",
    why: "Whoever writes the link would write the answer too.",
    clauses: &["oidc-core/3.1.2.4/consent", "rfc6749/10.12/csrf"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::SecondUser],
    ask: Ask::Code(|lab| Box::pin(by_parameter(lab))),
};

/// The names that consent pages have for a yes, and what they send with them.
#[rustfmt::skip]
const YES: &[(&str, &str)] = &[
    ("accept", "true"), ("accepted", "true"), ("action", "allow"), ("allow", "true"), ("approval", "yes"), ("approve", "true"), ("approved", "true"),
    ("authorize", "yes"), ("bypass_approval_prompt", "true"), ("confirm", "yes"), ("consent", "accept"), ("decision", "allow"), ("submit", "Allow"),
    ("user_oauth_approval", "true"),
];

/// At a client that the user has allowed nothing.
async fn by_parameter(lab: &Lab) -> Answer {
    let user = lab.last_user()?;
    let (client, last) = others(lab)?;
    let client = last.unwrap_or(client);
    let browser = Browser::default();
    let consenting = || plainly(user, &client).with("prompt", "consent").undecided();
    asks(lab, &browser, consenting()).await?;
    let request = YES.iter().fold(consenting(), |request, (name, value)| request.with(name, *value));
    let silent = lab.authorize_in(&browser, request).await?;
    match silent.landing.param("code") {
        Some(_) => Err(Stop::finding(
            BY_PARAMETER.clauses[0],
            "a page that asks the user",
            format!("{} for a request that says yes itself", silent.landing.summary()),
        )),
        None => Ok(()),
    }
}

async fn consent_per_scope(lab: &Lab) -> Answer {
    let clause = "oidc-core/3.1.2.4/consent";
    let user = lab.last_user()?;
    let (client, last) = others(lab)?;
    // The other check of this file has something allowed to the first of two.
    let client = last.unwrap_or(client);
    let wide = lab.target().authorization_scope().unwrap_or_default();
    if scope(wide).len() < 2 || !scope(wide).contains("openid") {
        return Err(Stop::not_applicable(Reason::Policy, "the target file asks for no scope beside openid"));
    }
    let browser = Browser::default();
    let narrow = || plainly(user, &client).with("scope", "openid");
    asks(lab, &browser, narrow().undecided()).await?;
    let code = lab.authorize_in(&browser, narrow()).await?.code()?;
    let tokens = lab.send(&lab.redemption(&code)?.deviating(&as_client(&client))).await?.is_token()?;
    // Some servers add scopes of their own to every request: what the user was shown, they have allowed.
    let allowed = granted_scope(&tokens, Some("openid")).unwrap_or_default();
    if scope(wide).is_subset(&allowed) {
        return Err(Stop::not_applicable(Reason::Policy, "a request for openid alone is granted all the rest"));
    }
    let more = lab.authorize_in(&browser, plainly(user, &client).undecided()).await?;
    let Ok(code) = more.code() else {
        return Ok(());
    };
    let tokens = lab.send(&lab.redemption(&code)?.deviating(&as_client(&client))).await?.is_token()?;
    let granted = granted_scope(&tokens, Some(wide)).unwrap_or_default();
    let unasked: Vec<&str> = granted.difference(&allowed).map(String::as_str).collect();
    if unasked.is_empty() {
        return Ok(());
    }
    Err(Stop::finding(
        clause,
        "a page that asks the user, or no more than they allowed",
        format!("{}, and a token with {}", more.landing.summary(), unasked.join(" ")),
    ))
}

/// That the server asks at all, and for this client, shows before anything is allowed.
async fn consent_per_client(lab: &Lab) -> Answer {
    let user = lab.last_user()?;
    let (trusted, stranger) = others(lab)?;
    let stranger = stranger.ok_or_else(too_few)?;
    let browser = Browser::default();
    asks(lab, &browser, plainly(user, &stranger).undecided()).await?;
    lab.authorize_in(&browser, plainly(user, &trusted)).await?.code()?;

    let silent = lab.authorize_in(&browser, plainly(user, &stranger).undecided()).await?;
    match silent.landing.param("code") {
        Some(_) => Err(Stop::finding(
            "oidc-core/3.1.2.4/consent",
            "a page that asks the user, who allowed another client only",
            silent.landing.summary(),
        )),
        None => Ok(()),
    }
}

/// A client that nobody has ever allowed anything; that the server asks shows before anybody does.
async fn consent_per_user(lab: &Lab) -> Answer {
    let (first, other) = (lab.resource_owner()?, lab.last_user()?);
    let registered = lab.register(&lab.registration()?).await?;
    let (acting, client) = (lab.acting_in(Cell::CODE, &registered.client), &registered.client);
    let browser = Browser::default();
    asks(&acting, &browser, plainly(other, client).undecided()).await?;
    acting.authorize_in(&Browser::default(), plainly(first, client)).await?.code()?;

    let silent = acting.authorize_in(&browser, plainly(other, client).undecided()).await?;
    match silent.landing.param("code") {
        Some(_) => Err(Stop::finding(
            CONSENT_PER_USER.clauses[0],
            "a page that asks the user, when another one has allowed the client",
            silent.landing.summary(),
        )),
        None => Ok(()),
    }
}

/// That a request for openid alone is served in silence shows that the server remembers what was allowed.
async fn consent_per_claim(lab: &Lab) -> Answer {
    let user = lab.last_user()?;
    let registered = lab.register(&lab.registration()?).await?;
    let (acting, client) = (lab.acting_in(Cell::CODE, &registered.client), &registered.client);
    let browser = Browser::default();
    let narrow = || plainly(user, client).with("scope", "openid");
    asks(&acting, &browser, narrow().undecided()).await?;
    acting.authorize_in(&browser, narrow()).await?.code()?;
    let Ok(code) = acting.authorize_in(&browser, narrow().undecided()).await?.code() else {
        return Err(Stop::not_applicable(Reason::Policy, "the server asks its users each time"));
    };
    let allowed = told(&acting, &code).await?;

    for place in ["userinfo", "id_token"] {
        let email = format!(r#"{{"{place}":{{"email":{{"essential":true}}}}}}"#);
        let silent = acting.authorize_in(&browser, narrow().with("claims", email).undecided()).await?;
        let Ok(code) = silent.code() else { continue };
        if !allowed.contains_key("email") && told(&acting, &code).await?.contains_key("email") {
            return Err(Stop::finding(
                CONSENT_PER_CLAIM.clauses[0],
                format!("a page that asks the user, or no email, where it is asked for as a claim of {place}"),
                format!("{}, and the email of the user", silent.landing.summary()),
            ));
        }
    }
    Ok(())
}

/// What the client learns of the user by a code: from userinfo, and by the ID token.
async fn told(acting: &Lab, code: &Code) -> Result<Map<String, Value>, Stop> {
    let tokens = acting.redeem(code).await?.is_token()?;
    let mut told = acting.userinfo(&tokens.access_token).await?.is_json()?;
    told.extend(tokens.id_token.as_deref().and_then(Jwt::read).map(|jwt| jwt.claims).unwrap_or_default());
    Ok(told)
}

/// The server has to ask here; where it does not, nothing can be seen.
async fn asks(lab: &Lab, browser: &Browser, authorize: Authorize) -> Answer {
    let asked = lab.authorize_in(browser, authorize).await?;
    if asked.landing.param("code").is_some() || browser.pending_consent().is_none() {
        return Err(unasked());
    }
    Ok(())
}

fn plainly(user: &User, client: &Client) -> Authorize {
    Authorize::valid().user(user).by(client).without("prompt")
}

fn as_client(client: &Client) -> Deviation {
    Deviation::As(Box::new(client.clone()))
}

/// Confidential clients beside that of the cell, in whose name no other check asks this user.
fn others(lab: &Lab) -> Result<(Client, Option<Client>), Stop> {
    let fits = |client: &&Client| {
        client.id != lab.client().id
            && client.kind() == ClientKind::Confidential
            && client.may(Grant::AuthorizationCode)
    };
    let mut others = lab.target().clients.iter().filter(fits).cloned();
    Ok((others.next().ok_or_else(too_few)?, others.next()))
}

fn too_few() -> Stop {
    Stop::not_applicable(Reason::NoClient, "the target has too few confidential clients that may ask for a code")
}
