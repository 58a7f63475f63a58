//! The crate `openidconnect` registers clients, and then is one of them.

use openidconnect::core::{
    CoreApplicationType, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreClientRegistrationRequest,
    CoreGrantType, CoreJwsSigningAlgorithm, CoreRegisterErrorResponseType, CoreResponseType,
};
use openidconnect::registration::{ClientRegistrationError, EmptyAdditionalClientMetadata};
use openidconnect::{AccessToken, AuthType, AuthorizationCode, ResponseTypes};

use crate::openid_connect::{Client, ask, callback, checked, id_token, metadata, redeem};
use crate::server::{Served, http, serve};

/// What a client says of itself: its grant types, its response types, and how it authenticates.
fn described(
    grant_types: Vec<CoreGrantType>,
    response_types: Vec<Vec<CoreResponseType>>,
    by: CoreClientAuthMethod,
) -> CoreClientRegistrationRequest {
    CoreClientRegistrationRequest::new(vec![callback()], EmptyAdditionalClientMetadata {})
        .set_application_type(Some(CoreApplicationType::Native))
        .set_grant_types(Some(grant_types))
        .set_response_types(Some(response_types.into_iter().map(ResponseTypes::new).collect()))
        .set_token_endpoint_auth_method(Some(by))
}

/// The client that the server makes of it.
async fn register(
    server: &Served,
    request: CoreClientRegistrationRequest,
) -> Result<Client, CoreRegisterErrorResponseType> {
    let metadata = metadata(server).await;
    let endpoint = metadata.registration_endpoint().expect("the metadata names a registration endpoint").clone();
    let http = http();
    let registered = match request.register_async(&endpoint, &http).await {
        Ok(registered) => registered,
        Err(ClientRegistrationError::ServerResponse(refusal)) => return Err(refusal.error().clone()),
        Err(other) => panic!("the library cannot read what the server says: {other:?}"),
    };
    assert!(registered.registration_access_token().is_some() && registered.registration_client_uri().is_some());
    let by = request.client_metadata().token_endpoint_auth_method().expect("it was described");
    assert_eq!(registered.client_secret().is_some(), *by != CoreClientAuthMethod::None);
    let (client_id, secret) = (registered.client_id().clone(), registered.client_secret().cloned());
    let client = CoreClient::from_provider_metadata(metadata, client_id, secret);
    let by = if *by == CoreClientAuthMethod::ClientSecretPost { AuthType::RequestBody } else { AuthType::BasicAuth };
    Ok(client.set_auth_type(by).set_redirect_uri(callback()))
}

#[tokio::test]
async fn registration() {
    use CoreClientAuthMethod::{ClientSecretBasic, ClientSecretPost};
    use CoreGrantType::{AuthorizationCode as ByCode, Implicit, RefreshToken};
    use CoreResponseType::{Code, IdToken, Token};
    let server = serve().await;

    for by in [ClientSecretBasic, ClientSecretPost, CoreClientAuthMethod::None] {
        let request = described(vec![ByCode, RefreshToken], vec![vec![Code]], by);
        let client = register(&server, request).await.expect("a client for codes");
        redeem(&client, ask(&server, &client, CoreAuthenticationFlow::AuthorizationCode, None).await).await;
    }

    let request = described(vec![Implicit], vec![vec![IdToken, Token]], CoreClientAuthMethod::None);
    let client = register(&server, request).await.expect("a client for tokens through the browser");
    let answered = ask(&server, &client, CoreAuthenticationFlow::Implicit(true), None).await;
    let access_token = AccessToken::new(answered.returned.required("access_token"));
    checked(&client, &id_token(&answered.returned), &answered.nonce, Some(&access_token), None);

    // OpenID Connect Registration §2 has no word for hybrid: it is the code and the implicit grant, and a response type of both.
    let types = vec![Code, IdToken];
    let request = described(vec![ByCode, Implicit, RefreshToken], vec![types.clone()], ClientSecretBasic);
    let client = register(&server, request).await.expect("a client for hybrid");
    let answered = ask(&server, &client, CoreAuthenticationFlow::Hybrid(types), None).await;
    let code = AuthorizationCode::new(answered.returned.required("code"));
    checked(&client, &id_token(&answered.returned), &answered.nonce, None, Some(&code));
    redeem(&client, answered).await;

    let both = described(vec![ByCode, Implicit], vec![vec![Code], vec![IdToken, Token]], ClientSecretBasic);
    let refused = register(&server, both).await;
    assert_eq!(refused.expect_err("a forbidden pair"), CoreRegisterErrorResponseType::InvalidClientMetadata);
}

#[tokio::test]
async fn each_algorithm_that_an_id_token_can_be_registered_for() {
    use CoreJwsSigningAlgorithm::{EcdsaP256Sha256, EdDsa, RsaSsaPkcs1V15Sha256, RsaSsaPssSha256};
    let server = serve().await;
    for alg in [RsaSsaPkcs1V15Sha256, RsaSsaPssSha256, EcdsaP256Sha256, EdDsa] {
        let grants = vec![CoreGrantType::AuthorizationCode, CoreGrantType::RefreshToken];
        let request = described(grants, vec![vec![CoreResponseType::Code]], CoreClientAuthMethod::ClientSecretBasic);
        let request = request.set_id_token_signed_response_alg(Some(alg.clone()));
        let client = register(&server, request).await.unwrap_or_else(|error| panic!("{alg:?}: {error:?}"));
        let answered = ask(&server, &client, CoreAuthenticationFlow::AuthorizationCode, None).await;
        let id_token = redeem(&client, answered).await;
        assert_eq!(id_token.signing_alg().expect("it is signed"), &alg);
    }
}
