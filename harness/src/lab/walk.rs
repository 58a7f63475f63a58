//! One step of a browser: where a redirect leads, and which form a person sends.

use url::Url;

use super::browser::Landing;
use crate::exchange::{Reply, Wire, form, with_query};

/// What comes after an answer.
pub(super) enum Step {
    /// This request.
    On(Wire),
    /// Nothing: the browser has arrived, or stops.
    End(Landing),
}

/// What happened on the way so far.
#[derive(Debug, Default)]
pub(super) struct Way {
    /// How often a password was sent.
    pub logins: usize,
    /// Was the last form that was sent a POST?
    pub after_post: bool,
    /// Was a decision made?
    pub decided: bool,
    /// Was the code of a device given?
    pub entered: bool,
    /// Redirects in a row.
    pub sent_on: usize,
}

/// Where the pages of the server end.
pub(super) struct Bounds<'a> {
    /// The origins of the server.
    pub home: &'a [String],
    /// The redirect URI at which the client is awaited.
    pub client_uri: Option<&'a str>,
}

impl Bounds<'_> {
    /// Does this redirect leave the server? Compared as strings where the redirect URI of the client is concerned, so that
    /// a client on the server's own origin is still recognised.
    pub fn are_left(&self, location: &str, here: &Url) -> bool {
        let base = location.split(['?', '#']).next().unwrap_or_default();
        if self.client_uri.is_some_and(|uri| base == uri.split(['?', '#']).next().unwrap_or_default()) {
            return true;
        }
        match here.join(location) {
            Ok(next) => {
                let origin = next.origin();
                origin != here.origin() && !self.home.contains(&origin.ascii_serialization())
            }
            // What no URL reader understands is not a page of the server.
            Err(_) => true,
        }
    }

    /// Where a redirect leads: away, or to a page of the server.
    pub fn redirected(&self, wire: Wire, here: &Url, reply: &Reply, location: &str, way: &mut Way) -> Step {
        if self.are_left(location, here) {
            return Step::End(Landing::client(location, reply, way.after_post));
        }
        let Ok(next) = here.join(location) else {
            return Step::End(Landing::page(reply.clone(), false, false));
        };
        way.sent_on += 1;
        Step::On(if matches!(reply.status, 307 | 308) { Wire { url: next.into(), ..wire } } else { visit(&next) })
    }
}

/// The location of a redirect.
pub(super) fn redirect(reply: &Reply) -> Option<String> {
    if !(300..400).contains(&reply.status) {
        return None;
    }
    reply.header("location").map(str::to_owned)
}

/// A link that is clicked.
pub(super) fn visit(url: &Url) -> Wire {
    Wire { method: "GET", url: url.to_string(), headers: Vec::new(), body: None }
}

/// A form that a page of the server contains, sent as the browser of a person would.
pub(super) fn submit(action: &Url, post: bool, fields: &[(String, String)], page: &Url) -> Wire {
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
