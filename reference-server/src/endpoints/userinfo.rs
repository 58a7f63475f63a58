//! The userinfo endpoint: OpenID Connect Core §5.3, RFC 6750.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use serde_json::json;

use super::protected::Denied;
use super::{header, query};
use crate::error::{ErrorCode, Refusal};
use crate::model::{AccessToken, Path};
use crate::rules::Rule;
use crate::server::Server;
use crate::tokens::secret::Digest;
use crate::tokens::{Map, person};
use crate::transport::credentials::bearer;
use crate::transport::form::Form;
use crate::transport::reply::{self, Reply};

/// Answer the claims of the user, by scope.
pub async fn answer(server: &Server, request: &Request<Bytes>) -> Reply {
    respond(server, request).await.unwrap_or_else(|denied| denied.into_reply(&server.config.issuer))
}

/// OpenID Connect Core §5.3.2: plain JSON, or signed for a client that registered for that.
async fn respond(server: &Server, request: &Request<Bytes>) -> Result<Reply, Denied> {
    let (token, claims) = claims(server, request).await?;
    if let Some(client) = server.store.client(&token.grant.client_id).await?
        && let Some(algorithm) = client.userinfo_signed_response_alg
    {
        return Ok(reply::private_jwt(server.signed_userinfo(&client, algorithm, claims)));
    }
    Ok(reply::private_json(StatusCode::OK, &claims))
}

async fn claims(server: &Server, request: &Request<Bytes>) -> Result<(AccessToken, Map), Denied> {
    let path = Path::Userinfo;
    let given = bearer(request.headers());

    server.rules.bearer_token_in_header(path, given.is_some(), &query(request), &body(request))?;
    let token =
        server.store.access_token(Digest::of(given.ok_or(Denied::NoToken)?)).await?.ok_or_else(unknown_token)?;
    server.rules.bearer_token_is_live(path, &token, server.clock.now())?;
    server.rules.bearer_token_is_for_userinfo(path, &token, &[&server.config.audience, &server.config.issuer])?;
    server.rules.bearer_token_speaks_for_user(path, &token)?;
    server.rules.userinfo_needs_openid(path, &token)?;

    let authentication = token.grant.user.as_ref().ok_or_else(unknown_token)?;
    let user = server.store.user_by_sub(&authentication.sub).await?;
    server.rules.user_is_active(path, user.as_deref())?;
    let user = user.ok_or_else(unknown_token)?;

    let mut claims = Map::new();
    claims.insert("sub".to_owned(), json!(user.sub));
    claims.extend(person::claims(&user, &token.grant.scope));
    claims.extend(person::wished(&user, &token.grant.claims.userinfo));
    server.claims.userinfo(&mut claims);
    Ok((token, claims))
}

fn body(request: &Request<Bytes>) -> Form {
    match header(request, &CONTENT_TYPE) {
        Some(content_type) if content_type.starts_with("application/x-www-form-urlencoded") => {
            Form::parse(request.body())
        }
        _ => Form::default(),
    }
}

fn unknown_token() -> Refusal {
    Refusal::new(ErrorCode::InvalidToken, "The access token was not issued by this server.").by(Rule::BearerTokenIsLive)
}
