//! Token exchange: RFC 8693.

use super::Ruling;
use crate::config::AccessTokenFormat;
use crate::error::{ErrorCode, Refusal};
use crate::model::{Client, Role, Scope, SecurityToken, TokenType};

pub(super) fn client_may_exchange(client: &Client) -> Ruling {
    if client.is_public() {
        return Err(Refusal::new(
            ErrorCode::UnauthorizedClient,
            "Only a client that authenticates may exchange tokens: whoever found one could exchange it otherwise.",
        ));
    }
    Ok(())
}

pub(super) fn requested_type_is_supported(requested: Option<&str>, format: AccessTokenFormat) -> Ruling {
    match requested.map(TokenType::parse) {
        None | Some(Some(TokenType::AccessToken)) => Ok(()),
        Some(Some(TokenType::Jwt)) if format == AccessTokenFormat::Jwt => Ok(()),
        Some(_) => {
            Err(Refusal::new(ErrorCode::InvalidRequest, "Tokens of the requested_token_type are not issued here."))
        }
    }
}

pub(super) fn actor_token_has_its_type(actor_token: Option<&str>, actor_token_type: Option<&str>) -> Ruling {
    match (actor_token, actor_token_type) {
        (Some(_), None) => Err(Refusal::new(ErrorCode::InvalidRequest, "The actor_token has no actor_token_type.")),
        (None, Some(_)) => {
            Err(Refusal::new(ErrorCode::InvalidRequest, "An actor_token_type was sent without an actor_token."))
        }
        _ => Ok(()),
    }
}

pub(super) fn type_is_supported(role: Role, token_type: Option<TokenType>) -> Ruling {
    match (role, token_type) {
        (Role::Subject, Some(_))
        | (Role::Actor, Some(TokenType::AccessToken | TokenType::IdToken | TokenType::Jwt)) => Ok(()),
        (Role::Subject, None) => {
            Err(Refusal::new(ErrorCode::InvalidRequest, "Tokens of the subject_token_type are not accepted here."))
        }
        (Role::Actor, _) => {
            Err(Refusal::new(ErrorCode::InvalidRequest, "Tokens of the actor_token_type are not accepted here."))
        }
    }
}

pub(super) fn token_is_live(role: Role, token: &SecurityToken, now: u64) -> Ruling {
    if !token.revoked && now < token.expires_at {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidRequest,
        match role {
            Role::Subject => "The subject_token has expired, was used or was revoked.",
            Role::Actor => "The actor_token has expired, was used or was revoked.",
        },
    ))
}

pub(super) fn may_be_exchanged_by(token: &SecurityToken, client: &Client) -> Ruling {
    let is_own = token.client_id == client.client_id;
    let names = |name: &String| *name == client.client_id || client.resources.contains(name);
    let is_lent = token.audience.iter().any(names) || client.exchange_from.contains(&token.client_id);
    if is_own || (is_lent && token.token_type != TokenType::RefreshToken) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::InvalidRequest,
        "A token that is to be exchanged was neither issued to the client nor meant for it.",
    ))
}

pub(super) fn actor_may_act(may_act: Option<&str>, actor: &str) -> Ruling {
    if may_act.is_none_or(|may_act| may_act == actor) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The subject lets somebody else act for it."))
}

pub(super) fn targets_are_known(asked: &[&str], known: &[&str]) -> Ruling {
    if asked.iter().all(|target| known.contains(target)) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidTarget, "The resource or audience is not one that tokens are issued for here."))
}

pub(super) fn scope_within_subject(requested: &Scope, subject: &SecurityToken) -> Ruling {
    if requested.is_within(&subject.scope) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidScope, "The scope goes beyond that of the subject_token."))
}
