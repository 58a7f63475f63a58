//! What RFC 7523 §3 asks of a JWT, whichever way it is used: to authenticate a client, or as an authorization grant.
//!
//! The two differ in the error code alone (RFC 7523 §3.1, §3.2), which is the first parameter of each function.

use serde_json::Value;

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::model::{AssertionIssuer, AuthMethod, Client};
use crate::tokens::jwt::{Jwt, JwtError, VerificationKeys};
use crate::tokens::{Algorithm, Map};
use crate::transport::credentials::Presented;

/// RFC 7523 §2.2: the one type of client assertion that is defined for JWTs.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// RFC 7523 §3 (4): how far the clocks of two machines may be apart, in seconds.
const SKEW: u64 = 30;

/// RFC 7523 §3 (4, 6): what expires later, or was issued earlier, is unreasonably far away, in seconds.
const FAR: u64 = 60 * 60;

pub(super) fn type_is_known(presented: &Presented<'_>) -> Ruling {
    let says = match (presented.assertion_type, &presented.assertion) {
        (None, None) | (Some(JWT_BEARER), Some(_)) => return Ok(()),
        (Some(_), None) => "A client_assertion_type was sent without a client_assertion.",
        (None, Some(_)) => "A client_assertion was sent without its client_assertion_type.",
        (Some(_), Some(_)) => "The client_assertion_type is not that of JWTs, the only one known here.",
    };
    Err(Refusal::new(ErrorCode::InvalidClient, says))
}

pub(super) fn client_assertion_is_a_jwt(presented: &Presented<'_>) -> Ruling {
    match &presented.assertion {
        Some(Err(error)) => Err(Refusal::new(ErrorCode::InvalidClient, error.to_string())),
        Some(Ok(_)) | None => Ok(()),
    }
}

pub(super) fn client_assertion_is_signed(client: &Client, assertion: &Jwt) -> Ruling {
    let keys = match client.auth_method {
        AuthMethod::ClientSecretJwt => client.shared_secret.as_ref().map(VerificationKeys::Secret),
        AuthMethod::PrivateKeyJwt => client.jwks.as_ref().map(VerificationKeys::Public),
        AuthMethod::None | AuthMethod::ClientSecretPost | AuthMethod::ClientSecretBasic => None,
    };
    keys.ok_or(JwtError::NoKey)
        .and_then(|keys| assertion.check(keys, client.assertion_algorithms()))
        .map_err(|error| Refusal::new(ErrorCode::InvalidClient, error.to_string()))
}

pub(super) fn grant_is_signed(issuer: &AssertionIssuer, assertion: &Jwt) -> Ruling {
    assertion
        .check(VerificationKeys::Public(&issuer.jwks), &Algorithm::ASYMMETRIC)
        .map_err(|error| Refusal::new(ErrorCode::InvalidGrant, error.to_string()))
}

pub(super) fn issuer_speaks_for(issuer: &AssertionIssuer, sub: Option<&str>) -> Ruling {
    match sub {
        Some(sub) if issuer.speaks_for.includes(sub) => Ok(()),
        Some(_) => {
            Err(Refusal::new(ErrorCode::InvalidGrant, "The issuer of the assertion may not speak for this user."))
        }
        None => Err(Refusal::new(ErrorCode::InvalidGrant, "The assertion has no sub.")),
    }
}

pub(super) fn names_client(client: &Client, claims: &Map) -> Ruling {
    if ["iss", "sub"].iter().all(|name| claims.get(*name).is_some_and(|value| *value == client.client_id)) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidClient, "The iss and sub of the assertion are not both the client_id."))
}

pub(super) fn is_for_server(code: ErrorCode, claims: &Map, accepted: &[String]) -> Ruling {
    let is_accepted = |value: &Value| value.as_str().is_some_and(|value| accepted.iter().any(|known| known == value));
    let is_for_server = match claims.get("aud") {
        Some(Value::Array(several)) => several.iter().any(is_accepted),
        Some(one) => is_accepted(one),
        None => false,
    };
    if is_for_server {
        return Ok(());
    }
    Err(Refusal::new(code, "The aud of the assertion is neither the issuer nor the token endpoint of this server."))
}

pub(super) fn has_not_expired(code: ErrorCode, claims: &Map, now: u64) -> Ruling {
    match seconds(claims, "exp") {
        Some(exp) if now < exp => Ok(()),
        Some(_) => Err(Refusal::new(code, "The assertion has expired.")),
        None => Err(Refusal::new(code, "The assertion does not say, in seconds, when it expires.")),
    }
}

pub(super) fn expires_soon(code: ErrorCode, claims: &Map, now: u64) -> Ruling {
    if seconds(claims, "exp").is_none_or(|exp| exp <= now + FAR + SKEW) {
        return Ok(());
    }
    Err(Refusal::new(code, "The assertion would live for more than an hour."))
}

pub(super) fn has_begun(code: ErrorCode, claims: &Map, now: u64) -> Ruling {
    match (claims.get("nbf"), seconds(claims, "nbf")) {
        (None, _) => Ok(()),
        (Some(_), Some(nbf)) if nbf <= now + SKEW => Ok(()),
        (Some(_), Some(_)) => Err(Refusal::new(code, "The assertion is not valid yet.")),
        (Some(_), None) => Err(Refusal::new(code, "The nbf of the assertion is not a number of seconds.")),
    }
}

pub(super) fn is_recent(code: ErrorCode, claims: &Map, now: u64) -> Ruling {
    let reasonable = now.saturating_sub(FAR + SKEW)..=now + SKEW;
    match (claims.get("iat"), seconds(claims, "iat")) {
        (None, _) => Ok(()),
        (Some(_), Some(iat)) if reasonable.contains(&iat) => Ok(()),
        (Some(_), Some(_)) => {
            Err(Refusal::new(code, "The assertion was issued more than an hour ago, or is yet to be issued."))
        }
        (Some(_), None) => Err(Refusal::new(code, "The iat of the assertion is not a number of seconds.")),
    }
}

pub(super) fn has_jti(claims: &Map) -> Ruling {
    if jti(claims).is_some() {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidClient, "The assertion has no jti, so that it could be used again and again."))
}

/// RFC 7519 §4.1.7: what tells one assertion of an issuer from another.
pub fn jti(claims: &Map) -> Option<&str> {
    claims.get("jti").and_then(Value::as_str).filter(|jti| !jti.is_empty())
}

/// RFC 7519 §2, `NumericDate`: seconds since 1970, of which the fraction is dropped.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates, and what is negative is long past"
)]
pub fn seconds(claims: &Map, name: &str) -> Option<u64> {
    let value = claims.get(name)?;
    value.as_u64().or_else(|| value.as_f64().map(|seconds| seconds as u64))
}
