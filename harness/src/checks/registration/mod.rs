//! The registration of clients: RFC 7591, OpenID Connect Registration.

pub mod algorithms;
pub mod credentials;
pub mod defaults;
pub mod errors;
pub mod identity;
pub mod login;
pub mod names;
pub mod pages;
pub mod redirects;
pub mod told;

use crate::cell::Cell;
use crate::check::Stop;
use crate::exchange::Tokens;
use crate::lab::{Authorize, Lab, Registered};

/// The tokens of a code of this client, for a user who logs in once for all of them; a control.
async fn user_tokens(lab: &Lab, registered: &Registered) -> Result<Tokens, Stop> {
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let code = acting.authorize_in(lab.browser(), Authorize::valid()).await?.code()?;
    acting.redeem(&code).await?.is_token()
}
