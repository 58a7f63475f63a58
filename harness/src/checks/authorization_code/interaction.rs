//! What happens between the user and the server: login, consent, silence. RFC 6749 §10.12, OpenID Connect Core §3.1.2.

use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Reply;
use crate::lab::{Authorize, Authorized, Browser, Lab, Landing, random};
use crate::login::Denial;

pub const CONSENT_DENIED: Check = Check {
    id: "authorize/consent-denied",
    title: "a user who says no gives away nothing, and the client is told",
    why: "A no that is taken for a yes is the end of consent; a no that the client never hears of leaves the user in the middle.",
    clauses: &[
        "rfc6749/4.1.2.1/denial-reported",
        "rfc6749/4.2.2.1/denial-reported",
        "rfc6749/4.1.2.1/access-denied",
        "rfc6749/4.2.2.1/access-denied",
        "oidc-core/3.1.2.1/prompt-consent-error",
        "multiple-response-types/3/redirected",
    ],
    cells: Cells::EVERY_RESPONSE_TYPE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(consent_denied(lab))),
};

pub const CROSS_BROWSER_CONSENT: Check = Check {
    id: "authorize/cross-browser-consent",
    title: "a consent form that another browser sends yields neither code nor token",
    why: "An attacker prepares the form and has the victim's browser send it: the victim ends up in the attacker's account, or gives away its own.",
    clauses: &["rfc6749/10.12/csrf", "oidc-core/3.1.2.3/csrf"],
    cells: Cells::EVERY_RESPONSE_TYPE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(cross_browser_consent(lab))),
};

pub const NOT_FRAMED: Check = Check {
    id: "authorize/not-framed",
    title: "login and consent pages cannot be framed by another site, nor can the page after a wrong password",
    why: "A page that lies invisible over a game lets the user click Allow without seeing it.",
    clauses: &["oidc-core/3.1.2.3/framing", "rfc6749/10.13/framing", "rfc9700/4.16/csp", "rfc9700/4.16/combined"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(not_framed(lab))),
};

pub const PROMPT_NONE_WITHOUT_SESSION: Check = Check {
    id: "authorize/prompt-none-without-session",
    title: "prompt=none without a session shows no page and gives no code",
    why: "It is asked from an invisible frame: a login page there is never seen, and a code there is given to nobody knows whom.",
    clauses: &[
        "oidc-core/3.1.2.1/prompt-none-no-ui",
        "oidc-core/3.1.2.3/prompt-none-error",
        "oidc-core/3.1.2.6/login-required",
        "oidc-core/3.1.2.3/prompt-none-no-interaction",
        "oidc-core/3.1.2.6/error",
        "oidc-core/15.1/prompt",
    ],
    cells: Cells::WITH_ID_TOKEN,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(prompt_none_without_session(lab))),
};

pub const FORGED_CONSENT: Check = Check {
    id: "authorize/forged-consent",
    title: "a consent form that was made for another browser yields neither code nor token",
    why: "An attacker's page has the victim's browser send the attacker's form: the victim consents without a word, or works in the attacker's account.",
    clauses: &["rfc6749/10.12/csrf", "oidc-core/3.1.2.3/csrf"],
    cells: Cells::EVERY_RESPONSE_TYPE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(forged_consent(lab))),
};

pub const PROMPT_NONE_WITH_SESSION: Check = Check {
    id: "authorize/prompt-none-with-session",
    title: "prompt=none with a session shows no page either",
    why: "It is asked from an invisible frame: a consent page there is never seen.",
    clauses: &["oidc-core/3.1.2.1/prompt-none-no-ui", "oidc-core/3.1.2.3/prompt-none-no-interaction"],
    cells: Cells::WITH_ID_TOKEN,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(prompt_none_with_session(lab))),
};

pub const PROMPT_NONE_WITHOUT_CONSENT: Check = Check {
    id: "authorize/prompt-none-without-consent",
    title: "prompt=none gives nothing to a client that the user has not allowed",
    why: "It shows no page, so that the user would never learn which clients act in their name.",
    clauses: &["oidc-core/3.1.2.4/consent"],
    cells: Cells::WITH_ID_TOKEN,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(prompt_none_without_consent(lab))),
};

pub const PROMPT_CONSENT: Check = Check {
    id: "authorize/prompt-consent",
    title: "prompt=consent asks the user again, beside other values too",
    why: "A client asks for it when it wants more than the user may remember having allowed.",
    clauses: &["oidc-core/3.1.2.1/prompt-consent"],
    cells: Cells::WITH_ID_TOKEN,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(prompt_consent(lab))),
};

/// A request at which the server asks for consent, if it ever does.
pub fn consenting(lab: &Lab) -> Authorize {
    if lab.target().metadata.oidc { Authorize::valid().with("prompt", "consent") } else { Authorize::valid() }
}

pub(in crate::checks) fn unasked() -> Stop {
    Stop::not_applicable(Reason::Policy, "the server asks for no consent here")
}

