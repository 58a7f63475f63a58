//! The response type none: OAuth 2.0 Multiple Response Types §4.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::lab::{Authorize, Authorized, Browser, Lab, Landing};

pub const NONE: Check = Check {
    id: "authorize/none",
    title: "the response type none sends the browser back with the state, and without a code or token",
    why: "Who asks for nothing yet has nobody there who would look after a code or a token: it would lie in a history.",
    clauses: &["multiple-response-types/4/none", STATE],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(none(lab))),
};

const STATE: &str = "multiple-response-types/4/none-state-returned";

fn asked() -> Authorize {
    Authorize::valid().with("response_type", "none")
}

async fn none(lab: &Lab) -> Answer {
    if !lab.target().metadata.list("response_types_supported").contains(&"none") {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the metadata does not list the response type none"));
    }
    lab.authorize(Authorize::valid()).await?.code()?;
    let allowed = lab.authorize(asked()).await?;
    if let Some(error) = allowed.landing.param("error") {
        let says = format!("the client gets {error} for the response type none");
        return Err(Stop::not_applicable(Reason::NoClient, says));
    }
    if let Landing::Page { asks, .. } = &allowed.landing {
        return Err(match asks {
            true => {
                Stop::Inconclusive(format!("the authorization did not come to an end: {}", allowed.landing.summary()))
            }
            false => Stop::finding(NONE.clauses[0], "the browser back at the client", allowed.landing.summary()),
        });
    }
    let given = ["code", "access_token", "token_type", "id_token"];
    if given.iter().any(|name| allowed.landing.param(name).is_some()) {
        return Err(Stop::finding(NONE.clauses[0], "neither code nor token", allowed.landing.summary()));
    }
    has_state(&allowed)?;
    let silent = lab.authorize_in(&Browser::default(), asked().with("prompt", "none").untouched()).await?;
    if silent.landing.param("error").is_some() { has_state(&silent) } else { Ok(()) }
}

fn has_state(authorized: &Authorized) -> Answer {
    if authorized.landing.param("state") == authorized.request.value("state") {
        return Ok(());
    }
    Err(Stop::finding(STATE, "the state of the request", authorized.landing.summary()))
}
