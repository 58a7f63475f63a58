//! Resource owner password credentials: RFC 6749 §4.3. RFC 9700 §2.4 wants it gone; the preset `bcp` does without.

use std::sync::Arc;

use crate::error::TokenError;
use crate::grants::resource;
use crate::model::{Client, Grant, Path, Scope};
use crate::server::Server;
use crate::tokens::mint::{TokenResponse, new_lineage};
use crate::transport::form::Form;

/// The client passes on what the user told it. The refusal does not tell a wrong name from a wrong password.
pub async fn redeem(server: &Server, client: &Client, form: &Form) -> Result<TokenResponse, TokenError> {
    let path = Path::Password;
    let (name, password) = (form.required("username")?, form.required("password")?);

    server.rules.scope_is_well_formed(path, form.optional("scope"))?;
    let scope = form.optional("scope").map_or_else(|| server.rules.default_scope(path, client), Scope::parse);
    server.rules.scope_is_known(path, &scope, server.known_scopes())?;
    server.rules.scope_within_client(path, &scope, client)?;
    let audience = resource::asked(server, path, form)?;

    let user = server.log_in(path, name, password).await??;

    let grant = Arc::new(Grant { audience, ..Grant::by_user(new_lineage(), client, user, scope) });
    let refresh_token = server.first_refresh_token(path, client, &grant).await?;
    Ok(server.mint(path, client, &grant).await?.with_refresh_token(refresh_token))
}
