//! Authorization code: RFC 6749 §4.1, RFC 7636. First the code is issued, then it is redeemed.

use std::sync::Arc;

use crate::config::Lifetimes;
use crate::error::{Refusal, TokenError};
use crate::grants::resource;
use crate::model::{Authentication, AuthorizationRequest, Client, Code, Grant, GrantType, Path};
use crate::server::Server;
use crate::store::{Spent, StoreError};
use crate::tokens::mint::{FrontChannel, TokenResponse, new_lineage};
use crate::tokens::secret::{Digest, random_string};
use crate::transport::form::Form;

/// RFC 6749 §4.1.2: a code, and nothing beside it.
pub async fn respond(
    server: &Server,
    client: &Client,
    asked: &AuthorizationRequest,
    user: Authentication,
) -> Result<FrontChannel, StoreError> {
    let grant = granted(asked, client, user);
    Ok(FrontChannel { code: Some(issue(server, client, asked, &grant).await?), ..FrontChannel::default() })
}

/// What the user grants by saying yes to this request; OpenID Connect defines an authentication for it.
pub fn granted(asked: &AuthorizationRequest, client: &Client, user: Authentication) -> Arc<Grant> {
    let grant = Grant::by_user(new_lineage(), client, user, asked.scope.clone());
    let audience = asked.resources.clone();
    Arc::new(Grant { nonce: asked.nonce.clone(), id_token: true, claims: asked.claims.clone(), audience, ..grant })
}

/// RFC 6749 §4.1.2: a code that is bound to everything it was asked with.
pub async fn issue(
    server: &Server,
    client: &Client,
    asked: &AuthorizationRequest,
    grant: &Arc<Grant>,
) -> Result<String, StoreError> {
    let value = random_string();
    let code = Code {
        digest: Digest::of(&value),
        path: Path::of_response_type(asked.response_type),
        grant: Arc::clone(grant),
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.challenge.clone(),
        expires_at: server.clock.now() + client.lifetimes.code,
        remembered_until: server.clock.now() + longest_life(client),
        spent: false,
    };
    server.store.put_code(code).await?;
    Ok(value)
}

/// How long something of a decision can live, in seconds: a code used at the last moment, a refresh token used at the last moment, an access token from that.
fn longest_life(client: &Client) -> u64 {
    let Lifetimes { code, access_token, refresh_token_family, .. } = client.lifetimes;
    let refreshed = if client.may_use(GrantType::RefreshToken) { refresh_token_family } else { 0 };
    code + refreshed + access_token
}

/// Redeem a code. A failed attempt does not burn it; a second success, however late, revokes everything that came from the first.
pub async fn redeem(server: &Server, client: &Client, form: &Form) -> Result<TokenResponse, TokenError> {
    let code = server.store.code(Digest::of(form.required("code")?)).await?.ok_or_else(Refusal::unknown_code)?;
    let path = code.path; // the response type that it came from

    server.rules.code_belongs_to(path, &code, client)?;
    server.rules.code_is_fresh(path, &code, server.clock.now())?;
    server.rules.redirect_uri_repeats(path, &code, form.optional("redirect_uri"))?;
    server.rules.verifier_is_well_formed(path, form.optional("code_verifier"))?;
    server.rules.verifier_matches(path, &code, form.optional("code_verifier"))?;
    server.rules.user_is_active(path, server.user_of(&code.grant).await?.as_deref())?;
    let scope = server.rules.scope_left(path, &code.grant.scope, client);
    server.rules.scope_within_client(path, &scope, client)?;
    let audience = resource::of_grant(server, path, form, &code.grant.audience)?;

    match server.store.spend(&code).await? {
        Spent::Now => {
            let claims = code.grant.claims.clone().within(&client.scopes);
            let grant = Arc::new(Grant { scope, claims, ..(*code.grant).clone() });
            let refresh_token = server.first_refresh_token(path, client, &grant).await?;
            // RFC 8707 §2.2: only the access token is narrowed.
            let narrowed = grant.narrowed_to(audience);
            Ok(server.mint(path, client, &narrowed).await?.with_refresh_token(refresh_token))
        }
        Spent::Before => {
            server.store.revoke_lineage(code.grant.lineage).await?;
            Err(Refusal::code_already_used().into())
        }
    }
}