/// Did the user say no in words that the server must understand? A page may leave that to a script, or to boxes that are
/// left empty, which some servers take for a yes to what has no box.
fn said_no(browser: &Browser, denied: &Authorized) -> Answer {
    match (browser.denial(), &denied.landing) {
        (None, Landing::Page { asks: true, .. }) => Err(Stop::not_applicable(
            Reason::Policy,
            "the consent page has neither a button nor a link nor boxes by which a user could say no",
        )),
        (Some(Denial::Boxes), Landing::Client { .. }) if denied.granted().is_ok() => Err(Stop::not_applicable(
            Reason::Policy,
            "the consent page has no button that says no, and the server takes empty boxes for a yes to the rest",
        )),
        _ => Ok(()),
    }
}

async fn consent_denied(lab: &Lab) -> Answer {
    let (reported, code) = match lab.cell().grant {
        Some(Grant::Implicit) => ("rfc6749/4.2.2.1/denial-reported", "rfc6749/4.2.2.1/access-denied"),
        _ => ("rfc6749/4.1.2.1/denial-reported", "rfc6749/4.1.2.1/access-denied"),
    };
    lab.authorize(Authorize::valid()).await?.granted()?;
    let asked = lab.authorize(consenting(lab).undecided()).await?;
    if lab.browser().pending_consent().is_none() || !matches!(asked.landing, Landing::Page { asks: true, .. }) {
        return Err(unasked());
    }
    let denied = lab.authorize(consenting(lab).denied()).await?;
    said_no(lab.browser(), &denied)?;
    denied.refused(reported)?;
    if !denied.reaches_client() && matches!(lab.browser().denial(), Some(Denial::Link(_))) {
        return Err(Stop::Inconclusive(format!("a link that seemed to say no led to {}", denied.landing.summary())));
    }
    if !denied.reaches_client() {
        return Err(Stop::finding(reported, "an error at the redirect URI of the client", denied.landing.summary()));
    }
    // OpenID Connect Core §3.1.2.1: where prompt=consent cannot be satisfied, the error is "typically" another one.
    let openid: &[&str] = if lab.target().metadata.oidc { &["consent_required", "interaction_required"] } else { &[] };
    denied.with_error(code, &[&["access_denied"], openid].concat())
}

async fn cross_browser_consent(lab: &Lab) -> Answer {
    lab.authorize(consenting(lab)).await?.granted()?;
    lab.authorize(consenting(lab).undecided()).await?;
    let form = lab.browser().pending_consent().ok_or_else(unasked)?;
    gives_nothing(
        lab,
        &lab.submit_forged(&Browser::default(), form).await?,
        "nothing for a browser that never logged in",
    )
}

/// The attacker's form carries all that a form of this server carries: what is the same in every form it could have guessed,
/// and what is not is its own.
async fn forged_consent(lab: &Lab) -> Answer {
    let attacker = Browser::default();
    lab.authorize(consenting(lab)).await?.granted()?;
    let attackers = lab.target().users.last().map(|user| consenting(lab).user(user)).unwrap_or_default();
    lab.authorize_in(&attacker, attackers.undecided()).await?;
    let form = attacker.pending_consent().ok_or_else(unasked)?;
    lab.authorize(consenting(lab).undecided()).await?;
    let landing = lab.submit_forged(lab.browser(), form).await?;
    if landing.gives() && lab.target().users.len() < 2 {
        let says = "the form was made for the same user: the target has no other, and a form that is bound to its user may be guarded well enough";
        return Err(Stop::not_applicable(Reason::NoUser, says));
    }
    gives_nothing(lab, &landing, "nothing for the form of another browser")
}

fn gives_nothing(lab: &Lab, landing: &Landing, expected: &str) -> Answer {
    if !landing.gives() {
        return Ok(());
    }
    Err(Stop::finding(csrf(lab), expected, landing.summary()))
}

/// The clause against forged forms of the document that the target speaks.
pub(super) fn csrf(lab: &Lab) -> &'static str {
    if lab.target().metadata.oidc { "oidc-core/3.1.2.3/csrf" } else { "rfc6749/10.12/csrf" }
}

async fn not_framed(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    let browser = Browser::default();
    let fresh = lab.authorize_in(&browser, Authorize::valid().untouched()).await?;
    if let Landing::Page { reply, asks: true, .. } = &fresh.landing {
        guarded(lab, reply, &browser)?;
    }
    let consent = lab.authorize(consenting(lab).undecided()).await?;
    if let Landing::Page { reply, asks: true, .. } = &consent.landing {
        guarded(lab, reply, lab.browser())?;
    }
    if let Some(user) = lab.target().disposable_user() {
        let browser = Browser::default();
        let mistyped = Authorize::valid().user(user).with_wrong_password(random());
        let mistyped = lab.authorize_in(&browser, mistyped).await?;
        if let Landing::Page { reply, asks: true, .. } = &mistyped.landing {
            guarded(lab, reply, &browser)?;
        }
    }
    Ok(())
}

