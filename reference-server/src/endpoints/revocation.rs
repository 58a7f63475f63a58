//! The revocation endpoint: RFC 7009.

use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, Request, StatusCode};

use super::authenticate;
use crate::error::TokenError;
use crate::model::Path;
use crate::server::Server;
use crate::tokens::secret::Digest;
use crate::transport::reply::{self, Reply};

/// Answer 200 whether or not there was something to revoke.
pub async fn answer(server: &Server, request: &Request<Bytes>) -> Reply {
    let issuer = &server.config.issuer;
    if let Err(refusal) = server.rules.request_is_post(Path::Revocation, request.method()) {
        return reply::method_not_allowed("POST", reply::token_error(issuer, &refusal.into()));
    }
    match revoke(server, request).await {
        Ok(()) => {
            let mut reply = reply::with_status(StatusCode::OK, Bytes::new());
            reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            reply
        }
        Err(error) => reply::token_error(issuer, &error),
    }
}

/// RFC 7009 §2.1: a hint that is wrong or unknown changes nothing; a refresh token takes its access tokens with it.
async fn revoke(server: &Server, request: &Request<Bytes>) -> Result<(), TokenError> {
    let path = Path::Revocation;
    let (_, form) = authenticate::form(server, |_| path, request)?;
    let client = authenticate::client(server, path, request, &form).await?;

    let digest = Digest::of(form.required("token")?);
    if let Some(token) = server.store.access_token(digest).await? {
        server.rules.revocation_belongs_to(path, &token.grant, &client)?;
        server.store.revoke_access_token(digest).await?;
    }
    if let Some(token) = server.store.refresh_token(digest).await? {
        server.rules.revocation_belongs_to(path, &token.grant, &client)?;
        server.store.revoke_lineage(token.grant.lineage).await?;
    }
    Ok(())
}
