//! The rule book: every decision that could be wrong, one method each, with the clause above it.
//!
//! A rule is pure and knows on which path it is asked. All of them pass one gate, [`Rules::hold`], which gives each refusal the name of its rule.
//! Looking something up is not a rule: an unknown code, client or refresh token is refused where it is looked up, under a rule's name all the same.

pub(crate) mod assertion;
mod authorize;
mod client_authentication;
mod code;
mod device;
mod grant;
mod interaction;
mod logout;
mod over;
mod pkce;
mod pushed;
mod redirect_uri;
mod refresh;
mod registration;
mod request;
mod request_object;
mod rule;
mod scope;
mod shape;
mod token;
mod token_exchange;

pub use over::RulesOver;
pub(crate) use request::ONCE as PARAMETERS;
pub use rule::Rule;
pub use shape::Shape;

use crate::config::{AccessTokenFormat, Bound, ClientConfig, Registration};
use crate::error::{ErrorCode, Refusal};
use crate::grants::extension::Parameter;
use crate::model::client::Offer;
use crate::model::grant::AuthorizationRequest;
use crate::model::{
    AccessToken, AssertionIssuer, ClaimsRequest, Client, ClientMetadata, Code, Counts, DeviceRequest, Grant, GrantType,
    Interaction, Path, Prompt, PushedRequest, RefreshToken, ResponseMode, ResponseType, Role, Scope, SecurityToken,
    Session, TokenType, User, Wish,
};
use crate::tokens::Map;
use crate::tokens::jwt::{Jwt, JwtError};
use crate::transport::credentials::Presented;
use crate::transport::form::Form;

/// RFC 7523 §3.2: what a client assertion is refused with.
const INVALID_CLIENT: ErrorCode = ErrorCode::InvalidClient;

/// RFC 7523 §3.1: what an assertion that is an authorization grant is refused with.
const INVALID_GRANT: ErrorCode = ErrorCode::InvalidGrant;

/// What a rule answers.
pub type Ruling = Result<(), Refusal>;

/// The rules, each with its strict body: a chapter to be read from the top.
///
/// | what is asked | from |
/// |---|---|
/// | Is this a request that can be read one way only? | [`request_is_post`](Rules::request_is_post) |
/// | Who sends it? | [`credentials_are_well_formed`](Rules::credentials_are_well_formed) |
/// | May this client use this grant, and does the assertion that it brings hold? | [`grant_type_is_present`](Rules::grant_type_is_present) |
/// | How far may it reach? | [`scope_is_well_formed`](Rules::scope_is_well_formed) |
/// | What may an authorization request say, and where may its answer go? | [`redirect_uri_is_given`](Rules::redirect_uri_is_given) |
/// | Is it really the user who logs in and allows? | [`interaction_belongs_to_browser`](Rules::interaction_belongs_to_browser) |
/// | Whom does a logout concern? | [`logout_client_agrees`](Rules::logout_client_agrees) |
/// | Who may redeem a code? | [`code_belongs_to`](Rules::code_belongs_to) |
/// | Who decides about a device, and when may it ask again? | [`login_is_needed_for_device`](Rules::login_is_needed_for_device) |
/// | Who may exchange which token for what? | [`client_may_exchange`](Rules::client_may_exchange) |
/// | When is there a refresh token, and what does it buy? | [`refresh_token_is_issued`](Rules::refresh_token_is_issued) |
/// | What may a client register? | [`initial_access_token_matches`](Rules::initial_access_token_matches) |
/// | What opens userinfo? | [`bearer_token_in_header`](Rules::bearer_token_in_header) |
/// | Whose scripts may read an answer? | [`origin_may_read`](Rules::origin_may_read) |
/// | Who may ask about a token, and who may end it? | [`client_may_introspect`](Rules::client_may_introspect) |
///
/// Most rules answer with a [`Ruling`]: nothing, or the refusal. Those that choose rather than refuse (whether a login is needed, which scope is the
/// default) answer with what they chose. What a rule looks at is what it takes; it knows neither the store nor the clock. `path` says for which grant
/// or endpoint it is asked: it changes the name of an error at most, never the strictness.
pub trait Rules: Send + Sync {
    /// The gate: every refusal is stamped with its rule here.
    fn hold(&self, rule: Rule, _path: Path, strict: &dyn Fn() -> Ruling) -> Ruling {
        strict().map_err(|refusal| refusal.by(rule))
    }

    // Requests

    /// RFC 6749 §3.2: a token request is sent with POST, so that no credential ends up in a log.
    fn request_is_post(&self, path: Path, method: &http::Method) -> Ruling {
        self.hold(Rule::RequestIsPost, path, &|| request::is_post(method))
    }

    /// RFC 6749 §4.1.3, §4.3.2, §4.4.2, §6: the body is `application/x-www-form-urlencoded`.
    fn body_is_form(&self, path: Path, content_type: Option<&str>) -> Ruling {
        self.hold(Rule::BodyIsForm, path, &|| request::is_form(content_type))
    }

    /// RFC 6749 Appendix B: percent-encoding is complete, and what it encodes is UTF-8.
    fn form_is_well_formed(&self, path: Path, form: &Form) -> Ruling {
        self.hold(Rule::FormIsWellFormed, path, &|| request::is_well_formed(form))
    }

    /// RFC 6749 §3.1, §3.2: no parameter of the standards appears twice; `resource` (RFC 8707 §2) and `audience` (RFC 8693 §2.1) may.
    fn parameter_not_repeated(&self, path: Path, form: &Form, of_extension: &[Parameter]) -> Ruling {
        self.hold(Rule::ParameterNotRepeated, path, &|| request::nothing_repeated(form, of_extension))
    }

    /// RFC 6749 §2.3.1: client credentials must not be in the URI; a request that puts them there has already leaked them.
    fn credentials_not_in_query(&self, path: Path, query: &Form) -> Ruling {
        self.hold(Rule::CredentialsNotInQuery, path, &|| request::no_credentials(query))
    }

    // Client authentication

    /// RFC 6749 §2.3.1, RFC 7617 §2: an Authorization header is one Basic credential whose halves are form-encoded.
    fn credentials_are_well_formed(&self, path: Path, presented: &Presented<'_>) -> Ruling {
        self.hold(Rule::CredentialsAreWellFormed, path, &|| client_authentication::well_formed(presented))
    }

    /// RFC 6749 §2.3: one method in each request; RFC 7521 §4.2.1 wants `invalid_client` when one of them is an assertion.
    fn one_authentication_method(&self, path: Path, presented: &Presented<'_>) -> Ruling {
        self.hold(Rule::OneAuthenticationMethod, path, &|| client_authentication::one_method(presented))
    }

    /// RFC 7521 §4.2, RFC 7523 §2.2: `client_assertion` and `client_assertion_type` come together, and the type is that of JWTs.
    fn client_assertion_type_is_known(&self, path: Path, presented: &Presented<'_>) -> Ruling {
        self.hold(Rule::ClientAssertionTypeIsKnown, path, &|| assertion::type_is_known(presented))
    }

