//! Clients: what they are registered for, and the settings that go with it.

use thiserror::Error;

use super::addresses::{check_origins, check_post_logout_redirect_uris, check_redirect_uris};
use super::{AuthMethod, ClientMetadata, GrantType, GrantTypes, GrantTypesError, RequestObjects, ResponseType, Scope};
use crate::config::{AccessTokenFormat, ClientConfig, GRANT_PRESETS, Lifetimes, RefreshTokenUse};
use crate::fetch::is_from;
use crate::tokens::Algorithm;
use crate::tokens::jwk::{JwkError, JwkSet};
use crate::tokens::secret::{Digest, MIN_SECRET, SharedSecret};

/// A registered client. Its secret is kept as a digest, unless the server has to compute with it.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Client {
    /// RFC 6749 §2.2.
    pub client_id: String,
    /// RFC 7591 §2, `client_name`: what the consent page calls it.
    pub name: Option<String>,
    /// The SHA-256 of its secret, if it has one.
    pub secret: Option<Digest>,
    /// The secret once more, for `client_secret_jwt`: it is never sent, but computed with.
    pub shared_secret: Option<SharedSecret>,
    /// The one method by which it authenticates.
    pub auth_method: AuthMethod,
    /// OpenID Connect Registration §2: the only algorithm of its client assertions, or any that fits the method.
    pub token_endpoint_auth_signing_alg: Option<Algorithm>,
    /// RFC 7591 §2, `jwks`: the public keys that it signs with.
    pub jwks: Option<JwkSet>,
    /// OpenID Connect Core §10.1.1: where it publishes its keys, if not here.
    pub jwks_uri: Option<String>,
    /// OpenID Connect Core §6.2: the request objects that it may refer to.
    pub request_uris: Vec<String>,
    /// What it may use.
    pub grant_types: GrantTypes,
    /// The response types that it may ask for: all of its grant types', or fewer.
    pub response_types: Vec<ResponseType>,
    /// Where authorization responses may go.
    pub redirect_uris: Vec<String>,
    /// OpenID Connect Registration §2: how its request objects are secured.
    pub request_objects: RequestObjects,
    /// RFC 9101 §10.5: whether each of its authorization requests is a signed object, and nothing beside it counts.
    pub require_signed_request_object: bool,
    /// RP-Initiated Logout §3.1: where its users may go after a logout.
    pub post_logout_redirect_uris: Vec<String>,
    /// RFC 9700 §2.6: where its scripts come from, as browsers write it: scheme, host and port.
    pub origins: Vec<String>,
    /// The most that it may be granted.
    pub scopes: Scope,
    /// RFC 7636: whether an authorization request without a challenge is refused.
    pub require_pkce: bool,
    /// RFC 7636 §7.2: whether the challenge may be the verifier itself.
    pub allow_plain_pkce: bool,
    /// RFC 9700 §2.1.2: whether access tokens may pass through the browser.
    pub browser_tokens: bool,
    /// RFC 9126 §6: whether its authorization requests have to be pushed.
    pub require_pushed_authorization_requests: bool,
    /// Whether its access tokens are JWTs or opaque strings.
    pub access_token: AccessTokenFormat,
    /// RFC 9068 §2.1: what its JWT access tokens are signed with.
    pub access_token_signing_alg: Algorithm,
    /// OpenID Connect Registration §2: what its ID tokens are signed with.
    pub id_token_signed_response_alg: Algorithm,
    /// OpenID Connect Registration §2: what its userinfo is signed with, if it is.
    pub userinfo_signed_response_alg: Option<Algorithm>,
    /// RFC 9700 §4.14.2: whether each use of a refresh token yields a successor.
    pub refresh_token: RefreshTokenUse,
    /// Whether its user is asked each time, or what was allowed is remembered.
    pub remember_consent: bool,
    /// RFC 8693 §2.3: the resources that it is the server of.
    pub resources: Vec<String>,
    /// RFC 8693 §2.2.2: further clients whose tokens it may exchange.
    pub exchange_from: Vec<String>,
    /// How long what it is given lives.
    pub lifetimes: Lifetimes,
    /// OpenID Connect Registration §2: how old a login may be, in seconds, where the request does not say.
    pub default_max_age: Option<u64>,
    /// OpenID Connect Registration §2: the classes of authentication that it asks for, where the request does not say.
    pub default_acr_values: Vec<String>,
    /// What it said of itself, if it registered itself.
    pub registered: Option<Registered>,
}

/// A client that registered itself: RFC 7591, RFC 7592.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The SHA-256 of the registration access token.
    pub access_token: Digest,
    /// When it registered, in seconds since 1970.
    pub issued_at: u64,
    /// What its secret follows from, beside the token; another one is another secret.
    pub salt: String,
    /// What it said.
    pub metadata: ClientMetadata,
}

