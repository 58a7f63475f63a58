//! The token endpoint: RFC 6749 §3.2.

use bytes::Bytes;
use http::{Request, StatusCode};

use super::authenticate;
use crate::error::TokenError;
use crate::grants::{authorization_code, client_credentials, extension, password, refresh_token};
use crate::model::{GrantType, Path};
use crate::server::Server;
use crate::tokens::Map;
use crate::transport::form::Form;
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
    let asked = |form: &Form| form.optional("grant_type").and_then(|name| server.grant_type(name));
    let (path, form) = authenticate::form(server, |form| Path::of_grant_type(asked(form)), request)?;
    let client = authenticate::client(server, path, request, &form).await?;

    server.rules.grant_type_is_present(path, form.optional("grant_type"))?;
    let grant_type = asked(&form);
    server.rules.grant_type_is_supported(path, grant_type)?;
    let grant_type = grant_type.ok_or_else(TokenError::unsupported_grant_type)?;
    server.rules.client_may_use_grant(path, &client, grant_type)?;

    let mut body = match grant_type {
        GrantType::AuthorizationCode => authorization_code::redeem(server, &client, &form).await?.into_body(),
        GrantType::ClientCredentials => client_credentials::redeem(server, &client, &form).await?.into_body(),
        GrantType::Password => password::redeem(server, &client, &form).await?.into_body(),
        GrantType::RefreshToken => refresh_token::redeem(server, &client, &form).await?.into_body(),
        GrantType::Extension(name) => {
            let extension = server.extensions.find(name).ok_or_else(TokenError::unsupported_grant_type)?;
            extension::redeem(server, extension, &client, &form).await?
        }
        GrantType::Implicit | GrantType::Hybrid => return Err(TokenError::unsupported_grant_type()),
    };
    server.claims.token_response(path, &mut body);
    Ok(body)
}