    /// RFC 7523 §2.2, §3 (10): a client assertion is one JWT, well-formed and without an extension that is not understood.
    fn client_assertion_is_a_jwt(&self, path: Path, presented: &Presented<'_>) -> Ruling {
        self.hold(Rule::ClientAssertionIsAJwt, path, &|| assertion::client_assertion_is_a_jwt(presented))
    }

    /// RFC 6749 §3.2.1, RFC 7521 §4.2: a `client_id` in the body beside an Authorization header or an assertion names the same client.
    fn client_id_agrees(&self, path: Path, presented: &Presented<'_>) -> Ruling {
        self.hold(Rule::ClientIdAgrees, path, &|| client_authentication::id_agrees(presented))
    }

    /// RFC 6749 §3.2.1, §4.1.3, §6: a confidential client authenticates, whatever it asks for.
    fn confidential_client_authenticates(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        self.hold(Rule::ConfidentialClientAuthenticates, path, &|| {
            client_authentication::authenticates(client, presented)
        })
    }

    /// RFC 7591 §2: a client that presents a secret does so by its registered method.
    fn client_uses_its_method(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        self.hold(Rule::ClientUsesItsMethod, path, &|| client_authentication::uses_its_method(client, presented))
    }

    /// RFC 6749 §2.3.1: a secret that is presented is the registered one; digests are compared, in constant time. Its length is what protects it from being
    /// guessed: no client can be registered with a short one, and those that are generated have 256 bits.
    fn client_secret_matches(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        self.hold(Rule::ClientSecretMatches, path, &|| client_authentication::secret_matches(client, presented))
    }

    /// RFC 7523 §3 (9), RFC 8725 §3.1: signed with a key of this client and an algorithm that it is registered for, or under its secret.
    fn client_assertion_is_signed(&self, path: Path, client: &Client, assertion: &Jwt) -> Ruling {
        self.hold(Rule::ClientAssertionIsSigned, path, &|| assertion::client_assertion_is_signed(client, assertion))
    }

    /// RFC 7523 §3 (1, 2), OpenID Connect Core §9: a client vouches for itself, so `iss` and `sub` are both its `client_id`.
    fn client_assertion_names_client(&self, path: Path, client: &Client, claims: &Map) -> Ruling {
        self.hold(Rule::ClientAssertionNamesClient, path, &|| assertion::names_client(client, claims))
    }

