//! Resource owner password credentials: RFC 6749 §4.3. RFC 9700 §2.4 wants it gone; the preset `bcp` does without.

use crate::error::{Refusal, TokenError};
use crate::model::{Authentication, Client, Grant, Path, Scope};
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

    let user = server.store.user(name).await?.ok_or_else(|| Refusal::wrong_password(path))?;
    server.rules.password_matches(path, &user, password)?;
    server.rules.user_is_active(path, Some(&user)).map_err(|_| Refusal::wrong_password(path))?;

    let authentication = Authentication { user: user.name.clone(), auth_time: server.clock.now() };
    let grant = Grant::by_user(new_lineage(), client, authentication, scope);
    let refresh_token = server.first_refresh_token(path, client, &grant).await?;
    Ok(server.mint(path, client, &grant).await?.with_refresh_token(refresh_token))
}
