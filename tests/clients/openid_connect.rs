//! The crate `openidconnect` as a client: discovery, keys, authorization code, implicit, hybrid, refresh token, userinfo. It
//! checks every ID token as a relying party does: signature, issuer, audience, time, nonce and hashes.

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenClaims, CoreProviderMetadata, CoreResponseMode,
    CoreResponseType, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthType, AuthorizationCode, AuthorizationCodeHash, ClientId, ClientSecret,
    CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, NonceVerifier, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, ResponseTypes, Scope, SubjectIdentifier, TokenResponse,
};

use crate::browser::{Returned, walk};
use crate::server::{CALLBACK, Served, http, secret_of, serve};

/// What the metadata of a provider makes of a client.
pub type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

pub async fn metadata(server: &Served) -> CoreProviderMetadata {
    let issuer = IssuerUrl::new(server.issuer.clone()).expect("it is a URL");
    CoreProviderMetadata::discover_async(issuer, &http()).await.expect("the metadata and the keys can be read")
}

/// A client of the demonstration that knows of the server what it says of itself.
async fn client(server: &Served, client_id: &str) -> Client {
    let secret = secret_of(client_id).map(ClientSecret::new);
    let client =
        CoreClient::from_provider_metadata(metadata(server).await, ClientId::new(client_id.to_owned()), secret);
    let by = if client_id.ends_with("-post") { AuthType::RequestBody } else { AuthType::BasicAuth };
    client.set_auth_type(by).set_redirect_uri(callback())
}

pub fn callback() -> RedirectUrl {
    RedirectUrl::new(CALLBACK.to_owned()).expect("it is a URL")
}

/// An answer to an authorization request, and what the client kept to check it.
pub struct Answered {
    pub returned: Returned,
    pub nonce: Nonce,
    verifier: PkceCodeVerifier,
}

pub async fn ask(server: &Served, client: &Client, flow: CoreAuthenticationFlow, mode: Option<&str>) -> Answered {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let mut request = client
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("profile".to_owned()))
        .set_pkce_challenge(challenge);
    if let Some(mode) = mode {
        request = request.add_extra_param("response_mode", mode);
    }
    let (url, state, nonce) = request.url();
    let returned = walk(&server.issuer, &url).await;
    assert_eq!((returned.address.as_str(), &returned.required("state")), (CALLBACK, state.secret()));
    assert_eq!(returned.required("iss"), server.issuer);
    Answered { returned, nonce, verifier }
}

/// The claims of an ID token that is as it should be, and whose hashes are those of what came beside it.
pub fn checked(
    client: &Client,
    id_token: &CoreIdToken,
    nonce: impl NonceVerifier,
    access_token: Option<&AccessToken>,
    code: Option<&AuthorizationCode>,
) -> CoreIdTokenClaims {
    let verifier = client.id_token_verifier();
    let claims = id_token.claims(&verifier, nonce).expect("the ID token is as it should be");
    assert_eq!(claims.subject(), &SubjectIdentifier::new("user-alice".to_owned()));
    assert!(claims.auth_time().is_some());
    let (alg, key) = (id_token.signing_alg(), id_token.signing_key(&verifier));
    let (alg, key) = (alg.expect("it was verified"), key.expect("it was verified"));
    let at_hash = access_token.map(|token| AccessTokenHash::from_token(token, alg, key).expect("the hash is known"));
    let c_hash = code.map(|code| AuthorizationCodeHash::from_code(code, alg, key).expect("the hash is known"));
    assert_eq!(claims.access_token_hash(), at_hash.as_ref());
    assert_eq!(claims.code_hash(), c_hash.as_ref());
    claims.clone()
}

