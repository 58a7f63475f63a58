//! The pushed authorization request endpoint: RFC 9126.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::authenticate;
use super::authorize::{judge, parameters};
use crate::error::TokenError;
use crate::model::{Path, PushedRequest};
use crate::server::Server;
use crate::tokens::Map;
use crate::transport::reply::{self, Reply};

/// What authenticates the client, and is no part of what it asks for: RFC 9126 §2.1.
const CREDENTIALS: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// RFC 9126 §2.2: 201, and the reference.
pub async fn answer(server: &Server, request: &Request<Bytes>) -> Reply {
    let issuer = &server.config.issuer;
    if let Err(refusal) = server.rules.request_is_post(Path::PushedAuthorization, request.method()) {
        return reply::method_not_allowed("POST", reply::token_error(issuer, &refusal.into()));
    }
    match push(server, request).await {
        Ok(body) => reply::private_json(StatusCode::CREATED, &body),
        Err(error) => reply::token_error(issuer, &error),
    }
}

/// RFC 9126 §2.1, in its order: the client, no reference in place of the request, and the request as at the authorization endpoint.
async fn push(server: &Server, request: &Request<Bytes>) -> Result<Map, TokenError> {
    let path = Path::PushedAuthorization;
    let (_, form) = authenticate::form(server, |_| path, request)?;
    let client = authenticate::client(server, path, request, &form).await?;

    server.rules.request_uri_is_not_pushed(path, form.optional("request_uri"))?;
    form.required("client_id")?;
    let parameters = parameters::pushed(server, &client, form.without(&CREDENTIALS)).await?;
    judge::judge(server, &client, &parameters)?;

    let lifetime = client.lifetimes.pushed_request;
    let (request_uri, kept) =
        PushedRequest::new(&client, parameters.form, parameters.signed, server.clock.now() + lifetime);
    server.store.put_pushed(kept).await?;
    Ok(Map::from_iter([("request_uri".to_owned(), json!(request_uri)), ("expires_in".to_owned(), json!(lifetime))]))
}
