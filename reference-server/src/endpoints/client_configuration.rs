//! The client configuration endpoint: RFC 7592 §2. Each client that registered itself has one.

use bytes::Bytes;
use http::{Method, Request, StatusCode};

use super::protected::Denied;
use super::query;
use super::registration::{Credentials, auth_method, client, information, judge, members};
use crate::config::RegistrationAccess;
use crate::error::{ErrorCode, Refusal};
use crate::model::{Client, Path, Registered};
use crate::rules::Rule;
use crate::server::Server;
use crate::tokens::Map;
use crate::tokens::secret::random_string;
use crate::transport::credentials::bearer;
use crate::transport::form::Form;
use crate::transport::reply::{self, Reply};

const PATH: Path = Path::Registration;

/// Read, change or delete the registration of a client; where registration is off, nothing is here.
pub async fn answer(server: &Server, request: &Request<Bytes>, client_id: &str) -> Reply {
    if server.config.registration.allow == RegistrationAccess::Off {
        return reply::not_found();
    }
    match manage(server, request, client_id).await {
        Ok(Some(body)) => reply::private_json(StatusCode::OK, &body),
        Ok(None) => reply::private(StatusCode::NO_CONTENT),
        Err(denied) => denied.into_reply(&server.config.issuer),
    }
}

async fn manage(server: &Server, request: &Request<Bytes>, client_id: &str) -> Result<Option<Map>, Denied> {
    let given = bearer(request.headers());
    server.rules.bearer_token_in_header(PATH, given.is_some(), &query(request), &Form::default())?;
    let given = given.ok_or(Denied::NoToken)?;

    // RFC 7592 §2.1: a client that does not exist is answered like a wrong token, and its token went with it.
    let known = server.store.client(client_id).await?;
    server.rules.registration_access_token_matches(PATH, known.as_deref(), given)?;
    let known = known.ok_or_else(gone)?;

    match *request.method() {
        Method::PUT => update(server, request, &known, given).await.map(Some),
        Method::DELETE => delete(server, &known).await.map(|()| None),
        _ => read(server, &known, given).map(Some),
    }
}

/// RFC 7592 §2.1: all that is registered, as it is.
fn read(server: &Server, known: &Client, given: &str) -> Result<Map, Denied> {
    let registered = known.registered.as_ref().ok_or_else(gone)?;
    let credentials = Credentials::new(given.to_owned(), &registered.salt, known.auth_method);
    Ok(information(server, known, &credentials))
}

/// RFC 7592 §2.2: what is sent takes the place of what was registered; what is left out is no longer registered.
async fn update(server: &Server, request: &Request<Bytes>, known: &Client, given: &str) -> Result<Map, Denied> {
    let members = members(server, request)?;
    server.rules.update_names_its_client(PATH, known, &members)?;
    server.rules.update_keeps_secret(PATH, known, &members)?;
    server.rules.update_is_metadata_only(PATH, &members)?;
    let metadata = judge(server, &members)?;

    // Another authentication method has another secret.
    let registered = known.registered.clone().ok_or_else(gone)?;
    let method = auth_method(&metadata);
    let salt = if method == known.auth_method { registered.salt.clone() } else { random_string() };
    let credentials = Credentials::new(given.to_owned(), &salt, method);
    let updated = client(server, known.client_id.clone(), &metadata, credentials.secret.as_deref())?;
    let updated = Client { registered: Some(Registered { salt, metadata, ..registered }), ..updated };
    let body = information(server, &updated, &credentials);
    if !server.store.replace_client(updated).await? {
        return Err(gone().into());
    }
    Ok(body)
}

/// RFC 7592 §2.3: the client is gone, and with it its token and whatever it was granted.
async fn delete(server: &Server, known: &Client) -> Result<(), Denied> {
    if !server.store.delete_client(&known.client_id).await? {
        return Err(gone().into());
    }
    Ok(())
}

fn gone() -> Refusal {
    Refusal::new(ErrorCode::InvalidToken, "The registration access token is not that of this client.")
        .by(Rule::RegistrationAccessTokenMatches)
}
