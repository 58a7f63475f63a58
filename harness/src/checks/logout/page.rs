//! What the pages around a logout repeat of the request: RFC 6749 §10.14.

use super::session;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need};
use crate::checks::authorization_code::pages::{MARKUP, harmless};
use crate::lab::{Browser, Lab, Landing};

pub const ESCAPED: Check = Check {
    id: "logout/page-escaped",
    title: "what a logout request says is not made part of a page",
    why: "The link comes from anybody. A script that the page takes from it runs in the server's name, in a browser that is logged in.",
    clauses: &["rfc6749/10.14/input-validated"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(escaped(lab))),
};

const PARAMETERS: [&str; 6] =
    ["post_logout_redirect_uri", "state", "client_id", "id_token_hint", "logout_hint", "ui_locales"];

/// With the ID token and without: what is asked there, and what is wrong here, are two pages. Nobody answers.
async fn escaped(lab: &Lab) -> Answer {
    let (browser, id_token) = session(lab).await?;
    let hinted = lab.logout_request(&id_token)?;
    let stranger = Browser::default();
    for (browser, request) in [(&browser, hinted.clone().without("id_token_hint")), (&stranger, hinted)] {
        for name in PARAMETERS {
            for markup in MARKUP {
                let landing = lab.log_out(browser, &request.clone().with(name, *markup), None).await?;
                if let Landing::Page { reply, .. } = landing {
                    harmless(&reply, name)?;
                }
            }
        }
    }
    Ok(())
}
