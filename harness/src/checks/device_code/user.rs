//! In whose name a device gets its token, and how far it reaches: RFC 8628 §3.3, RFC 6749 §3.3, §5.2, §10.12.

use super::answers::ONLY_IF_APPROVED;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Browser, Connect, Lab};

pub const WRONG_USER_CODE: Check = Check {
    id: "device/wrong-user-code",
    title: "a device is not allowed by a code that is almost its own",
    why: "The code is short because people type it; if a part of it is enough, it is too short.",
    clauses: &[ONLY_IF_APPROVED, "rfc6749/5.2/error-response"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[Need::DisposableUser],
    ask: Ask::Code(|lab| Box::pin(wrong_user_code(lab))),
};

pub const FORGED: Check = Check {
    id: "device/forged-approval",
    title: "a page of another site cannot have the user's browser allow a device",
    why: "Whoever holds the device would have the access of every visitor of their page who is logged in here.",
    clauses: &["rfc6749/10.12/csrf", "rfc6749/5.2/error-response"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(forged(lab))),
};

pub const USER_DISABLED: Check = Check {
    id: "device/user-disabled",
    title: "a device whose user was disabled after saying yes gets no token",
    why: "Whoever is locked out must not come back by a device that they allowed a minute before.",
    clauses: &["rfc6749/5.2/invalid-grant", "rfc6749/5.2/error-response"],
    cells: Cells::DEVICE_CODE,
    needs: &[Need::DisableUser],
    ask: Ask::Code(|lab| Box::pin(user_disabled(lab))),
};

pub const SCOPE_BEYOND_CLIENT: Check = Check {
    id: "device/scope-beyond-client",
    title: "a device gets no scope that its client may not have",
    why: "The user says yes to a code; what a client may ask for only the server knows.",
    clauses: &[
        "rfc6749/5.2/invalid-scope",
        "rfc6749/5.1/scope-reported",
        "rfc6749/5.2/error-response",
        "rfc6749/10.3/scope-by-client",
    ],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_beyond_client(lab))),
};

/// A guess costs the user who makes it: the last one who may come to harm, so that the first goes on typing.
async fn wrong_user_code(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let user = lab.target().users.iter().rfind(|user| user.disposable);
    let user = user.ok_or_else(|| Stop::not_applicable(Reason::NoUser, "no user of the target file is disposable"))?;
    for wrong in [turned, begun] {
        let device = lab.device().await?;
        let typed = wrong(&device.user_code);
        if typed == device.user_code || typed.is_empty() {
            continue;
        }
        lab.connect_in(&Browser::default(), &device, Connect::allowing().user(user).typing(typed)).await?;
        lab.poll(&device).await?.refused(ONLY_IF_APPROVED)?;
    }
    Ok(())
}

/// The same characters in another order: the last two change places, or the last two that differ.
fn turned(code: &str) -> String {
    let mut chars: Vec<char> = code.chars().collect();
    let at: Vec<usize> = (0..chars.len()).filter(|at| chars[*at].is_alphanumeric()).collect();
    if let Some(pair) = at.windows(2).rev().find(|pair| chars[pair[0]] != chars[pair[1]]) {
        chars.swap(pair[0], pair[1]);
    }
    chars.into_iter().collect()
}

/// The first half.
fn begun(code: &str) -> String {
    code.chars().take(code.chars().count() / 2).collect()
}

/// The attacker has a device and a browser of their own, and has the victim's browser send what the page there would send.
async fn forged(lab: &Lab) -> Answer {
    lab.device_works().await?;
    let device = lab.device().await?;
    let attacker = Browser::default();
    let own = lab.target().users.last().map_or_else(Connect::undecided, |user| Connect::undecided().user(user));
    lab.connect_in(&attacker, &device, own).await?;
    let form = attacker
        .pending_consent()
        .ok_or_else(|| Stop::not_applicable(Reason::Policy, "the user is asked nothing once the code is typed"))?;
    lab.submit_forged(lab.browser(), form).await?;
    lab.poll(&device).await?.refused(FORGED.clauses[0]).map(drop)
}

async fn user_disabled(lab: &Lab) -> Answer {
    let user = lab.user_to_disable()?;
    let browser = Browser::default();
    let connect = || Connect::allowing().user(&user);
    let first = lab.device().await?;
    lab.connect_in(&browser, &first, connect()).await?;
    lab.poll(&first).await?.is_token()?;

    let device = lab.device().await?;
    lab.connect_in(&browser, &device, connect()).await?;
    let reply = lab.while_disabled(&user, lab.poll(&device)).await?;
    let clause = USER_DISABLED.clauses[0];
    reply.refused(clause)?.with_error_or(clause, &["invalid_grant", "access_denied"])?;

    // What counts is the lock that holds when the device comes; a yes may count again when the lock is gone.
    let device = lab.device().await?;
    lab.connect_in(&browser, &device, Connect::undecided().user(&user)).await?;
    let Some(form) = browser.pending_consent() else { return Ok(()) };
    let late = lab.while_disabled(&user, async {
        lab.submit(&browser, form).await?;
        lab.poll(&device).await
    });
    let refused = late.await?.refused(clause).map(drop);
    refused.map_err(|stop| stop.in_case("for a yes while the user was disabled"))
}

async fn scope_beyond_client(lab: &Lab) -> Answer {
    lab.asks_for_more(lab.scope_beyond_client()?, Some("rfc6749/5.2/invalid-scope")).await
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_that_is_almost_right_is_another_one() {
        assert_eq!(super::turned("ABCD-EFGH"), "ABCD-EFHG");
        assert_eq!(super::turned("ABCD-EEEE"), "ABCE-DEEE");
        assert_eq!(super::begun("ABCD-EFGH"), "ABCD");
    }
}
