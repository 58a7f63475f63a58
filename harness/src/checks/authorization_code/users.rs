//! Two users in one browser: a code speaks for the one who logged in, and for the one who was asked.

use super::interaction::{consenting, unasked};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Tokens;
use crate::lab::{Authorize, Browser, Code, Lab, challenge, random};

pub const SECOND_LOGIN: Check = Check {
    id: "authorize/second-login",
    title: "when another user logs in, the code speaks for them and not for the user before",
    why: "Two people share a computer: the second one logs in, and works in the account of the first.",
    clauses: &["rfc6749/3.1/identity-verified"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::SecondUser],
    ask: Ask::Code(|lab| Box::pin(second_login(lab))),
};

pub const TWO_TABS: Check = Check {
    id: "authorize/two-tabs",
    title: "a consent page that was shown to one user does not decide for another",
    why: "While a page waits in one tab, somebody else logs in in the other: what the first tab allows was never asked of them.",
    clauses: &["oidc-core/3.1.2.4/consent"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::SecondUser],
    ask: Ask::Code(|lab| Box::pin(two_tabs(lab))),
};

async fn second_login(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    let first = subject(&tokens)?;
    let second = lab.last_user()?;
    let again = || Authorize::valid().with("prompt", "login").user(second);
    lab.authorize(again().without_login()).await?;
    if !lab.browser().login_takes_a_name() {
        return Err(Stop::not_applicable(Reason::Policy, "the login page of an open session takes no other user"));
    }
    // To refuse a second user is as good.
    let Ok(code) = lab.authorize(again()).await?.code() else {
        return Ok(());
    };
    let tokens = lab.redeem(&code).await?.is_token()?;
    speaks_for(&tokens, false, &first, "rfc6749/3.1/identity-verified")
}

async fn two_tabs(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    let first = subject(&tokens)?;
    let second = lab.last_user()?;
    let browser = Browser::default();
    let verifier = random();
    let waiting = lab.authorize_in(&browser, consenting(lab).verifier(&verifier).undecided()).await?;
    let form = browser.pending_consent().ok_or_else(unasked)?;
    let other = Authorize::valid().with("prompt", "login").user(second).undecided();
    lab.authorize_in(&browser, other).await?;

    let landing = lab.submit(&browser, form).await?;
    let Some(value) = landing.param("code") else {
        return Ok(());
    };
    let asked = |name: &str| waiting.request.value(name).map(str::to_owned);
    let code = Code {
        value: value.to_owned(),
        redirect_uri: asked("redirect_uri"),
        challenge: challenge(&verifier),
        verifier,
        nonce: asked("nonce"),
        scope: asked("scope"),
    };
    let tokens = lab.redeem(&code).await?.is_token()?;
    speaks_for(&tokens, true, &first, "oidc-core/3.1.2.4/consent")
}

pub(super) fn subject(tokens: &Tokens) -> Result<String, Stop> {
    tokens.subject().ok_or_else(|| Stop::Inconclusive("no ID token came that names its subject".to_owned()))
}

fn speaks_for(tokens: &Tokens, expected: bool, first: &str, clause: &'static str) -> Answer {
    if (subject(tokens)? == first) == expected {
        return Ok(());
    }
    let (right, wrong) = if expected {
        ("a code for the user of the page, or none", "a code for the user who logged in later")
    } else {
        ("a code for the user who logged in, or none", "a code for the user who was logged in before")
    };
    Err(Stop::finding(clause, right, wrong))
}
