//! Logout: OpenID Connect RP-Initiated Logout.

pub mod address;
pub mod hint;
pub mod page;
pub mod registered;
pub mod session;

use crate::check::{Check, Reason, Stop};
use crate::exchange::Exchange;
use crate::lab::{Authorize, Browser, Lab, Landing};

/// The checks of this folder, in reading order.
pub(super) const ALL: &[&Check] = &[
    &session::ENDS_SESSION,
    &session::OPEN_PAGE,
    &session::ASKED,
    &session::NO_IS_NO,
    &session::FORGED_ANSWER,
    &session::METHODS,
    &session::UI_LOCALES,
    &address::RETURNED,
    &address::REGISTERED_ONLY,
    &address::NO_HINT,
    &hint::FORGED,
    &hint::CLIENT_ID,
    &hint::OTHER_USER,
    &hint::EXPIRED,
    &registered::ADDRESSES_HELD,
    &page::ESCAPED,
];

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

/// How a logout has to be asked for at this server so that the browser is returned.
#[derive(Clone, Copy, Debug)]
struct Asking {
    /// Beside the ID token stands the client_id, which came with the edition of 2022: whoever finds no client by the token may find it so.
    named: bool,
}

impl Asking {
    /// A logout that returns to the registered address: the control.
    async fn returns(lab: &Lab) -> Result<Self, Stop> {
        Self::tried(lab)
            .await?
            .map_err(|came| Stop::Inconclusive(format!("expected the browser to return; got {came}")))
    }

    /// The way that returns, or where the browser ended by each. A page that may have asked what nobody answered says nothing.
    async fn tried(lab: &Lab) -> Result<Result<Self, String>, Stop> {
        let address = after_logout(lab)?;
        let mut came = String::new();
        for asking in [Self { named: false }, Self { named: true }] {
            let (browser, id_token) = session(lab).await?;
            let landing = lab.log_out(&browser, &asking.request(lab, &id_token, address)?, Some(true)).await?;
            if is_at(&landing, address) {
                return Ok(Ok(asking));
            }
            session::answered(&landing)?;
            came = landing.summary();
        }
        Ok(Err(came))
    }

    /// Does the client_id alone bring the browser back? Then it does not show whether a hint counted.
    async fn returns_unhinted(self, lab: &Lab, address: &str) -> Result<bool, Stop> {
        if !self.named {
            return Ok(false);
        }
        let (browser, id_token) = session(lab).await?;
        let request = self.request(lab, &id_token, address)?.without("id_token_hint");
        Ok(is_at(&lab.log_out(&browser, &request, Some(true)).await?, address))
    }

    /// The request to be logged out and returned to this address.
    fn request(self, lab: &Lab, id_token: &str, address: &str) -> Result<Exchange, Stop> {
        let request = lab.logout_request(id_token)?.maybe("client_id", self.named.then_some(&lab.client().id));
        Ok(request.param("post_logout_redirect_uri", address))
    }
}

/// Was the browser sent away, and is it at this address?
fn is_at(landing: &Landing, address: &str) -> bool {
    matches!(landing, Landing::Client { uri, .. } if address.split(['?', '#']).next() == Some(uri))
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