/// What a server has to give: a client cannot be registered for more.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The grant types that it serves.
    pub grant_types: Vec<GrantType>,
    /// The response types that it serves.
    pub response_types: Vec<ResponseType>,
    /// What it signs with.
    pub signing_algs: Vec<Algorithm>,
    /// The scopes that exist.
    pub scopes: Scope,
    /// OpenID Connect Core §6.1: whether request objects may be unsecured.
    pub unsecured_request_objects: bool,
    /// How long things live where the client says nothing.
    pub lifetimes: Lifetimes,
    /// The resources that access tokens can be for.
    pub resources: Vec<String>,
    /// The origins from which things of clients are fetched.
    pub fetches_from: Vec<String>,
}

impl Client {
    /// The client that a configuration describes.
    ///
    /// # Errors
    /// The first thing that does not make sense on a server with this offer.
    pub fn parse(config: &ClientConfig, offer: &Offer) -> Result<Client, ClientError> {
        if config.client_id.is_empty() || !is_printable(&config.client_id) {
            return Err(ClientError::ClientId);
        }
        let grant_types = GrantTypes::parse(&config.grant_type_names()?, &offer.grant_types)?;
        let jwks = config.jwks.as_ref().map(JwkSet::parse).transpose()?;
        check_authentication(config, jwks.as_ref(), &grant_types)?;
        let by_assertion = config.auth_method.is_by_assertion();
        let response_types = response_types(config, &grant_types, offer)?;
        let registered = config.request_object_signing_alg.as_deref();
        let request_objects = RequestObjects::parse(
            registered,
            jwks.as_ref(),
            config.jwks_uri.is_some(),
            offer.unsecured_request_objects,
        )?;
        check_fetched(config, offer)?;
        check_redirect_uris(config, &grant_types)?;
        check_post_logout_redirect_uris(&config.post_logout_redirect_uris)?;
        check_origins(&config.origins)?;
        let scopes: Scope = config.scopes.iter().map(String::as_str).collect();
        if let Some(unknown) = scopes.iter().find(|scope| !offer.scopes.contains(scope)) {
            return Err(ClientError::UnknownScope(unknown.to_owned()));
        }
        if let Some(unknown) = config.resources.iter().find(|resource| !offer.resources.contains(resource)) {
            return Err(ClientError::UnknownResource(unknown.clone()));
        }
        Ok(Client {
            client_id: config.client_id.clone(),
            name: config.name.clone(),
            secret: config.secret.as_deref().map(Digest::of),
            shared_secret: config.secret.as_deref().filter(|_| by_assertion).and_then(SharedSecret::new),
            auth_method: config.auth_method,
            token_endpoint_auth_signing_alg: config.token_endpoint_auth_signing_alg,
            jwks,
            jwks_uri: config.jwks_uri.clone(),
            request_uris: config.request_uris.clone(),
            grant_types,
            response_types,
            redirect_uris: config.redirect_uris.clone(),
            request_objects,
            require_signed_request_object: config.require_signed_request_object,
            post_logout_redirect_uris: config.post_logout_redirect_uris.clone(),
            origins: config.origins.clone(),
            scopes,
            require_pkce: config.require_pkce,
            allow_plain_pkce: config.allow_plain_pkce,
            browser_tokens: config.browser_tokens,
            require_pushed_authorization_requests: config.require_pushed_authorization_requests,
            access_token: config.access_token,
            access_token_signing_alg: signed("access_token_signing_alg", config.access_token_signing_alg, offer)?,
            id_token_signed_response_alg: signed(
                "id_token_signed_response_alg",
                config.id_token_signed_response_alg,
                offer,
            )?,
            userinfo_signed_response_alg: config
                .userinfo_signed_response_alg
                .map(|algorithm| signed("userinfo_signed_response_alg", algorithm, offer))
                .transpose()?,
            refresh_token: config.refresh_token,
            remember_consent: config.remember_consent,
            resources: config.resources.clone(),
            exchange_from: config.exchange_from.clone(),
            lifetimes: config.lifetimes.clone().unwrap_or_else(|| offer.lifetimes.clone()),
            default_max_age: config.default_max_age,
            default_acr_values: config.default_acr_values.clone(),
            registered: None,
        })
    }

    /// RFC 6749 §2.1: a public client cannot keep a secret.
    pub fn is_public(&self) -> bool {
        self.auth_method == AuthMethod::None
    }

    /// OpenID Connect Registration §2: the algorithms that its client assertions may be signed with.
    pub fn assertion_algorithms(&self) -> &[Algorithm] {
        match (&self.token_endpoint_auth_signing_alg, self.auth_method) {
            (Some(registered), _) => std::slice::from_ref(registered),
            (None, AuthMethod::PrivateKeyJwt) => &Algorithm::ASYMMETRIC,
            (None, _) => &[Algorithm::Hs256],
        }
    }

