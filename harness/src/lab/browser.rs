//! The user's browser: its own cookies, its own login, and where it ends up.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// For each cookie that was set, by its name: where it travels.
    same_site: Mutex<BTreeMap<String, SameSite>>,
    /// Was the last denial a link, and no form?
    denied_by_link: AtomicBool,
}

/// Which requests that another site begins a cookie goes along with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SameSite {
    /// All of them; some browsers take a cookie that does not say for `Lax`, others do not.
    None,
    /// Links, and no forms that are posted.
    Lax,
    /// None.
    Strict,
}

/// The origin of the page from which forged forms come.
const ATTACKER: &str = "https://attacker.example";

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
        let mut last = None;

        for _ in 0..MOST_HOPS {
            let reply = self.send(http, transcript, &wire).await?;
            last = Some(reply.clone());
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
                form.password_fields().for_each(|name| transcript.hide_field(name));
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
                wire = submit(&form.action, form.post, &form.as_user(user), &here);
                after_post = form.post;
            } else if let Some(form) = page.consent().filter(|_| reply.status < 400) {
                let Some(decision) = person.decision else {
                    let sent = submit(&form.action, form.post, &form.as_decided(Decision::Allow), &here);
                    *self.consent.lock().unwrap_or_else(PoisonError::into_inner) = Some(sent);
                    return Ok(Landing::page(reply, true, false));
                };
                match page.denial_link() {
                    Some(link) if decision == Decision::Deny && !form.can(Decision::Deny) => {
                        self.denied_by_link.store(true, Ordering::Relaxed);
                        if leaves(link.as_str(), &here, home, client_uri) {
                            return Ok(Landing::client(link.as_str(), &reply, false));
                        }
                        wire = visit(link);
                    }
                    _ if decision == Decision::Deny && decided => {
                        return Ok(Landing::page(reply, true, false));
                    }
                    _ => {
                        self.denied_by_link.store(false, Ordering::Relaxed);
                        wire = submit(&form.action, form.post, &form.as_decided(decision), &here);
                        after_post = form.post;
                    }
                }
                decided = true;
            } else {
                return Ok(Landing::page(reply, false, false));
            }
        }
        // A server that goes on and on asks for something that we do not give.
        match last {
            Some(reply) => Ok(Landing::page(reply, true, false)),
            None => Err(TransportError::Broken("nothing was asked".to_owned())),
        }
    }

    /// A form of the server as this browser sends it when the page of another site contains it: with the origin of that site,
    /// and without the cookies that stay behind then.
    pub fn forged(&self, form: Wire) -> Wire {
        let mut form = form;
        form.headers.retain(|(name, _)| !matches!(*name, "origin" | "sec-fetch-site"));
        form.headers.push(("sec-fetch-site", "cross-site".to_owned()));
        if form.method != "GET" {
            form.headers.push(("origin", ATTACKER.to_owned()));
        }
        form
    }

    /// Did the user say no by a link? What it leads to is a guess.
    pub fn denied_by_link(&self) -> bool {
        self.denied_by_link.load(Ordering::Relaxed)
    }

    /// The consent form at which the browser stopped, as it would be sent to say yes.
    pub fn pending_consent(&self) -> Option<Wire> {
        self.consent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The login form at which the browser stopped, as it would be sent for this user; none if the password is asked for on
    /// a later page.
    pub fn pending_login(&self, user: &User) -> Option<Wire> {
        let form = self.login.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        form.asks_password().then(|| submit(&form.action, form.post, &form.as_user(user), &form.action))
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
        !same_site.is_empty() && same_site.values().all(|kind| *kind != SameSite::None)
    }

    /// Sends one request with this browser's cookies and keeps those of the answer.
    async fn send(&self, http: &Http, transcript: &Transcript, wire: &Wire) -> Result<Reply, TransportError> {
        let mut wire = wire.clone();
        let url = Url::parse(&wire.url).map_err(|error| TransportError::Broken(format!("{}: {error}", wire.url)))?;
        let foreign = wire.headers.iter().any(|(name, value)| *name == "sec-fetch-site" && value == "cross-site");
        let cookies = self.cookies(&url).into_iter().filter(|(name, _)| !foreign || self.travels(name, wire.method));
        let cookies: Vec<String> = cookies.map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            wire.headers.push(("cookie", cookies.join("; ")));
        }
        let reply = http.send_wire(&wire).await;
        transcript.record(&wire, &reply);
        let reply = reply?;
        self.same_site
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(reply.headers.get_all("set-cookie").iter().map(same_site));
        self.jar.set_cookies(&mut reply.headers.get_all("set-cookie").iter(), &url);
        Ok(reply)
    }

    /// Does this cookie go along with a request that another site begins?
    fn travels(&self, name: &str, method: &str) -> bool {
        match self.same_site.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            Some(SameSite::Strict) => false,
            Some(SameSite::Lax) => method == "GET",
            Some(SameSite::None) | None => true,
        }
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

/// The name of a cookie, and where it travels.
fn same_site(cookie: &HeaderValue) -> (String, SameSite) {
    let text = String::from_utf8_lossy(cookie.as_bytes());
    let name = text.split('=').next().unwrap_or_default().trim().to_owned();
    let text = text.to_ascii_lowercase();
    let says = |value: &str| text.split(';').any(|attribute| attribute.trim() == format!("samesite={value}"));
    let kind = if says("strict") {
        SameSite::Strict
    } else if says("lax") {
        SameSite::Lax
    } else {
        SameSite::None
    };
    (name, kind)
}

fn visit(url: &Url) -> Wire {
    Wire { method: "GET", url: url.to_string(), headers: Vec::new(), body: None }
}

/// A form that a page of the server contains, sent as the browser of a person would.
fn submit(action: &Url, post: bool, fields: &[(String, String)], page: &Url) -> Wire {
    if post {
        let site = if action.origin() == page.origin() { "same-origin" } else { "same-site" };
        Wire {
            method: "POST",
            url: action.to_string(),
            headers: vec![
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
                ("origin", page.origin().ascii_serialization()),
                ("sec-fetch-site", site.to_owned()),
            ],
            body: Some(form(fields)),
        }
    } else {
        let mut bare = action.clone();
        bare.set_query(None);
        Wire { method: "GET", url: with_query(bare.as_str(), fields), headers: Vec::new(), body: None }
    }
}
