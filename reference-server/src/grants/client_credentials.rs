//! Client credentials: RFC 6749 §4.4.

use std::sync::Arc;

use crate::error::TokenError;
use crate::grants::resource;
use crate::model::{Client, Grant, Path, Scope};
use crate::server::Server;
use crate::tokens::mint::{TokenResponse, new_lineage};
use crate::transport::form::Form;

/// A client acts for itself: no user, no refresh token, no ID token.
pub async fn redeem(server: &Server, client: &Client, form: &Form) -> Result<TokenResponse, TokenError> {
    let path = Path::ClientCredentials;

    server.rules.client_is_confidential(path, client)?;
    server.rules.scope_is_well_formed(path, form.optional("scope"))?;
    let scope = form.optional("scope").map_or_else(|| server.rules.default_scope(path, client), Scope::parse);
    server.rules.scope_is_known(path, &scope, server.known_scopes())?;
    server.rules.scope_fits_grant(path, &scope)?;
    server.rules.scope_within_client(path, &scope, client)?;

    let audience = resource::asked(server, path, form)?;
    let grant = Arc::new(Grant { audience, ..Grant::to_client(new_lineage(), client, scope) });
    Ok(server.mint(path, client, &grant).await?)
}
