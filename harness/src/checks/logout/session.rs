//! What a logout ends, and who says so: RP-Initiated Logout §2.

use url::Url;

use super::session;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::authorization_code::interaction::{consenting, unasked};
use crate::exchange::{Deviation, Exchange};
use crate::lab::{Browser, Lab, Landing};

pub const ENDS_SESSION: Check = Check {
    id: "logout/ends-session",
    title: "whoever agrees to log out is logged out, and the old cookie opens nothing",
    why: "A user leaves a machine to others: a session that lives on at the server is theirs.",
    clauses: &[
        "oidc-rp-initiated-logout/2/logged-out",
        "oidc-rp-initiated-logout/2/old-cookie-opens-nothing",
        "oidc-rp-initiated-logout/2.1/endpoint-published",
    ],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(ends_session(lab))),
};

pub const ASKED: Check = Check {
    id: "logout/asked",
    title: "without an ID token nobody is logged out unasked",
    why: "An image on any page on the web would log everybody out who looks at it.",
    clauses: &["oidc-rp-initiated-logout/6/confirmed-without-hint", "oidc-rp-initiated-logout/2/user-asked"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(asked(lab))),
};

pub const NO_IS_NO: Check = Check {
    id: "logout/no-is-no",
    title: "whoever does not agree to log out stays logged in",
    why: "A question whose answer does not count is no question.",
    clauses: &["oidc-rp-initiated-logout/2/no-is-no"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(no_is_no(lab))),
};

pub const FORGED_ANSWER: Check = Check {
    id: "logout/forged-answer",
    title: "the answer to the question whether to log out cannot come from another site",
    why: "A page that answers in the user's place makes the question useless.",
    clauses: &["oidc-rp-initiated-logout/2/answer-not-forged"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(forged_answer(lab))),
};

pub const METHODS: Check = Check {
    id: "logout/get-and-post",
    title: "a logout can be asked for by GET and by POST",
    why: "A client that keeps its ID tokens out of URLs posts the request, and its users stay logged in without knowing.",
    clauses: &["oidc-rp-initiated-logout/2/get-and-post"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(methods(lab))),
};

pub const UI_LOCALES: Check = Check {
    id: "logout/ui-locales-no-error",
    title: "a language that the server does not speak is no reason to refuse a logout",
    why: "Clients send what their users prefer; a session must not live on for that.",
    clauses: &["oidc-rp-initiated-logout/2/ui-locales-no-error"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(ui_locales(lab))),
};

pub const OPEN_PAGE: Check = Check {
    id: "logout/open-page",
    title: "a question that a user left open before they logged out is not answered in their name after it",
    why: "Whoever sits down at the machine next goes back to the page and says yes for somebody who has gone.",
    clauses: &["oidc-rp-initiated-logout/2/open-pages-closed"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(open_page(lab))),
};

const LOGGED_OUT: &str = "oidc-rp-initiated-logout/2/logged-out";

const OLD_COOKIE: &str = "oidc-rp-initiated-logout/2/old-cookie-opens-nothing";

async fn ends_session(lab: &Lab) -> Answer {
    let (browser, id_token) = session(lab).await?;
    let kept = Url::parse(lab.target().metadata.authorization_endpoint.as_deref().unwrap_or_default()).ok();
    let old = kept.as_ref().map(|url| Browser::with_cookies(&browser.cookies(url), url));
    let landing = lab.log_out(&browser, &lab.logout_request(&id_token)?, Some(true)).await?;
    if lab.is_logged_in(&browser).await? {
        answered(&landing)?;
        return Err(Stop::finding(LOGGED_OUT, "nobody is logged in any more", still(&landing)));
    }
    match old {
        Some(old) if lab.is_logged_in(&old).await? => {
            let came = "a session that answers to the cookies from before";
            Err(Stop::finding(OLD_COOKIE, "nobody is logged in any more", came))
        }
        _ => Ok(()),
    }
}

/// RP-Initiated Logout §2: who says yes is logged out. Where the page may have asked what nobody answered, nobody said so.
pub(super) fn answered(landing: &Landing) -> Answer {
    match landing {
        Landing::Page { asks: true, .. } => {
            Err(Stop::Inconclusive(format!("nobody here knows how to say yes to a logout on {}", landing.summary())))
        }
        _ => Ok(()),
    }
}

fn still(landing: &Landing) -> String {
    format!("a code without a login, after {}", landing.summary())
}

/// That the page is answered in a session that lives is the control.
async fn open_page(lab: &Lab) -> Answer {
    let (browser, id_token) = session(lab).await?;
    let at_page = async || {
        lab.authorize_in(&browser, consenting(lab).undecided()).await?;
        browser.pending_consent().ok_or_else(unasked)
    };
    let answered = lab.submit(&browser, at_page().await?).await?;
    if !answered.gives() {
        return Err(Stop::Inconclusive(format!("a yes led to {}", answered.summary())));
    }
    let left = at_page().await?;
    lab.log_out(&browser, &lab.logout_request(&id_token)?, Some(true)).await?;
    if lab.is_logged_in(&browser).await? {
        return Err(Stop::Inconclusive("a logout with an ID token ends no session".to_owned()));
    }
    let late = lab.submit(&browser, left).await?;
    if late.gives() {
        return Err(Stop::finding(OPEN_PAGE.clauses[0], "nothing for a user who has logged out", late.summary()));
    }
    Ok(())
}

