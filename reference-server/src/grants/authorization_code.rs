//! Authorization code: RFC 6749 §4.1.3, RFC 7636 §4.6.

use crate::error::{Refusal, TokenError};
use crate::model::Client;
use crate::server::Server;
use crate::store::Spent;
use crate::tokens::mint::TokenResponse;
use crate::tokens::secret::Digest;
use crate::transport::form::Form;

/// Redeem a code. A failed attempt does not burn it; a second success revokes everything that came from the first.
pub async fn redeem(server: &Server, client: &Client, form: &Form) -> Result<TokenResponse, TokenError> {
    let code = server.store.code(Digest::of(form.required("code")?)).await?.ok_or_else(Refusal::unknown_code)?;
    let path = code.path; // the response type that it came from

    server.rules.code_belongs_to(path, &code, client)?;
    server.rules.code_is_fresh(path, &code, server.clock.now())?;
    server.rules.redirect_uri_repeats(path, &code, form.optional("redirect_uri"))?;
    server.rules.verifier_is_well_formed(path, form.optional("code_verifier"))?;
    server.rules.verifier_matches(path, &code, form.optional("code_verifier"))?;
    server.rules.user_is_active(path, server.user_of(&code.grant).await?.as_deref())?;

    match server.store.spend(&code).await? {
        Spent::Now => {
            let refresh_token = server.first_refresh_token(path, client, &code.grant).await?;
            Ok(server.mint(path, client, &code.grant).await?.with_refresh_token(refresh_token))
        }
        Spent::Before => {
            server.store.revoke_lineage(code.grant.lineage).await?;
            Err(Refusal::code_already_used().into())
        }
    }
}
