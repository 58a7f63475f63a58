//! The user's browser: its own cookies, its own login, and where it ends up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use url::Url;

use super::cookies::Cookies;
use super::http::{Http, TransportError};
use super::transcript::Transcript;
use super::walk::{Bounds, Step, Way, redirect, submit, visit};
use crate::exchange::{Reply, Wire, with_query};
use crate::login::{Decision, Denial, Entry, Form, Page, Requests, UserCode, shows};
use crate::target::User;

/// Pages a login may take before we call it a loop.
const MOST_HOPS: usize = 24;

/// So many redirects in a row lead nowhere: no login takes that many from one form to the next.
const MOST_REDIRECTS: usize = MOST_HOPS / 2;

/// How often the password form may come before we call it refused.
pub(super) const MOST_LOGINS: usize = 2;

/// A browser with cookies of its own.
#[derive(Debug, Default)]
pub struct Browser {
    cookies: Cookies,
    /// The last form that asked for a decision and got none, as it would say yes; kept for checks that send it from elsewhere.
    consent: Mutex<Option<Wire>>,
    /// The last form that asked for a password and was not filled in, kept for the same.
    login: Mutex<Option<Form>>,
    /// How the user said no the last time; none if there was no way to.
    pub(super) denial: Mutex<Option<Denial>>,
    /// Was the code of a device on any page?
    code_shown: AtomicBool,
    /// Did a script take a name and a password?
    pub(super) entered: AtomicBool,
}

/// The origin of the page from which forged forms come.
const ATTACKER: &str = "https://attacker.example";

/// What the person in front of the browser does.
#[derive(Clone, Debug, Default)]
pub struct Person<'a> {
    /// Who logs in; without a user no form is filled in.
    pub user: Option<&'a User>,
    /// What is answered on the consent page; without an answer the browser stops there.
    pub decision: Option<Decision>,
    /// The code of a device, for a page that asks for one.
    pub user_code: Option<UserCode<'a>>,
    /// What the login page does, where that is a script.
    pub script: Option<&'a Requests>,
    /// Is this a logout, and what is answered if the server asks about it?
    pub leaves: Option<Option<bool>>,
}

/// An answer that is no redirect, and who looks at it.
pub(super) struct Scene<'a> {
    pub reply: &'a Reply,
    pub here: &'a Url,
    pub bounds: &'a Bounds<'a>,
    pub person: &'a Person<'a>,
}

