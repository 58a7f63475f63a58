//! The parameters of an authorization request: as they stand in it, signed (OpenID Connect Core §6.1), or pushed before (RFC 9126 §4).

use std::sync::Arc;

use crate::error::{AuthorizeError, Refusal};
use crate::model::{Client, Counts, Path, PushedRequest};
use crate::server::Server;
use crate::store::{Spent, StoreError};
use crate::tokens::secret::Digest;
use crate::transport::form::Form;

use super::judge;
use super::request_object;

/// What is judged, and how it came.
pub struct Parameters {
    /// The parameters that count.
    pub form: Form,
    /// Whether the client pushed them.
    pub pushed: bool,
    /// Whether the client signed them.
    pub signed: bool,
}

/// RFC 9126 §2.1, §3: what a client pushes, and nothing beside a request object.
pub async fn pushed(server: &Server, client: &Arc<Client>, form: Form) -> Result<Parameters, Refusal> {
    if form.optional("request").is_none() {
        return Ok(Parameters { form, pushed: true, signed: false });
    }
    let path = Path::PushedAuthorization;
    let (form, signed) = request_object::read(server, path, client, &form, Counts::ObjectAlone).await?;
    Ok(Parameters { form, pushed: true, signed })
}

/// What a browser brings: the parameters, an object that holds them, or a reference to them. What is wrong with the object or the reference is told
/// to the client where the parameters beside it name an address that it registered (RFC 9101 §6.2), else to the user.
pub async fn assemble(server: &Server, client: &Arc<Client>, form: Form) -> Result<Parameters, AuthorizeError> {
    let (path, rules) = (Path::Authorization, &server.rules);
    let told = |refusal| match judge::return_address(server, path, &form, client) {
        Ok(address) => AuthorizeError::MayBeRedirected(Box::new(address), refusal),
        Err(_) => AuthorizeError::MustBeShown(refusal),
    };
    rules.parameter_not_repeated(path, &form, &[]).map_err(told)?;
    rules.one_request_parameter(path, &form).map_err(told)?;

    if let Some(request_uri) = form.optional("request_uri") {
        rules.request_uri_is_own(path, client, request_uri).map_err(told)?;
        if !PushedRequest::may_have_issued(request_uri) {
            let by_value = fetched(server, &form, request_uri).await.map_err(told)?;
            return by_object(server, client, &by_value).await.map_err(told);
        }
        let found = take(server, client, request_uri).await?.map_err(told)?;
        let form = rules.pushed_parameters(path, &found.form, &form);
        return Ok(Parameters { form, pushed: true, signed: found.signed });
    }
    if form.optional("request").is_some() {
        return by_object(server, client, &form).await.map_err(told);
    }
    Ok(Parameters { form, pushed: false, signed: false })
}

/// OpenID Connect Core §6.1, RFC 9101 §5: the parameters of a request that has an object.
async fn by_object(server: &Server, client: &Arc<Client>, form: &Form) -> Result<Parameters, Refusal> {
    let counts = Counts::of(client, form);
    let (form, signed) = request_object::read(server, Path::Authorization, client, form, counts).await?;
    Ok(Parameters { form, pushed: false, signed })
}

/// OpenID Connect Core §6.2: from here on it is as if the object had come by value.
async fn fetched(server: &Server, form: &Form, request_uri: &str) -> Result<Form, Refusal> {
    let body = server.fetcher.get(request_uri).await.map_err(|error| {
        tracing::warn!(%error, "a request object could not be fetched");
        Refusal::request_uri_unreachable()
    })?;
    let object = String::from_utf8_lossy(&body).trim().to_owned();
    let mut pairs = form.clone().without(&["request_uri"]).pairs().to_vec();
    pairs.push(("request".to_owned(), object));
    Ok(Form::of(pairs))
}

/// RFC 9126 §2.2, §4: a reference is good for its client, for a while, and once. It is spent as soon as its request begins: what the user reloads
/// after that is the page of the interaction, which has an address of its own. A stranger's attempt does not spend it.
async fn take(
    server: &Server,
    client: &Client,
    request_uri: &str,
) -> Result<Result<PushedRequest, Refusal>, StoreError> {
    let path = Path::Authorization;
    let Some(pushed) = server.store.pushed(Digest::of(request_uri)).await? else {
        return Ok(Err(Refusal::unknown_request_uri()));
    };
    let ruling = server
        .rules
        .request_uri_belongs_to(path, &pushed, client)
        .and_then(|()| server.rules.request_uri_is_fresh(path, &pushed, server.clock.now()));
    if let Err(refusal) = ruling {
        return Ok(Err(refusal));
    }
    match server.store.spend_pushed(pushed.digest).await? {
        Spent::Now => Ok(Ok(pushed)),
        Spent::Before => Ok(Err(Refusal::request_uri_already_used())),
    }
}
