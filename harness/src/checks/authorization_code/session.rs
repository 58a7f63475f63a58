//! Who sits in front of the browser: the login, and how long it is good for. RFC 6749 §3.1, OpenID Connect Core §3.1.2.

use url::Url;

use super::interaction::{consenting, csrf};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Wire;
use crate::lab::{Authorize, Authorized, Browser, Lab, Landing, random};
use crate::target::User;

pub const WRONG_PASSWORD: Check = Check {
    id: "authorize/wrong-password",
    title: "a wrong password logs nobody in",
    why: "Everything that is granted is granted in the name of whoever logged in.",
    clauses: &["rfc6749/3.1/identity-verified", "oidc-core/3.1.2.3/authenticated"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::DisposableUser],
    ask: Ask::Code(|lab| Box::pin(wrong_password(lab))),
};

pub const USER_DISABLED: Check = Check {
    id: "authorize/user-disabled",
    title: "a user who was disabled can neither log in nor go on with an old session",
    why: "Whoever is locked out at the front door must not walk in through a browser that was open.",
    clauses: &["rfc6749/4.1.2.1/access-denied"],
    cells: Cells::EVERY_RESPONSE_TYPE,
    needs: &[Need::DisableUser],
    ask: Ask::Code(|lab| Box::pin(user_disabled(lab))),
};

pub const SESSION_RENEWED: Check = Check {
    id: "authorize/session-renewed-at-login",
    title: "a browser does not get into a session by cookies from before the login",
    why: "An attacker plants its own cookies into the victim's browser and waits: after the login, both share a session.",
    clauses: &["rfc6749/3.1/identity-verified"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(session_renewed(lab))),
};

pub const FORGED_LOGIN: Check = Check {
    id: "authorize/forged-login",
    title: "a login form that was made for another browser logs nobody in",
    why: "An attacker's page has the victim's browser send the attacker's login: the victim works in the attacker's account and leaves its secrets there.",
    clauses: &["rfc6749/10.12/csrf", "oidc-core/3.1.2.3/csrf"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(forged_login(lab))),
};

pub const PROMPT_LOGIN: Check = Check {
    id: "authorize/prompt-login",
    title: "prompt=login has the user log in again, beside other values too",
    why: "A client asks for it before something dangerous, when whoever sits at an open browser must not be good enough.",
    clauses: &[
        "oidc-core/3.1.2.3/prompt-login",
        "oidc-core/3.1.2.1/prompt-login",
        "oidc-core/3.1.2.1/prompt-login-error",
        "oidc-core/15.1/prompt",
    ],
    cells: Cells::WITH_ID_TOKEN,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(prompt_login(lab))),
};

pub const MAX_AGE_ZERO: Check = Check {
    id: "authorize/max-age-zero",
    title: "max_age=0 has the user log in again",
    why: "Zero is a number: a server that takes it for no max_age lets an old login through where none was good enough.",
    clauses: &["oidc-core/3.1.2.1/max-age", "oidc-core/15.1/max-age"],
    cells: Cells::WITH_ID_TOKEN,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(max_age_zero(lab))),
};

pub const PROMPT_NONE_MAX_AGE: Check = Check {
    id: "authorize/prompt-none-max-age",
    title: "prompt=none gives nothing for a login older than max_age",
    why: "A client asks in silence whether the login is still fresh enough; a yes that did not look keeps every old session alive.",
    clauses: &["oidc-core/3.1.2.1/max-age"],
    cells: Cells::CODE_BEARING_CONFIDENTIAL,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(prompt_none_max_age(lab))),
};

pub const MAX_AGE: Check = Check {
    id: "authorize/max-age",
    title: "a login older than max_age is renewed",
    why: "The client said how old a login may be; one from last week is no answer to it.",
    clauses: &["oidc-core/3.1.2.1/max-age", "oidc-core/15.1/max-age"],
    cells: Cells::WITH_ID_TOKEN,
    needs: &[Need::OpenId, Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(max_age(lab))),
};

pub const PUBLIC_CLIENT_ASKS_AGAIN: Check = Check {
    id: "authorize/public-client-asks-again",
    title: "a repeated request of a public client is not granted without the user",
    why: "Any app on the device can use the name of a public client and wait at its port: what the user once allowed the real one, it would get in silence.",
    clauses: &[
        "rfc6749/10.2/no-automatic-repeat",
        "rfc8252/8.6/repeat-consent",
        "rfc8252/8.6/consent",
        "rfc6749/10.2/other-means",
    ],
    cells: Cells::EVERY_RESPONSE_TYPE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(public_client_asks_again(lab))),
};

