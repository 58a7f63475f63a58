//! Who sits in front of the browser: the login, and how long it is good for. RFC 6749 §3.1, OpenID Connect Core §3.1.2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Authorize, Authorized, Browser, Lab, Landing};

pub const WRONG_PASSWORD: Check = Check {
    id: "authorize/wrong-password",
    title: "a wrong password logs nobody in",
    why: "Everything that is granted is granted in the name of whoever logged in.",
    clauses: &["rfc6749/3.1/identity-verified", "oidc-core/3.1.2.3/authenticated"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::DisposableUser],
    ask: Ask::Code(|lab| Box::pin(wrong_password(lab))),
};

pub const PROMPT_LOGIN: Check = Check {
    id: "authorize/prompt-login",
    title: "prompt=login has the user log in again",
    why: "A client asks for it before something dangerous, when whoever sits at an open browser must not be good enough.",
    clauses: &["oidc-core/3.1.2.3/prompt-login"],
    cells: Cells::CODE_BEARING,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(prompt_login(lab))),
};

pub const MAX_AGE_ZERO: Check = Check {
    id: "authorize/max-age-zero",
    title: "max_age=0 has the user log in again",
    why: "Zero is a number: a server that takes it for no max_age lets an old login through where none was good enough.",
    clauses: &["oidc-core/3.1.2.1/max-age"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(max_age_zero(lab))),
};

pub const MAX_AGE: Check = Check {
    id: "authorize/max-age",
    title: "a login older than max_age is renewed",
    why: "The client said how old a login may be; one from last week is no answer to it.",
    clauses: &["oidc-core/3.1.2.1/max-age"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(max_age(lab))),
};

pub const PUBLIC_CLIENT_ASKS_AGAIN: Check = Check {
    id: "authorize/public-client-asks-again",
    title: "a repeated request of a public client is not granted without the user",
    why: "Any app on the device can use the name of a public client and wait at its port: what the user once allowed the real one, it would get in silence.",
    clauses: &["rfc6749/10.2/no-automatic-repeat", "rfc8252/8.6/repeat-consent"],
    cells: Cells::CODE_PUBLIC,
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
    let wrong = lab.authorize_in(&Browser::default(), Authorize::valid().user(&user).with_wrong_password()).await?;
    grants_nothing(&wrong, "rfc6749/3.1/identity-verified", "the login page again")
}

async fn prompt_login(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    let again = lab.authorize(Authorize::valid().with("prompt", "login").without_login()).await?;
    grants_nothing(&again, "oidc-core/3.1.2.3/prompt-login", "the login page, or an error")
}

async fn max_age_zero(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    let again = lab.authorize(Authorize::valid().with("max_age", "0").without_login()).await?;
    grants_nothing(&again, "oidc-core/3.1.2.1/max-age", "the login page, or an error")
}

async fn max_age(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    lab.authorize(Authorize::valid().with("max_age", "3600")).await?.code()?;
    lab.advance(120).await?;
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
    lab.authorize(Authorize::valid()).await?.code()?;
    let again = lab.authorize(Authorize::valid().without("prompt").untouched()).await?;
    grants_nothing(&again, "rfc6749/10.2/no-automatic-repeat", "a page that asks the user")
}

/// No code; a page or an error is as good.
fn grants_nothing(authorized: &Authorized, clause: &'static str, expected: &str) -> Answer {
    match &authorized.landing {
        Landing::Client { .. } if authorized.landing.param("error").is_some() => Ok(()),
        Landing::Page { reply, .. } => reply.judgeable(),
        Landing::Client { .. } => Err(Stop::finding(clause, expected, authorized.landing.summary())),
    }
}
