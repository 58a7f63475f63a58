//! What an `id_token_hint` is good for: OpenID Connect Core §3.1.2.1, §3.1.2.2.

use super::identified::{id_tokens, identified};
use super::session::grants_nothing;
use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
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
    cells: Cells::WITH_ID_TOKEN,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(hint_is_no_login(lab))),
};

pub const HINT_OF_ANOTHER: Check = Check {
    id: "authorize/id-token-hint-of-another",
    title: "a request about one user is not answered for another, who is logged in",
    why: "The client asks whether its user is still there, and takes whoever uses the browser now for them.",
    clauses: &["oidc-core/3.1.2.2/requested-subject", "oidc-core/3.1.2.1/id-token-hint-mismatch"],
    cells: Cells::WITH_ID_TOKEN,
    needs: &[Need::OpenId, Need::SecondUser],
    ask: Ask::Code(|lab| Box::pin(hint_of_another(lab))),
};

pub const FORGED_HINT: Check = Check {
    id: "authorize/forged-hint",
    title: "an id_token_hint that somebody forged makes no difference, whomever it names",
    why: "Whoever can write a hint that counts learns from the answers who is logged in, and decides whom the next login is for.",
    clauses: &["oidc-core/3.1.2.2/id-token-hint-issuer"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::SecondUser],
    ask: Ask::Code(|lab| Box::pin(forged_hint(lab))),
};

async fn hint_is_no_login(lab: &Lab) -> Answer {
    let hint = identified(lab).await?.id_token;
    let forged = [Jwt::unsigned(&hint), Jwt::with_altered_signature(&hint)];
    for (at, hint) in std::iter::once(hint).chain(forged.into_iter().flatten()).enumerate() {
        let clause = if at == 0 { "oidc-core/3.1.2.3/authenticated" } else { "oidc-core/3.1.2.2/id-token-hint-issuer" };
        let hinted = || Authorize::valid().with("id_token_hint", hint.as_str());
        for request in [hinted().with("prompt", "none").untouched(), hinted().without("prompt").without_login()] {
            let control = request.clone().without("id_token_hint");
            if lab.authorize_in(&Browser::default(), control).await?.landing.gives() {
                let says = "the server asks nobody to log in";
                return Err(Stop::not_applicable(Reason::Policy, says));
            }
            let lured = lab.authorize_in(&Browser::default(), request).await?;
            grants_nothing(&lured, clause, "the login page or an error, in a browser in which nobody logged in")?;
        }
    }
    Ok(())
}

/// A server may refuse a forged hint, or pass it over: then it does so whomever the hint names.
async fn forged_hint(lab: &Lab) -> Answer {
    let own = identified(lab).await?.id_token;
    let second = lab.second_user()?;
    let code = lab.authorize_in(&Browser::default(), Authorize::valid().user(second)).await?.code()?;
    let others = lab.redeem(&code).await?.is_token()?.id_token.unwrap_or_default();

    let silent = |hint: &str| Authorize::valid().with("prompt", "none").with("id_token_hint", hint).untouched();
    if lab.authorize(silent(&own)).await?.code().is_err() {
        return Err(Stop::not_applicable(Reason::Policy, "a session does not answer prompt=none with a code"));
    }
    let (Some(own), Some(others)) = (Jwt::with_altered_signature(&own), Jwt::with_altered_signature(&others)) else {
        return Err(Stop::not_applicable(Reason::Policy, "the ID token is encrypted"));
    };
    let (of_own, of_other) = (lab.authorize(silent(&own)).await?, lab.authorize(silent(&others)).await?);
    if of_own.landing.param("code").is_none() || of_other.landing.param("code").is_some() {
        return Ok(());
    }
    Err(Stop::finding(
        "oidc-core/3.1.2.2/id-token-hint-issuer",
        "the same answer to two hints that nobody issued",
        format!(
            "a code for the one that names the user who is logged in; for the other {}",
            of_other.landing.summary()
        ),
    ))
}

/// The same request as it is pushed, where the server takes it: in the browser of whom it is about it is answered, which is the control.
async fn pushed_about(lab: &Lab, hint: &str) -> Result<Option<Authorize>, Stop> {
    let endpoint = &lab.target().metadata.pushed_authorization_request_endpoint;
    if endpoint.is_none() || lab.cell().grant != Some(Grant::AuthorizationCode) {
        return Ok(None);
    }
    let changed = [("prompt", "none"), ("id_token_hint", hint)];
    let ((_, Some(control)), (_, Some(pushed))) = (lab.push(&changed).await?, lab.push(&changed).await?) else {
        return Ok(None);
    };
    if lab.authorize(lab.by_reference(&control)?.untouched()).await?.code().is_err() {
        return Ok(None);
    }
    Ok(Some(lab.by_reference(&pushed)?.untouched()))
}

/// A server that keeps several users logged in may answer for the one of the hint; it may also ask for a login, or refuse.
async fn hint_of_another(lab: &Lab) -> Answer {
    let hinted = identified(lab).await?;
    let about_first = || Authorize::valid().with("id_token_hint", hinted.id_token.as_str());
    lab.authorize(about_first()).await?.granted()?;

    let browser = Browser::default();
    let second = lab.second_user()?;
    lab.authorize_in(&browser, Authorize::valid().user(second)).await?.granted()?;
    let mut about = vec![about_first().with("prompt", "none").untouched(), about_first().user(second)];
    about.extend(pushed_about(lab, &hinted.id_token).await?);
    for asked in about {
        let authorized = match lab.authorize_in(&browser, asked).await {
            Ok(authorized) => authorized,
            // The login page is the one of the other user.
            Err(Stop::Inconclusive(_)) => continue,
            Err(stop) => return Err(stop),
        };
        let answered = id_tokens(lab, &authorized).await?;
        if answered.iter().any(|one| one.subject() != hinted.subject()) {
            return Err(Stop::finding(
                "oidc-core/3.1.2.2/requested-subject",
                "an error, or an answer for the user whom the id_token_hint names",
                "an answer for the other user, who is logged in",
            ));
        }
    }
    Ok(())
}
