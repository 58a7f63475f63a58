//! Who comes with a request that is in error logs in before they are sent anywhere: RFC 9700 §4.11.2.

use super::response::is_error;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Stop};
use crate::lab::{Authorize, Browser, Lab};

pub const LOGIN_FIRST: Check = Check {
    id: "authorize/login-before-redirect",
    title: "nobody is sent to the client with an error before they have logged in",
    why: "A link to a server that people trust would lead them, unasked, to whatever site an attacker has registered there.",
    clauses: &["rfc9700/4.11.2/authenticated-first"],
    cells: Cells::CODE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(login_first(lab))),
};

async fn login_first(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    for (what, request) in [
        ("an unknown response_type", Authorize::valid().with("response_type", "grantspec")),
        ("an unknown code_challenge_method", Authorize::valid().with("code_challenge_method", "grantspec")),
    ] {
        let authorized = lab.authorize_in(&Browser::default(), request.untouched()).await?;
        if is_error(&authorized) {
            return Err(Stop::finding(
                LOGIN_FIRST.clauses[0],
                format!("a login page, or a page that shows the error, for {what}"),
                authorized.landing.summary(),
            ));
        }
    }
    Ok(())
}
