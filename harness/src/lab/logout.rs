//! A logout that a client asks for: OpenID Connect RP-Initiated Logout.

use super::{Authorize, Browser, Lab, Landing, Person};
use crate::check::Stop;
use crate::exchange::{Deviation, Exchange};

impl Lab {
    /// The valid logout request: RP-Initiated Logout §2, without an address to return to.
    pub fn logout_request(&self, id_token_hint: &str) -> Result<Exchange, Stop> {
        let url = self.endpoint("end_session_endpoint", self.target().metadata.end_session_endpoint.as_ref())?;
        Ok(Exchange::fetch(url).param("id_token_hint", id_token_hint))
    }

    /// Sends a logout request in this browser. `agrees` is what its user answers if they are asked; without an answer the browser stops at
    /// the question.
    pub async fn log_out(&self, browser: &Browser, request: &Exchange, agrees: Option<bool>) -> Result<Landing, Stop> {
        let person = Person { leaves: Some(agrees), ..Person::default() };
        let request = if self.posts { request.clone().deviating(&Deviation::Method("POST")) } else { request.clone() };
        let after = request.value("post_logout_redirect_uri");
        let home = &self.setting.home;
        let landing = browser.follow(&self.setting.http, &self.transcript, request.wire(), home, after, &person).await;
        let landing = self.setting.heard(landing)?;
        landing.judgeable()?;
        Ok(landing)
    }

    /// Is anybody logged in in this browser? A request that must not show a page tells. Where a server shows one all the same, or sends nobody
    /// on without asking them, it tells whether somebody who knows no password gets a code.
    pub async fn is_logged_in(&self, browser: &Browser) -> Result<bool, Stop> {
        let silent = self.authorize_in(browser, Authorize::valid().with("prompt", "none").untouched()).await?;
        match silent.landing.param("error") {
            _ if silent.landing.param("code").is_some() => return Ok(true),
            Some("login_required" | "account_selection_required") => return Ok(false),
            Some(_) | None => {}
        }
        let visited = self.authorize_in(browser, Authorize::valid().without_login()).await?;
        Ok(visited.landing.param("code").is_some())
    }
}
