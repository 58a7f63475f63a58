//! The authorization request: RFC 6749 §3.1, §4.1.1, OpenID Connect Core §3.1.2.

use serde_json::Value;

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::model::grant::AuthorizationRequest;
use crate::model::{ClaimsRequest, Client, Prompt, ResponseMode, ResponseType, Scope, Session};
use crate::tokens::Map;

pub(super) fn response_type_is_present(response_type: Option<&str>) -> Ruling {
    match response_type {
        Some(_) => Ok(()),
        None => Err(Refusal::new(ErrorCode::InvalidRequest, "The parameter response_type is missing.")),
    }
}

pub(super) fn response_type_is_supported(response_type: Option<ResponseType>, served: &[ResponseType]) -> Ruling {
    match response_type {
        Some(response_type) if served.contains(&response_type) => Ok(()),
        _ => Err(Refusal::new(ErrorCode::UnsupportedResponseType, "This server does not answer this response type.")),
    }
}

pub(super) fn browser_token_is_allowed(client: &Client, response_type: ResponseType) -> Ruling {
    if client.browser_tokens || !response_type.has_token() || !client.may_use(response_type.grant_type()) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::UnauthorizedClient,
        "The client is not allowed to receive access tokens through the browser.",
    ))
}

pub(super) fn client_may_use(client: &Client, response_type: ResponseType) -> Ruling {
    if client.response_types.contains(&response_type) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::UnauthorizedClient, "The client is not registered for this response type."))
}

pub(super) fn response_mode_is_supported(response_mode: Option<&str>) -> Ruling {
    match response_mode {
        Some(name) if ResponseMode::parse(name).is_none() => {
            Err(Refusal::new(ErrorCode::InvalidRequest, "This server does not answer in this response mode."))
        }
        _ => Ok(()),
    }
}

pub(super) fn response_mode_fits(response_type: Option<ResponseType>, mode: ResponseMode) -> Ruling {
    match response_type {
        Some(response_type) if !mode.fits(response_type) => Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "A response of this type may hold a token, and no token travels in a query.",
        )),
        _ => Ok(()),
    }
}

pub(super) fn nonce_is_present(response_type: ResponseType, nonce: Option<&str>) -> Ruling {
    if nonce.is_some() || !response_type.has_id_token() {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The parameter nonce is missing."))
}

pub(super) fn openid_is_requested(response_type: ResponseType, scope: &Scope) -> Ruling {
    if scope.contains("openid") || !response_type.has_id_token() {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidScope, "An ID token is asked for with the scope openid."))
}

pub(super) fn prompt_is_consistent(prompt: Prompt) -> Ruling {
    if prompt.none && prompt.values > 1 {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "The prompt value none stands alone."));
    }
    Ok(())
}

pub(super) fn max_age_is_a_number(max_age: Option<&str>) -> Ruling {
    match max_age {
        Some(seconds) if !seconds.bytes().all(|b| b.is_ascii_digit()) || seconds.parse::<u64>().is_err() => {
            Err(Refusal::new(ErrorCode::InvalidRequest, "max_age has to be a number of seconds."))
        }
        _ => Ok(()),
    }
}

pub(super) fn id_token_hint_is_own(claims: Option<&Map>, issuer: &str) -> Ruling {
    if claims.is_some_and(|claims| claims.get("iss").is_some_and(|iss| iss == issuer)) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The id_token_hint is no ID token of this server."))
}

pub(super) fn claims_are_well_formed(claims: Option<&str>) -> Ruling {
    if claims.is_none_or(|claims| ClaimsRequest::parse(claims).is_some()) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The parameter claims is not a JSON object of claims requests."))
}

pub(super) fn userinfo_claims_come_with_a_token(response_type: ResponseType, claims: &ClaimsRequest) -> Ruling {
    if claims.userinfo.is_empty() || response_type.has_token() || response_type.has_code() {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidRequest,
        "Claims are asked for from the userinfo endpoint, but no access token for it.",
    ))
}

pub(super) fn acr_can_be_met(request: &AuthorizationRequest, acr: &str) -> Ruling {
    match request.claims.acr() {
        Some(wish) if wish.essential && !wish.accepts(&Value::from(acr)) => Err(Refusal::new(
            ErrorCode::AccessDenied,
            "The client needs another class of authentication than this server has.",
        )),
        _ => Ok(()),
    }
}

pub(super) fn user_is_hinted(request: &AuthorizationRequest, sub: &str) -> Ruling {
    if request.hinted_subject.as_ref().is_none_or(|hinted| hinted == sub) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::LoginRequired, "The user who logged in is not the one whom the id_token_hint names."))
}

pub(super) fn subject_is_requested(request: &AuthorizationRequest, sub: &str) -> Ruling {
    if request.claims.is_for(sub) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::LoginRequired, "The user who logged in is not the one whose sub was asked for."))
}

pub(super) fn login_is_needed(request: &AuthorizationRequest, session: Option<&Session>, now: u64) -> bool {
    let Some(session) = session else { return true };
    let age = now.saturating_sub(session.authentication.auth_time);
    let too_old = request.max_age.is_some_and(|max_age| max_age == 0 || age > max_age);
    request.prompt.login || too_old || now >= session.expires_at
}

pub(super) fn consent_is_needed(client: &Client, request: &AuthorizationRequest, remembered: &Scope) -> bool {
    client.is_public() || !client.remember_consent || request.prompt.consent || !request.reach().is_within(remembered)
}

pub(super) fn login_may_be_prompted(prompt: Prompt) -> Ruling {
    if prompt.none {
        return Err(Refusal::new(ErrorCode::LoginRequired, "The user has to log in, and no page may be shown."));
    }
    Ok(())
}

pub(super) fn consent_may_be_prompted(prompt: Prompt) -> Ruling {
    if prompt.none {
        return Err(Refusal::new(
            ErrorCode::ConsentRequired,
            "The user has to be asked for consent, and no page may be shown.",
        ));
    }
    Ok(())
}
