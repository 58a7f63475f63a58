//! What travels back to the client: state and errors, and by which redirect. RFC 6749 §4.1.2, OpenID Connect Core §16.22.

use super::interaction::consenting;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Stop, clause_in};
use crate::checks::token_endpoint::response::stray_character;
use crate::lab::{Authorize, Authorized, Browser, Lab, Landing, Place, random};

pub const STATE_RETURNED: Check = Check {
    id: "authorize/state-returned",
    title: "the state comes back with what was asked for, unchanged",
    why: "The client compares it; a state that lost a plus sign or a quotation mark fails logins now and then, and nobody knows why.",
    clauses: &[
        "rfc6749/4.1.2/state-returned",
        "rfc6749/4.2.2/state-returned",
        "oidc-core/3.2.2.5/state-returned",
        "multiple-response-types/3/state-returned",
        "multiple-response-types/5/state-returned",
    ],
    cells: Cells::EVERY_RESPONSE_TYPE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(state_returned(lab))),
};

pub const STATE_RETURNED_ON_ERROR: Check = Check {
    id: "authorize/state-returned-on-error",
    title: "the state comes back with an error, unchanged",
    why: "Without it the client cannot tell which of its requests failed, nor whether it was its own.",
    clauses: &[
        "rfc6749/4.1.2.1/state-returned",
        "rfc6749/4.2.2.1/state-returned",
        "oidc-core/3.1.2.6/state-returned",
        "multiple-response-types/3/state-returned",
        "multiple-response-types/5/state-returned",
    ],
    cells: Cells::EVERY_RESPONSE_TYPE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(state_returned_on_error(lab))),
};

pub const ERROR_CHARACTERS: Check = Check {
    id: "authorize/error-characters",
    title: "an error that travels to the client has only the characters that it may have",
    why: "A quotation mark or a backslash in a text that the client shows or logs is the beginning of something that it did not mean to run.",
    clauses: &["rfc6749/4.1.2.1/error-characters", "rfc6749/4.2.2.1/error-characters"],
    cells: Cells::EVERY_RESPONSE_TYPE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(error_characters(lab))),
};

pub const ERROR_PARAMETERS: Check = Check {
    id: "authorize/error-parameters",
    title: "an error that travels to the client brings nothing along but the state and the issuer",
    why: "What stands beside an error is in the address bar of whoever failed to log in, and in every log on the way.",
    clauses: &["oidc-core/3.1.2.6/no-other-parameters"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(error_parameters(lab))),
};

pub const ERROR_REDIRECTED: Check = Check {
    id: "authorize/error-redirected",
    title: "an error is delivered to the client, if its redirect URI is good",
    why: "A client that hears nothing can neither tell its user what is wrong nor try another way; the user is stranded at the server.",
    clauses: &["oidc-core/3.1.2.6/errors-redirected", "oidc-core/3.1.2.2/errors-returned"],
    cells: Cells::EVERY_RESPONSE_TYPE,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(error_redirected(lab))),
};

pub const ERROR_IN_QUERY: Check = Check {
    id: "authorize/error-in-query",
    title: "an error of the code flow lies in the query, where the code would have been",
    why: "The client's server never sees a fragment: its user comes back, and nothing says that anything failed.",
    clauses: &["rfc6749/4.1.2.1/error-reported"],
    cells: Cells::CODE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(error_in_query(lab))),
};

pub const NO_307: Check = Check {
    id: "authorize/no-307",
    title: "the redirect to the client is a 303, and never a 307",
    why: "A browser repeats the POST of the login form at the target of a 307: the password goes to the client.",
    clauses: &[
        "oidc-core/16.22/no-307",
        "rfc9700/4.12/no-307",
        "rfc9700/4.12/see-other",
        "rfc9700/2.1/credentials-not-forwarded",
    ],
    cells: Cells::EVERY_RESPONSE_TYPE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(no_307(lab))),
};

pub const RESPONSE_IN_QUERY: Check = Check {
    id: "authorize/response-in-query",
    title: "the response comes back in the query, each parameter once",
    why: "A code in the fragment is read by every script of the page; a parameter that comes twice is read in two ways.",
    clauses: &["rfc6749/4.1.2/code-returned", "rfc6749/3.1/response-not-repeated", "oidc-core/3.1.2.5/code-response"],
    cells: Cells::CODE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(response_in_query(lab))),
};

/// RFC 6749 Appendix A.5: every printable character of ASCII may stand in a state.
fn every_character() -> String {
    (' '..='~').collect()
}

