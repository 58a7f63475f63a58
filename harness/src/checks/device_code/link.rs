//! The link that carries the user code: RFC 8628 §3.3.1.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::lab::{Browser, Connect, Lab, Landing};

pub const LINK: Check = Check {
    id: "device/link",
    title: "by verification_uri_complete the user allows a device without typing its code",
    why: "The link is drawn as a picture that a telephone reads: a page behind it that asks for the code is a link for nothing.",
    clauses: &["rfc8628/3.3.1/interaction-followed"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(link(lab))),
};

pub const LINK_ASKS: Check = Check {
    id: "device/link-asks",
    title: "whoever opens verification_uri_complete is asked before anything is granted",
    why: "Anybody can send such a link: opened by somebody who is logged in, it would hand their access to the sender's device.",
    clauses: &["rfc8628/3.3.1/choice", "rfc6749/5.2/error-response", "rfc8628/5.4/user-informed"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(link_asks(lab))),
};

pub const LINK_SHOWS_CODE: Check = Check {
    id: "device/link-shows-code",
    title: "whoever opens verification_uri_complete is shown the code to compare it",
    why: "Nobody has typed the code: only the comparison tells the device at hand from that of whoever sent the link.",
    clauses: &["rfc8628/3.3.1/code-shown"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(link_shows_code(lab))),
};

async fn link(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let device = lab.device().await?;
    let landing = lab.connect_in(&Browser::default(), &device, Connect::allowing().by_link()).await?;
    let reply = lab.poll(&device).await?;
    reply.judgeable()?;
    match &landing {
        _ if reply.tokens().is_some() => Ok(()),
        // A page without a form may be one that a script fills.
        Landing::Page { asks: false, reply: page, .. } if page.is_success() => Err(Stop::Inconclusive(format!(
            "the link led to {}, and the device was answered {}",
            landing.summary(),
            reply.summary()
        ))),
        _ => Err(Stop::finding(
            LINK.clauses[0],
            "a token, after the user logged in and said yes",
            format!("{}; the link led to {}", reply.actual(), landing.summary()),
        )),
    }
}

/// The browser has a session from the control.
async fn link_asks(lab: &Lab) -> Answer {
    works(lab, lab.browser()).await?;
    let device = lab.device().await?;
    lab.connect(&device, Connect::undecided().by_link()).await?;
    lab.poll(&device).await?.refused(LINK_ASKS.clauses[0]).map(drop)
}

async fn link_shows_code(lab: &Lab) -> Answer {
    let browser = Browser::default();
    works(lab, &browser).await?;
    if browser.code_was_shown() {
        return Ok(());
    }
    if lab.target().login_requests.is_some() {
        return Err(Stop::not_applicable(Reason::Policy, "what the pages show is written by a script"));
    }
    Err(Stop::finding(LINK_SHOWS_CODE.clauses[0], "a page that shows the user_code", "no page with it on the way"))
}

/// A device gets its token by the link in this browser; a control.
async fn works(lab: &Lab, browser: &Browser) -> Answer {
    let device = lab.device().await?;
    lab.connect_in(browser, &device, Connect::allowing().by_link()).await?;
    lab.poll(&device).await?.is_token().map(drop)
}
