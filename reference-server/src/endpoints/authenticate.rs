//! Who asks: client authentication for the token, introspection and revocation endpoints. RFC 6749 §2.3.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;

use super::{header, query};
use crate::error::{Refusal, TokenError};
use crate::model::{Client, Path};
use crate::server::Server;
use crate::transport::credentials::Presented;
use crate::transport::form::Form;

/// The body as a form: its type, its encoding, no parameter twice.
pub fn form(
    server: &Server,
    path_of: impl Fn(&Form) -> Path,
    request: &Request<Bytes>,
) -> Result<(Path, Form), TokenError> {
    let form = Form::parse(request.body());
    let path = path_of(&form);

    server.rules.body_is_form(path, header(request, &CONTENT_TYPE))?;
    server.rules.form_is_well_formed(path, &form)?;
    server.rules.parameter_not_repeated(path, &form, server.parameters_of(path))?;
    Ok((path, form))
}

/// The client behind a request.
pub async fn client(
    server: &Server,
    path: Path,
    request: &Request<Bytes>,
    form: &Form,
) -> Result<Arc<Client>, TokenError> {
    let presented = Presented::new(request.headers(), form);

    server.rules.credentials_not_in_query(path, &query(request))?;
    server.rules.one_authentication_method(path, &presented)?;
    server.rules.credentials_are_well_formed(path, &presented)?;
    server.rules.client_id_agrees(path, &presented)?;

    let client_id = presented.client_id().ok_or_else(Refusal::unknown_client)?;
    let client = server.store.client(client_id).await?.ok_or_else(Refusal::unknown_client)?;

    server.rules.confidential_client_authenticates(path, &client, &presented)?;
    server.rules.client_uses_its_method(path, &client, &presented)?;
    server.rules.client_secret_matches(path, &client, &presented)?;
    Ok(client)
}
