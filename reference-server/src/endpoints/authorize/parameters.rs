//! The parameters of an authorization request: as they stand in it, or pushed before: RFC 9126 §4.

use crate::error::{AuthorizeError, Refusal};
use crate::model::{Client, Path, PushedRequest};
use crate::server::Server;
use crate::store::{Spent, StoreError};
use crate::tokens::secret::Digest;
use crate::transport::form::Form;

use super::judge;

/// What is judged, and how it came.
pub struct Parameters {
    /// The parameters that count.
    pub form: Form,
    /// Whether the client pushed them.
    pub pushed: bool,
}

/// What a client pushes.
pub fn pushed(form: Form) -> Parameters {
    Parameters { form, pushed: true }
}

/// What a browser brings: the parameters, or a reference to them. What is wrong with the reference is told to the client where the
/// parameters beside it name an address that it registered, else to the user.
pub async fn assemble(server: &Server, client: &Client, form: Form) -> Result<Parameters, AuthorizeError> {
    let told = |refusal| match judge::return_address(server, &form, client) {
        Ok(address) => AuthorizeError::MayBeRedirected(Box::new(address), refusal),
        Err(_) => AuthorizeError::MustBeShown(refusal),
    };
    server.rules.parameter_not_repeated(Path::Authorization, &form, &[]).map_err(told)?;
    let Some(request_uri) = form.optional("request_uri") else {
        return Ok(Parameters { form, pushed: false });
    };
    server.rules.request_uri_is_own(Path::Authorization, request_uri).map_err(told)?;
    let found = take(server, client, request_uri).await?.map_err(told)?;
    Ok(Parameters { form: found.form, pushed: true })
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
