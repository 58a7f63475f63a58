//! The device authorization endpoint: RFC 8628 §3.1, §3.2. What the user does then is in [`super::device`], what the device does in
//! [`crate::grants::device_code`].

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::authenticate;
use crate::error::TokenError;
use crate::grants::device_code::NAME;
use crate::model::{Client, DeviceRequest, GrantType, Path, Scope, UserCode};
use crate::server::Server;
use crate::store::StoreError;
use crate::tokens::Map;
use crate::tokens::mint::new_lineage;
use crate::tokens::secret::{Digest, random_string};
use crate::transport::reply::{self, Reply};

/// Answer a device with two codes: one for itself, one for its user.
pub async fn answer(server: &Server, request: &Request<Bytes>) -> Reply {
    let issuer = &server.config.issuer;
    let Some(grant_type) = server.grant_type(NAME) else { return reply::not_found() };
    if let Err(refusal) = server.rules.request_is_post(Path::DeviceAuthorization, request.method()) {
        return reply::method_not_allowed("POST", reply::token_error(issuer, &refusal.into()));
    }
    match respond(server, grant_type, request).await {
        Ok(body) => reply::private_json(StatusCode::OK, &body),
        Err(error) => reply::token_error(issuer, &error),
    }
}

/// The order: form, client, grant type, scope.
async fn respond(server: &Server, grant_type: GrantType, request: &Request<Bytes>) -> Result<Map, TokenError> {
    let path = Path::DeviceAuthorization;
    let (_, form) = authenticate::form(server, |_| path, request)?;
    let client = authenticate::client(server, path, request, &form).await?;
    server.rules.client_may_use_grant(path, &client, grant_type)?;

    server.rules.scope_is_well_formed(path, form.optional("scope"))?;
    let scope = form.optional("scope").map_or_else(|| server.rules.default_scope(path, &client), Scope::parse);
    server.rules.scope_is_known(path, &scope, server.known_scopes())?;
    server.rules.scope_within_client(path, &scope, &client)?;

    let device_code = random_string();
    let user_code = wait(server, &client, &device_code, scope).await?;
    let page = format!("{}/device", server.config.issuer);
    let mut body = Map::new();
    body.insert("device_code".to_owned(), json!(device_code));
    body.insert("user_code".to_owned(), json!(user_code.to_string()));
    body.insert("verification_uri_complete".to_owned(), json!(format!("{page}?user_code={user_code}")));
    body.insert("verification_uri".to_owned(), json!(page));
    body.insert("expires_in".to_owned(), json!(client.lifetimes.device_code));
    body.insert("interval".to_owned(), json!(server.config.device_interval));
    server.claims.device_authorization(&mut body);
    Ok(body)
}

/// Remember the device under a user code that no other one has.
async fn wait(server: &Server, client: &Client, device_code: &str, scope: Scope) -> Result<UserCode, StoreError> {
    /// One would nearly always do: there are 20^8 of them.
    const ATTEMPTS: usize = 10;

    let mut request = DeviceRequest {
        digest: Digest::of(device_code),
        user_code: Digest::of(""),
        client_id: client.client_id.clone(),
        scope,
        lineage: new_lineage(),
        decision: None,
        polled_at: None,
        interval: server.config.device_interval,
        expires_at: server.clock.now() + client.lifetimes.device_code,
    };
    for _ in 0..ATTEMPTS {
        let user_code = UserCode::random();
        request.user_code = user_code.digest();
        if server.store.put_device(request.clone()).await? {
            return Ok(user_code);
        }
    }
    Err(StoreError("it takes no user code".to_owned()))
}
