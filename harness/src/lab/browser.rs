//! The user's browser: its own cookies, its own login, and where it ends up.

use std::sync::{Mutex, PoisonError};

use http::HeaderValue;
use reqwest::cookie::{CookieStore, Jar};
use url::Url;

use super::http::{Http, TransportError};
use super::transcript::Transcript;
use crate::exchange::{Reply, Wire, form, with_query};
use crate::login::{Decision, Form, Page};
use crate::target::User;

/// Pages a login may take before we call it a loop.
const MOST_HOPS: usize = 24;

/// How often the password form may come before we call it refused.
const MOST_LOGINS: usize = 2;

/// A browser with cookies of its own.
#[derive(Debug, Default)]
pub struct Browser {
    jar: Jar,
    /// The last form that asked for consent, kept for checks that send it from elsewhere.
    consent: Mutex<Option<Wire>>,
    /// The last form that asked for a password and was not filled in, kept for the same.
    login: Mutex<Option<Form>>,
    /// For each cookie that was set: does it stay behind when another site frames the server (SameSite)?
    same_site: Mutex<Vec<bool>>,
}

/// What the person in front of the browser does.
#[derive(Clone, Debug)]
pub struct Person<'a> {
    /// Who logs in; without a user no form is filled in.
    pub user: Option<&'a User>,
    /// What is answered on the consent page; without an answer the browser stops there.
    pub decision: Option<Decision>,
}

/// Where the browser ended up.
#[derive(Clone, Debug)]
pub enum Landing {
    /// It was sent away from the server, with these parameters.
    Client {
        /// The URI it was sent to, without query and fragment parameters that the server added.
        uri: String,
        /// What the query and the fragment said.
        params: Vec<(String, String)>,
        /// The whole location.
        location: String,
        /// The status of the redirect.
        status: u16,
        /// Did the redirect answer a POST of the password or the decision?
        after_post: bool,
    },
    /// It stayed at the server.
    Page {
        /// The last answer.
        reply: Box<Reply>,
        /// Does the page ask for anything?
        asks: bool,
        /// The login form came back after the password was sent.
        login_refused: bool,
    },
}

impl Browser {
    /// Follows `wire` (an authorization request, or a form that continues one) until the browser leaves the server or stops.
    ///
    /// `home` are the origins of the server: a redirect to anywhere else is where it ends.
    pub async fn follow(
        &self,
        http: &Http,
        transcript: &Transcript,
        wire: Wire,
        home: &[String],
        client_uri: Option<&str>,
        person: &Person<'_>,
    ) -> Result<Landing, TransportError> {
        let mut wire = wire;
        let mut logins = 0;
        let mut after_post = false;
        let mut decided = false;

        for _ in 0..MOST_HOPS {
            let reply = self.send(http, transcript, &wire).await?;
            let here = Url::parse(&wire.url).map_err(|error| TransportError::Broken(error.to_string()))?;

            if (300..400).contains(&reply.status)
                && let Some(location) = reply.header("location").map(str::to_owned)
            {
                if leaves(&location, &here, home, client_uri) {
                    return Ok(Landing::client(&location, &reply, after_post));
                }
                let Ok(next) = here.join(&location) else {
                    return Ok(Landing::page(reply, false, false));
                };
                wire = if matches!(reply.status, 307 | 308) { Wire { url: next.into(), ..wire } } else { visit(&next) };
                continue;
            }

            let page = Page::read(&reply.body, &here);
            if let Some(form) = page.login() {
                let Some(user) = person.user else {
                    *self.login.lock().unwrap_or_else(PoisonError::into_inner) = Some(form.clone());
                    return Ok(Landing::page(reply, true, false));
                };
                if form.asks_password() {
                    logins += 1;
                    if logins > MOST_LOGINS {
                        return Ok(Landing::page(reply, true, true));
                    }
                }
                wire = submit(&form.action, form.post, &form.as_user(user));
                after_post = form.post;
            } else if let Some(form) = page.consent() {
                let Some(decision) = person.decision else {
                    let sent = submit(&form.action, form.post, &form.as_decided(Decision::Allow));
                    *self.consent.lock().unwrap_or_else(PoisonError::into_inner) = Some(sent);
                    return Ok(Landing::page(reply, true, false));
                };
                match page.denial_link() {
                    Some(link) if decision == Decision::Deny && !form.can(Decision::Deny) => wire = visit(link),
                    _ if decision == Decision::Deny && decided => {
                        return Ok(Landing::page(reply, true, false));
                    }
                    _ => {
                        wire = submit(&form.action, form.post, &form.as_decided(decision));
                        after_post = form.post;
                    }
                }
                decided = true;
            } else {
                return Ok(Landing::page(reply, false, false));
            }
        }
        Err(TransportError::Broken(format!("{MOST_HOPS} pages and no end: the server sends the browser in circles")))
    }