/// Where the browser ended up.
#[derive(Clone, Debug)]
pub enum Landing {
    /// It was sent away from the server, with these parameters.
    Client {
        /// The URI it was sent to, without query and fragment parameters that the server added.
        uri: String,
        /// What the query, the fragment or the form said.
        params: Vec<(String, String)>,
        /// The whole location.
        location: String,
        /// The status of the redirect.
        status: u16,
        /// Did the redirect answer a POST of the password or the decision?
        after_post: bool,
        /// The page whose form carried the parameters there, if no redirect did.
        page: Option<Box<Reply>>,
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

/// Where a parameter of an authorization response travelled: OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode §2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the query of the redirect URI.
    Query,
    /// In its fragment.
    Fragment,
    /// In the body of a POST.
    Body,
}

impl Place {
    /// For a reader.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::Body => "body of a POST",
        }
    }
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
        let bounds = Bounds { home, client_uri };
        let asked = wire.clone();
        let mut wire = wire;
        let mut way = Way::default();
        let mut last = None;

        for _ in 0..MOST_HOPS {
            let reply = self.send(http, transcript, &wire).await?;
            let here = Url::parse(&wire.url).map_err(|error| TransportError::Broken(error.to_string()))?;
            let scene = Scene { reply: &reply, here: &here, bounds: &bounds, person };
            let step = match redirect(&reply) {
                Some(location) => bounds.redirected(wire, &here, &reply, &location, &mut way),
                None => match person.script.filter(|script| script.run_at(&here, person.is_to_type(&way))) {
                    Some(script) => {
                        let played = self.played(http, transcript, script, &asked, &scene, &mut way);
                        Box::pin(played).await?
                    }
                    None => self.answered(transcript, &scene, &mut way),
                },
            };
            match step {
                Step::On(next) => wire = next,
                Step::End(landing) => return Ok(landing),
            }
            last = Some(reply);
        }
        match last {
            Some(reply) if way.sent_on >= MOST_REDIRECTS => {
                Err(TransportError::Circle { times: way.sent_on, last: format!("{}: {}", reply.asked, reply.status) })
            }
            // A server that goes on and on asks for something that we do not give.
            Some(reply) => Ok(Landing::page(reply, true, false)),
            None => Err(TransportError::Broken("nothing was asked".to_owned())),
        }
    }

    /// What the person does with a page.
    fn answered(&self, transcript: &Transcript, scene: &Scene<'_>, way: &mut Way) -> Step {
        way.sent_on = 0;
        let page = Page::read(&scene.reply.body, scene.here);
        if let Some(form) = page.response().filter(|form| scene.bounds.are_left(form.action.as_str(), scene.here)) {
            return Step::End(Landing::sent(form, scene.reply, way.after_post));
        }
        if let Some(step) = scene.person.user_code.and_then(|code| self.at_user_code(&page, code, scene, way)) {
            return step;
        }
        if let Some(agrees) = scene.person.leaves {
            return self.at_logout(&page, agrees, scene, way);
        }
        if let Some(form) = page.login() {
            form.password_fields().for_each(|name| transcript.hide_field(name));
            return self.at_login(form, scene, way);
        }
        match page.consent().filter(|_| scene.reply.status < 400) {
            Some(form) => self.at_consent(&page, form, scene, way),
            None => Step::End(Landing::page(scene.reply.clone(), false, false)),
        }
    }

    /// The code of a device is given to the page that asks for it, once; nothing if the page does not.
    fn at_user_code(&self, page: &Page, code: UserCode<'_>, scene: &Scene<'_>, way: &mut Way) -> Option<Step> {
        if shows(&scene.reply.body, code.value()) {
            self.code_shown.store(true, Ordering::Relaxed);
        }
        let (form, fields) = match page.entry(code)? {
            Entry::PassOn(form) => (form, form.as_it_stands()),
            Entry::Fill(form, fields) if !way.entered => {
                way.entered = true;
                (form, fields)
            }
            Entry::Fill(..) | Entry::Asks => return Some(Step::End(Landing::page(scene.reply.clone(), true, false))),
        };
        way.after_post = form.post;
        Some(Step::On(submit(&form.action, form.post, &fields, scene.here)))
    }

    /// A login form is filled in, unless there is nobody to, or the password was refused.
    fn at_login(&self, form: &Form, scene: &Scene<'_>, way: &mut Way) -> Step {
        let Some(user) = scene.person.user else {
            *self.login.lock().unwrap_or_else(PoisonError::into_inner) = Some(form.clone());
            return Step::End(Landing::page(scene.reply.clone(), true, false));
        };
        if form.asks_password() {
            way.logins += 1;
            if way.logins > MOST_LOGINS {
                return Step::End(Landing::page(scene.reply.clone(), true, true));
            }
        }
        way.after_post = form.post;
        Step::On(submit(&form.action, form.post, &form.as_user(user), scene.here))
    }

    /// A consent form is answered as the person decides; where there is no way to say no, nothing is said at all.
    fn at_consent(&self, page: &Page, form: &Form, scene: &Scene<'_>, way: &mut Way) -> Step {
        let Scene { reply, here, bounds, person } = *scene;
        let stop = || Step::End(Landing::page(reply.clone(), true, false));
        let sent = |fields: &[(String, String)]| submit(&form.action, form.post, fields, here);
        let denial = match person.decision {
            None => {
                let pending = sent(&form.as_allowed());
                *self.consent.lock().unwrap_or_else(PoisonError::into_inner) = Some(pending);
                return stop();
            }
            Some(Decision::Allow) => {
                way.decided = true;
                way.after_post = form.post;
                return Step::On(sent(&form.as_allowed()));
            }
            Some(Decision::Deny) => page.denial(form),
        };
        // Whoever said no once is not asked until they say yes.
        if way.decided {
            return stop();
        }
        (*self.denial.lock().unwrap_or_else(PoisonError::into_inner)).clone_from(&denial);
        way.decided = true;
        match denial {
            Some(Denial::Link(link)) if bounds.are_left(link.as_str(), here) => {
                Step::End(Landing::client(link.as_str(), reply, false))
            }
            Some(Denial::Link(link)) => Step::On(visit(&link)),
            Some(denial) => {
                way.after_post = form.post;
                Step::On(sent(&form.as_denied(&denial)))
            }
            None => stop(),
        }
    }

    /// A page that asks whether to log out is answered, once; any other page is where a logout ends.
    fn at_logout(&self, page: &Page, agrees: Option<bool>, scene: &Scene<'_>, way: &mut Way) -> Step {
        let Some(form) = page.leaving().filter(|_| !way.decided) else {
            // A question in words that nobody here knows, or one that a script asks, is one that nobody answered.
            let may_ask = !way.decided && (page.offers_anything() || scene.reply.body.contains("<script"));
            return Step::End(Landing::page(scene.reply.clone(), may_ask, false));
        };
        let sent = |fields: &[(String, String)]| submit(&form.action, form.post, fields, scene.here);
        let Some(fields) = agrees.and_then(|agrees| form.as_leaving(agrees)) else {
            let pending = form.as_leaving(true).map(|fields| sent(&fields));
            *self.consent.lock().unwrap_or_else(PoisonError::into_inner) = pending;
            return Step::End(Landing::page(scene.reply.clone(), true, false));
        };
        way.decided = true;
        way.after_post = form.post;
        Step::On(sent(&fields))
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

    /// Was the code of a device on any page that this browser showed?
    pub fn code_was_shown(&self) -> bool {
        self.code_shown.load(Ordering::Relaxed)
    }

    /// Did a script of the login page take the name and the password?
    pub fn has_entered(&self) -> bool {
        self.entered.load(Ordering::Relaxed)
    }

    /// How the user said no the last time that they wanted to; none if the page left no way to.
    pub fn denial(&self) -> Option<Denial> {
        self.denial.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
        Self { cookies: Cookies::planted(cookies, url), ..Self::default() }
    }

    /// The cookies that this browser would send to `url`: names and values.
    pub fn cookies(&self, url: &Url) -> Vec<(String, String)> {
        self.cookies.of(url)
    }

    /// Every cookie that was set in this browser, as it was.
    pub fn cookies_set(&self) -> Vec<String> {
        self.cookies.set()
    }

    /// Does a cookie, which may be the session, stay behind when another site frames the server?
    pub fn cookies_stay_at_home(&self) -> bool {
        self.cookies.stay_at_home()
    }

    /// Sends one request with this browser's cookies and keeps those of the answer.
    pub(super) async fn send(
        &self,
        http: &Http,
        transcript: &Transcript,
        wire: &Wire,
    ) -> Result<Reply, TransportError> {
        let mut wire = wire.clone();
        let url = Url::parse(&wire.url).map_err(|error| TransportError::Broken(format!("{}: {error}", wire.url)))?;
        let foreign = wire.headers.iter().any(|(name, value)| *name == "sec-fetch-site" && value == "cross-site");
        let cookies = self.cookies(&url).into_iter();
        let cookies = cookies.filter(|(name, _)| !foreign || self.cookies.travels(name, wire.method));
        let cookies: Vec<String> = cookies.map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            wire.headers.push(("cookie", cookies.join("; ")));
        }
        let reply = http.send_wire(&wire).await;
        transcript.record(&wire, &reply);
        let reply = reply?;
        self.cookies.keep(reply.headers.get_all("set-cookie").iter(), &url);
        Ok(reply)
    }
}

