//! Whose password it is: RFC 6749 §4.3.2. Wrong passwords are tried only for a user who may come to harm by them.

use crate::cell::{Cell, Cells};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::ErrorCode::{InvalidGrant, InvalidRequest};
use crate::exchange::Reply;
use crate::lab::{Lab, random};
use crate::target::User;

pub const WRONG_PASSWORD: Check = Check {
    id: "password/wrong-password",
    title: "a wrong password buys no token",
    why: "The password is all that shows that the user is there; a comparison that stops early, or that forgives, lets anybody speak for them.",
    clauses: &["rfc6749/4.3.2/password-validated", "rfc6749/5.2/invalid-grant", "rfc6749/5.2/error-response"],
    cells: Cells::PASSWORD_METHODS,
    needs: &[Need::DisposableUser],
    ask: Ask::Code(|lab| Box::pin(wrong_password(lab))),
};

pub const PASSWORD_MISSING: Check = Check {
    id: "password/password-missing",
    title: "a password request without a password, or with an empty one, is refused",
    why: "A directory that is asked with an empty password may answer that it has no objection, which is no login.",
    clauses: &["rfc6749/4.3.2/password-validated", "rfc6749/5.2/invalid-request", "rfc6749/5.2/error-response"],
    cells: Cells::PASSWORD,
    needs: &[Need::DisposableUser],
    ask: Ask::Code(|lab| Box::pin(password_missing(lab))),
};

pub const FAILURES_ALIKE: Check = Check {
    id: "password/failures-alike",
    title: "a wrong password is answered as a user who does not exist",
    why: "A difference tells anybody who asks which names are worth guessing passwords for.",
    clauses: &["rfc6749/4.3.2/failures-alike"],
    cells: Cells::PASSWORD,
    needs: &[Need::DisposableUser],
    ask: Ask::Code(|lab| Box::pin(failures_alike(lab))),
};

pub const USER_DISABLED: Check = Check {
    id: "password/user-disabled",
    title: "a user who was disabled gets no token by their password",
    why: "Whoever is locked out of the login page must not walk in through a client that knows the password.",
    clauses: &["rfc6749/5.2/invalid-grant", "rfc6749/5.2/error-response"],
    cells: Cells::PASSWORD,
    needs: &[Need::DisableUser],
    ask: Ask::Code(|lab| Box::pin(user_disabled(lab))),
};

pub const FOR_USER: Check = Check {
    id: "password/for-user",
    title: "a token by the password of a user stands for that user, as a login would have it",
    why: "One person with two names has two accounts, or, worse, shares one with whoever has the other name.",
    clauses: &["identityserver-grant-types/resource-owner-password/for-user"],
    cells: Cells::PASSWORD,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(for_user(lab))),
};

const VALIDATED: &str = "rfc6749/4.3.2/password-validated";

/// Not in the other case of letters: how passwords are compared is left to the server.
async fn wrong_password(lab: &Lab) -> Answer {
    let user = disposable(lab)?;
    lab.password(&user).await?.is_token()?;
    let others = lab.target().users.iter().map(|other| other.password.clone());
    let begun = user.password.chars().take(user.password.chars().count() / 2).collect();
    let near = [random(), format!("{}x", user.password), begun];
    for wrong in near.into_iter().chain(others).filter(|wrong| !wrong.is_empty() && *wrong != user.password) {
        let reply = lab.password(&User { password: wrong, ..user.clone() }).await?;
        reply.refused(VALIDATED)?.with_error(&[InvalidGrant])?;
    }
    Ok(())
}

async fn password_missing(lab: &Lab) -> Answer {
    let user = disposable(lab)?;
    lab.password(&user).await?.is_token()?;
    let request = lab.password_request(&user)?;
    for request in [request.clone().without("password"), request.with("password", "")] {
        lab.send(&request).await?.refused(VALIDATED)?.with_error(&[InvalidRequest, InvalidGrant])?;
    }
    Ok(())
}

async fn failures_alike(lab: &Lab) -> Answer {
    let user = disposable(lab)?;
    lab.password(&user).await?.is_token()?;
    let wrong = lab.password(&User { password: random(), ..user.clone() }).await?;
    let nobody = lab.password(&User { name: random(), password: random(), ..user }).await?;
    for reply in [&wrong, &nobody] {
        reply.judgeable()?;
        if reply.tokens().is_some() {
            return Err(Stop::Inconclusive("the wrong password was not refused".to_owned()));
        }
    }
    let told = |reply: &Reply| (reply.status, reply.text("error"), reply.text("error_description"));
    if told(&wrong) == told(&nobody) {
        return Ok(());
    }
    Err(Stop::finding(
        FAILURES_ALIKE.clauses[0],
        "one answer to a wrong password and to a user who does not exist",
        format!("{:?} and {:?}", told(&wrong), told(&nobody)),
    ))
}

async fn user_disabled(lab: &Lab) -> Answer {
    let user = lab.user_to_disable()?;
    lab.password(&user).await?.is_token()?;
    let refused = lab.while_disabled(&user, async { lab.password(&user).await }).await?;
    refused.refused("rfc6749/5.2/invalid-grant")?.with_error(&[InvalidGrant])
}

/// That of a code is the control. Where a user has another name for each client, there is nothing to compare.
async fn for_user(lab: &Lab) -> Answer {
    if !lab.target().has_public_subjects() {
        return Err(Stop::not_applicable(Reason::Policy, "the metadata lists subject types other than public"));
    }
    let tokens = lab.password(lab.resource_owner()?).await?.is_token()?;
    let client = lab.target().client_for(Cell::CODE).ok_or_else(|| {
        Stop::not_applicable(Reason::NoClient, "the target has no client for a login to compare with")
    })?;
    let (_, by_login) = lab.acting_in(Cell::CODE, client).user_tokens().await?;
    let (Some(found), Some(expected)) = (lab.stands_for(&tokens).await?, lab.stands_for(&by_login).await?) else {
        return Err(Stop::not_applicable(Reason::Policy, "nothing says whom an access token stands for"));
    };
    if found == expected {
        return Ok(());
    }
    Err(Stop::finding(FOR_USER.clauses[0], format!("the sub {expected} of a login"), format!("the sub {found}")))
}

fn disposable(lab: &Lab) -> Result<User, Stop> {
    let user = lab.target().disposable_user().cloned();
    user.ok_or_else(|| Stop::not_applicable(Reason::NoUser, "no user of the target file is disposable"))
}
