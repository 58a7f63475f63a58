//! Login and consent: RFC 6749 §3.1, §10.12.

use super::Ruling;
use crate::config::Bound;
use crate::error::{ErrorCode, Refusal};
use crate::grants::token_exchange;
use crate::model::{Interaction, Path, Prompt, Session, User};
use crate::tokens::secret::same_bytes;

pub(super) fn login_precedes_error(prompt: Prompt, session: Option<&Session>, now: u64) -> bool {
    !prompt.none && session.is_none_or(|session| now >= session.expires_at)
}

pub(super) fn belongs_to_browser(interaction: &Interaction, cookie: Option<&str>) -> Ruling {
    if cookie.is_some_and(|cookie| interaction.browser.matches(cookie)) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::AccessDenied, "This page belongs to another browser."))
}

pub(super) fn is_fresh(interaction: &Interaction, now: u64) -> Ruling {
    if now < interaction.expires_at {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::AccessDenied, "This page has waited for too long; please start again."))
}

pub(super) fn csrf_matches(interaction: &Interaction, csrf: Option<&str>) -> Ruling {
    if csrf.is_some_and(|csrf| same_bytes(csrf.as_bytes(), interaction.csrf.as_bytes())) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::AccessDenied, "This form was not sent from the page that it belongs to."))
}

pub(super) fn guesses_are_bounded(earlier: u64, bound: Bound) -> Ruling {
    if earlier < bound.guesses {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::AccessDenied, "There were too many guesses; please wait."))
}

pub(super) fn password_matches(path: Path, user: &User, password: &str) -> Ruling {
    if user.has_password(password) {
        return Ok(());
    }
    Err(Refusal::wrong_password(path))
}

pub(super) fn user_may_log_in(user: &User) -> Ruling {
    if user.locked {
        return Err(Refusal::new(ErrorCode::AccessDenied, "The user is locked."));
    }
    Ok(())
}

pub(super) fn user_allows(decision: Option<&str>) -> Ruling {
    if decision == Some("allow") {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::AccessDenied, "The user did not allow it."))
}

pub(super) fn user_is_active(path: Path, user: Option<&User>) -> Ruling {
    if user.is_some_and(|user| !user.disabled) {
        return Ok(());
    }
    let code = match path {
        Path::Interaction => ErrorCode::AccessDenied,
        Path::Userinfo => ErrorCode::InvalidToken,
        Path::Extension(token_exchange::NAME) => ErrorCode::InvalidRequest, // RFC 8693 §2.2.2
        _ => ErrorCode::InvalidGrant,
    };
    Err(Refusal::new(code, "The user is not active."))
}
