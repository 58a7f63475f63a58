//! Logout: OpenID Connect RP-Initiated Logout.

pub mod address;
pub mod hint;
pub mod session;

use crate::check::{Reason, Stop};
use crate::lab::{Authorize, Browser, Lab};

/// A browser in which somebody is logged in, and the ID token that came of it; a control. A session that gives no code without a password cannot
/// be told from none.
async fn session(lab: &Lab) -> Result<(Browser, String), Stop> {
    let browser = Browser::default();
    let code = lab.authorize_in(&browser, Authorize::valid()).await?.code()?;
    let tokens = lab.redeem(&code).await?.is_token()?;
    let id_token = tokens.id_token.ok_or_else(|| Stop::Inconclusive("no ID token came with the code".to_owned()))?;
    if !lab.is_logged_in(&browser).await? {
        return Err(Stop::Inconclusive("a session gives no code without a login".to_owned()));
    }
    Ok((browser, id_token))
}

/// Where the client of the lab wants its users after a logout.
fn after_logout(lab: &Lab) -> Result<&str, Stop> {
    lab.client().post_logout_redirect_uris.first().map(String::as_str).ok_or_else(|| {
        Stop::not_applicable(
            Reason::NoClient,
            format!("{} has no post_logout_redirect_uris in the target file", lab.client().id),
        )
    })
}
