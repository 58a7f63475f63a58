//! The authorization request as a verb: valid by default, logged in, consented to, and where it ended.

use super::{Browser, Lab, Landing, Person, challenge, random};
use crate::cell::ResponseType;
use crate::check::{Reason, Stop};
use crate::exchange::{Deviation, Exchange, Wire};
use crate::login::Decision;
use crate::target::{Client, User};

/// An authorization request to be made: valid, unless something is changed.
#[derive(Clone, Debug, Default)]
pub struct Authorize {
    deviations: Vec<Deviation>,
    client: Option<Client>,
    user: Option<User>,
    acts: Acts,
    wrong_password: Option<String>,
    verifier: Option<String>,
    spelled: Option<fn(&str) -> String>,
    brought: Option<Brought>,
}

/// What the browser brings in place of a request in the open, and what that stands for.
#[derive(Clone, Debug)]
struct Brought {
    front: Exchange,
    request: Exchange,
}

/// What the person in front of the browser does with the pages that come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Acts {
    LogsInAndDecides(Decision),
    LogsIn,
    SaysYes,
    Nothing,
}

impl Default for Acts {
    fn default() -> Self {
        Self::LogsInAndDecides(Decision::Allow)
    }
}

/// A code, and what it was asked for with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code itself.
    pub value: String,
    /// The `redirect_uri` of the request.
    pub redirect_uri: Option<String>,
    /// The `code_verifier` that belongs to the challenge.
    pub verifier: String,
    /// The `code_challenge` of the request.
    pub challenge: String,
    /// The `nonce` of the request.
    pub nonce: Option<String>,
    /// The `scope` of the request.
    pub scope: Option<String>,
}

/// The end of an authorization request.
#[derive(Clone, Debug)]
pub struct Authorized {
    /// Where the browser ended up.
    pub landing: Landing,
    /// What was asked.
    pub request: Exchange,
    /// The registered redirect URIs of the client that was named.
    pub registered: Vec<String>,
    /// What was asked for, by the cell.
    pub(super) response_type: ResponseType,
    verifier: String,
}

impl Authorize {
    /// A valid request, logged in and consented to.
    pub fn valid() -> Self {
        Self::default()
    }

    /// With another value for a parameter.
    pub fn with(self, name: &str, value: impl Into<String>) -> Self {
        self.deviating(Deviation::Set(name.to_owned(), value.into()))
    }

    /// Without a parameter.
    pub fn without(self, name: &str) -> Self {
        self.deviating(Deviation::Drop(name.to_owned()))
    }

    /// With something changed.
    pub fn deviating(mut self, deviation: Deviation) -> Self {
        self.deviations.push(deviation);
        self
    }

    /// With this `code_verifier` instead of a random one.
    pub fn verifier(mut self, verifier: impl Into<String>) -> Self {
        self.verifier = Some(verifier.into());
        self
    }

    /// With the query in another spelling.
    pub fn spelled(mut self, spelled: fn(&str) -> String) -> Self {
        self.spelled = Some(spelled);
        self
    }

    /// With `front` in place of a request in the open: it stands for `request`, whose challenge belongs to `verifier`. What is changed is changed
    /// in front.
    pub fn bringing(mut self, front: Exchange, request: Exchange, verifier: &str) -> Self {
        self.brought = Some(Brought { front, request });
        self.verifier(verifier)
    }

    /// By another client than that of the cell.
    pub fn by(mut self, client: &Client) -> Self {
        self.client = Some(client.clone());
        self
    }

    /// As another user than the first.
    pub fn user(mut self, user: &User) -> Self {
        self.user = Some(user.clone());
        self
    }

    /// The user says no on the consent page.
    pub fn denied(mut self) -> Self {
        self.acts = Acts::LogsInAndDecides(Decision::Deny);
        self
    }

    /// The user logs in, and leaves the consent page as it is.
    pub fn undecided(mut self) -> Self {
        self.acts = Acts::LogsIn;
        self
    }

    /// The user says yes on the consent page, but does not log in.
    pub fn without_login(mut self) -> Self {
        self.acts = Acts::SaysYes;
        self
    }

    /// The user types this instead of their password, and the login may well be refused.
    pub fn with_wrong_password(mut self, password: impl Into<String>) -> Self {
        self.wrong_password = Some(password.into());
        self
    }

    /// Nobody touches the pages that the server shows.
    pub fn untouched(mut self) -> Self {
        self.acts = Acts::Nothing;
        self
    }
}

impl Authorized {
    /// The code that was issued, if the browser was sent to the client with one.
    pub(super) fn issued(&self) -> Option<Code> {
        let asked = self.request.value("redirect_uri");
        let value = self.delivered("code")?;
        Some(Code {
            value: value.to_owned(),
            redirect_uri: asked.map(str::to_owned),
            verifier: self.verifier.clone(),
            challenge: self.request.value("code_challenge").unwrap_or_default().to_owned(),
            nonce: self.request.value("nonce").map(str::to_owned),
            scope: self.request.value("scope").map(str::to_owned),
        })
    }

    /// A value that was delivered to the redirect URI of the request.
    pub(super) fn delivered(&self, name: &str) -> Option<&str> {
        let Landing::Client { uri, .. } = &self.landing else {
            return None;
        };
        let asked = self.request.value("redirect_uri");
        if asked.is_some_and(|asked| asked.split(['?', '#']).next() != Some(uri)) {
            return None;
        }
        self.landing.param(name).filter(|value| !value.is_empty())
    }
}

impl Lab {
    /// Makes an authorization request in the lab's browser.
    pub async fn authorize(&self, authorize: Authorize) -> Result<Authorized, Stop> {
        self.authorize_in(&self.browser, authorize).await
    }

