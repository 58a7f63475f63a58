//! The form of a request, before anybody is asked who they are.

use http::Method;

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::grants::extension::Parameter;
use crate::model::Client;
use crate::transport::form::Form;

/// Parameters of the standards that may be sent once. Whatever is not listed is unknown here and ignored (RFC 6749 §3.1, §3.2).
pub const ONCE: &[&str] = &[
    "acr_values",
    "claims",
    "claims_locales",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "display",
    "grant_type",
    "id_token_hint",
    "login_hint",
    "logout_hint",
    "max_age",
    "nonce",
    "password",
    "post_logout_redirect_uri",
    "prompt",
    "redirect_uri",
    "refresh_token",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "token",
    "token_type_hint",
    "ui_locales",
    "username",
];

pub(super) fn is_post(method: &Method) -> Ruling {
    if method == Method::POST {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "This endpoint answers POST only."))
}

pub(super) fn is_form(content_type: Option<&str>) -> Ruling {
    let media_type = content_type.unwrap_or("").split(';').next().unwrap_or("").trim();
    if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The body has to be application/x-www-form-urlencoded."))
}

pub(super) fn is_well_formed(form: &Form) -> Ruling {
    if form.is_well_formed() {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The parameters are not form-encoded UTF-8."))
}

pub(super) fn nothing_repeated(form: &Form, of_extension: &[Parameter]) -> Ruling {
    let of_extension = |name: &str| of_extension.iter().any(|parameter| !parameter.repeats && parameter.name == name);
    let mut names = form.pairs().iter().map(|(name, _)| name.as_str());
    match names.find(|name| (ONCE.contains(name) || of_extension(name)) && form.count(name) > 1) {
        Some(name) => {
            Err(Refusal::new(ErrorCode::InvalidRequest, format!("The parameter {name} is sent more than once.")))
        }
        None => Ok(()),
    }
}

pub(super) fn origin_is_registered(client: &Client, origin: &str) -> bool {
    client.origins.iter().any(|known| known == origin)
}

pub(super) fn no_credentials(query: &Form) -> Ruling {
    if ["client_secret", "client_assertion"].iter().any(|name| query.count(name) > 0) {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "Client credentials were sent in the URL; they have leaked and should be changed.",
        ));
    }
    Ok(())
}
