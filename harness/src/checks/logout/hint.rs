//! Which ID tokens a logout request is believed by: RP-Initiated Logout §2, §4.

use super::{Asking, after_logout, is_at, session};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Assertion, Jwt};
use crate::lab::{Authorize, Browser, Lab};

pub const FORGED: Check = Check {
    id: "logout/hint-forged",
    title: "what this server did not issue as an ID token leads nobody to an address after a logout",
    why: "A hint that is decoded and not verified lets everybody speak for every client.",
    clauses: &[
        "oidc-rp-initiated-logout/2/hint-issuer",
        "oidc-rp-initiated-logout/4/failed-not-used",
        "rfc8725/3.3/signature-validated",
        "rfc8725/2.8/confusion-prevented",
    ],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(forged(lab))),
};

pub const CLIENT_ID: Check = Check {
    id: "logout/client-id-of-another",
    title: "an ID token of one client beside the client_id of another leads to no address",
    why: "Where two readers of one request pick different clients, each believes that the other one checked the address.",
    clauses: &["oidc-rp-initiated-logout/4/failed-not-used"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(client_id(lab))),
};

pub const OTHER_USER: Check = Check {
    id: "logout/hint-of-another-user",
    title: "the ID token of one person does not log out another unasked",
    why: "Whoever has any ID token of their own could log out everybody who follows a link.",
    clauses: &["oidc-rp-initiated-logout/2/other-user"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId, Need::SecondUser],
    ask: Ask::Code(|lab| Box::pin(other_user(lab))),
};

pub const EXPIRED: Check = Check {
    id: "logout/hint-expired",
    title: "an ID token that has expired still says whose logout it is",
    why: "ID tokens live for minutes and sessions for hours: a server that wants a fresh one lets nobody log out.",
    clauses: &["oidc-rp-initiated-logout/2/expired-hint-accepted"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId, Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(expired(lab))),
};

const ISSUER: &str = "oidc-rp-initiated-logout/2/hint-issuer";

async fn forged(lab: &Lab) -> Answer {
    let asking = Asking::returns(lab).await?;
    let address = after_logout(lab)?;
    if asking.returns_unhinted(lab, address).await? {
        let says = "the server knows the client by its client_id, and returns the browser without a hint";
        return Err(Stop::not_applicable(Reason::Policy, says));
    }
    let (_, tokens) = lab.user_tokens().await?;
    let genuine = tokens.id_token.clone().unwrap_or_default();
    let hints = [
        ("another signature", Jwt::with_altered_signature(&genuine), ISSUER),
        ("no signature", Jwt::unsigned(&genuine), ISSUER),
        ("the signature of a stranger", Assertion::by_a_stranger(&genuine), ISSUER),
        ("an access token", Jwt::access_token(&tokens.access_token).map(|_| tokens.access_token.clone()), FAILED),
    ];
    for (case, hint, clause) in hints {
        let Some(hint) = hint else { continue };
        let (browser, _) = session(lab).await?;
        let request = asking.request(lab, &hint, address)?;
        let landing = lab.log_out(&browser, &request, Some(true)).await?;
        if is_at(&landing, address) {
            return Err(Stop::finding(clause, "no redirect", landing.summary()).in_case(case));
        }
    }
    Ok(())
}

const FAILED: &str = "oidc-rp-initiated-logout/4/failed-not-used";

async fn client_id(lab: &Lab) -> Answer {
    Asking::returns(lab).await?;
    let address = after_logout(lab)?;
    let (browser, id_token) = session(lab).await?;
    let request = lab
        .logout_request(&id_token)?
        .param("client_id", &lab.other_client()?.id)
        .param("post_logout_redirect_uri", address);
    let landing = lab.log_out(&browser, &request, Some(true)).await?;
    if is_at(&landing, address) {
        return Err(Stop::finding(FAILED, "no redirect", landing.summary()));
    }
    Ok(())
}

async fn other_user(lab: &Lab) -> Answer {
    let (own, id_token) = session(lab).await?;
    lab.log_out(&own, &lab.logout_request(&id_token)?, Some(true)).await?;
    if lab.is_logged_in(&own).await? {
        return Err(Stop::Inconclusive("a logout with an ID token ends no session".to_owned()));
    }
    let browser = Browser::default();
    let second = lab.second_user()?;
    lab.authorize_in(&browser, Authorize::valid().user(second)).await?.code()?;
    if !lab.is_logged_in(&browser).await? {
        return Err(Stop::Inconclusive("a session gives no code without a login".to_owned()));
    }
    let landing = lab.log_out(&browser, &lab.logout_request(&id_token)?, None).await?;
    if lab.is_logged_in(&browser).await? {
        return Ok(());
    }
    Err(Stop::finding(
        "oidc-rp-initiated-logout/2/other-user",
        "a question, or nothing",
        format!("no session any more, after {}", landing.summary()),
    ))
}

async fn expired(lab: &Lab) -> Answer {
    let asking = Asking::returns(lab).await?;
    let address = after_logout(lab)?;
    let (browser, id_token) = session(lab).await?;
    let jwt = Jwt::read(&id_token).ok_or_else(|| Stop::not_applicable(Reason::Policy, "the ID token is encrypted"))?;
    let (exp, iat) = (jwt.number("exp").unwrap_or_default(), jwt.number("iat").unwrap_or_default());
    // A session outlives its ID tokens nearly everywhere, but not by how much.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a life of seconds, and positive")]
    let life = (exp - iat).max(0.0) as u64;
    lab.advance(life + 1).await?;
    if !lab.is_logged_in(&browser).await? {
        return Err(Stop::not_applicable(Reason::Policy, "the session ends no later than its ID token"));
    }
    let landing = lab.log_out(&browser, &asking.request(lab, &id_token, address)?, Some(true)).await?;
    if is_at(&landing, address) {
        return Ok(());
    }
    Err(Stop::finding(
        "oidc-rp-initiated-logout/2/expired-hint-accepted",
        format!("the browser at {address}"),
        landing.summary(),
    ))
}