    /// Makes an authorization request in this browser. What a throttled or overloaded server makes of it answers no question,
    /// except after a wrong password: whoever guesses may well be throttled.
    pub async fn authorize_in(&self, browser: &Browser, authorize: Authorize) -> Result<Authorized, Stop> {
        let client = authorize.client.as_ref().unwrap_or(&self.client);
        let user = authorize.user.as_ref().or(self.user.as_ref());
        let mistyped =
            user.zip(authorize.wrong_password.clone()).map(|(user, password)| User { password, ..user.clone() });
        let user = mistyped.as_ref().or(user);
        if user.is_none() && authorize.acts != Acts::Nothing {
            return Err(Stop::not_applicable(Reason::NoUser, "the target has no user to log in"));
        }
        let verifier = authorize.verifier.clone().unwrap_or_else(random);
        let valid = match &authorize.brought {
            Some(brought) => brought.front.clone(),
            None => self.authorization_request(client, &verifier)?,
        };
        let mut front = valid.deviating_by(&authorize.deviations);
        if self.posts && !authorize.deviations.iter().any(|one| matches!(one, Deviation::Method(_) | Deviation::Via(_)))
        {
            front = front.deviating(&Deviation::Method("POST"));
        }
        let request = authorize.brought.map_or_else(|| front.clone(), |brought| brought.request);
        let nobody = Person { script: self.target().login_requests.as_ref(), ..Person::default() };
        let person = match authorize.acts {
            Acts::LogsInAndDecides(decision) => Person { user, decision: Some(decision), ..nobody },
            Acts::LogsIn => Person { user, ..nobody },
            Acts::SaysYes => Person { decision: Some(Decision::Allow), ..nobody },
            Acts::Nothing => nobody,
        };
        let client_uri = request.value("redirect_uri").or(client.redirect_uris.first().map(String::as_str));
        let mut wire = front.wire();
        if let (Some(spelled), Some((address, query))) = (authorize.spelled, wire.url.split_once('?')) {
            wire.url = format!("{address}?{}", spelled(query));
        }
        let (again, is_fresh) = (wire.clone(), browser.cookies_set().is_empty());
        let (http, home) = (&self.setting.http, &self.setting.home);
        let landing = browser.follow(http, &self.transcript, wire, home, client_uri, &person).await;
        let mut landing = self.setting.heard(landing)?;
        // RFC 6749 §4.1.2.1: that the server failed says nothing of the request, unless it fails again. A reference or an object may be good for
        // once, and whoever has just logged in would ask something else.
        let is_for_once = ["request", "request_uri"].iter().any(|name| front.value(name).is_some());
        if landing.param("error") == Some("server_error") && !is_for_once && !is_fresh {
            let landed = browser.follow(http, &self.transcript, again, home, client_uri, &person).await;
            landing = self.setting.heard(landed)?;
        }
        if let Landing::Page { login_refused: true, .. } = landing
            && authorize.wrong_password.is_none()
        {
            return Err(Stop::Inconclusive(format!("the login failed: {}", landing.summary())));
        }
        let response_type = self.cell.response_type();
        let authorized =
            Authorized { landing, request, registered: client.redirect_uris.clone(), response_type, verifier };
        if authorize.wrong_password.is_none() {
            authorized.judgeable()?;
        }
        Ok(authorized)
    }

    /// Sends a form of the server in this browser, and follows where it leads; no further page is filled in.
    pub async fn submit(&self, browser: &Browser, form: Wire) -> Result<Landing, Stop> {
        let client_uri = self.client.redirect_uris.first().map(String::as_str);
        let nobody = Person::default();
        let landing =
            browser.follow(&self.setting.http, &self.transcript, form, &self.setting.home, client_uri, &nobody).await;
        let landing = self.setting.heard(landing)?;
        landing.judgeable()?;
        Ok(landing)
    }

    /// The same for a request that waits at this form.
    pub async fn submit_for(&self, browser: &Browser, waiting: Authorized, form: Wire) -> Result<Authorized, Stop> {
        Ok(Authorized { landing: self.submit(browser, form).await?, ..waiting })
    }

    /// The same from a page of another site, as the browser of its visitor sends it.
    pub async fn submit_forged(&self, browser: &Browser, form: Wire) -> Result<Landing, Stop> {
        self.submit(browser, browser.forged(form)).await
    }

    /// The browser of this lab.
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// The valid authorization request of the cell: RFC 6749 §4.1.1, §4.2.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1,
    /// §3.2.2.1, §3.3.2.1.
    pub fn authorization_request(&self, client: &Client, verifier: &str) -> Result<Exchange, Stop> {
        let url = self.endpoint("authorization_endpoint", self.target().metadata.authorization_endpoint.as_ref())?;
        let scope = client.within(self.target().authorization_scope());
        let response_type = self.cell.response_type();
        let openid = scope.as_ref().is_some_and(|scope| scope.split(' ').any(|one| one == "openid"));
        let mut request = Exchange::fetch(url)
            .param("response_type", response_type.name())
            .param("client_id", &client.id)
            .maybe("redirect_uri", client.redirect_uris.first())
            .maybe("scope", scope)
            .param("state", random())
            .maybe("nonce", openid.then(random));
        // RFC 7636 §4.3: what belongs to a code is sent where one is asked for.
        if response_type.has_code() {
            request = request.param("code_challenge", challenge(verifier)).param("code_challenge_method", "S256");
        }
        for (name, value) in &self.target().authorize_extra {
            request = request.param(name, value);
        }
        Ok(request)
    }
}