impl Landing {
    pub(super) fn client(location: &str, reply: &Reply, after_post: bool) -> Self {
        let (head, fragment) = location.split_once('#').unwrap_or((location, ""));
        let (uri, query) = head.split_once('?').unwrap_or((head, ""));
        let params = [query, fragment]
            .iter()
            .flat_map(|part| form_urlencoded::parse(part.as_bytes()).into_owned().collect::<Vec<_>>())
            .collect();
        let (uri, location) = (uri.to_owned(), location.to_owned());
        Self::Client { uri, params, location, status: reply.status, after_post, page: None }
    }

    /// A page that sends the response to the client: a script sends the form, or the user does. What is not posted is in the
    /// URL.
    fn sent(form: &Form, reply: &Reply, after_post: bool) -> Self {
        if !form.post {
            return Self::client(&with_query(form.action.as_str(), &form.as_it_stands()), reply, after_post);
        }
        let location = form.action.to_string();
        let uri = location.split(['?', '#']).next().unwrap_or_default().to_owned();
        let page = Some(Box::new(reply.clone()));
        Self::Client { uri, params: form.as_it_stands(), location, status: reply.status, after_post, page }
    }

    pub(super) fn page(reply: Reply, asks: bool, login_refused: bool) -> Self {
        Self::Page { reply: Box::new(reply), asks, login_refused }
    }
}
