//! The crate `oauth2` as a client: authorization code, implicit, client credentials, password, refresh token, device; introspection and revocation.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicRequestTokenError, BasicTokenResponse, BasicTokenType};
use oauth2::{
    AccessToken, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, DeviceAuthorizationUrl,
    EndpointSet, IntrospectionUrl, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    ResourceOwnerPassword, ResourceOwnerUsername, RevocationUrl, Scope, StandardDeviceAuthorizationResponse,
    StandardRevocableToken, TokenIntrospectionResponse, TokenResponse, TokenUrl,
};

use crate::browser::{visit, walk};
use crate::server::{CALLBACK, Served, http, secret_of, serve};

/// A client that knows every endpoint.
type Client = BasicClient<EndpointSet, EndpointSet, EndpointSet, EndpointSet, EndpointSet>;

/// A client of the demonstration, as this library has it.
fn client(server: &Served, client_id: &str) -> Client {
    let mut client = BasicClient::new(ClientId::new(client_id.to_owned()));
    if let Some(secret) = secret_of(client_id) {
        client = client.set_client_secret(ClientSecret::new(secret));
    }
    if client_id.ends_with("-post") {
        client = client.set_auth_type(AuthType::RequestBody);
    }
    client
        .set_auth_uri(AuthUrl::new(server.at("/authorize")).expect("it is a URL"))
        .set_token_uri(TokenUrl::new(server.at("/token")).expect("it is a URL"))
        .set_device_authorization_url(
            DeviceAuthorizationUrl::new(server.at("/device_authorization")).expect("it is a URL"),
        )
        .set_introspection_url(IntrospectionUrl::new(server.at("/introspect")).expect("it is a URL"))
        .set_revocation_url(RevocationUrl::new(server.behind_tls("/revoke")).expect("it is a URL"))
        .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).expect("it is a URL"))
}

fn scope(name: &str) -> Scope {
    Scope::new(name.to_owned())
}

/// A code, and the verifier that redeems it.
async fn code(server: &Served, client: &Client) -> (AuthorizationCode, PkceCodeVerifier) {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let request = client.authorize_url(CsrfToken::new_random).add_scope(scope("profile")).add_scope(scope("api:read"));
    let (url, state) = request.set_pkce_challenge(challenge).url();
    let returned = walk(&server.issuer, &url).await;
    assert_eq!((returned.address.as_str(), &returned.required("state")), (CALLBACK, state.secret()));
    (AuthorizationCode::new(returned.required("code")), verifier)
}

async fn tokens(server: &Served, client: &Client) -> BasicTokenResponse {
    let (code, verifier) = code(server, client).await;
    let request = client.exchange_code(code).set_pkce_verifier(verifier);
    request.request_async(&http()).await.expect("the code is good")
}

async fn is_active(server: &Served, token: &AccessToken) -> bool {
    let resource = client(server, "web");
    resource.introspect(token).request_async(&http()).await.expect("a confidential client may ask").active()
}

/// The error code with which the server refused.
#[track_caller]
fn refused<T: std::fmt::Debug, E: std::error::Error>(
    answer: Result<T, BasicRequestTokenError<E>>,
) -> BasicErrorResponseType {
    match answer {
        Err(BasicRequestTokenError::ServerResponse(response)) => {
            assert!(response.error_description().is_some() && response.error_uri().is_some());
            response.error().clone()
        }
        other => panic!("the library sees no error of the server: {other:?}"),
    }
}

#[tokio::test]
async fn authorization_code() {
    let server = serve().await;
    for client_id in ["web", "web-post", "spa"] {
        let client = client(&server, client_id);
        let (code, verifier) = code(&server, &client).await;
        let (_, another) = PkceCodeChallenge::new_random_sha256();
        let request = client.exchange_code(code.clone()).set_pkce_verifier(another);
        assert_eq!(refused(request.request_async(&http()).await), BasicErrorResponseType::InvalidGrant, "{client_id}");

        let request = client.exchange_code(code.clone()).set_pkce_verifier(verifier);
        let tokens = request.request_async(&http()).await.expect("a failed attempt does not burn the code");
        assert_eq!(tokens.token_type(), &BasicTokenType::Bearer);
        assert_eq!(tokens.expires_in().map(|lives| lives.as_secs()), Some(3600));
        assert_eq!(tokens.scopes().expect("the scope is always told"), &[scope("profile"), scope("api:read")]);
        assert!(is_active(&server, tokens.access_token()).await);
    }
}

#[tokio::test]
async fn implicit() {
    let server = serve().await;
    let client = client(&server, "browser");
    let request = client.authorize_url(CsrfToken::new_random).add_scope(scope("api:read")).use_implicit_flow();
    let (url, state) = request.url();
    let returned = walk(&server.issuer, &url).await;
    assert_eq!(&returned.required("state"), state.secret());
    assert_eq!(returned.required("token_type"), "Bearer");
    assert!(is_active(&server, &AccessToken::new(returned.required("access_token"))).await);
}