async fn wrong_password(lab: &Lab) -> Answer {
    let user = lab
        .target()
        .disposable_user()
        .cloned()
        .ok_or_else(|| Stop::not_applicable(Reason::NoUser, "no user of the target file is disposable"))?;
    lab.authorize_in(&Browser::default(), Authorize::valid().user(&user)).await?.code()?;
    // Not in the other case of letters: how passwords are compared is left to the server (RFC 6749 §3.1).
    let longer = format!("{}x", user.password);
    for password in [random(), String::new(), longer].into_iter().filter(|wrong| *wrong != user.password) {
        let browser = Browser::default();
        let wrong = Authorize::valid().user(&user).with_wrong_password(password);
        let wrong = lab.authorize_in(&browser, wrong).await?;
        grants_nothing(&wrong, "rfc6749/3.1/identity-verified", "the login page again")?;
        // The page may say no, and the browser be logged in all the same.
        let next = lab.authorize_in(&browser, Authorize::valid().without("prompt").without_login()).await?;
        grants_nothing(&next, "rfc6749/3.1/identity-verified", "a browser in which nobody is logged in")?;
    }
    Ok(())
}

async fn user_disabled(lab: &Lab) -> Answer {
    let user = lab.user_to_disable()?;
    let open = Browser::default();
    lab.authorize_in(&open, Authorize::valid().user(&user)).await?.granted()?;

    // A refused login is what is hoped for: the password is right, but it may be told as wrong.
    let typed = || Authorize::valid().user(&user).with_wrong_password(&user.password);
    let asked = Browser::default();
    lab.authorize_in(&asked, consenting(lab).user(&user).undecided()).await?;
    let tried = lab.while_disabled(&user, async {
        let fresh = lab.authorize_in(&Browser::default(), typed()).await?;
        let old = lab.authorize_in(&open, typed()).await?;
        let decided = match asked.pending_consent() {
            Some(form) => Some(lab.submit(&asked, form).await?),
            None => None,
        };
        Ok(([fresh, old], decided))
    });
    let (tried, decided) = tried.await?;
    for authorized in tried {
        grants_nothing(&authorized, "rfc6749/4.1.2.1/access-denied", "nothing for a user who is locked out")?;
    }
    match decided {
        Some(landing) if landing.gives() => Err(Stop::finding(
            "rfc6749/4.1.2.1/access-denied",
            "nothing for a user who was locked out before they said yes",
            landing.summary(),
        )),
        _ => Ok(()),
    }
}

/// What an attacker can plant: the cookies of a visit without a login, and values of its own under the names that a login sets.
async fn session_renewed(lab: &Lab) -> Answer {
    let endpoint = lab.target().metadata.authorization_endpoint.as_deref().and_then(|url| Url::parse(url).ok());
    let endpoint = endpoint.ok_or_else(|| Stop::Inconclusive("the authorization endpoint is no URL".to_owned()))?;
    let visitor = Browser::default();
    lab.authorize_in(&visitor, Authorize::valid().untouched()).await?;
    let honest = Browser::default();
    lab.authorize_in(&honest, Authorize::valid()).await?.code()?;
    silently(lab, &honest).await?;

    let brought = visitor.cookies(&endpoint);
    let invented = honest.cookies(&endpoint).into_iter().map(|(name, _)| (name, random())).collect();
    for planted in [brought, invented] {
        let victim = Browser::with_cookies(&planted, &endpoint);
        lab.authorize_in(&victim, Authorize::valid()).await?.code()?;
        let attacker = Browser::with_cookies(&planted, &endpoint);
        let stolen = lab.authorize_in(&attacker, Authorize::valid().without("prompt").untouched()).await?;
        grants_nothing(&stolen, "rfc6749/3.1/identity-verified", "the login page, or an error")?;
    }
    Ok(())
}