    /// The consent form at which the browser stopped, as it would be sent to say yes.
    pub fn pending_consent(&self) -> Option<Wire> {
        self.consent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The login form at which the browser stopped, as it would be sent for this user; none if the password is asked for on
    /// a later page.
    pub fn pending_login(&self, user: &User) -> Option<Wire> {
        let form = self.login.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        form.asks_password().then(|| submit(&form.action, form.post, &form.as_user(user)))
    }

    /// Does the login form at which the browser stopped take the name of a user?
    pub fn login_takes_a_name(&self) -> bool {
        self.login.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(Form::takes_name)
    }

    /// A browser into which these cookies, names and values, were planted for `url`.
    pub fn with_cookies(cookies: &[(String, String)], url: &Url) -> Self {
        let browser = Self::default();
        for (name, value) in cookies {
            browser.jar.add_cookie_str(&format!("{name}={value}; Path=/"), url);
        }
        browser
    }

    /// The cookies that this browser would send to `url`: names and values.
    pub fn cookies(&self, url: &Url) -> Vec<(String, String)> {
        let cookies =
            self.jar.cookies(url).and_then(|value| value.to_str().map(str::to_owned).ok()).unwrap_or_default();
        let pairs = cookies.split("; ").filter_map(|cookie| cookie.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Were cookies set, and does none of them travel when another site frames the server?
    pub fn cookies_stay_at_home(&self) -> bool {
        let same_site = self.same_site.lock().unwrap_or_else(PoisonError::into_inner);
        !same_site.is_empty() && same_site.iter().all(|stays| *stays)
    }

    /// Sends one request with this browser's cookies and keeps those of the answer.
    async fn send(&self, http: &Http, transcript: &Transcript, wire: &Wire) -> Result<Reply, TransportError> {
        let mut wire = wire.clone();
        let url = Url::parse(&wire.url).map_err(|error| TransportError::Broken(format!("{}: {error}", wire.url)))?;
        if let Some(cookies) = self.jar.cookies(&url).and_then(|value| value.to_str().map(str::to_owned).ok()) {
            wire.headers.push(("cookie", cookies));
        }
        let reply = http.send_wire(&wire).await;
        transcript.record(&wire, &reply);
        let reply = reply?;
        self.same_site
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(reply.headers.get_all("set-cookie").iter().map(stays_at_home));
        self.jar.set_cookies(&mut reply.headers.get_all("set-cookie").iter(), &url);
        Ok(reply)
    }
}

impl Landing {
    fn client(location: &str, reply: &Reply, after_post: bool) -> Self {
        let (head, fragment) = location.split_once('#').unwrap_or((location, ""));
        let (uri, query) = head.split_once('?').unwrap_or((head, ""));
        let params = [query, fragment]
            .iter()
            .flat_map(|part| form_urlencoded::parse(part.as_bytes()).into_owned().collect::<Vec<_>>())
            .collect();
        Self::Client { uri: uri.to_owned(), params, location: location.to_owned(), status: reply.status, after_post }
    }

    fn page(reply: Reply, asks: bool, login_refused: bool) -> Self {
        Self::Page { reply: Box::new(reply), asks, login_refused }
    }
}

/// Does this redirect leave the server? Compared as strings where the redirect URI of the client is concerned, so that
/// a client on the server's own origin is still recognised.
fn leaves(location: &str, here: &Url, home: &[String], client_uri: Option<&str>) -> bool {
    let base = location.split(['?', '#']).next().unwrap_or_default();
    if client_uri.is_some_and(|uri| base == uri.split(['?', '#']).next().unwrap_or_default()) {
        return true;
    }
    match here.join(location) {
        Ok(next) => {
            let origin = next.origin();
            origin != here.origin() && !home.contains(&origin.ascii_serialization())
        }
        // What no URL reader understands is not a page of the server.
        Err(_) => true,
    }
}

/// SameSite=Lax or Strict: the cookie is not sent from a frame in another site's page.
fn stays_at_home(cookie: &HeaderValue) -> bool {
    let text = String::from_utf8_lossy(cookie.as_bytes()).to_ascii_lowercase();
    text.split(';').map(str::trim).any(|attribute| attribute == "samesite=lax" || attribute == "samesite=strict")
}

fn visit(url: &Url) -> Wire {
    Wire { method: "GET", url: url.to_string(), headers: Vec::new(), body: None }
}

fn submit(action: &Url, post: bool, fields: &[(String, String)]) -> Wire {
    if post {
        Wire {
            method: "POST",
            url: action.to_string(),
            headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            body: Some(form(fields)),
        }
    } else {
        let mut bare = action.clone();
        bare.set_query(None);
        Wire { method: "GET", url: with_query(bare.as_str(), fields), headers: Vec::new(), body: None }
    }
}
