//! Proof Key for Code Exchange: RFC 7636.

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::model::{Client, Code};

pub(super) fn challenge_is_present(client: &Client, challenge: Option<&str>) -> Ruling {
    if challenge.is_some() || !client.require_pkce {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The parameter code_challenge is missing."))
}

pub(super) fn method_is_supported(client: &Client, challenge: Option<&str>, method: Option<&str>) -> Ruling {
    match (challenge, method) {
        (Some(_), Some("S256")) | (None, None) => Ok(()),
        (Some(_), Some("plain") | None) if client.allow_plain_pkce => Ok(()),
        (None, Some(_)) => {
            Err(Refusal::new(ErrorCode::InvalidRequest, "A code_challenge_method was sent without a code_challenge."))
        }
        (Some(_), _) => Err(Refusal::new(ErrorCode::InvalidRequest, "The code_challenge_method has to be S256.")),
    }
}

pub(super) fn challenge_is_well_formed(challenge: Option<&str>, method: Option<&str>) -> Ruling {
    let is_base64url = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let Some(challenge) = challenge else { return Ok(()) };
    if method == Some("S256") && !(challenge.len() == 43 && challenge.bytes().all(is_base64url)) {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "The code_challenge is not the base64url form of a SHA-256.",
        ));
    }
    if !has_grammar_of_verifier(challenge) {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "The code_challenge is not 43 to 128 unreserved characters.",
        ));
    }
    Ok(())
}

/// RFC 7636 §4.1.
fn has_grammar_of_verifier(value: &str) -> bool {
    let is_unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&value.len()) && value.bytes().all(is_unreserved)
}

pub(super) fn verifier_is_well_formed(verifier: Option<&str>) -> Ruling {
    match verifier {
        Some(verifier) if !has_grammar_of_verifier(verifier) => {
            Err(Refusal::new(ErrorCode::InvalidGrant, "The code_verifier is not 43 to 128 unreserved characters."))
        }
        _ => Ok(()),
    }
}

pub(super) fn verifier_matches(code: &Code, verifier: Option<&str>) -> Ruling {
    let refused = |says: &'static str| Err(Refusal::new(ErrorCode::InvalidGrant, says));
    match (&code.challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => refused("A code_verifier was sent, but the authorization request had no code_challenge."),
        (Some(_), None) => refused("The authorization request had a code_challenge, but no code_verifier was sent."),
        (Some(challenge), Some(verifier)) if challenge.is_met_by(verifier) => Ok(()),
        (Some(_), Some(_)) => refused("The code_verifier does not belong to the code_challenge."),
    }
}