/// With a session and without: the state travels another way through a login.
async fn state_returned(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let clause = clause_in(lab.cell(), STATE_RETURNED.clauses);
    let state = every_character();
    for browser in [&Browser::default(), lab.browser()] {
        let authorized = lab.authorize_in(browser, Authorize::valid().with("state", &state)).await?;
        authorized.granted()?;
        same_state(&authorized, &state, clause)?;
    }
    // In a page each of these characters has to be written otherwise than in a URL.
    if posts(lab) {
        let posted = lab.authorize(posting().with("state", &state)).await?;
        posted.granted()?;
        same_state(&posted, &state, clause)?;
    }
    // A server may refuse a state that is too long for it; what it takes it returns whole.
    let long = random().repeat(8);
    let authorized = lab.authorize(Authorize::valid().with("state", &long)).await?;
    if authorized.granted().is_ok() { same_state(&authorized, &long, clause) } else { Ok(()) }
}

async fn state_returned_on_error(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let clause = clause_in(lab.cell(), STATE_RETURNED_ON_ERROR.clauses);
    let state = every_character();
    for authorized in failing(lab, &state).await?.iter().chain(&posted_errors(lab, &state).await?) {
        same_state(authorized, &state, clause)?;
    }
    Ok(())
}

/// Does the server answer by form_post?
pub(super) fn posts(lab: &Lab) -> bool {
    lab.target().metadata.list("response_modes_supported").contains(&"form_post")
}

pub(super) fn posting() -> Authorize {
    Authorize::valid().with("response_mode", "form_post")
}

/// An error that is posted to the client, where the server answers so.
pub(super) async fn posted_errors(lab: &Lab, state: &str) -> Result<Vec<Authorized>, Stop> {
    if !posts(lab) {
        return Ok(Vec::new());
    }
    let denied = consenting(lab).with("response_mode", "form_post").with("state", state).denied();
    Ok(Some(lab.authorize(denied).await?).into_iter().filter(is_error).collect())
}

/// What a careless server echoes: a quotation mark, a backslash and a letter outside ASCII.
const PROVOCATION: &str = "grantspec\"\\\u{e9}";

async fn error_characters(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let clause = clause_in(lab.cell(), ERROR_CHARACTERS.clauses);
    let mut failed = failing(lab, "grantspec").await?;
    failed.push(lab.authorize(Authorize::valid().with("response_type", PROVOCATION)).await?);
    for authorized in failed.iter().filter(|failed| is_error(failed)) {
        for name in ["error", "error_description", "error_uri"] {
            let text = authorized.landing.param(name).unwrap_or_default();
            if let Some(stray) = stray_character(name, text) {
                return Err(Stop::finding(
                    clause,
                    format!("{name} of the characters that are allowed in it"),
                    format!("{name} with the character U+{:04X}", u32::from(stray)),
                ));
            }
        }
    }
    Ok(())
}

/// RFC 9207 adds iss to every response, and the registered URI keeps its own query.
async fn error_parameters(lab: &Lab) -> Answer {
    const KNOWN: &[&str] = &["error", "error_description", "error_uri", "state", "iss"];
    lab.authorize(Authorize::valid()).await?.granted()?;
    for failed in failing(lab, "grantspec").await? {
        let Landing::Client { params, .. } = &failed.landing else { continue };
        let own = |name: &str| {
            failed.registered.iter().any(|uri| uri.split_once('?').is_some_and(|(_, query)| query.contains(name)))
        };
        if let Some((name, _)) = params.iter().find(|(name, _)| !KNOWN.contains(&name.as_str()) && !own(name)) {
            return Err(Stop::finding(
                ERROR_PARAMETERS.clauses[0],
                "no parameter beside those of the error, state and iss",
                format!("the parameter {name}: {}", failed.landing.summary()),
            ));
        }
    }
    Ok(())
}

/// The errors say nothing about where the answer goes: two values of prompt that exclude each other; and, where a code is
/// asked for, a code_challenge_method that does not exist and, where the server wants one, a missing code_challenge.
async fn error_redirected(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let wrong = [
        ("prompt=none login", Authorize::valid().with("prompt", "none login")),
        ("code_challenge_method=grantspec", Authorize::valid().with("code_challenge_method", "grantspec")),
        ("no code_challenge", Authorize::valid().without("code_challenge").without("code_challenge_method")),
    ];
    let fitting = if lab.cell().response_type().has_code() { wrong.len() } else { 1 };
    for (what, request) in wrong.into_iter().take(fitting) {
        let authorized = lab.authorize(request).await?;
        let stays_away = match &authorized.landing {
            Landing::Page { reply, .. } if reply.status >= 500 => {
                return Err(Stop::Inconclusive(format!("the server failed: {}", reply.actual())));
            }
            // Whoever is asked to log in or to consent was not told of an error.
            Landing::Page { asks, .. } => !asks,
            // What is granted there is the business of another check.
            Landing::Client { .. } => !authorized.reaches_client(),
        };
        if stays_away {
            return Err(Stop::finding(
                "oidc-core/3.1.2.6/errors-redirected",
                format!("an error at the redirect URI of the client for {what}"),
                authorized.landing.summary(),
            ));
        }
    }
    Ok(())
}

