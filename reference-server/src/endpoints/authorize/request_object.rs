//! Request objects: an authorization request, or a part of it, as a JWT. OpenID Connect Core §6, RFC 9101.

use std::sync::Arc;

use serde_json::Value;

use crate::error::Refusal;
use crate::model::{Client, Counts, Path};
use crate::server::Server;
use crate::tokens::Map;
use crate::tokens::jwt::Jwt;
use crate::transport::form::Form;

/// RFC 7519 §4.1: what a JWT says of itself, and no parameter of a request (RFC 9101 §9.1).
const OF_JWT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// The parameters that an object and what is beside it come to, and whether it is signed. What needs no key is judged first, so that keys are fetched only
/// for an object that would be good if it were signed.
pub async fn read(
    server: &Server,
    path: Path,
    client: &Arc<Client>,
    form: &Form,
    counts: Counts,
) -> Result<(Form, bool), Refusal> {
    let rules = &server.rules;
    let object = Jwt::parse(form.required("request")?);
    rules.request_object_is_a_jwt(path, &object)?;
    let Ok(object) = object else { return Err(Refusal::missing("request")) };

    rules.request_object_is_typed(path, &object)?;
    rules.request_object_names_client(path, client, object.claims(), counts)?;
    rules.request_object_is_for_server(path, object.claims(), &server.config.issuer)?;
    rules.request_object_is_current(path, object.claims(), server.clock.now())?;
    rules.request_object_is_secured(path, &*server.with_keys(client).await, &object, counts)?;
    rules.request_object_holds_parameters(path, object.claims())?;
    if counts == Counts::ObjectFirst {
        rules.request_object_agrees(path, object.claims(), form)?;
    }
    Ok((assembled(object.claims(), form, counts), !object.is_unsecured()))
}

/// OpenID Connect Core §6.3.3, RFC 9101 §6.3.
fn assembled(claims: &Map, form: &Form, counts: Counts) -> Form {
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
