//! The crate `openidconnect` registers clients, and then is one of them.

use openidconnect::core::{
    CoreApplicationType, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreClientRegistrationRequest,
    CoreGrantType, CoreRegisterErrorResponseType, CoreResponseType,
};
use openidconnect::registration::{ClientRegistrationError, EmptyAdditionalClientMetadata};
use openidconnect::{AccessToken, AuthType, AuthorizationCode, ResponseTypes};

use crate::openid_connect::{Client, ask, callback, checked, id_token, metadata, redeem};
use crate::server::{Served, http, serve};

/// A client that registers itself for these grant types and response types.
async fn register(
    server: &Served,
    grant_types: Vec<CoreGrantType>,
    response_types: Vec<Vec<CoreResponseType>>,
    by: CoreClientAuthMethod,
) -> Result<Client, CoreRegisterErrorResponseType> {
    let metadata = metadata(server).await;
    let endpoint = metadata.registration_endpoint().expect("the metadata names a registration endpoint").clone();
    let request = CoreClientRegistrationRequest::new(vec![callback()], EmptyAdditionalClientMetadata {})
        .set_application_type(Some(CoreApplicationType::Native))
        .set_grant_types(Some(grant_types))
        .set_response_types(Some(response_types.into_iter().map(ResponseTypes::new).collect()))
        .set_token_endpoint_auth_method(Some(by.clone()));
    let http = http();
    let registered = match request.register_async(&endpoint, &http).await {
        Ok(registered) => registered,
        Err(ClientRegistrationError::ServerResponse(refusal)) => return Err(refusal.error().clone()),
        Err(other) => panic!("the library cannot read what the server says: {other:?}"),
    };
    assert!(registered.registration_access_token().is_some() && registered.registration_client_uri().is_some());
    assert_eq!(registered.client_secret().is_some(), by != CoreClientAuthMethod::None);
    let (client_id, secret) = (registered.client_id().clone(), registered.client_secret().cloned());
    let client = CoreClient::from_provider_metadata(metadata, client_id, secret);
    let by = if by == CoreClientAuthMethod::ClientSecretPost { AuthType::RequestBody } else { AuthType::BasicAuth };
    Ok(client.set_auth_type(by).set_redirect_uri(callback()))
}

#[tokio::test]
async fn registration() {
    use CoreClientAuthMethod::{ClientSecretBasic, ClientSecretPost};
    use CoreGrantType::{AuthorizationCode as ByCode, Implicit, RefreshToken};
    use CoreResponseType::{Code, IdToken, Token};
    let server = serve().await;

    for by in [ClientSecretBasic, ClientSecretPost, CoreClientAuthMethod::None] {
        let client = register(&server, vec![ByCode, RefreshToken], vec![vec![Code]], by).await;
        let client = client.expect("a client for codes");
        redeem(&client, ask(&server, &client, CoreAuthenticationFlow::AuthorizationCode, None).await).await;
    }

    let client = register(&server, vec![Implicit], vec![vec![IdToken, Token]], CoreClientAuthMethod::None).await;
    let client = client.expect("a client for tokens through the browser");
    let answered = ask(&server, &client, CoreAuthenticationFlow::Implicit(true), None).await;
    let access_token = AccessToken::new(answered.returned.required("access_token"));
    checked(&client, &id_token(&answered.returned), &answered.nonce, Some(&access_token), None);

    // OpenID Connect Registration §2 has no word for hybrid: it is the code and the implicit grant, and a response type of both.
    let types = vec![Code, IdToken];
    let grants = vec![ByCode, Implicit, RefreshToken];
    let client = register(&server, grants, vec![types.clone()], ClientSecretBasic).await.expect("a client for hybrid");
    let answered = ask(&server, &client, CoreAuthenticationFlow::Hybrid(types), None).await;
    let code = AuthorizationCode::new(answered.returned.required("code"));
    checked(&client, &id_token(&answered.returned), &answered.nonce, None, Some(&code));
    redeem(&client, answered).await;

    let both = vec![vec![Code], vec![IdToken, Token]];
    let refused = register(&server, vec![ByCode, Implicit], both, ClientSecretBasic).await;
    assert_eq!(refused.expect_err("a forbidden pair"), CoreRegisterErrorResponseType::InvalidClientMetadata);
}
