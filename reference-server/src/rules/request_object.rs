//! Request objects: OpenID Connect Core §6, RFC 9101.

use serde_json::Value;

use super::Ruling;
use super::assertion::seconds;
use super::request::ONCE;
use crate::error::{ErrorCode, Refusal};
use crate::model::{Client, Counts, Path, ResponseType};
use crate::tokens::Map;
use crate::tokens::jwt::{Jwt, JwtError, VerificationKeys};
use crate::transport::form::Form;

/// RFC 9101 §4, §10.8: its own media type, or the general one, with or without what they all begin with (RFC 7515 §4.1.9).
const TYPES: [&str; 4] = ["oauth-authz-req+jwt", "application/oauth-authz-req+jwt", "JWT", "application/jwt"];

/// RFC 7519 §4.1: what a JWT says of itself, and no parameter of a request (RFC 9101 §9.1).
const OF_JWT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

fn invalid(says: impl Into<std::borrow::Cow<'static, str>>) -> Ruling {
    Err(Refusal::new(ErrorCode::InvalidRequestObject, says))
}

pub(super) fn one_parameter(form: &Form) -> Ruling {
    if form.optional("request").is_none() || form.optional("request_uri").is_none() {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The parameters request and request_uri exclude each other."))
}

pub(super) fn is_a_jwt(object: &Result<Jwt, JwtError>) -> Ruling {
    match object {
        Ok(_) => Ok(()),
        Err(error) => invalid(error.to_string()),
    }
}

pub(super) fn is_secured(path: Path, client: &Client, object: &Jwt, counts: Counts) -> Ruling {
    let security = &client.request_objects;
    if object.is_unsecured() {
        if path == Path::PushedAuthorization {
            request_is_signed(client, false)?; // RFC 9126 §2.3 has a code of its own for it
        }
        if counts == Counts::ObjectAlone || !security.unsecured {
            return invalid("The request object is not signed.");
        }
        return object.clone().unsecured().map(drop).or_else(|error| invalid(error.to_string()));
    }
    let keys = client.jwks.as_ref().map(VerificationKeys::Public);
    keys.ok_or(JwtError::NoKey)
        .and_then(|keys| object.check(keys, &security.algorithms))
        .or_else(|error| invalid(error.to_string()))
}

pub(super) fn is_typed(object: &Jwt) -> Ruling {
    if object.typ().is_none_or(|typ| TYPES.iter().any(|known| known.eq_ignore_ascii_case(typ))) {
        return Ok(());
    }
    invalid("The JWT says of itself that it is something else than a request object.")
}

pub(super) fn names_client(client: &Client, claims: &Map, counts: Counts) -> Ruling {
    let is_client = |value: &Value| *value == client.client_id;
    if !claims.get("iss").is_none_or(is_client) {
        return invalid("The iss of the request object is not the client.");
    }
    match claims.get("client_id") {
        Some(named) if !is_client(named) => invalid("The client_id of the request object is another one."),
        None if counts == Counts::ObjectAlone => invalid("The request object has no client_id."),
        _ => Ok(()),
    }
}

pub(super) fn is_for_server(claims: &Map, issuer: &str) -> Ruling {
    let is_for_server = match claims.get("aud") {
        None => true,
        Some(Value::Array(several)) => several.iter().any(|one| one == issuer),
        Some(one) => one == issuer,
    };
    if is_for_server { Ok(()) } else { invalid("The aud of the request object is not the issuer of this server.") }
}

pub(super) fn is_current(claims: &Map, now: u64) -> Ruling {
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(_) => seconds(claims, name).map(Some).ok_or(()),
    };
    match (time("exp"), time("nbf")) {
        (Ok(Some(exp)), _) if now >= exp => invalid("The request object has expired."),
        (_, Ok(Some(nbf))) if now < nbf => invalid("The request object is not valid yet."),
        (Ok(_), Ok(_)) => Ok(()),
        _ => invalid("The exp or nbf of the request object is not a number of seconds."),
    }
}

pub(super) fn holds_parameters(claims: &Map) -> Ruling {
    if ["request", "request_uri"].iter().any(|name| claims.contains_key(*name)) {
        return invalid("A request object holds neither request nor request_uri.");
    }
    let is_legible = |(name, value): (&String, &Value)| match name.as_str() {
        "claims" => value.is_object(),
        "max_age" => value.is_number() || value.is_string(),
        name if ONCE.contains(&name) => value.is_string(),
        _ => true,
    };
    if claims.iter().all(is_legible) {
        return Ok(());
    }
    invalid("A parameter in the request object is of the wrong type.")
}

pub(super) fn agrees(claims: &Map, form: &Form) -> Ruling {
    let parsed = |name: &str| ResponseType::parse(name).ok_or(name.to_owned());
    match (claims.get("response_type").and_then(Value::as_str), form.optional("response_type")) {
        (Some(inside), Some(beside)) if parsed(inside) != parsed(beside) => {
            invalid("The response_type of the request object is another one than beside it.")
        }
        _ => Ok(()),
    }
}

pub(super) fn request_is_signed(client: &Client, signed: bool) -> Ruling {
    if signed || !client.require_signed_request_object {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The client has to sign its authorization requests."))
}

pub(super) fn parameters(claims: &Map, form: &Form, counts: Counts) -> Form {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (name, value) in claims.iter().filter(|(name, _)| !OF_JWT.contains(&name.as_str())) {
        let several = value.as_array().filter(|_| name == "resource"); // RFC 8707 §2.1
        let values = several.map_or(std::slice::from_ref(value), Vec::as_slice);
        pairs.extend(values.iter().filter_map(text).map(|value| (name.clone(), value)));
    }
    if counts == Counts::ObjectFirst {
        let the_rest = form.pairs().iter().filter(|(name, _)| name != "request" && !claims.contains_key(name));
        pairs.extend(the_rest.cloned());
    }
    Form::of(pairs)
}

/// A parameter as it would have been sent in the open: RFC 9101 §4, OpenID Connect Core §5.5.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Object(_) => Some(value.to_string()),
        _ => None,
    }
}