    /// Whether it is registered for this grant type.
    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(grant_type)
    }
}

/// The method of authentication, and what goes with it: a secret to send, a secret to compute with, a key, or nothing.
fn check_authentication(
    config: &ClientConfig,
    jwks: Option<&JwkSet>,
    grant_types: &GrantTypes,
) -> Result<(), ClientError> {
    let registered = config.token_endpoint_auth_signing_alg;
    match (config.auth_method, config.secret.as_deref()) {
        (AuthMethod::None, Some(_)) => Err(ClientError::SecretOfPublicClient),
        (AuthMethod::None, None) if grant_types.contains(GrantType::ClientCredentials) => {
            Err(ClientError::PublicClientCredentials)
        }
        (AuthMethod::None, None) => Ok(()),
        (AuthMethod::PrivateKeyJwt, Some(_)) => Err(ClientError::SecretBesideKey),
        (AuthMethod::PrivateKeyJwt, None) => {
            let are_elsewhere = config.jwks_uri.is_some();
            match (registered, jwks) {
                (_, None) if !are_elsewhere => Err(ClientError::KeyMissing),
                (Some(Algorithm::Hs256), _) => Err(ClientError::AssertionAlg("private_key_jwt", Algorithm::Hs256)),
                (Some(algorithm), Some(jwks)) if !jwks.has_key_for(algorithm) => Err(ClientError::NoKeyFor(algorithm)),
                _ => Ok(()),
            }
        }
        (AuthMethod::ClientSecretJwt, Some(secret)) if secret.len() < SharedSecret::MIN_OCTETS => {
            Err(ClientError::SecretShort)
        }
        (AuthMethod::ClientSecretJwt, Some(_)) if registered.is_some_and(|algorithm| algorithm != Algorithm::Hs256) => {
            Err(ClientError::AssertionAlg("client_secret_jwt", registered.unwrap_or(Algorithm::Hs256)))
        }
        (method, Some(secret)) if !secret.is_empty() && secret.len() < MIN_SECRET => {
            Err(ClientError::SecretGuessable(method.as_str()))
        }
        (_, Some(secret)) if !secret.is_empty() && is_printable(secret) => Ok(()),
        (method, _) => Err(ClientError::SecretMissing(method.as_str())),
    }
}

/// RFC 7591 §2: keys are here or elsewhere, and what is elsewhere is where this server fetches from.
fn check_fetched(config: &ClientConfig, offer: &Offer) -> Result<(), ClientError> {
    if config.jwks.is_some() && config.jwks_uri.is_some() {
        return Err(ClientError::JwksTwice);
    }
    match config.jwks_uri.iter().chain(&config.request_uris).find(|address| !is_from(&offer.fetches_from, address)) {
        Some(_) => Err(ClientError::NotFetched(offer.fetches_from.join(", "))),
        None => Ok(()),
    }
}

/// What a server signs, everybody can verify: OpenID Connect Core §10.1 would let HS256 take the client's secret, which is kept as a digest.
fn signed(member: &'static str, algorithm: Algorithm, offer: &Offer) -> Result<Algorithm, ClientError> {
    if offer.signing_algs.contains(&algorithm) {
        return Ok(algorithm);
    }
    let known: Vec<&str> = offer.signing_algs.iter().map(|known| known.as_str()).collect();
    Err(ClientError::SigningAlg(member, algorithm, known.join(", ")))
}

/// Those that were named, or all of the grant types'; without browser tokens those that hold none.
fn response_types(
    config: &ClientConfig,
    grant_types: &GrantTypes,
    offer: &Offer,
) -> Result<Vec<ResponseType>, ClientError> {
    let own = |response_type: &ResponseType| grant_types.contains(response_type.grant_type());
    let Some(named) = &config.response_types else {
        let given = |response_type: &ResponseType| config.browser_tokens || !response_type.has_token();
        return Ok(offer.response_types.iter().copied().filter(own).filter(given).collect());
    };
    for response_type in named {
        if !own(response_type) {
            return Err(ClientError::ResponseTypeWithoutGrant(*response_type, response_type.grant_type()));
        }
        if !offer.response_types.contains(response_type) {
            return Err(ClientError::ResponseTypeNotServed(*response_type));
        }
        if response_type.has_token() && !config.browser_tokens {
            return Err(ClientError::BrowserTokens(*response_type));
        }
    }
    Ok(named.clone())
}

fn is_printable(value: &str) -> bool {
    value.bytes().all(|b| (0x20..=0x7E).contains(&b))
}