/// The errors of this server that travel to the client: an unknown response type, prompt=none without a session, a prompt
/// that contradicts itself, and a user who says no.
pub async fn failing(lab: &Lab, state: &str) -> Result<Vec<Authorized>, Stop> {
    let asked = || Authorize::valid().with("state", state);
    let mut failed = vec![lab.authorize(asked().with("response_type", "grantspec")).await?];
    if lab.target().metadata.oidc {
        let silent = asked().with("prompt", "none").untouched();
        failed.push(lab.authorize_in(&Browser::default(), silent).await?);
        failed.push(lab.authorize(asked().with("prompt", "none login")).await?);
    }
    failed.push(lab.authorize(consenting(lab).with("state", state).denied()).await?);
    failed.retain(is_error);
    if failed.is_empty() {
        return Err(Stop::Inconclusive("no error travelled to the client".to_owned()));
    }
    Ok(failed)
}

async fn error_in_query(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    for failed in failing(lab, "grantspec").await? {
        if let Some(place) = failed.landing.place("error").filter(|place| *place != Place::Query) {
            return Err(Stop::finding(
                ERROR_IN_QUERY.clauses[0],
                "the error in the query",
                format!("the error in the {}: {}", place.says(), failed.landing.summary()),
            ));
        }
    }
    Ok(())
}

pub(super) fn is_error(authorized: &Authorized) -> bool {
    authorized.reaches_client() && authorized.landing.param("error").is_some()
}

fn same_state(authorized: &Authorized, state: &str, clause: &'static str) -> Answer {
    match authorized.landing.param("state") {
        Some(returned) if returned == state => Ok(()),
        Some(returned) => Err(Stop::finding(clause, format!("the state {state:?}"), format!("the state {returned:?}"))),
        None => Err(Stop::finding(clause, format!("the state {state:?}"), "no state")),
    }
}

async fn no_307(lab: &Lab) -> Answer {
    let authorized = lab.authorize(Authorize::valid()).await?;
    authorized.granted()?;
    let Landing::Client { status, after_post, .. } = authorized.landing else {
        return Ok(());
    };
    // RFC 9700 §4.12 speaks of answers to what may have the password in it, OpenID Connect Core of all.
    if status == 307 && (after_post || lab.target().metadata.oidc) {
        let clause = if lab.target().metadata.oidc { "oidc-core/16.22/no-307" } else { "rfc9700/4.12/no-307" };
        return Err(Stop::finding(clause, "another status than 307", authorized.landing.summary()));
    }
    if after_post && status != 303 {
        let clause = "rfc9700/4.12/see-other";
        return Err(Stop::finding(clause, "the status 303 after a form was sent", authorized.landing.summary()));
    }
    Ok(())
}

async fn response_in_query(lab: &Lab) -> Answer {
    let authorized = lab.authorize(Authorize::valid()).await?;
    authorized.code()?;
    let Landing::Client { location, params, .. } = &authorized.landing else {
        return Ok(());
    };
    let query = location.split('#').next().unwrap_or_default();
    if !query.contains("code=") {
        return Err(Stop::finding("rfc6749/4.1.2/code-returned", "the code in the query", "the code in the fragment"));
    }
    each_once(lab, params)?;
    match failing(lab, "grantspec").await {
        Ok(failed) => failed.iter().try_for_each(|failed| match &failed.landing {
            Landing::Client { params, .. } => each_once(lab, params),
            Landing::Page { .. } => Ok(()),
        }),
        Err(Stop::Inconclusive(_)) => Ok(()),
        Err(stop) => Err(stop),
    }
}

pub fn each_once(lab: &Lab, params: &[(String, String)]) -> Answer {
    // What the registered URI brings along is not of the response.
    let registered = lab.client().redirect_uris.first().and_then(|uri| uri.split_once('?')).map(|(_, query)| query);
    let brought: Vec<_> = form_urlencoded::parse(registered.unwrap_or_default().as_bytes()).into_owned().collect();
    let params: Vec<_> = params.iter().filter(|pair| !brought.contains(pair)).collect();
    for (at, (name, _)) in params.iter().enumerate() {
        if params[..at].iter().any(|(known, _)| known == name) {
            return Err(Stop::finding(
                "rfc6749/3.1/response-not-repeated",
                "each parameter once",
                format!("{name} twice"),
            ));
        }
    }
    Ok(())
}
