//! Refresh token: RFC 6749 §6, RFC 9700 §4.14.2.

use std::sync::Arc;

use crate::error::{Refusal, TokenError};
use crate::grants::resource;
use crate::model::{Client, Grant, Path, Scope};
use crate::server::Server;
use crate::store::Rotated;
use crate::tokens::mint::TokenResponse;
use crate::tokens::secret::Digest;
use crate::transport::form::Form;

/// Exchange a refresh token for a new access token and its own successor, unless the client may use one token again. A second use of
/// a token that has a successor revokes the family.
pub async fn redeem(server: &Server, client: &Client, form: &Form) -> Result<TokenResponse, TokenError> {
    let path = Path::RefreshToken;
    let digest = Digest::of(form.required("refresh_token")?);
    let old = server.store.refresh_token(digest).await?.ok_or_else(Refusal::unknown_refresh_token)?;

    server.rules.refresh_token_belongs_to(path, &old, client)?;
    server.rules.refresh_token_is_live(path, &old)?;
    server.rules.refresh_token_is_fresh(path, &old, server.clock.now())?;
    server.rules.scope_is_well_formed(path, form.optional("scope"))?;
    let scope = form.optional("scope").map_or_else(|| old.grant.scope.clone(), Scope::parse);
    server.rules.refresh_scope_within_grant(path, &scope, &old)?;
    let scope = server.rules.scope_left(path, &scope, client);
    server.rules.scope_within_client(path, &scope, client)?;
    let audience = resource::of_grant(server, path, form, &old.grant.audience)?;
    server.rules.user_is_active(path, server.user_of(&old.grant).await?.as_deref())?;

    // Only the access token is narrowed, never what can be refreshed: a registration may be widened again. OpenID Connect Core §12.2: no nonce the second time.
    let claims = old.grant.claims.clone().within(&client.scopes);
    let narrowed = Arc::new(Grant { scope, claims, audience, nonce: None, ..(*old.grant).clone() });
    if !server.rules.refresh_token_rotates(path, client) {
        server.keep_refresh_token(client, &old).await?;
        return Ok(server.mint(path, client, &narrowed).await?);
    }
    let (successor, record) = server.new_refresh_token(client, &old.grant, Some(old.family_expires_at));
    match server.store.rotate(&old, record).await? {
        Rotated::Now => Ok(server.mint(path, client, &narrowed).await?.with_refresh_token(Some(successor))),
        Rotated::Before => {
            server.store.revoke_lineage(old.grant.lineage).await?;
            Err(Refusal::refresh_token_already_used().into())
        }
    }
}
