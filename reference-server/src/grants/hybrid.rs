//! Hybrid: OpenID Connect Core §3.3. A code, and beside it an ID token, an access token, or both; the code is redeemed like any other.

use super::authorization_code::{granted, issue};
use crate::model::{Authentication, AuthorizationRequest, Client, Path};
use crate::server::Server;
use crate::store::StoreError;
use crate::tokens::mint::{Beside, FrontChannel};

/// A code and what the response type asks for beside it. All of it is of one lineage: a code used twice takes it all along.
pub async fn respond(
    server: &Server,
    client: &Client,
    asked: &AuthorizationRequest,
    user: Authentication,
) -> Result<FrontChannel, StoreError> {
    let path = Path::of_response_type(asked.response_type);
    let grant = granted(asked, client, user);

    let mut response =
        FrontChannel { code: Some(issue(server, client, asked, &grant).await?), ..FrontChannel::default() };
    if asked.response_type.has_token() {
        response.access_token = Some(server.access_token(path, client, &grant).await?);
    }
    if asked.response_type.has_id_token() {
        let beside = Beside { access_token: response.access_token_value(), code: response.code.as_deref() };
        response.id_token = server.id_token(path, client, &grant, beside).await?;
    }
    Ok(response)
}
