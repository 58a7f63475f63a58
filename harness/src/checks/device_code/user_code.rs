//! How hard a user code is to guess, and what the page behind it tells: RFC 8628 §5.1, §5.4.

use std::collections::BTreeSet;

use scraper::Html;

use crate::cell::{Cell, Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::registration::pages::words;
use crate::lab::granted::scope;
use crate::lab::{Browser, Connect, Device, Lab, Landing};

pub const USER_CODE_ENTROPY: Check = Check {
    id: "device/user-code-unguessable",
    title: "there are at least a million user codes",
    why: "Whoever guesses the code of a waiting device makes it theirs; with many devices waiting, few codes are soon hit.",
    clauses: &["rfc8628/5.1/user-code-entropy"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(user_code_entropy(lab))),
};

pub const CLIENT_SHOWN: Check = Check {
    id: "device/client-shown",
    title: "whoever is asked to allow a device is told which client it is, and how much it asks for",
    why: "The code may have come by mail. A name that is not that of the device at hand is the only warning.",
    clauses: &["rfc8628/5.4/device-information", "rfc6749/10.2/explicit-authentication"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(client_shown(lab))),
};

/// The text leaves length and alphabet to the server, and weighs them against the number of attempts. Where five are allowed,
/// a code of six digits is hit once in two hundred thousand times: with fewer codes than that no usual limit is enough.
const FEWEST: f64 = 1e6;

/// So many codes are compared: a place that by chance is the same in all of them is rare.
const CODES: usize = 8;

async fn user_code_entropy(lab: &Lab) -> Answer {
    let mut codes = Vec::new();
    for _ in 0..CODES {
        codes.push(lab.device().await?.user_code);
    }
    let (places, alphabet) = varying(&codes);
    if f64::from(alphabet).powf(f64::from(places)) >= FEWEST {
        return Ok(());
    }
    Err(Stop::finding(
        USER_CODE_ENTROPY.clauses[0],
        "at least a million different user codes",
        format!("{places} places that vary, of {alphabet} characters each"),
    ))
}

/// How many places of these codes vary, and of how many characters: digits and letters, as kind as the codes allow. What
/// groups them is no part of a code (RFC 8628 §6.1).
fn varying(codes: &[String]) -> (u32, u32) {
    let bare: Vec<Vec<char>> =
        codes.iter().map(|code| code.chars().filter(|c| c.is_alphanumeric()).collect()).collect();
    // A number may come without its leading zeros.
    let longest = bare.iter().map(Vec::len).max().unwrap_or_default();
    let varies = |at: &usize| bare.iter().any(|code| code.get(*at) != bare[0].get(*at));
    let places = (0..longest).filter(varies).count();
    let has = |is: fn(&char) -> bool| bare.iter().flatten().any(is);
    let kinds = [
        (has(char::is_ascii_digit), 10),
        (has(char::is_ascii_uppercase), 26),
        (has(char::is_ascii_lowercase), 26),
        (has(|c| !c.is_ascii()), 1000),
    ];
    let alphabet = kinds.iter().filter(|(there, _)| *there).map(|(_, size)| size).sum();
    (u32::try_from(places).unwrap_or(u32::MAX), alphabet)
}

/// Of the device itself the server may know nothing; of its client it knows the name.
async fn client_shown(lab: &Lab) -> Answer {
    const NAME: &str = "Grantspec Television";
    let request = lab.registration()?.for_grants(&[Grant::DeviceCode.name()], &[]);
    let request = request.with("token_endpoint_auth_method", "none").with("client_name", NAME);
    let reply = lab.send_registration(&request).await?;
    let registered = lab
        .registered(&request, &reply)
        .ok_or_else(|| Stop::not_applicable(Reason::Policy, "the server registers no client for devices"))?;
    registered.may(Grant::DeviceCode)?;
    let acting = lab.acting_in(Cell::DEVICE_CODE.public(), &registered.client);
    let wide = lab.target().authorization_scope().unwrap_or_default();
    let Question { page, device, browser } = asked(&acting, wide).await?;
    let text: String = Html::parse_document(&page).root_element().text().collect();
    // The name may stand in a picture's description; an identifier in a hidden field tells a person nothing.
    if !text.contains(NAME) && !text.contains(&registered.client.id) && !page.contains(NAME) {
        return Err(Stop::finding(
            CLIENT_SHOWN.clauses[0],
            format!("a page that names {NAME}"),
            "a page that does not name the client",
        ));
    }
    let narrow = if scope(wide).contains("openid") { "openid" } else { wide.split(' ').next().unwrap_or_default() };
    let (Ok(less), Ok(again)) = (asked(&acting, narrow).await, asked(&acting, narrow).await) else { return Ok(()) };
    let [less, again, more] = [(&less.page, &less.device), (&again.page, &again.device), (&page, &device)].map(bare);
    // One scope says no more than itself, and a page that says something else each time says nothing of the scope.
    if narrow == wide || less != again || more != less {
        return Ok(());
    }
    // Where a yes is not the last word, the page that asks for it may say the rest.
    if let Some(form) = browser.pending_consent()
        && matches!(acting.submit(&browser, form).await?, Landing::Page { asks: true, .. })
    {
        return Err(Stop::not_applicable(Reason::Policy, "another question comes after the first"));
    }
    Err(Stop::finding(
        CLIENT_SHOWN.clauses[1],
        "a page that says how much is asked for",
        "the same words for little and for all",
    ))
}

/// The page on which the user is asked whether a device may, and the browser that shows it.
struct Question {
    page: String,
    device: Device,
    browser: Browser,
}

/// The first question to the user of a device that asks for this scope.
async fn asked(acting: &Lab, scope: &str) -> Result<Question, Stop> {
    let reply = acting.send(&acting.device_authorization()?.with("scope", scope)).await?;
    let device = Device::read(&reply).ok_or_else(|| reply.not_the_control("a device authorization response"))?;
    let browser = Browser::default();
    let landing = acting.connect_in(&browser, &device, Connect::undecided()).await?;
    let Landing::Page { reply, .. } = &landing else {
        return Err(Stop::Inconclusive(format!("the page of the device led to {}", landing.summary())));
    };
    if browser.pending_consent().is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "the user is asked nothing once the code is typed"));
    }
    let page = reply.body.clone();
    Ok(Question { page, device, browser })
}

/// The words of the page but for the code, which is another each time.
fn bare((page, device): (&String, &Device)) -> BTreeSet<String> {
    let mut words = words(page);
    words.retain(|word| !word.contains(&device.user_code));
    words
}

#[cfg(test)]
mod tests {
    use super::varying;

    fn codes(list: &[&str]) -> (u32, u32) {
        varying(&list.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_varies_counts_and_what_groups_does_not() {
        assert_eq!(codes(&["WDJB-MJHT", "BCDF-GHJK"]), (8, 26));
        assert_eq!(codes(&["0001", "0002", "0003"]), (1, 10));
        assert_eq!(codes(&["A1B2", "C3D4"]), (4, 36));
        assert_eq!(codes(&["731842", "64013"]), (6, 10));
    }
}
