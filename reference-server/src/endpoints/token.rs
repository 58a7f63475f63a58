//! The token endpoint: RFC 6749 §3.2.

use bytes::Bytes;
use http::{Request, StatusCode};

use super::authenticate;
use crate::error::TokenError;
use crate::grants;
use crate::model::{GrantType, Path};
use crate::server::Server;
use crate::tokens::Map;
use crate::transport::reply::{self, Reply};

/// Answer a token request.
pub async fn answer(server: &Server, request: &Request<Bytes>) -> Reply {
    let issuer = &server.config.issuer;
    if let Err(refusal) = server.rules.request_is_post(Path::Token, request.method()) {
        return reply::method_not_allowed("POST", reply::token_error(issuer, &refusal.into()));
    }
    match respond(server, request).await {
        Ok(body) => reply::private_json(StatusCode::OK, &body),
        Err(error) => reply::token_error(issuer, &error),
    }
}

/// The order: form, client, grant type, grant.
async fn respond(server: &Server, request: &Request<Bytes>) -> Result<Map, TokenError> {
    let (path, form) = authenticate::form(server, |form| Path::of_grant_type(form.optional("grant_type")), request)?;
    let client = authenticate::client(server, path, request, &form).await?;

    server.rules.grant_type_is_present(path, form.optional("grant_type"))?;
    let grant_type = form.optional("grant_type").and_then(GrantType::parse);
    server.rules.grant_type_is_supported(path, grant_type)?;
    let grant_type = grant_type.ok_or_else(TokenError::unsupported_grant_type)?;
    server.rules.client_may_use_grant(path, &client, grant_type)?;

    let response = match grant_type {
        GrantType::AuthorizationCode => grants::authorization_code::redeem(server, &client, &form).await?,
        GrantType::ClientCredentials => grants::client_credentials::redeem(server, &client, &form).await?,
        GrantType::RefreshToken => grants::refresh_token::redeem(server, &client, &form).await?,
        _ => return Err(TokenError::unsupported_grant_type()),
    };
    let mut body = response.into_body();
    server.claims.token_response(path, &mut body);
    Ok(body)
}
