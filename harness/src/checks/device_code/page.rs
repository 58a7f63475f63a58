//! What the page for devices repeats of a user code: RFC 8628 §3.3, RFC 6749 §10.14.

use url::form_urlencoded::byte_serialize;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::authorization_code::pages::{MARKUP, harmless};
use crate::lab::{Browser, Connect, Device, Lab, Landing};

pub const ESCAPED: Check = Check {
    id: "device/page-escaped",
    title: "what is typed or linked as a user code is not made part of a page",
    why: "The link comes by mail, from anybody. A script that the page takes from it runs in the server's name, and says yes to a device.",
    clauses: &["rfc6749/10.14/input-validated"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[Need::DisposableUser],
    ask: Ask::Code(|lab| Box::pin(escaped(lab))),
};

/// Wrong codes are guesses, which cost the user who makes them: the last one who may come to harm.
async fn escaped(lab: &Lab) -> Answer {
    let user = lab.target().users.iter().rfind(|user| user.disposable);
    let user = user.ok_or_else(|| Stop::not_applicable(Reason::NoUser, "no user of the target file is disposable"))?;
    let browser = Browser::default();
    let device = lab.device().await?;
    lab.connect_in(&browser, &device, Connect::allowing().user(user)).await?;
    lab.poll(&device).await?.is_token()?;

    let markup = MARKUP[0];
    let device = lab.device().await?;
    let undecided = || Connect::undecided().user(user);
    is_text(&lab.connect_in(&browser, &device, undecided().typing(markup)).await?)?;
    let Some(link) = &device.verification_uri_complete else { return Ok(()) };
    let written: String = byte_serialize(markup.as_bytes()).collect();
    let link = link.replace(&device.user_code, &written);
    let linked = Device { verification_uri_complete: Some(link), ..device };
    is_text(&lab.connect_in(&browser, &linked, undecided().by_link()).await?)
}

fn is_text(landing: &Landing) -> Answer {
    match landing {
        Landing::Page { reply, .. } => harmless(reply, "the user code"),
        Landing::Client { .. } => Ok(()),
    }
}