/// Why a client cannot be registered as described.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClientError {
    /// A name that nothing can refer to.
    #[error("client_id is empty or holds characters outside printable ASCII")]
    ClientId,
    /// RFC 6749 §2.3.1.
    #[error("a client with auth_method {0} needs a secret of printable ASCII")]
    SecretMissing(&'static str),
    /// RFC 6749 §2.3.1, §10.10.
    #[error("a client with auth_method {0} needs a secret of at least {MIN_SECRET} characters, or others can guess it")]
    SecretGuessable(&'static str),
    /// RFC 6749 §2.1.
    #[error("a public client (auth_method none) has no secret")]
    SecretOfPublicClient,
    /// RFC 7518 §3.2.
    #[error("a client with auth_method client_secret_jwt needs a secret of at least 32 octets")]
    SecretShort,
    /// OpenID Connect Core §9.
    #[error("a client with auth_method private_key_jwt has no secret")]
    SecretBesideKey,
    /// OpenID Connect Core §9.
    #[error("a client with auth_method private_key_jwt needs a public key in jwks")]
    KeyMissing,
    /// OpenID Connect Registration §2.
    #[error("token_endpoint_auth_signing_alg is {0}, and no key in jwks is for it")]
    NoKeyFor(Algorithm),
    /// OpenID Connect Core §9.
    #[error(
        "a client with auth_method {0} does not sign with {1}; change token_endpoint_auth_signing_alg, or leave it out"
    )]
    AssertionAlg(&'static str, Algorithm),
    /// RFC 7591 §2, `jwks`.
    #[error("jwks: {0}")]
    Jwks(#[from] JwkError),
    /// RFC 7591 §2.
    #[error("jwks and jwks_uri exclude each other")]
    JwksTwice,
    /// RFC 9101 §10.4.
    #[error("jwks_uri or one of request_uris is at none of the origins from which this server fetches: {0}")]
    NotFetched(String),
    /// Nothing is signed here with a secret.
    #[error("{0} is {1}, and this server signs only with {2}")]
    SigningAlg(&'static str, Algorithm, String),
    /// A word for a set that nobody defined.
    #[error("grant_presets names '{0}', which is none of {known}", known = GRANT_PRESETS.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", "))]
    UnknownGrantPreset(String),
    /// The set of grant types.
    #[error(transparent)]
    GrantTypes(#[from] GrantTypesError),
    /// RFC 7591 §2.1.
    #[error("response type {0} needs the grant type {1}, which is not in grant_types")]
    ResponseTypeWithoutGrant(ResponseType, GrantType),
    /// Nobody here would answer it.
    #[error("response type {0} is not one that this server serves")]
    ResponseTypeNotServed(ResponseType),
    /// RFC 9700 §2.1.2.
    #[error("response type {0} sends an access token through the browser, for which browser_tokens has to be true")]
    BrowserTokens(ResponseType),
    /// RFC 6749 §4.4.
    #[error("a public client cannot hold client_credentials")]
    PublicClientCredentials,
    /// RFC 6749 §3.1.2.2.
    #[error("a client that uses the authorization endpoint needs at least one redirect URI")]
    NoRedirectUri,
    /// RFC 6749 §3.1.2: absolute, without a fragment.
    #[error("redirect URI number {0} is not an absolute URI without a fragment")]
    RedirectUri(usize),
    /// RFC 7591 §5: a browser would run it.
    #[error("redirect URI number {0} has a scheme that a browser treats as its own")]
    RedirectUriScheme(usize),
    /// OpenID Connect Registration §2, `request_object_signing_alg`.
    #[error(
        "request_object_signing_alg is {0}: request objects are signed with RS256, ES256, PS256 or EdDSA, or not at all (none) on a server that takes unsecured ones"
    )]
    RequestObjectAlg(String),
    /// RP-Initiated Logout §3.1.
    #[error(
        "post-logout redirect URI number {0} is neither https, nor http on this machine, nor of a scheme with a period; a fragment has no place in it"
    )]
    PostLogoutRedirectUri(usize),
    /// A browser writes it in one way, and that is compared.
    #[error("origin {0} is not scheme, host and port as a browser writes them, such as https://app.example")]
    Origin(String),
    /// RFC 8252 §8.4.
    #[error("redirect URI number {0} has a scheme without a period; a scheme of one's own is a domain name in reverse")]
    PrivateUseScheme(usize),
    /// RFC 9700 §2.6.
    #[error(
        "redirect URI number {0} is plain http on another machine, and the response would cross the network in the open"
    )]
    PlainHttp(usize),
    /// RFC 8707 §2.
    #[error("resource {0} is not one that this server issues tokens for: name it in resources of the server as well")]
    UnknownResource(String),
    /// RFC 6749 §3.3.
    #[error("scope {0} is not one that this server knows")]
    UnknownScope(String),
}