async fn forged_login(lab: &Lab) -> Answer {
    let user = lab.target().users.first().cloned();
    let user = user.ok_or_else(|| Stop::not_applicable(Reason::NoUser, "the target has no user to log in"))?;
    lab.authorize_in(&Browser::default(), Authorize::valid()).await?.code()?;
    // The control: the same form, sent by the browser that it was made for, logs in.
    let honest = Browser::default();
    let form = login_form(lab, &honest, &user).await?;
    lab.submit(&honest, form).await?;
    silently(lab, &honest).await?;

    let form = login_form(lab, &Browser::default(), &user).await?;
    let victim = Browser::default();
    lab.authorize_in(&victim, Authorize::valid().untouched()).await?;
    lab.submit_forged(&victim, form).await?;
    let lured = lab.authorize_in(&victim, Authorize::valid().without("prompt").untouched()).await?;
    grants_nothing(&lured, csrf(lab), "a browser that is still not logged in")
}

async fn login_form(lab: &Lab, browser: &Browser, user: &User) -> Result<Wire, Stop> {
    lab.authorize_in(browser, Authorize::valid().untouched()).await?;
    browser.pending_login(user).ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the login takes more than one form, or none that a person could fill in")
    })
}

/// With a session, and what the user allowed before, a code comes without a page; else a session could not be seen.
async fn silently(lab: &Lab, browser: &Browser) -> Answer {
    let silent = lab.authorize_in(browser, Authorize::valid().without("prompt").untouched()).await?;
    match silent.code() {
        Ok(_) => Ok(()),
        Err(_) => Err(Stop::not_applicable(
            Reason::Policy,
            "the server asks the user every time, so that a session cannot be told from none",
        )),
    }
}

async fn prompt_login(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    for prompt in ["login", "login consent", "consent login"] {
        let again = lab.authorize(Authorize::valid().with("prompt", prompt).without_login()).await?;
        let expected = format!("the login page, or an error, for prompt={prompt}");
        grants_nothing(&again, "oidc-core/3.1.2.3/prompt-login", &expected)?;
    }
    Ok(())
}

async fn max_age_zero(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let again = lab.authorize(Authorize::valid().with("max_age", "0").without_login()).await?;
    grants_nothing(&again, "oidc-core/3.1.2.1/max-age", "the login page, or an error")
}

async fn prompt_none_max_age(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let silent = || Authorize::valid().with("prompt", "none").untouched();
    if lab.authorize(silent()).await?.granted().is_err() {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the server answers nothing without a page, however fresh the login",
        ));
    }
    let stale = lab.authorize(silent().with("max_age", "0")).await?;
    grants_nothing(&stale, "oidc-core/3.1.2.1/max-age", "an error, with prompt=none")
}

async fn max_age(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    lab.authorize(Authorize::valid().with("max_age", "3600")).await?.granted()?;
    lab.advance(120).await?;
    let silent = lab.authorize(Authorize::valid().with("prompt", "none").with("max_age", "60").untouched()).await?;
    grants_nothing(&silent, "oidc-core/3.1.2.1/max-age", "an error, with prompt=none")?;
    let again = lab.authorize(Authorize::valid().with("max_age", "60").without_login()).await?;
    grants_nothing(&again, "oidc-core/3.1.2.1/max-age", "the login page, or an error")
}

/// Where the redirect URI is claimed over https, the system may vouch for the client; on loopback and for schemes of an
/// app's own choice nobody does (RFC 8252 §8.6).
async fn public_client_asks_again(lab: &Lab) -> Answer {
    let uri = lab.client().redirect_uris.first().map(String::as_str).unwrap_or_default();
    if uri.starts_with("https:") {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the redirect URI of the client is claimed over https, which may assure the server of who it is",
        ));
    }
    lab.authorize(Authorize::valid()).await?.granted()?;
    let again = lab.authorize(Authorize::valid().without("prompt").untouched()).await?;
    grants_nothing(&again, "rfc6749/10.2/no-automatic-repeat", "a page that asks the user")
}

/// No code and no token; a page or an error is as good.
pub(super) fn grants_nothing(authorized: &Authorized, clause: &'static str, expected: &str) -> Answer {
    authorized.judgeable()?;
    match &authorized.landing {
        Landing::Client { .. } if authorized.landing.param("error").is_some() => Ok(()),
        Landing::Page { .. } => Ok(()),
        Landing::Client { .. } if !authorized.reaches_client() => Ok(()),
        Landing::Client { .. } => Err(Stop::finding(clause, expected, authorized.landing.summary())),
    }
}
