//! The introspection endpoint: RFC 7662.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::authenticate;
use crate::error::TokenError;
use crate::model::{AccessToken, Client, Grant, Path, RefreshToken};
use crate::server::Server;
use crate::store::StoreError;
use crate::tokens::Map;
use crate::tokens::secret::Digest;
use crate::transport::reply::{self, Reply};

/// Answer what a token stands for, or only that it is not active.
pub async fn answer(server: &Server, request: &Request<Bytes>) -> Reply {
    let issuer = &server.config.issuer;
    if let Err(refusal) = server.rules.request_is_post(Path::Introspection, request.method()) {
        return reply::method_not_allowed("POST", reply::token_error(issuer, &refusal.into()));
    }
    match respond(server, request).await {
        Ok(body) => reply::private_json(StatusCode::OK, &body),
        Err(error) => reply::token_error(issuer, &error),
    }
}

/// RFC 7662 §2.1: a `token_type_hint` may be ignored; both kinds are searched whatever it says.
async fn respond(server: &Server, request: &Request<Bytes>) -> Result<Map, TokenError> {
    let path = Path::Introspection;
    let (_, form) = authenticate::form(server, |_| path, request)?;
    let client = authenticate::client(server, path, request, &form).await?;
    server.rules.client_may_introspect(path, &client)?;

    let digest = Digest::of(form.required("token")?);
    let described = match server.store.access_token(digest).await? {
        Some(token) => access_token(server, &client, &token).await?,
        None => match server.store.refresh_token(digest).await? {
            Some(token) => refresh_token(server, &client, &token).await?,
            None => None,
        },
    };
    let mut body = described.unwrap_or_else(inactive);
    server.claims.introspection(&mut body);
    Ok(body)
}

/// RFC 7662 §2.2: nothing else is said of a token that is not active.
fn inactive() -> Map {
    Map::from_iter([("active".to_owned(), json!(false))])
}

async fn access_token(server: &Server, client: &Client, token: &AccessToken) -> Result<Option<Map>, StoreError> {
    let path = Path::Introspection;
    let ruling = server
        .rules
        .access_token_is_live(path, token, server.clock.now())
        .and_then(|()| server.rules.token_may_be_introspected_by(path, &token.grant, false, client));
    if ruling.is_err() {
        return Ok(None);
    }
    let Some(mut body) = describe(server, &token.grant).await? else { return Ok(None) };
    body.insert("token_type".to_owned(), json!("Bearer"));
    body.insert("aud".to_owned(), server.audience(&token.grant));
    body.insert("jti".to_owned(), json!(token.jti.to_string()));
    body.insert("iat".to_owned(), json!(token.issued_at));
    body.insert("exp".to_owned(), json!(token.expires_at));
    Ok(Some(body))
}

async fn refresh_token(server: &Server, client: &Client, token: &RefreshToken) -> Result<Option<Map>, StoreError> {
    let path = Path::Introspection;
    let ruling = server
        .rules
        .refresh_token_is_active(path, token, server.clock.now())
        .and_then(|()| server.rules.token_may_be_introspected_by(path, &token.grant, true, client));
    if ruling.is_err() {
        return Ok(None);
    }
    let Some(mut body) = describe(server, &token.grant).await? else { return Ok(None) };
    body.insert("aud".to_owned(), json!(server.config.issuer));
    body.insert("iat".to_owned(), json!(token.issued_at));
    body.insert("exp".to_owned(), json!(token.expires_at.min(token.family_expires_at)));
    Ok(Some(body))
}

/// What both kinds have in common; nothing for a user who was disabled.
async fn describe(server: &Server, grant: &Grant) -> Result<Option<Map>, StoreError> {
    let mut body = Map::new();
    body.insert("active".to_owned(), json!(true));
    body.insert("iss".to_owned(), json!(server.config.issuer));
    body.insert("client_id".to_owned(), json!(grant.client_id));
    body.insert("scope".to_owned(), json!(grant.scope.to_string()));
    body.insert("sub".to_owned(), json!(grant.subject()));
    if let Some(actor) = &grant.actor {
        body.insert("act".to_owned(), json!(actor));
    }
    let Some(authentication) = &grant.user else { return Ok(Some(body)) };
    let user = server.store.user_by_sub(&authentication.sub).await?;
    if server.rules.user_is_active(Path::Introspection, user.as_deref()).is_err() {
        return Ok(None);
    }
    if let Some(user) = user {
        body.insert("username".to_owned(), json!(user.name));
        body.extend(user.may_act().map(|may_act| ("may_act".to_owned(), may_act)));
    }
    Ok(Some(body))
}
