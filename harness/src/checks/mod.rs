//! The checks that are written in Rust, in reading order: what needs a variable, a condition or a loop.

#![expect(missing_docs, reason = "a check documents itself: its title and its why stand in it")]

pub mod authorization_code;
pub mod client_authentication;
pub mod client_credentials;
pub mod id_token;
pub mod introspection;
pub mod metadata;
pub mod pkce;
pub mod refresh_token;
pub mod revocation;
pub mod token_endpoint;
pub mod userinfo;

use crate::check::Check;
use crate::property::{redirect_uri, repeated, single_use};

/// Every check of this folder and of `property`.
pub const ALL: &[&Check] = &[
    &metadata::document::ISSUER_IDENTICAL,
    &metadata::document::REQUIRED_MEMBERS,
    &metadata::document::NO_EMPTY_LISTS,
    &metadata::keys::NO_PRIVATE_MEMBERS,
    &metadata::keys::SIGNING_KEYS_PUBLISHED,
    &client_authentication::presentation::RESERVED_CHARACTERS,
    &client_authentication::presentation::ANOTHER_CLIENT_IN_BODY,
    &client_authentication::presentation::SCHEME_CASE,
    &client_authentication::secret::NEAR_MISSES,
    &token_endpoint::request::EMPTY_PARAMETER_OMITTED,
    &token_endpoint::response::JSON,
    &token_endpoint::response::MEMBERS,
    &token_endpoint::response::MEMBERS_ONCE,
    &token_endpoint::response::ERROR_RESPONSE,
    &repeated::TOKEN,
    &client_credentials::client::PUBLIC_CLIENT_REFUSED,
    &client_credentials::client::SCOPE_BEYOND_CLIENT,
    &client_credentials::client::SCOPE_REDUCTION_REPORTED,
    &authorization_code::request::RESPONSE_TYPE_NOT_REGISTERED,
    &authorization_code::request::REQUEST_OBJECT_UNSUPPORTED,
    &authorization_code::request::NO_CORS,
    &repeated::AUTHORIZE,
    &authorization_code::session::WRONG_PASSWORD,
    &authorization_code::session::PROMPT_LOGIN,
    &authorization_code::session::MAX_AGE_ZERO,
    &authorization_code::session::MAX_AGE,
    &authorization_code::session::PUBLIC_CLIENT_ASKS_AGAIN,
    &authorization_code::interaction::PROMPT_NONE_WITHOUT_SESSION,
    &authorization_code::interaction::PROMPT_NONE_WITH_SESSION,
    &authorization_code::interaction::CONSENT_DENIED,
    &authorization_code::interaction::CROSS_BROWSER_CONSENT,
    &authorization_code::interaction::FORGED_CONSENT,
    &authorization_code::interaction::NOT_FRAMED,
    &authorization_code::response::RESPONSE_IN_QUERY,
    &authorization_code::query::QUERY_RETAINED,
    &authorization_code::response::STATE_RETURNED,
    &authorization_code::response::STATE_RETURNED_ON_ERROR,
    &authorization_code::response::ERROR_REDIRECTED,
    &authorization_code::response::ISS_RETURNED,
    &authorization_code::response::ISS_ADVERTISED,
    &authorization_code::response::NO_307,
    &redirect_uri::EXACT,
    &authorization_code::request::LOOPBACK_PORT,
    &authorization_code::redemption::REDIRECT_URI_MISSING,
    &authorization_code::redemption::REDEEMED_TWICE,
    &authorization_code::redemption::REPLAY_REVOKES_TOKENS,
    &authorization_code::redemption::UNGUESSABLE,
    &authorization_code::request::SCOPE_REDUCTION_REPORTED,
    &single_use::CODE,
    &authorization_code::lifetime::EXPIRED,
    &authorization_code::lifetime::LIFETIME,
    &authorization_code::lifetime::USER_DISABLED,
    &pkce::binding::EVERY_LEGAL_VERIFIER,
    &pkce::binding::VERIFIER_OF_ANOTHER_REQUEST,
    &pkce::binding::DOWNGRADE,
    &id_token::claims::MEMBERS,
    &id_token::claims::ISSUER,
    &id_token::claims::AUDIENCE,
    &id_token::claims::NONCE,
    &id_token::claims::TIMES,
    &id_token::claims::AUTH_TIME,
    &id_token::claims::AT_HASH,
    &id_token::signature::SIGNED,
    &userinfo::claims::CLAIMS,
    &userinfo::claims::CLIENT_TOKEN_REFUSED,
    &userinfo::claims::EXPIRED_TOKEN,
    &userinfo::challenge::NO_ERROR_WITHOUT_TOKEN,
    &userinfo::challenge::INVALID_TOKEN_STATUS,
    &userinfo::challenge::SCHEME_CASE,
    &refresh_token::holder::OTHER_CLIENT,
    &refresh_token::scope::SCOPE_NOT_WIDENED,
    &refresh_token::scope::SCOPE_DEFAULTS,
    &refresh_token::scope::NARROWING_KEEPS_ORIGINAL,
    &refresh_token::rotation::OLD_TOKEN_AFTER_ROTATION,
    &refresh_token::rotation::REUSE_KILLS_FAMILY,
    &refresh_token::rotation::OLD_REUSE_KILLS_FAMILY,
    &single_use::REFRESH,
    &refresh_token::id_token::SAME_LOGIN,
    &refresh_token::lifetime::EXPIRED,
    &refresh_token::lifetime::USER_DISABLED,
    &introspection::caller::PUBLIC_CLIENT,
    &introspection::response::RESPONSE,
    &introspection::response::INACTIVE_SAYS_NO_MORE,
    &introspection::response::EXPIRED_INACTIVE,
    &revocation::method::GET_REFUSED,
    &revocation::reach::ACCESS_TOKEN_DIES,
    &revocation::reach::OTHER_CLIENT,
    &revocation::reach::UNAUTHENTICATED,
    &revocation::reach::REFRESH_KILLS_ACCESS,
];
