//! `/_/clients`: who may ask.

use serde_json::json;

use super::Problem;
use crate::config::ClientConfig;
use crate::model::Client;
use crate::server::Server;
use crate::tokens::Map;
use crate::tokens::jwk::JwkSet;

/// `POST`: register a client, or replace the one of the same name.
pub async fn register(server: &Server, config: &ClientConfig) -> Result<Map, Problem> {
    let client = Client::parse(config, &server.offer).map_err(|error| Problem::Bad(error.to_string()))?;
    let body = describe(&client);
    server.store.put_client(client).await?;
    Ok(body)
}

/// `GET`: all of them, without their secrets.
pub async fn list(server: &Server) -> Result<Map, Problem> {
    let clients: Vec<Map> = server.store.clients().await?.iter().map(|client| describe(client)).collect();
    Ok(Map::from_iter([("clients".to_owned(), json!(clients))]))
}

fn describe(client: &Client) -> Map {
    Map::from_iter([
        ("client_id".to_owned(), json!(client.client_id)),
        ("auth_method".to_owned(), json!(client.auth_method)),
        ("token_endpoint_auth_signing_alg".to_owned(), json!(client.token_endpoint_auth_signing_alg)),
        ("jwks".to_owned(), json!(client.jwks.as_ref().map(JwkSet::document))),
        ("jwks_uri".to_owned(), json!(client.jwks_uri)),
        ("request_uris".to_owned(), json!(client.request_uris)),
        ("grant_types".to_owned(), json!(client.grant_types)),
        ("response_types".to_owned(), json!(client.response_types)),
        ("redirect_uris".to_owned(), json!(client.redirect_uris)),
        ("scopes".to_owned(), json!(client.scopes)),
        ("require_pkce".to_owned(), json!(client.require_pkce)),
        ("allow_plain_pkce".to_owned(), json!(client.allow_plain_pkce)),
        ("browser_tokens".to_owned(), json!(client.browser_tokens)),
        ("access_token".to_owned(), json!(client.access_token)),
        ("access_token_signing_alg".to_owned(), json!(client.access_token_signing_alg)),
        ("id_token_signed_response_alg".to_owned(), json!(client.id_token_signed_response_alg)),
        ("userinfo_signed_response_alg".to_owned(), json!(client.userinfo_signed_response_alg)),
        ("refresh_token".to_owned(), json!(client.refresh_token)),
        ("remember_consent".to_owned(), json!(client.remember_consent)),
        ("resources".to_owned(), json!(client.resources)),
        ("exchange_from".to_owned(), json!(client.exchange_from)),
        ("lifetimes".to_owned(), json!(client.lifetimes)),
    ])
}