/// Redeem the code of an answer, check what comes, and use it: userinfo, then refresh. The ID token that came first.
pub async fn redeem(client: &Client, answered: Answered) -> CoreIdToken {
    let code = AuthorizationCode::new(answered.returned.required("code"));
    let request = client.exchange_code(code).expect("the metadata names a token endpoint");
    let tokens = request.set_pkce_verifier(answered.verifier).request_async(&http()).await.expect("the code is good");
    let id_token = tokens.id_token().expect("an ID token comes with a code");
    let claims = checked(client, id_token, &answered.nonce, Some(tokens.access_token()), None);

    let another = id_token.claims(&client.id_token_verifier(), &Nonce::new_random());
    assert!(another.is_err(), "the nonce of another request: {another:?}");
    whose(client, tokens.access_token(), claims.subject()).await;

    let refresh_token = tokens.refresh_token().expect("the client may refresh");
    let request = client.exchange_refresh_token(refresh_token).expect("the metadata names a token endpoint");
    let refreshed = request.request_async(&http()).await.expect("the refresh token is good");
    let second = refreshed.id_token().expect("an ID token comes with a refresh as well");
    // OpenID Connect Core §12.2: a second ID token says the same of the user, and needs no nonce.
    let again = checked(client, second, |_: Option<&Nonce>| Ok(()), Some(refreshed.access_token()), None);
    assert_eq!((again.subject(), again.auth_time()), (claims.subject(), claims.auth_time()));
    assert_ne!(refreshed.refresh_token().expect("a successor").secret(), refresh_token.secret());
    id_token.clone()
}

/// OpenID Connect Core §5.3.2: the library holds the subject against the one of the ID token.
async fn whose(client: &Client, access_token: &AccessToken, subject: &SubjectIdentifier) {
    let request = client.user_info(access_token.clone(), Some(subject.clone()));
    let request = request.expect("the metadata names a userinfo endpoint");
    let claims: CoreUserInfoClaims = request.request_async(&http()).await.expect("the access token opens userinfo");
    let name = claims.name().and_then(|name| name.get(None)).expect("the scope says profile");
    assert_eq!(name.as_str(), "Alice Adams");
}

#[tokio::test]
async fn discovery_and_keys() {
    let server = serve().await;
    let metadata = metadata(&server).await;
    assert!(!metadata.jwks().keys().is_empty());
    for types in [vec![CoreResponseType::Code], vec![CoreResponseType::IdToken], vec![CoreResponseType::Token]] {
        assert!(metadata.response_types_supported().contains(&ResponseTypes::new(types.clone())), "{types:?}");
    }
    let modes = metadata.response_modes_supported().expect("the modes are told");
    for mode in [CoreResponseMode::Query, CoreResponseMode::Fragment, CoreResponseMode::FormPost] {
        assert!(modes.contains(&mode), "{mode:?}");
    }
}

#[tokio::test]
async fn authorization_code() {
    let server = serve().await;
    for (client_id, mode) in [("web", None), ("web-post", Some("form_post")), ("spa", Some("fragment"))] {
        let client = client(&server, client_id).await;
        let answered = ask(&server, &client, CoreAuthenticationFlow::AuthorizationCode, mode).await;
        redeem(&client, answered).await;
    }
}

#[tokio::test]
async fn implicit() {
    let server = serve().await;
    let client = client(&server, "browser").await;
    for (with_token, mode) in [(false, None), (true, None), (true, Some("form_post"))] {
        let answered = ask(&server, &client, CoreAuthenticationFlow::Implicit(with_token), mode).await;
        assert!(!answered.returned.parameters.contains_key("refresh_token"));
        let access_token = with_token.then(|| AccessToken::new(answered.returned.required("access_token")));
        let id_token = id_token(&answered.returned);
        let claims = checked(&client, &id_token, &answered.nonce, access_token.as_ref(), None);
        if let Some(access_token) = access_token {
            whose(&client, &access_token, claims.subject()).await;
        }
    }
}

#[tokio::test]
async fn hybrid() {
    use CoreResponseType::{Code, IdToken, Token};
    let server = serve().await;
    for client_id in ["hybrid", "hybrid-post", "hybrid-app"] {
        let client = client(&server, client_id).await;
        for types in [vec![Code, IdToken], vec![Code, Token], vec![Code, IdToken, Token]] {
            let answered = ask(&server, &client, CoreAuthenticationFlow::Hybrid(types.clone()), None).await;
            let code = AuthorizationCode::new(answered.returned.required("code"));
            let with_token = types.contains(&Token);
            let access_token = with_token.then(|| AccessToken::new(answered.returned.required("access_token")));
            if types.contains(&IdToken) {
                let id_token = id_token(&answered.returned);
                checked(&client, &id_token, &answered.nonce, access_token.as_ref(), Some(&code));
            }
            if let Some(access_token) = access_token {
                whose(&client, &access_token, &SubjectIdentifier::new("user-alice".to_owned())).await;
            }
            redeem(&client, answered).await;
        }
    }
}

/// An ID token that came through the browser.
pub fn id_token(returned: &Returned) -> CoreIdToken {
    returned.required("id_token").parse().expect("it is a JWT")
}