#[tokio::test]
async fn client_credentials() {
    let server = serve().await;
    for client_id in ["web", "web-post", "service", "odd+client"] {
        let client = client(&server, client_id);
        let request = client.exchange_client_credentials().add_scope(scope("api:read"));
        let tokens = request.request_async(&http()).await.expect("the client may act for itself");
        assert!(tokens.refresh_token().is_none(), "{client_id}");
        assert!(is_active(&server, tokens.access_token()).await);

        let client = client.set_client_secret(ClientSecret::new("another secret".to_owned()));
        let answer = client.exchange_client_credentials().request_async(&http()).await;
        assert_eq!(refused(answer), BasicErrorResponseType::InvalidClient, "{client_id}");
    }
    let answer = client(&server, "code-only").exchange_client_credentials().request_async(&http()).await;
    assert_eq!(refused(answer), BasicErrorResponseType::UnauthorizedClient);
    let client = client(&server, "web");
    let answer = client.exchange_client_credentials().add_scope(scope("api:write")).request_async(&http()).await;
    assert_eq!(refused(answer), BasicErrorResponseType::InvalidScope);
}

#[tokio::test]
async fn password() {
    let server = serve().await;
    let name = ResourceOwnerUsername::new("alice".to_owned());
    for client_id in ["legacy", "legacy-post"] {
        let client = client(&server, client_id);
        let password = ResourceOwnerPassword::new("alice-pw".to_owned());
        let request = client.exchange_password(&name, &password).add_scope(scope("api:read"));
        let tokens = request.request_async(&http()).await.expect("the password is right");
        assert!(tokens.refresh_token().is_some(), "{client_id}");

        let wrong = ResourceOwnerPassword::new("bob-pw".to_owned());
        let answer = client.exchange_password(&name, &wrong).request_async(&http()).await;
        assert_eq!(refused(answer), BasicErrorResponseType::InvalidGrant);
    }
}

#[tokio::test]
async fn refresh_token() {
    let server = serve().await;
    for client_id in ["web", "web-post", "spa"] {
        let client = client(&server, client_id);
        let tokens = tokens(&server, &client).await;
        let first = tokens.refresh_token().expect("the client may refresh");
        let request = client.exchange_refresh_token(first).add_scope(scope("profile"));
        let refreshed = request.request_async(&http()).await.expect("the refresh token is good");
        assert_eq!(refreshed.scopes().expect("the scope is always told"), &[scope("profile")]);
        let second: &RefreshToken = refreshed.refresh_token().expect("a successor");
        assert_ne!(first.secret(), second.secret());

        let answer = client.exchange_refresh_token(first).request_async(&http()).await;
        assert_eq!(refused(answer), BasicErrorResponseType::InvalidGrant, "{client_id}: used twice");
        assert!(!is_active(&server, refreshed.access_token()).await, "{client_id}: the family is revoked");
    }
}

#[tokio::test]
async fn device() {
    let server = serve().await;
    for (client_id, types_the_code) in [("tv", false), ("tv-box", true)] {
        let client = client(&server, client_id);
        let request = client.exchange_device_code().add_scope(scope("api:read"));
        let asked: StandardDeviceAuthorizationResponse =
            request.request_async(&http()).await.expect("the client may ask for devices");
        let (page, code) = (asked.verification_uri().to_string(), asked.user_code().secret().clone());
        let link = asked.verification_uri_complete().expect("a link that holds the code").secret().clone();

        // The library waits between its questions; here that is when time passes, and when alice answers.
        let (issuer, clock) = (&server.issuer, &server.clock);
        let waited = AtomicU32::new(0);
        let wait = async |time: Duration| {
            clock.advance(time);
            if waited.fetch_add(1, Ordering::Relaxed) == 1 {
                let start = if types_the_code { &page } else { &link };
                let start = start.parse().expect("it is a URL");
                let end = visit(issuer, &start, &[("user_code", &code)]).await;
                assert!(end.contains("Your device is connected"), "{end}");
            }
        };
        let request = client.exchange_device_access_token(&asked);
        let tokens = request.request_async(&http(), wait, None).await.expect("alice allowed it");
        assert_eq!(waited.load(Ordering::Relaxed), 2, "it asked thrice, and was told twice to wait");
        assert!(tokens.refresh_token().is_some() && is_active(&server, tokens.access_token()).await, "{client_id}");
    }
    let refusal = client(&server, "web").exchange_device_code().request_async(&http()).await;
    let refusal: Result<StandardDeviceAuthorizationResponse, _> = refusal;
    assert_eq!(refused(refusal), BasicErrorResponseType::UnauthorizedClient);
}

#[tokio::test]
async fn introspection_and_revocation() {
    let server = serve().await;
    let client = client(&server, "web");
    let tokens = tokens(&server, &client).await;
    let told = client.introspect(tokens.access_token()).request_async(&http()).await.expect("a confidential client");
    assert_eq!(told.client_id().map(|client_id| client_id.as_str()), Some("web"));
    assert_eq!((told.username(), told.sub()), (Some("alice"), Some("user-alice")));
    assert_eq!(told.iss(), Some(server.issuer.as_str()));
    assert!(told.exp() > told.iat() && told.jti().is_some());

    let access_token = StandardRevocableToken::AccessToken(tokens.access_token().clone());
    let request = client.revoke_token(access_token).expect("the URL is one of TLS");
    request.request_async(&http()).await.expect("it is the client's own");
    assert!(!is_active(&server, tokens.access_token()).await);

    let refresh_token = tokens.refresh_token().expect("the client may refresh").clone();
    let request = client.revoke_token(StandardRevocableToken::RefreshToken(refresh_token.clone()));
    request.expect("the URL is one of TLS").request_async(&http()).await.expect("it is the client's own");
    let answer = client.exchange_refresh_token(&refresh_token).request_async(&http()).await;
    assert_eq!(refused(answer), BasicErrorResponseType::InvalidGrant);
}
