//! Implicit: RFC 6749 §4.2, OpenID Connect Core §3.2. Tokens travel through the browser, and no refresh token ever does.

use super::authorization_code::granted;
use crate::model::{Authentication, AuthorizationRequest, Client, Path};
use crate::server::Server;
use crate::store::StoreError;
use crate::tokens::mint::{Beside, FrontChannel};

/// What the response type asks for: an access token, an ID token, or both.
pub async fn respond(
    server: &Server,
    client: &Client,
    asked: &AuthorizationRequest,
    user: Authentication,
) -> Result<FrontChannel, StoreError> {
    let path = Path::of_response_type(asked.response_type);
    let grant = granted(asked, client, user);

    let mut response = FrontChannel::default();
    if asked.response_type.has_token() {
        response.access_token = Some(server.access_token(path, client, &grant).await?);
    }
    if asked.response_type.has_id_token() {
        let beside = Beside { access_token: response.access_token_value(), code: None };
        response.id_token = server.id_token(path, client, &grant, beside).await?;
    }
    Ok(response)
}
