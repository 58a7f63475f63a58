//! The registration of clients: RFC 7591, OpenID Connect Registration.

pub mod algorithms;
pub mod credentials;
pub mod defaults;
pub mod errors;
pub mod held;
pub mod identity;
pub mod login;
pub mod names;
pub mod pages;
pub mod redirects;
pub mod request_objects;
pub mod scope;
pub mod statement;
pub mod subjects;
pub mod told;

use crate::cell::{AuthMethod, Cell};
use crate::check::{Answer, Check, Stop};
use crate::exchange::Tokens;
use crate::lab::{Authorize, Lab, Registered};

/// The checks of this folder, in reading order.
pub(super) const ALL: &[&Check] = &[
    &identity::CLIENT_ID_UNIQUE,
    &identity::SOFTWARE_INSTANCES,
    &identity::SECRET_UNIQUE,
    &identity::OWN_METADATA,
    &errors::ERROR_RESPONSE,
    &errors::INITIAL_ACCESS_TOKEN,
    &errors::INITIAL_TOKEN_CHALLENGE,
    &errors::STATEMENT_UNVERIFIED,
    &statement::COUNTS,
    &redirects::REQUIRED,
    &redirects::BAD_AMONG_GOOD,
    &redirects::CONSISTENT,
    &held::RESPONSE_TYPES,
    &held::SCOPE,
    &told::METADATA_RETURNED,
    &told::TYPES,
    &told::NAMES_OF_REQUESTS,
    &told::KEYS_ONCE,
    &told::REDIRECT_URIS_KEPT,
    &defaults::DEFAULTS,
    &defaults::ANSWER_IS_TRUE,
    &scope::SCOPE_HELD,
    &names::CASE,
    &names::COMPARED,
    &credentials::SECRET_WORKS,
    &credentials::SECRET_EXPIRY,
    &credentials::TIMES,
    &credentials::SECRET_EXPIRES,
    &credentials::MAC_SECRET,
    &algorithms::ID_TOKEN,
    &algorithms::RS256_DEFAULT,
    &algorithms::USERINFO,
    &algorithms::USERINFO_PLAIN,
    &algorithms::AUTH,
    &algorithms::AUTH_RS256,
    &request_objects::ALGORITHM,
    &request_objects::REQUIRED,
    &subjects::PAIRWISE,
    &login::DEFAULT_MAX_AGE,
    &login::OVERRIDDEN,
    &login::REQUIRE_AUTH_TIME,
    &pages::NAME_SHOWN,
    &pages::TOLD,
    &pages::ADDRESSES_SHOWN,
    &pages::LOGO_SHOWN,
    &pages::LONG_TERM,
];

/// The tokens of a code of this client, for a user who logs in once for all of them; a control.
async fn user_tokens(lab: &Lab, registered: &Registered) -> Result<Tokens, Stop> {
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let code = acting.authorize_in(lab.browser(), Authorize::valid()).await?.code()?;
    acting.redeem(&code).await?.is_token()
}

/// A finding about one who is not served stands only if a client is served that says all of itself: else clients that registered have other ways here.
async fn unless_nobody_is_served(lab: &Lab, answer: Answer) -> Answer {
    if matches!(answer, Err(Stop::Finding(_))) {
        let plain =
            lab.registration()?.for_grants(&["authorization_code"], &["code"]).authenticating(AuthMethod::Basic);
        user_tokens(lab, &lab.register(&plain).await?).await?;
    }
    answer
}