/// X-Frame-Options or frame-ancestors. OpenID Connect asks for an appropriate measure, and leaves open which: a script of
/// the page that breaks out of frames, or cookies that do not travel into the frames of other sites, may be one too.
fn guarded(lab: &Lab, reply: &Reply, browser: &Browser) -> Answer {
    let policy = reply.header_list("content-security-policy").to_ascii_lowercase();
    let frame = reply.header_list("x-frame-options").to_ascii_lowercase();
    let by_policy = policy.contains("frame-ancestors") && !policy.contains("frame-ancestors *");
    let by_option = ["deny", "sameorigin"].iter().any(|word| frame.contains(word));
    if !by_policy && !by_option {
        let otherwise = [
            (reply.body.contains("<script"), "a script of the page may break out of frames"),
            (browser.cookies_stay_at_home(), "a cookie of it has SameSite, which keeps it out of the frames of others"),
        ];
        let measure = otherwise.iter().find(|(taken, _)| *taken).map(|(_, says)| *says);
        let clause = if measure.is_some() || !lab.target().metadata.oidc {
            "rfc6749/10.13/framing"
        } else {
            "oidc-core/3.1.2.3/framing"
        };
        let actual = format!("{}: a page with neither", reply.asked);
        let actual = measure.map_or_else(|| actual.clone(), |measure| format!("{actual}; {measure}"));
        return Err(Stop::finding(clause, "X-Frame-Options, or Content-Security-Policy with frame-ancestors", actual));
    }
    // What a policy must say for it, no text demands.
    if policy.is_empty() {
        return Err(Stop::finding(
            "rfc9700/4.16/csp",
            "a Content-Security-Policy beside X-Frame-Options",
            format!("{}: a page with X-Frame-Options alone", reply.asked),
        ));
    }
    if frame.is_empty() && !reply.body.contains("<script") {
        return Err(Stop::finding(
            "rfc9700/4.16/combined",
            "X-Frame-Options beside the Content-Security-Policy",
            format!("{}: a page with a Content-Security-Policy alone", reply.asked),
        ));
    }
    Ok(())
}

async fn prompt_none_without_session(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let silent = Authorize::valid().with("prompt", "none").untouched();
    let silent = lab.authorize_in(&Browser::default(), silent).await?;
    no_page(&silent, "an error, and no page")?;
    silent.refused("oidc-core/3.1.2.3/prompt-none-error")?.with_error(
        "oidc-core/3.1.2.6/login-required",
        &["login_required", "interaction_required", "consent_required", "account_selection_required"],
    )
}

async fn prompt_none_with_session(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let silent = lab.authorize(Authorize::valid().with("prompt", "none").untouched()).await?;
    no_page(&silent, "an answer or an error, and no page")?;
    // A login that is too old is no reason for a page either.
    let stale = Authorize::valid().with("prompt", "none").with("max_age", "0").untouched();
    no_page(&lab.authorize(stale).await?, "an error, and no page")
}

/// A page that says that something went wrong asks the user for nothing; every other one is shown for its own sake.
fn no_page(silent: &Authorized, expected: &str) -> Answer {
    let shown = match &silent.landing {
        Landing::Page { asks: true, .. } => true,
        Landing::Page { reply, .. } => (200..300).contains(&reply.status),
        // Whatever it is told by its parameters, only a page can stand there.
        Landing::Client { .. } => !silent.reaches_client(),
    };
    if shown {
        return Err(Stop::finding("oidc-core/3.1.2.1/prompt-none-no-ui", expected, silent.landing.summary()));
    }
    Ok(())
}

/// It takes a user who allows nothing to anybody in this run: whoever is asked for consent has not yet given it.
async fn prompt_none_without_consent(lab: &Lab) -> Answer {
    if lab.target().users.len() < 2 {
        return Err(Stop::not_applicable(
            Reason::NoUser,
            "the target has no user beside the one who allows everything",
        ));
    }
    let user = lab.last_user()?;
    lab.authorize(Authorize::valid()).await?.granted()?;
    let browser = Browser::default();
    let asked = || Authorize::valid().user(user).without("prompt");
    let silent = || Authorize::valid().user(user).with("prompt", "none").untouched();

    lab.authorize_in(&browser, asked().undecided()).await?;
    browser.pending_consent().ok_or_else(unasked)?;
    unallowed(&lab.authorize_in(&browser, silent()).await?, "nothing before the user was asked")?;
    said_no(&browser, &lab.authorize_in(&browser, asked().denied()).await?)?;
    unallowed(&lab.authorize_in(&browser, silent()).await?, "nothing after the user said no")
}

fn unallowed(silent: &Authorized, expected: &str) -> Answer {
    if silent.landing.gives() {
        return Err(Stop::finding("oidc-core/3.1.2.4/consent", expected, silent.landing.summary()));
    }
    Ok(())
}

async fn prompt_consent(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    for (prompt, request) in [
        ("consent", Authorize::valid().untouched()),
        ("login consent", Authorize::valid().undecided()),
        ("consent login", Authorize::valid().undecided()),
    ] {
        let again = lab.authorize(request.with("prompt", prompt)).await?;
        if again.landing.gives() {
            return Err(Stop::finding(
                "oidc-core/3.1.2.1/prompt-consent",
                format!("a page that asks the user, for prompt={prompt}"),
                again.landing.summary(),
            ));
        }
    }
    Ok(())
}
