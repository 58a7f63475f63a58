//! Who asks: client authentication, for every endpoint that a client asks directly. RFC 6749 §2.3.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;

use super::{header, query};
use crate::error::{Refusal, TokenError};
use crate::model::{Client, Path};
use crate::rules::assertion::{jti, seconds};
use crate::server::Server;
use crate::store::Recorded;
use crate::tokens::jwt::Jwt;
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
    server.rules.client_assertion_type_is_known(path, &presented)?;
    server.rules.client_assertion_is_a_jwt(path, &presented)?;
    server.rules.client_id_agrees(path, &presented)?;

    let client_id = presented.client_id().ok_or_else(Refusal::unknown_client)?;
    let client = server.store.client(client_id).await?.ok_or_else(Refusal::unknown_client)?;

    server.rules.confidential_client_authenticates(path, &client, &presented)?;
    server.rules.client_uses_its_method(path, &client, &presented)?;
    server.rules.client_secret_matches(path, &client, &presented)?;
    if let Some(assertion) = presented.jwt() {
        by_assertion(server, path, &client, assertion).await?;
    }
    Ok(client)
}

/// The order of RFC 7523 §3. What needs no key comes first, so that keys are fetched only for what would be good if it were signed; nothing comes of it
/// before the signature was found to be right. A failed attempt does not use the assertion up.
async fn by_assertion(server: &Server, path: Path, client: &Arc<Client>, assertion: &Jwt) -> Result<(), TokenError> {
    let (claims, now) = (assertion.claims(), server.clock.now());

    server.rules.client_assertion_names_client(path, client, claims)?;
    server.rules.client_assertion_is_for_server(path, claims, &audiences(server, path))?;
    server.rules.client_assertion_has_not_expired(path, claims, now)?;
    server.rules.client_assertion_expires_soon(path, claims, now)?;
    server.rules.client_assertion_has_begun(path, claims, now)?;
    server.rules.client_assertion_is_recent(path, claims, now)?;
    server.rules.client_assertion_has_jti(path, claims)?;
    server.rules.client_assertion_is_signed(path, &*server.with_keys(client).await, assertion)?;

    let (Some(jti), Some(expires_at)) = (jti(claims), seconds(claims, "exp")) else { return Ok(()) };
    match server.store.record_jti(&client.client_id, jti, expires_at).await? {
        Recorded::Now => Ok(()),
        Recorded::Before => Err(Refusal::client_assertion_already_used().into()),
    }
}

/// RFC 7523 §3 (3), RFC 9126 §2: what an assertion may call this server.
pub fn audiences(server: &Server, path: Path) -> Vec<String> {
    let issuer = &server.config.issuer;
    let pushed = (path == Path::PushedAuthorization).then(|| format!("{issuer}/par"));
    [issuer.clone(), format!("{issuer}/token")].into_iter().chain(pushed).collect()
}
