//! Request objects: an authorization request, or a part of it, as a JWT. OpenID Connect Core §6, RFC 9101.

use std::sync::Arc;

use crate::error::Refusal;
use crate::model::{Client, Counts, Path};
use crate::server::Server;
use crate::tokens::jwt::Jwt;
use crate::transport::form::Form;

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
    Ok((rules.request_object_parameters(path, object.claims(), form, counts), !object.is_unsecured()))
}