/// A logout that works is the control: the answers that do not end a session are told from it.
async fn works(lab: &Lab) -> Answer {
    let (browser, id_token) = session(lab).await?;
    lab.log_out(&browser, &lab.logout_request(&id_token)?, Some(true)).await?;
    if lab.is_logged_in(&browser).await? {
        return Err(Stop::Inconclusive("a logout with an ID token ends no session".to_owned()));
    }
    Ok(())
}

async fn asked(lab: &Lab) -> Answer {
    works(lab).await?;
    let (browser, id_token) = session(lab).await?;
    let bare = lab.logout_request(&id_token)?.without("id_token_hint");
    let landing = lab.log_out(&browser, &bare, None).await?;
    if lab.is_logged_in(&browser).await? {
        return Ok(());
    }
    Err(Stop::finding(
        "oidc-rp-initiated-logout/6/confirmed-without-hint",
        "a question, or nothing",
        format!("no session any more, after {}", landing.summary()),
    ))
}

/// The request at which the server asks, if it ever does, and the browser that stands at the question.
async fn at_question(lab: &Lab) -> Result<(Browser, Exchange), Stop> {
    works(lab).await?;
    let (browser, id_token) = session(lab).await?;
    let bare = lab.logout_request(&id_token)?.without("id_token_hint");
    lab.log_out(&browser, &bare, None).await?;
    if browser.pending_consent().is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "the server does not ask whether to log out"));
    }
    Ok((browser, bare))
}

async fn no_is_no(lab: &Lab) -> Answer {
    let (browser, bare) = at_question(lab).await?;
    let landing = lab.log_out(&browser, &bare, Some(false)).await?;
    if matches!(landing, Landing::Page { asks: true, .. }) {
        return Err(Stop::not_applicable(Reason::Policy, "the page that asks has no button that says no"));
    }
    if lab.is_logged_in(&browser).await? {
        return Ok(());
    }
    Err(Stop::finding("oidc-rp-initiated-logout/2/no-is-no", "the session lives", "no session any more"))
}

/// The attacker sends the form that it saw in a browser of its own. That it ends a session where it belongs is the control.
async fn forged_answer(lab: &Lab) -> Answer {
    let (honest, bare) = at_question(lab).await?;
    lab.log_out(&honest, &bare, Some(true)).await?;
    if lab.is_logged_in(&honest).await? {
        return Err(Stop::Inconclusive("the form of the question ends no session, even where it belongs".to_owned()));
    }
    let (attacker, _) = at_question(lab).await?;
    let form = attacker.pending_consent().ok_or_else(|| Stop::Error("the question has no form".to_owned()))?;
    let (victim, _) = session(lab).await?;
    let landing = lab.submit_forged(&victim, form).await?;
    if lab.is_logged_in(&victim).await? {
        return Ok(());
    }
    Err(Stop::finding(
        "oidc-rp-initiated-logout/2/answer-not-forged",
        "the session lives",
        format!("no session any more, after {}", landing.summary()),
    ))
}

async fn methods(lab: &Lab) -> Answer {
    let mut ended = Vec::new();
    for method in ["GET", "POST"] {
        let (browser, id_token) = session(lab).await?;
        let request = lab.logout_request(&id_token)?;
        let request = if method == "POST" { request.deviating(&Deviation::Method("POST")) } else { request };
        let landing = lab.log_out(&browser, &request, Some(true)).await?;
        ended.push((method, !lab.is_logged_in(&browser).await?, landing));
    }
    if ended.iter().all(|(_, ended, _)| !ended) {
        return Err(Stop::Inconclusive("a logout ends no session".to_owned()));
    }
    match ended.iter().find(|(_, ended, _)| !ended) {
        Some((_, _, landing)) if answered(landing).is_err() => answered(landing),
        Some((method, _, landing)) => Err(Stop::finding(
            "oidc-rp-initiated-logout/2/get-and-post",
            format!("a logout by {method}"),
            still(landing),
        )),
        None => Ok(()),
    }
}

async fn ui_locales(lab: &Lab) -> Answer {
    works(lab).await?;
    let (browser, id_token) = session(lab).await?;
    let request = lab.logout_request(&id_token)?.param("ui_locales", "xx-grantspec zz");
    let landing = lab.log_out(&browser, &request, Some(true)).await?;
    if lab.is_logged_in(&browser).await? {
        return Err(Stop::finding(
            "oidc-rp-initiated-logout/2/ui-locales-no-error",
            "a logout in whatever language",
            still(&landing),
        ));
    }
    Ok(())
}
