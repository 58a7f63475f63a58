//! Errors in the response mode form_post: Form Post Response Mode §2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::checks::authorization_code::interaction::consenting;
use crate::lab::{Authorize, Browser, Lab, Place};

pub const ERROR_POSTED: Check = Check {
    id: "form-post/error-posted",
    title: "an error of a request by form_post is posted to the redirect_uri",
    why: "A client that asked for a POST listens for one: an error that comes by GET is never heard, and its user waits.",
    clauses: &[
        "form-post/2/parameters-posted",
        "multiple-response-types/3/mode-as-asked",
        "multiple-response-types/5/mode-as-asked",
        "multiple-response-types/2.2/one-mode",
    ],
    cells: Cells::EVERY_RESPONSE_TYPE,
    needs: &[Need::FormPost],
    ask: Ask::Code(|lab| Box::pin(error_posted(lab))),
};

async fn error_posted(lab: &Lab) -> Answer {
    let asked = || Authorize::valid().with("response_mode", "form_post");
    lab.authorize(asked()).await?.granted()?;
    let denied = consenting(lab).with("response_mode", "form_post").denied();
    let mut failed = vec![lab.authorize(denied).await?];
    if lab.target().metadata.oidc {
        let silent = asked().with("prompt", "none").untouched();
        failed.push(lab.authorize_in(&Browser::default(), silent).await?);
    }
    failed.retain(|failed| failed.reaches_client() && failed.landing.param("error").is_some());
    if failed.is_empty() {
        return Err(Stop::Inconclusive("no error travelled to the client".to_owned()));
    }
    for failed in failed {
        for name in ["error", "state", "iss"] {
            if let Some(place) = failed.landing.place(name).filter(|place| *place != Place::Body) {
                return Err(Stop::finding(
                    ERROR_POSTED.clauses[0],
                    format!("{name} in the body of a POST"),
                    format!("{name} in the {}: {}", place.says(), failed.landing.summary()),
                ));
            }
        }
    }
    Ok(())
}