    /// RFC 7523 §3 (3), RFC 9126 §2: the `aud` is this server, so that nobody else can pass the assertion on to it.
    fn client_assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        self.hold(Rule::ClientAssertionIsForServer, path, &|| {
            assertion::is_for_server(INVALID_CLIENT, claims, accepted)
        })
    }

    /// RFC 7523 §3 (4), OpenID Connect Core §9: there is an `exp`, and it has not come; no skew is allowed for.
    fn client_assertion_has_not_expired(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.hold(Rule::ClientAssertionHasNotExpired, path, &|| assertion::has_not_expired(INVALID_CLIENT, claims, now))
    }

    /// RFC 7523 §3 (4): the server may refuse an `exp` that is unreasonably far away; here that is an hour.
    fn client_assertion_expires_soon(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.hold(Rule::ClientAssertionExpiresSoon, path, &|| assertion::expires_soon(INVALID_CLIENT, claims, now))
    }

    /// RFC 7523 §3 (5): not before `nbf`, but for half a minute between two clocks.
    fn client_assertion_has_begun(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.hold(Rule::ClientAssertionHasBegun, path, &|| assertion::has_begun(INVALID_CLIENT, claims, now))
    }

    /// RFC 7523 §3 (6): the server may refuse an `iat` that is unreasonably long ago; here that is an hour.
    fn client_assertion_is_recent(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.hold(Rule::ClientAssertionIsRecent, path, &|| assertion::is_recent(INVALID_CLIENT, claims, now))
    }

    /// OpenID Connect Core §9: a `jti`, by which a second use is known. RFC 7523 §3 (7) would let it be left out.
    fn client_assertion_has_jti(&self, path: Path, claims: &Map) -> Ruling {
        self.hold(Rule::ClientAssertionHasJti, path, &|| assertion::has_jti(claims))
    }

    // Grants

    /// RFC 6749 §5.2: `grant_type` is required.
    fn grant_type_is_present(&self, path: Path, grant_type: Option<&str>) -> Ruling {
        self.hold(Rule::GrantTypeIsPresent, path, &|| grant::type_is_present(grant_type))
    }

    /// RFC 6749 §5.2: a grant type that is not served is refused as such.
    fn grant_type_is_supported(&self, path: Path, grant_type: Option<GrantType>) -> Ruling {
        self.hold(Rule::GrantTypeIsSupported, path, &|| grant::type_is_supported(grant_type))
    }

    /// RFC 6749 §5.2: a client uses only what it is registered for.
    fn client_may_use_grant(&self, path: Path, client: &Client, grant_type: GrantType) -> Ruling {
        self.hold(Rule::ClientMayUseGrant, path, &|| grant::client_may_use(client, grant_type))
    }

    /// RFC 7523 §3 (9), RFC 8725 §3.1, §3.8: an assertion is signed with a key of the issuer that it names.
    fn assertion_is_signed(&self, path: Path, issuer: &AssertionIssuer, assertion: &Jwt) -> Ruling {
        self.hold(Rule::AssertionIsSigned, path, &|| assertion::grant_is_signed(issuer, assertion))
    }

    /// RFC 7523 §3 (2), RFC 8725 §3.8: there is a `sub`, and the issuer's word is taken for it.
    fn assertion_issuer_speaks_for(&self, path: Path, issuer: &AssertionIssuer, sub: Option<&str>) -> Ruling {
        self.hold(Rule::AssertionIssuerSpeaksFor, path, &|| assertion::issuer_speaks_for(issuer, sub))
    }

    /// RFC 7523 §3 (3): the `aud` is this server.
    fn assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        self.hold(Rule::AssertionIsForServer, path, &|| assertion::is_for_server(INVALID_GRANT, claims, accepted))
    }

    /// RFC 7523 §3 (4): there is an `exp`, and it has not come; no skew is allowed for.
    fn assertion_has_not_expired(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.hold(Rule::AssertionHasNotExpired, path, &|| assertion::has_not_expired(INVALID_GRANT, claims, now))
    }

    /// RFC 7523 §3 (4): the server may refuse an `exp` that is unreasonably far away; here that is an hour.
    fn assertion_expires_soon(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.hold(Rule::AssertionExpiresSoon, path, &|| assertion::expires_soon(INVALID_GRANT, claims, now))
    }

    /// RFC 7523 §3 (5): not before `nbf`, but for half a minute between two clocks.
    fn assertion_has_begun(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.hold(Rule::AssertionHasBegun, path, &|| assertion::has_begun(INVALID_GRANT, claims, now))
    }

    /// RFC 7523 §3 (6): the server may refuse an `iat` that is unreasonably long ago; here that is an hour.
    fn assertion_is_recent(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.hold(Rule::AssertionIsRecent, path, &|| assertion::is_recent(INVALID_GRANT, claims, now))
    }

    /// RFC 6749 §4.4: only confidential clients act for themselves.
    fn client_is_confidential(&self, path: Path, client: &Client) -> Ruling {
        self.hold(Rule::ClientIsConfidential, path, &|| grant::client_is_confidential(client))
    }

    // Scope

    /// RFC 6749 §3.3: the grammar of `scope`.
    fn scope_is_well_formed(&self, path: Path, scope: Option<&str>) -> Ruling {
        self.hold(Rule::ScopeIsWellFormed, path, &|| scope::well_formed(scope))
    }

    /// RFC 6749 §5.2: at the token endpoint an unknown scope is refused.
    fn scope_is_known(&self, path: Path, requested: &Scope, known: &Scope) -> Ruling {
        self.hold(Rule::ScopeIsKnown, path, &|| scope::known(requested, known))
    }

    /// RFC 6749 §3.3, §5.2: nothing beyond what the client is registered for.
    fn scope_within_client(&self, path: Path, requested: &Scope, client: &Client) -> Ruling {
        self.hold(Rule::ScopeWithinClient, path, &|| scope::within_client(requested, client))
    }

    /// RFC 7592 §2.2: what is left of a scope that was granted earlier, when the client may have been registered for more: its new values replace the old
    /// ones. The response states what is left.
    fn scope_left(&self, path: Path, granted: &Scope, client: &Client) -> Scope {
        match self.scope_within_client(path, granted, client) {
            Ok(()) => granted.clone(),
            Err(_) => granted.only(|token| client.scopes.contains(token)),
        }
    }

    /// RFC 6749 §4.4: there is no user, so no scope that speaks of one.
    fn scope_fits_grant(&self, path: Path, requested: &Scope) -> Ruling {
        self.hold(Rule::ScopeFitsGrant, path, &|| scope::speaks_of_no_user(requested))
    }

    /// RFC 8707 §2.2: what was granted for some resources is not used for others. Where the authorization request named none, the token request may name any.
    fn resource_within_grant(&self, path: Path, asked: &[String], granted: &[String]) -> Ruling {
        self.hold(Rule::ResourceWithinGrant, path, &|| scope::resource_within_grant(asked, granted))
    }

    /// RFC 6749 §3.3: what a request without `scope` gets, a default that the manual states: the client's own scopes that speak of no user.
    fn default_scope(&self, _path: Path, client: &Client) -> Scope {
        scope::default_of(client)
    }

    /// RFC 6749 §3.3, OpenID Connect Core §3.1.2.1: at the authorization endpoint an unknown scope is ignored; the response states what was granted.
    fn known_of(&self, _path: Path, requested: &Scope, known: &Scope) -> Scope {
        requested.only(|token| known.contains(token))
    }

    /// OpenID Connect Core §11: what a response of this type can grant: `offline_access` is ignored where no code comes with it, because no refresh token ever
    /// will.
    fn scope_for_response(&self, _path: Path, requested: &Scope, response_type: ResponseType) -> Scope {
        scope::for_response(requested, response_type)
    }

    // The authorization request

    /// RFC 6749 §3.1.2.3, OpenID Connect Core §3.1.2.1: the redirect URI may be left out only in plain OAuth, by a client that has one.
    fn redirect_uri_is_given(&self, path: Path, client: &Client, redirect_uri: Option<&str>, openid: bool) -> Ruling {
        self.hold(Rule::RedirectUriIsGiven, path, &|| redirect_uri::is_given(client, redirect_uri, openid))
    }

    /// RFC 6749 §3.1.2.3, RFC 9700 §2.1: equal strings; RFC 8252 §7.3: any port for a native client on a loopback address.
    fn redirect_uri_is_registered(&self, path: Path, client: &Client, redirect_uri: &str) -> Ruling {
        self.hold(Rule::RedirectUriIsRegistered, path, &|| redirect_uri::is_registered(client, redirect_uri))
    }

    /// RFC 6749 §3.1.1: `response_type` is required.
    fn response_type_is_present(&self, path: Path, response_type: Option<&str>) -> Ruling {
        self.hold(Rule::ResponseTypeIsPresent, path, &|| authorize::response_type_is_present(response_type))
    }

    /// RFC 6749 §3.1.1: an unknown or unserved response type is refused.
    fn response_type_is_supported(
        &self,
        path: Path,
        response_type: Option<ResponseType>,
        served: &[ResponseType],
    ) -> Ruling {
        self.hold(Rule::ResponseTypeIsSupported, path, &|| authorize::response_type_is_supported(response_type, served))
    }

    /// RFC 9700 §2.1.2: an access token passes through the browser only for a client that is allowed to.
    fn browser_token_is_allowed(&self, path: Path, client: &Client, response_type: ResponseType) -> Ruling {
        self.hold(Rule::BrowserTokenIsAllowed, path, &|| authorize::browser_token_is_allowed(client, response_type))
    }

    /// RFC 6749 §4.1.2.1: a client uses only the response types that it is registered for.
    fn client_may_use_response_type(&self, path: Path, client: &Client, response_type: ResponseType) -> Ruling {
        self.hold(Rule::ClientMayUseResponseType, path, &|| authorize::client_may_use(client, response_type))
    }

    /// OpenID Connect Core §3.1.2.6: with an unsupported response mode nothing is sent to the client.
    fn response_mode_is_supported(&self, path: Path, response_mode: Option<&str>) -> Ruling {
        self.hold(Rule::ResponseModeIsSupported, path, &|| authorize::response_mode_is_supported(response_mode))
    }

    /// Multiple Response Types §3, §5, §7: what holds a token never travels in a query, and nothing is sent to the client then either.
    fn response_mode_fits(&self, path: Path, response_type: Option<ResponseType>, mode: ResponseMode) -> Ruling {
        self.hold(Rule::ResponseModeFits, path, &|| authorize::response_mode_fits(response_type, mode))
    }

    /// OpenID Connect Core §6, RFC 9101 §5: a request is passed by value or by reference.
    fn one_request_parameter(&self, path: Path, form: &Form) -> Ruling {
        self.hold(Rule::OneRequestParameter, path, &|| request_object::one_parameter(form))
    }

    /// RFC 9101 §4, RFC 7519 §7.2: a request object is one signed or unsecured JWT; encrypted ones are not read here.
    fn request_object_is_a_jwt(&self, path: Path, object: &Result<Jwt, JwtError>) -> Ruling {
        self.hold(Rule::RequestObjectIsAJwt, path, &|| request_object::is_a_jwt(object))
    }

    /// OpenID Connect Core §6.3.2, RFC 9101 §6.2: signed by a key of the client's, with the algorithm that it registered; unsecured only where nobody asks for
    /// more (OpenID Connect Core §6.1, RFC 9101 §5, §10.5). To push an unsecured one for a client that always signs is to push none (RFC 9126 §2.3).
    fn request_object_is_secured(&self, path: Path, client: &Client, object: &Jwt, counts: Counts) -> Ruling {
        self.hold(Rule::RequestObjectIsSecured, path, &|| request_object::is_secured(path, client, object, counts))
    }

    /// RFC 9101 §10.8, RFC 8725 §3.11: a JWT that says it is of another kind was not made to be a request object.
    fn request_object_is_typed(&self, path: Path, object: &Jwt) -> Ruling {
        self.hold(Rule::RequestObjectIsTyped, path, &|| request_object::is_typed(object))
    }

    /// RFC 9101 §5, §6.3, OpenID Connect Core §6.1: its `client_id` is the one beside it, and so is its `iss`; where nothing else counts, `client_id` is required.
    fn request_object_names_client(&self, path: Path, client: &Client, claims: &Map, counts: Counts) -> Ruling {
        self.hold(Rule::RequestObjectNamesClient, path, &|| request_object::names_client(client, claims, counts))
    }

    /// RFC 7519 §4.1.3, RFC 9101 §4: an `aud`, if it has one, is this server.
    fn request_object_is_for_server(&self, path: Path, claims: &Map, issuer: &str) -> Ruling {
        self.hold(Rule::RequestObjectIsForServer, path, &|| request_object::is_for_server(claims, issuer))
    }

    /// RFC 7519 §4.1.4, §4.1.5: neither expired nor early, if it says when that would be.
    fn request_object_is_current(&self, path: Path, claims: &Map, now: u64) -> Ruling {
        self.hold(Rule::RequestObjectIsCurrent, path, &|| request_object::is_current(claims, now))
    }

    /// RFC 9101 §4, OpenID Connect Core §6.1: no `request` and no `request_uri` in it, and each parameter of its JSON type.
    fn request_object_holds_parameters(&self, path: Path, claims: &Map) -> Ruling {
        self.hold(Rule::RequestObjectHoldsParameters, path, &|| request_object::holds_parameters(claims))
    }

    /// OpenID Connect Core §6.1: its `response_type`, if it has one, is the one beside it.
    fn request_object_agrees(&self, path: Path, claims: &Map, form: &Form) -> Ruling {
        self.hold(Rule::RequestObjectAgrees, path, &|| request_object::agrees(claims, form))
    }

    /// OpenID Connect Core §6.3.3, RFC 9101 §6.3: the parameters that count: those in the object, and in OpenID Connect those beside it of which it says nothing.
    fn request_object_parameters(&self, _path: Path, claims: &Map, form: &Form, counts: Counts) -> Form {
        request_object::parameters(claims, form, counts)
    }

    /// RFC 9101 §10.5: a client that always signs is not served when it does not, or whoever asks in its name.
    fn request_is_signed(&self, path: Path, client: &Client, signed: bool) -> Ruling {
        self.hold(Rule::RequestIsSigned, path, &|| request_object::request_is_signed(client, signed))
    }

    /// RFC 9126 §2.1: a `request_uri` is what the endpoint for pushed requests gives, not what it takes.
    fn request_uri_is_not_pushed(&self, path: Path, request_uri: Option<&str>) -> Ruling {
        self.hold(Rule::RequestUriIsNotPushed, path, &|| pushed::is_not_pushed(request_uri))
    }

    /// OpenID Connect Core §6.2, RFC 9126 §5: a `request_uri` of another place is fetched if its client registered it, which only a server that
    /// fetches lets it do; one of this server is always good here.
    fn request_uri_is_own(&self, path: Path, client: &Client, request_uri: &str) -> Ruling {
        self.hold(Rule::RequestUriIsOwn, path, &|| pushed::is_own(client, request_uri))
    }

    /// RFC 9126 §2.2: a `request_uri` is bound to the client that pushed the request.
    fn request_uri_belongs_to(&self, path: Path, pushed: &PushedRequest, client: &Client) -> Ruling {
        self.hold(Rule::RequestUriBelongsTo, path, &|| pushed::belongs_to(pushed, client))
    }

    /// RFC 9126 §4: an expired `request_uri` is rejected.
    fn request_uri_is_fresh(&self, path: Path, pushed: &PushedRequest, now: u64) -> Ruling {
        self.hold(Rule::RequestUriIsFresh, path, &|| pushed::is_fresh(pushed, now))
    }

    /// RFC 9126 §1, §4: the parameters that count: those that were pushed, and none that the browser brings beside their `request_uri`.
    fn pushed_parameters(&self, _path: Path, pushed: &Form, _beside: &Form) -> Form {
        pushed.clone()
    }

    /// RFC 9126 §4: where pushing is required, of all clients or of this one, a request in the open is refused.
    fn request_is_pushed(&self, path: Path, client: &Client, required_of_all: bool, pushed: bool) -> Ruling {
        self.hold(Rule::RequestIsPushed, path, &|| pushed::request_is_pushed(client, required_of_all, pushed))
    }

    /// RFC 7636 §4.4.1, RFC 9700 §2.1.1: a challenge is required of every client, unless it is registered otherwise.
    fn challenge_is_present(&self, path: Path, client: &Client, challenge: Option<&str>) -> Ruling {
        self.hold(Rule::ChallengeIsPresent, path, &|| pkce::challenge_is_present(client, challenge))
    }

    /// RFC 7636 §4.3, §4.4.1: the method is S256; `plain`, which it would be if left out, is for clients that are allowed to (§7.2).
    fn challenge_method_is_supported(
        &self,
        path: Path,
        client: &Client,
        challenge: Option<&str>,
        method: Option<&str>,
    ) -> Ruling {
        self.hold(Rule::ChallengeMethodIsSupported, path, &|| pkce::method_is_supported(client, challenge, method))
    }

    /// RFC 7636 §4.2: a S256 challenge is 43 characters of base64url, a plain one has the grammar of a verifier.
    fn challenge_is_well_formed(&self, path: Path, challenge: Option<&str>, method: Option<&str>) -> Ruling {
        self.hold(Rule::ChallengeIsWellFormed, path, &|| pkce::challenge_is_well_formed(challenge, method))
    }

    /// OpenID Connect Core §3.2.2.1, §3.3.2.1: an ID token through the browser needs a nonce that ties it to its request.
    fn nonce_is_present(&self, path: Path, response_type: ResponseType, nonce: Option<&str>) -> Ruling {
        self.hold(Rule::NonceIsPresent, path, &|| authorize::nonce_is_present(response_type, nonce))
    }

    /// OpenID Connect Core §3.1.2.1: an ID token is asked for with `openid`.
    fn openid_is_requested(&self, path: Path, response_type: ResponseType, scope: &Scope) -> Ruling {
        self.hold(Rule::OpenidIsRequested, path, &|| authorize::openid_is_requested(response_type, scope))
    }

    /// OpenID Connect Core §3.1.2.1: `none` with anything beside it is an error.
    fn prompt_is_consistent(&self, path: Path, prompt: Prompt) -> Ruling {
        self.hold(Rule::PromptIsConsistent, path, &|| authorize::prompt_is_consistent(prompt))
    }

    /// OpenID Connect Core §3.1.2.1: `max_age` counts seconds.
    fn max_age_is_a_number(&self, path: Path, max_age: Option<&str>) -> Ruling {
        self.hold(Rule::MaxAgeIsANumber, path, &|| authorize::max_age_is_a_number(max_age))
    }

    /// OpenID Connect Core §3.1.2.2, RP-Initiated Logout §2: an `id_token_hint` counts only if this server issued it; that it has expired does not matter.
    fn id_token_hint_is_own(&self, path: Path, claims: Option<&Map>, issuer: &str) -> Ruling {
        self.hold(Rule::IdTokenHintIsOwn, path, &|| authorize::id_token_hint_is_own(claims, issuer))
    }

    /// OpenID Connect Core §3.1.2.1, §3.1.2.2: a request with an `id_token_hint` is answered for the user whom it names, or not at all.
    fn user_is_hinted(&self, path: Path, request: &AuthorizationRequest, sub: &str) -> Ruling {
        self.hold(Rule::UserIsHinted, path, &|| authorize::user_is_hinted(request, sub))
    }

    /// OpenID Connect Core §5.5, §5.5.1: `claims` is JSON of the shape that is described there.
    fn claims_are_well_formed(&self, path: Path, claims: Option<&str>) -> Ruling {
        self.hold(Rule::ClaimsAreWellFormed, path, &|| authorize::claims_are_well_formed(claims))
    }

    /// OpenID Connect Core §5.5: who asks for claims from the userinfo endpoint also asks for an access token for it.
    fn userinfo_claims_come_with_a_token(
        &self,
        path: Path,
        response_type: ResponseType,
        claims: &ClaimsRequest,
    ) -> Ruling {
        self.hold(Rule::UserinfoClaimsComeWithAToken, path, &|| {
            authorize::userinfo_claims_come_with_a_token(response_type, claims)
        })
    }

    /// OpenID Connect Core §5.5.1, §3.1.2.2: a request for a `sub` with a value is answered for that user, or not at all.
    fn subject_is_requested(&self, path: Path, request: &AuthorizationRequest, sub: &str) -> Ruling {
        self.hold(Rule::SubjectIsRequested, path, &|| authorize::subject_is_requested(request, sub))
    }

    /// OpenID Connect Core §2, `acr`: an ID token tells which login there was, whichever was wished for.
    fn acr_of(&self, _path: Path, _wish: &Wish, own: &str) -> String {
        own.to_owned()
    }

    /// OpenID Connect Core §5.5.1.1: an essential `acr` that cannot be met is a failed authentication; there is one class here.
    fn acr_can_be_met(&self, path: Path, request: &AuthorizationRequest, acr: &str) -> Ruling {
        self.hold(Rule::AcrCanBeMet, path, &|| authorize::acr_can_be_met(request, acr))
    }

    /// OpenID Connect Core §3.1.2.3: whether the user has to log in: no session, too old a session, or `prompt=login`.
    fn login_is_needed(
        &self,
        _path: Path,
        request: &AuthorizationRequest,
        session: Option<&Session>,
        now: u64,
    ) -> bool {
        authorize::login_is_needed(request, session, now)
    }

    /// OpenID Connect Core §3.1.2.4, RFC 6749 §10.2: whether the user has to be asked: always for a public client, else unless remembered.
    fn consent_is_needed(
        &self,
        _path: Path,
        client: &Client,
        request: &AuthorizationRequest,
        remembered: &Scope,
    ) -> bool {
        authorize::consent_is_needed(client, request, remembered)
    }

    /// OpenID Connect Core §3.1.2.1, §3.1.2.6: with `prompt=none` a needed login is an error.
    fn login_may_be_prompted(&self, path: Path, prompt: Prompt) -> Ruling {
        self.hold(Rule::LoginMayBePrompted, path, &|| authorize::login_may_be_prompted(prompt))
    }

    /// OpenID Connect Core §3.1.2.1, §3.1.2.6: with `prompt=none` a needed consent is an error.
    fn consent_may_be_prompted(&self, path: Path, prompt: Prompt) -> Ruling {
        self.hold(Rule::ConsentMayBePrompted, path, &|| authorize::consent_may_be_prompted(prompt))
    }

    /// RFC 9700 §4.11.2: whether the user logs in before an error travels to the client, so that a link to this server does not lead a stranger on to a
    /// site that an attacker registered. A request that asks for silence is answered in silence.
    fn login_precedes_error(
        &self,
        _path: Path,
        before_errors: bool,
        prompt: Prompt,
        session: Option<&Session>,
        now: u64,
    ) -> bool {
        before_errors && interaction::login_precedes_error(prompt, session, now)
    }

    // Login and consent

    /// RFC 6749 §10.12: whoever answers a page is the browser that it was shown to.
    fn interaction_belongs_to_browser(&self, path: Path, interaction: &Interaction, cookie: Option<&str>) -> Ruling {
        self.hold(Rule::InteractionBelongsToBrowser, path, &|| interaction::belongs_to_browser(interaction, cookie))
    }

    /// RFC 6749 §10.12: a page that waited too long is not answered any more.
    fn interaction_is_fresh(&self, path: Path, interaction: &Interaction, now: u64) -> Ruling {
        self.hold(Rule::InteractionIsFresh, path, &|| interaction::is_fresh(interaction, now))
    }

    /// RFC 6749 §10.12: the form carries the value of its page, which no other site can know.
    fn csrf_token_matches(&self, path: Path, interaction: &Interaction, csrf: Option<&str>) -> Ruling {
        self.hold(Rule::CsrfTokenMatches, path, &|| interaction::csrf_matches(interaction, csrf))
    }

    /// RFC 6749 §4.3.2, §10.10, RFC 8628 §5.1: passwords and user codes cannot be tried out; whoever tries is told the same as with a wrong one, so that
    /// nobody learns which guess was right.
    fn guesses_are_bounded(&self, path: Path, earlier: u64, bound: Bound) -> Ruling {
        self.hold(Rule::GuessesAreBounded, path, &|| interaction::guesses_are_bounded(earlier, bound))
    }

    /// RFC 6749 §3.1, §4.3.2: the authorization server verifies who the user is.
    fn password_matches(&self, path: Path, user: &User, password: &str) -> Ruling {
        self.hold(Rule::PasswordMatches, path, &|| interaction::password_matches(path, user, password))
    }

    /// RFC 6749 §3.1: whoever is locked cannot log in anew; whoever asks is told the same as with a wrong password.
    fn user_may_log_in(&self, path: Path, user: &User) -> Ruling {
        self.hold(Rule::UserMayLogIn, path, &|| interaction::user_may_log_in(user))
    }

    /// RFC 6749 §4.1.2.1: what the user did not allow is denied.
    fn user_allows(&self, path: Path, decision: Option<&str>) -> Ruling {
        self.hold(Rule::UserAllows, path, &|| interaction::user_allows(decision))
    }

    /// RFC 6749 §5.2: a user who was disabled in the meantime grants nothing, on any path.
    fn user_is_active(&self, path: Path, user: Option<&User>) -> Ruling {
        self.hold(Rule::UserIsActive, path, &|| interaction::user_is_active(path, user))
    }

    // Logout

    /// RP-Initiated Logout §4: a `client_id` beside an `id_token_hint` names the client that the ID token was issued to, or neither can be relied on.
    fn logout_client_agrees(&self, path: Path, client_id: Option<&str>, hinted: Option<&str>) -> Ruling {
        self.hold(Rule::LogoutClientAgrees, path, &|| logout::client_agrees(client_id, hinted))
    }

    /// RP-Initiated Logout §2, §3: without an `id_token_hint` that names the client, nobody is sent anywhere.
    fn post_logout_redirect_needs_hint(&self, path: Path, client: Option<&Client>) -> Ruling {
        self.hold(Rule::PostLogoutRedirectNeedsHint, path, &|| logout::redirect_needs_hint(client))
    }

    /// RP-Initiated Logout §3: the URI is, character for character, one that is registered for after a logout.
    fn post_logout_redirect_uri_is_registered(&self, path: Path, client: &Client, uri: &str) -> Ruling {
        self.hold(Rule::PostLogoutRedirectUriIsRegistered, path, &|| logout::redirect_uri_is_registered(client, uri))
    }

    /// RP-Initiated Logout §2, §6: whether the user is asked: always, or unless the hint is an ID token of the very user who is logged in.
    fn logout_needs_confirmation(&self, _path: Path, hinted: Option<&str>, logged_in: &str, always: bool) -> bool {
        logout::needs_confirmation(hinted, logged_in, always)
    }

    /// RP-Initiated Logout §6, RFC 6749 §10.12: it was this browser's user who said yes, and no other site.
    fn logout_is_confirmed(&self, path: Path, csrf: Option<&str>, expected: &str) -> Ruling {
        self.hold(Rule::LogoutIsConfirmed, path, &|| logout::is_confirmed(csrf, expected))
    }

    // Codes

    /// RFC 6749 §4.1.3, §10.5: issued to this client, confidential or public.
    fn code_belongs_to(&self, path: Path, code: &Code, client: &Client) -> Ruling {
        self.hold(Rule::CodeBelongsTo, path, &|| code::belongs_to(code, client))
    }

    /// RFC 6749 §4.1.2: a code expires soon after it was issued. One that was used is not asked for its age: a second use is refused as such, and ends what
    /// came from the first, however late it comes.
    fn code_is_fresh(&self, path: Path, code: &Code, now: u64) -> Ruling {
        self.hold(Rule::CodeIsFresh, path, &|| code::is_fresh(code, now))
    }

    /// RFC 6749 §4.1.3: if the authorization request named a redirect URI, the token request repeats it.
    fn redirect_uri_repeats(&self, path: Path, code: &Code, redirect_uri: Option<&str>) -> Ruling {
        self.hold(Rule::RedirectUriRepeats, path, &|| code::redirect_uri_repeats(code, redirect_uri))
    }

    /// RFC 7636 §4.1: the grammar of a verifier; what breaks it was not made by the rules and proves nothing.
    fn verifier_is_well_formed(&self, path: Path, verifier: Option<&str>) -> Ruling {
        self.hold(Rule::VerifierIsWellFormed, path, &|| pkce::verifier_is_well_formed(verifier))
    }

    /// RFC 7636 §4.6: the verifier hashes to the challenge; RFC 9700 §2.1.1: none is accepted where there was no challenge.
    fn verifier_matches(&self, path: Path, code: &Code, verifier: Option<&str>) -> Ruling {
        self.hold(Rule::VerifierMatches, path, &|| pkce::verifier_matches(code, verifier))
    }

    // Device codes

    /// RFC 8628 §3.3: whether the user has to log in before a user code is looked at: without a session, or with one that is over.
    fn login_is_needed_for_device(&self, _path: Path, session: Option<&Session>, now: u64) -> bool {
        device::login_is_needed(session, now)
    }

    /// RFC 8628 §3.3: a device waits with this user code: known, not expired, not answered. The refusal does not tell which of these it was.
    fn user_code_is_open(&self, path: Path, device: Option<&DeviceRequest>, now: u64) -> Ruling {
        self.hold(Rule::UserCodeIsOpen, path, &|| device::user_code_is_open(device, now))
    }

    /// RFC 8628 §3.4, RFC 6749 §5.2: issued to this client, confidential or public.
    fn device_code_belongs_to(&self, path: Path, device: &DeviceRequest, client: &Client) -> Ruling {
        self.hold(Rule::DeviceCodeBelongsTo, path, &|| device::belongs_to(device, client))
    }

    /// RFC 8628 §3.5: an expired device code says so, with a code of its own, whatever the user had decided.
    fn device_code_is_fresh(&self, path: Path, device: &DeviceRequest, now: u64) -> Ruling {
        self.hold(Rule::DeviceCodeIsFresh, path, &|| device::is_fresh(device, now))
    }

    /// RFC 8628 §3.5: what the user denied stays denied, however often the device asks.
    fn device_code_is_allowed(&self, path: Path, device: &DeviceRequest) -> Ruling {
        self.hold(Rule::DeviceCodeIsAllowed, path, &|| device::is_allowed(device))
    }

    /// RFC 8628 §3.5: while the user has not decided, a poll that comes too soon after the last one is told to slow down.
    fn device_polls_slowly(&self, path: Path, device: &DeviceRequest, now: u64) -> Ruling {
        self.hold(Rule::DevicePollsSlowly, path, &|| device::polls_slowly(device, now))
    }

    /// RFC 8628 §3.5: nothing is issued before the user has decided.
    fn device_code_is_decided(&self, path: Path, device: &DeviceRequest) -> Ruling {
        self.hold(Rule::DeviceCodeIsDecided, path, &|| device::is_decided(device))
    }

    // Token exchange

    /// RFC 8693 §2.1: client authentication decides who may impersonate or act for whom; without it, whoever finds a token could exchange it.
    fn client_may_exchange(&self, path: Path, client: &Client) -> Ruling {
        self.hold(Rule::ClientMayExchange, path, &|| token_exchange::client_may_exchange(client))
    }

    /// RFC 8693 §2.1, §2.2.2: what can be asked for: an access token, and a JWT if that is what the client's access tokens are.
    fn requested_token_type_is_supported(
        &self,
        path: Path,
        requested: Option<&str>,
        format: AccessTokenFormat,
    ) -> Ruling {
        self.hold(Rule::RequestedTokenTypeIsSupported, path, &|| {
            token_exchange::requested_type_is_supported(requested, format)
        })
    }

    /// RFC 8693 §2.1: `actor_token_type` is required with an `actor_token`, and must not be there without one.
    fn actor_token_has_its_type(
        &self,
        path: Path,
        actor_token: Option<&str>,
        actor_token_type: Option<&str>,
    ) -> Ruling {
        self.hold(Rule::ActorTokenHasItsType, path, &|| {
            token_exchange::actor_token_has_its_type(actor_token, actor_token_type)
        })
    }

    /// RFC 8693 §2.1, §3: a token is validated by the rules of its type, so its type has to be a known one; a refresh token speaks for no actor.
    fn exchanged_token_type_is_supported(&self, path: Path, role: Role, token_type: Option<TokenType>) -> Ruling {
        self.hold(Rule::ExchangedTokenTypeIsSupported, path, &|| token_exchange::type_is_supported(role, token_type))
    }

    /// RFC 8693 §2.1, §2.2.2: neither expired nor used up nor revoked.
    fn exchanged_token_is_live(&self, path: Path, role: Role, token: &SecurityToken, now: u64) -> Ruling {
        self.hold(Rule::ExchangedTokenIsLive, path, &|| token_exchange::token_is_live(role, token, now))
    }

    /// RFC 8693 §2.1, §2.2.2: by the client that it was issued to; by one that it is meant for, as a resource server exchanges what it was sent
    /// (§2.3); by one that is registered to. A refresh token by its owner alone.
    fn token_may_be_exchanged_by(&self, path: Path, token: &SecurityToken, client: &Client) -> Ruling {
        self.hold(Rule::TokenMayBeExchangedBy, path, &|| token_exchange::may_be_exchanged_by(token, client))
    }

    /// RFC 8693 §4.4: where the subject names a party that may act for it, no other one does: neither the actor, nor without one the client.
    fn actor_may_act(&self, path: Path, may_act: Option<&str>, actor: &str) -> Ruling {
        self.hold(Rule::ActorMayAct, path, &|| token_exchange::actor_may_act(may_act, actor))
    }

    /// RFC 8693 §2.2.2, RFC 8707 §2: a target that nobody knows has an error code of its own, in whichever grant it is asked for.
    fn targets_are_known(&self, path: Path, asked: &[&str], known: &[&str]) -> Ruling {
        self.hold(Rule::TargetsAreKnown, path, &|| token_exchange::targets_are_known(asked, known))
    }

    /// RFC 8693 §5: scope limits what can be done with delegated rights; an exchange never widens it.
    fn exchange_scope_within_subject(&self, path: Path, requested: &Scope, subject: &SecurityToken) -> Ruling {
        self.hold(Rule::ExchangeScopeWithinSubject, path, &|| token_exchange::scope_within_subject(requested, subject))
    }

    // Refresh tokens

    /// RFC 9700 §4.14.2: whether a refresh token is issued: to clients that are registered to refresh what a user granted.
    fn refresh_token_is_issued(&self, _path: Path, client: &Client, grant: &Grant) -> bool {
        refresh::is_issued(client, grant)
    }

    /// RFC 9700 §4.14.2: whether a use of a refresh token yields a successor: always for a public client, else as registered.
    fn refresh_token_rotates(&self, _path: Path, client: &Client) -> bool {
        refresh::rotates(client)
    }

    /// OpenID Connect Core §3.1.3.3, §12.2: whether an ID token goes with a grant: if the user logged in for it, and `openid` is in its scope.
    fn id_token_is_issued(&self, _path: Path, grant: &Grant) -> bool {
        token::id_token_is_issued(grant)
    }

    /// RFC 6749 §6, §10.4: issued to this client, confidential or public.
    fn refresh_token_belongs_to(&self, path: Path, token: &RefreshToken, client: &Client) -> Ruling {
        self.hold(Rule::RefreshTokenBelongsTo, path, &|| refresh::belongs_to(token, client))
    }

    /// RFC 7009 §2.1: a revoked token is invalid at once.
    fn refresh_token_is_live(&self, path: Path, token: &RefreshToken) -> Ruling {
        self.hold(Rule::RefreshTokenIsLive, path, &|| refresh::is_live(token))
    }

    /// RFC 6749 §6, RFC 9700 §4.14.2: neither idle for too long nor of too old a family.
    fn refresh_token_is_fresh(&self, path: Path, token: &RefreshToken, now: u64) -> Ruling {
        self.hold(Rule::RefreshTokenIsFresh, path, &|| refresh::is_fresh(token, now))
    }

    /// RFC 6749 §6: a narrower scope may be asked for, never a wider one.
    fn refresh_scope_within_grant(&self, path: Path, requested: &Scope, token: &RefreshToken) -> Ruling {
        self.hold(Rule::RefreshScopeWithinGrant, path, &|| refresh::scope_within_grant(requested, token))
    }

    /// RFC 9068 §2: which form the access tokens of a client have.
    fn access_token_format(&self, _path: Path, client: &Client) -> AccessTokenFormat {
        client.access_token
    }

    // Registration

    /// RFC 7591 §3: where registration is not open, whoever registers a client was given the token for it.
    fn initial_access_token_matches(&self, path: Path, registration: &Registration, presented: &str) -> Ruling {
        self.hold(Rule::InitialAccessTokenMatches, path, &|| {
            registration::initial_access_token_matches(registration, presented)
        })
    }

    /// RFC 7592 §2, §2.1: a registration is read, changed and deleted with its own token; the answer is the same if there is no such client.
    fn registration_access_token_matches(&self, path: Path, client: Option<&Client>, presented: &str) -> Ruling {
        self.hold(Rule::RegistrationAccessTokenMatches, path, &|| {
            registration::registration_access_token_matches(client, presented)
        })
    }

    /// RFC 7591 §3.1, RFC 7592 §2.2: client metadata is a JSON object in a body of that type.
    fn registration_is_json(&self, path: Path, content_type: Option<&str>, members: Option<&Map>) -> Ruling {
        self.hold(Rule::RegistrationIsJson, path, &|| registration::is_json(content_type, members))
    }

    /// RFC 7591 §2, OpenID Connect Registration §2: each member is what its definition says; an unknown one is ignored.
    fn metadata_is_well_formed(&self, path: Path, members: &Map) -> Ruling {
        self.hold(Rule::MetadataIsWellFormed, path, &|| registration::metadata_is_well_formed(members))
    }

    /// RFC 7591 §3.1.1, §3.2.2: a software statement may be ignored by a server that trusts nobody's; what it says would be lost unseen, so it is refused.
    fn software_statement_is_absent(&self, path: Path, metadata: &ClientMetadata) -> Ruling {
        self.hold(Rule::SoftwareStatementIsAbsent, path, &|| registration::software_statement_is_absent(metadata))
    }

    /// RFC 7591 §2, §3.2.2: a member that asks for what the server cannot give is refused rather than replaced, because a client may rely on it.
    fn metadata_is_supported(&self, path: Path, metadata: &ClientMetadata, offer: &Offer) -> Ruling {
        self.hold(Rule::MetadataIsSupported, path, &|| registration::metadata_is_supported(metadata, offer))
    }

    /// RFC 7591 §2.1, OpenID Connect Registration §2: grant types and response types of a registration do not contradict each other.
    fn response_types_fit_grant_types(&self, path: Path, metadata: &ClientMetadata) -> Ruling {
        self.hold(Rule::ResponseTypesFitGrantTypes, path, &|| registration::response_types_fit_grant_types(metadata))
    }

    /// RFC 7591 §5: an authorization server may keep grant types apart; this one keeps three pairs apart, because whoever writes the
    /// authorization request chooses its response type.
    fn grant_types_can_be_held(&self, path: Path, names: &[&str], served: &[GrantType]) -> Ruling {
        self.hold(Rule::GrantTypesCanBeHeld, path, &|| registration::grant_types_can_be_held(names, served))
    }

    /// RFC 7591 §5: a client that uses redirection registers where it may lead.
    fn redirect_uris_are_given(&self, path: Path, metadata: &ClientMetadata) -> Ruling {
        self.hold(Rule::RedirectUrisAreGiven, path, &|| registration::redirect_uris_are_given(metadata))
    }

    /// RFC 7591 §5, RFC 8252 §8.4, RFC 9700 §2.6: a redirect URI leads to a site under TLS, to this machine, or to a scheme of the client's own.
    fn redirect_uris_are_safe(&self, path: Path, metadata: &ClientMetadata) -> Ruling {
        self.hold(Rule::RedirectUrisAreSafe, path, &|| registration::redirect_uris_are_safe(metadata))
    }

    /// OpenID Connect Registration §2: web and native applications have redirect URIs of different kinds, so that no two applications share a client.
    fn redirect_uris_fit_application(&self, path: Path, metadata: &ClientMetadata) -> Ruling {
        self.hold(Rule::RedirectUrisFitApplication, path, &|| registration::redirect_uris_fit_application(metadata))
    }

    /// RFC 7591 §5, OpenID Connect Registration §9.1: what users are shown of a client is the client's own, and no borrowed name or picture.
    fn pages_belong_to_client(&self, path: Path, metadata: &ClientMetadata) -> Ruling {
        self.hold(Rule::PagesBelongToClient, path, &|| registration::pages_belong_to_client(metadata))
    }

    /// RFC 7591 §2: a scope is a list of tokens, of which at least one is open to clients that register.
    fn scope_can_be_registered(&self, path: Path, metadata: &ClientMetadata, registration: &Registration) -> Ruling {
        self.hold(Rule::ScopeCanBeRegistered, path, &|| registration::scope_can_be_registered(metadata, registration))
    }

    /// RFC 7591 §2, §3.2.1: what such a client gets: what it asked for, as far as that is open to it; all of that, if it asked for nothing.
    fn registered_scope(&self, _path: Path, metadata: &ClientMetadata, registration: &Registration) -> Scope {
        registration::registered_scope(metadata, registration)
    }

    /// RFC 7591 §3.2.2: what the configuration would not take, registration does not take either.
    fn client_can_be_registered(&self, path: Path, config: &ClientConfig, offer: &Offer) -> Ruling {
        self.hold(Rule::ClientCanBeRegistered, path, &|| registration::client_can_be_registered(config, offer))
    }

    /// RFC 7592 §2.2: an update names its client, whose identifier never changes.
    fn update_names_its_client(&self, path: Path, client: &Client, members: &Map) -> Ruling {
        self.hold(Rule::UpdateNamesItsClient, path, &|| registration::update_names_its_client(client, members))
    }

    /// RFC 7592 §2.2: an update may repeat the secret of the client; it never chooses one.
    fn update_keeps_secret(&self, path: Path, client: &Client, members: &Map) -> Ruling {
        self.hold(Rule::UpdateKeepsSecret, path, &|| registration::update_keeps_secret(client, members))
    }

    /// RFC 7592 §2.2: an update holds metadata, not what the server gave with it.
    fn update_is_metadata_only(&self, path: Path, members: &Map) -> Ruling {
        self.hold(Rule::UpdateIsMetadataOnly, path, &|| registration::update_is_metadata_only(members))
    }

    // Userinfo

    /// RFC 6750 §2: one transmission method, and not the URI.
    fn bearer_token_in_header(&self, path: Path, in_header: bool, query: &Form, body: &Form) -> Ruling {
        self.hold(Rule::BearerTokenInHeader, path, &|| token::in_header(in_header, query, body))
    }

    /// RFC 6750 §3.1: known, not expired, not revoked.
    fn bearer_token_is_live(&self, path: Path, token: &AccessToken, now: u64) -> Ruling {
        self.hold(Rule::BearerTokenIsLive, path, &|| token::bearer_is_live(token, now))
    }

    /// RFC 9068 §4: userinfo is a resource of its own server, so it is opened by what is for the default resource or for the issuer. Whoever was sent a
    /// token for another resource cannot use it here.
    fn bearer_token_is_for_userinfo(&self, path: Path, token: &AccessToken, own: &[&str]) -> Ruling {
        self.hold(Rule::BearerTokenIsForUserinfo, path, &|| token::is_for_userinfo(token, own))
    }

    /// OpenID Connect Core §5.3: there is a user to speak of.
    fn bearer_token_speaks_for_user(&self, path: Path, token: &AccessToken) -> Ruling {
        self.hold(Rule::BearerTokenSpeaksForUser, path, &|| token::speaks_for_user(token))
    }

    /// OpenID Connect Core §5.3, RFC 6750 §3.1: the token was obtained with `openid`.
    fn userinfo_needs_openid(&self, path: Path, token: &AccessToken) -> Ruling {
        self.hold(Rule::UserinfoNeedsOpenid, path, &|| token::has_openid(token))
    }

    // Scripts of other sites

    /// RFC 9700 §2.6: whether a script of this origin may read what it gets here: an origin is one that the client is registered with, and nothing is derived
    /// from its redirect URIs.
    fn origin_may_read(&self, _path: Path, client: &Client, origin: &str) -> bool {
        request::origin_is_registered(client, origin)
    }

    // Introspection and revocation

    /// RFC 7662 §2.1: whoever asks about tokens authenticates, so a public client cannot.
    fn client_may_introspect(&self, path: Path, client: &Client) -> Ruling {
        self.hold(Rule::ClientMayIntrospect, path, &|| token::may_introspect(client))
    }

    /// RFC 7662 §2.2, §4: a confidential client of the configuration may ask about any access token, as a resource server does. About refresh tokens only
    /// their owner may, and one that registered itself, as anybody can, about nothing but its own tokens.
    fn token_may_be_introspected_by(
        &self,
        path: Path,
        grant: &Grant,
        is_refresh_token: bool,
        client: &Client,
    ) -> Ruling {
        self.hold(Rule::TokenMayBeIntrospectedBy, path, &|| {
            token::may_be_introspected_by(grant, is_refresh_token, client)
        })
    }

    /// RFC 7662 §4: an access token that expired or was revoked is not active.
    fn access_token_is_live(&self, path: Path, token: &AccessToken, now: u64) -> Ruling {
        self.hold(Rule::TokenIsLive, path, &|| token::access_is_live(token, now))
    }

    /// RFC 7662 §4: a refresh token that expired, was used or was revoked is not active.
    fn refresh_token_is_active(&self, path: Path, token: &RefreshToken, now: u64) -> Ruling {
        self.hold(Rule::TokenIsLive, path, &|| token::refresh_is_active(token, now))
    }

    /// RFC 7009 §2.1: a client revokes its own tokens only.
    fn revocation_belongs_to(&self, path: Path, grant: &Grant, client: &Client) -> Ruling {
        self.hold(Rule::RevocationBelongsTo, path, &|| token::revocation_belongs_to(grant, client))
    }
}

/// The strict rule book: every default as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Strict;

impl Rules for Strict {}
