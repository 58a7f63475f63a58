//! A login page that is a script: the requests which the script makes, as data. A closed language: requests in a row, and
//! placeholders for what only the run knows.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::exchange::{Wire, form};
use crate::suggest;
use crate::target::User;

/// The placeholders that are filled from the run; beside them stands `page.NAME`, a parameter of the page.
const KNOWN: [&str; 6] = ["user", "password", "authorization_url", "client_id", "scope", "user_code"];

/// How a placeholder begins that is filled from the query of the page.
const OF_PAGE: &str = "page.";

/// What the script of a login page does.
#[derive(Clone, Debug, PartialEq)]
pub struct Requests {
    /// The page at which the server has a browser wait; any query.
    pub page: String,
    /// The requests by which a user logs in.
    pub enter: Vec<Request>,
    /// The requests by which a user says yes to the client; none where nothing is asked.
    pub allow: Vec<Request>,
    /// The requests by which a user says no; none where that is not possible, or would undo what others rely on.
    pub deny: Vec<Request>,
    /// Where the page sends the browser when all is said.
    pub next: String,
    /// Where the page sends it with the code of a device that was typed; none where no code can be typed.
    pub device: Option<String>,
}

/// A request of the script.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[serde(default)]
    method: Method,
    url: String,
    json: Option<Value>,
    form: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Method {
    Get,
    #[default]
    Post,
    Put,
    Patch,
    Delete,
}

/// What the placeholders stand for.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    /// Who logs in.
    pub user: &'a User,
    /// The code of a device.
    pub user_code: Option<&'a str>,
    /// The authorization request, as a URL.
    pub request: &'a Url,
    /// The page that waits.
    pub page: &'a Url,
}

impl Requests {
    /// The same, once every placeholder in it is known.
    ///
    /// # Errors
    /// Says which is not, with a suggestion.
    pub fn checked(self) -> Result<Self, String> {
        Url::parse(&self.page).map_err(|error| format!("page: `{}` is not a URL ({error})", self.page))?;
        let mut texts: Vec<&str> = [&self.next].into_iter().chain(&self.device).map(String::as_str).collect();
        for request in self.enter.iter().chain(&self.allow).chain(&self.deny) {
            if request.json.is_some() && request.form.is_some() {
                return Err(format!("{}: a request has one body: json or form", request.url));
            }
            texts.extend(request.texts());
        }
        texts.into_iter().try_for_each(known)?;
        Ok(self)
    }

    /// Does the script run on this page? One that lacks a parameter which `enter`, `allow` or `next` name is another page. Where the code of
    /// a device is still to be typed nobody is asked to allow anything yet: there it is what `enter` and `device` name.
    pub fn run_at(&self, here: &Url, to_type: bool) -> bool {
        let bare = |url: &str| url.split(['?', '#']).next().unwrap_or_default().to_owned();
        let (allow, next) = match &self.device {
            Some(device) if to_type => (&[][..], device),
            _ => (self.allow.as_slice(), &self.next),
        };
        let sent = self.enter.iter().chain(allow).flat_map(Request::texts);
        let named = sent.chain([next.as_str()]).flat_map(names).filter_map(|name| name.strip_prefix(OF_PAGE));
        bare(here.as_str()) == bare(&self.page)
            && named.into_iter().all(|name| here.query_pairs().any(|(known, _)| known == name))
    }
}

impl Request {
    /// Where placeholders may stand.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let fields = self.form.iter().flat_map(BTreeMap::values).map(String::as_str);
        std::iter::once(self.url.as_str()).chain(fields).chain(self.json.iter().flat_map(strings))
    }

    /// The request as it goes on the wire; none where a placeholder has no value.
    pub fn wire(&self, values: &Values<'_>) -> Option<Wire> {
        let text = |text: &str| filled(text, &mut |name| values.of(name));
        let (kind, body) = match (&self.json, &self.form) {
            (Some(json), _) => (Some("application/json"), Some(filled_json(json, &text)?.to_string())),
            (None, Some(fields)) => {
                let fields = fields.iter().map(|(name, value)| Some((name.clone(), text(value)?)));
                (Some("application/x-www-form-urlencoded"), Some(form(&fields.collect::<Option<Vec<_>>>()?)))
            }
            (None, None) => (None, None),
        };
        let mut headers = vec![("accept", "application/json".to_owned())];
        headers.extend(kind.map(|kind| ("content-type", kind.to_owned())));
        // As a browser marks what a page sends to its own server.
        headers.push(("origin", values.page.origin().ascii_serialization()));
        headers.push(("sec-fetch-site", "same-origin".to_owned()));
        Some(Wire { method: self.method.name(), url: filled_url(&self.url, values)?, headers, body })
    }
}

impl Method {
    const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl Values<'_> {
    fn of(&self, name: &str) -> Option<String> {
        let param = |url: &Url, name: &str| Some(url.query_pairs().find(|(known, _)| known == name)?.1.into_owned());
        match name {
            "user" => Some(self.user.name.clone()),
            "password" => Some(self.user.password.clone()),
            "user_code" => self.user_code.map(str::to_owned),
            "authorization_url" => Some(self.request.to_string()),
            "client_id" | "scope" => param(self.request, name),
            _ => param(self.page, name.strip_prefix(OF_PAGE)?),
        }
    }
}

/// A URL with its placeholders filled: one at the beginning is a URL itself, what comes later is a part of one.
pub fn filled_url(text: &str, values: &Values<'_>) -> Option<String> {
    let mut first = text.starts_with('{');
    filled(text, &mut |name| {
        let value = values.of(name)?;
        let whole = std::mem::take(&mut first);
        Some(if whole { value } else { utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string() })
    })
}

fn filled(text: &str, value: &mut dyn FnMut(&str) -> Option<String>) -> Option<String> {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, later) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(&value(name)?);
        rest = later;
    }
    filled.push_str(rest);
    Some(filled)
}

/// A JSON value whose texts are filled; names and numbers stay as they are.
fn filled_json(json: &Value, text: &dyn Fn(&str) -> Option<String>) -> Option<Value> {
    Some(match json {
        Value::String(string) => Value::String(text(string)?),
        Value::Array(list) => list.iter().map(|one| filled_json(one, text)).collect::<Option<_>>()?,
        Value::Object(map) => {
            let members = map.iter().map(|(name, one)| Some((name.clone(), filled_json(one, text)?)));
            Value::Object(members.collect::<Option<_>>()?)
        }
        other => other.clone(),
    })
}

fn strings(json: &Value) -> Vec<&str> {
    match json {
        Value::String(string) => vec![string],
        Value::Array(list) => list.iter().flat_map(strings).collect(),
        Value::Object(map) => map.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0))
}

fn known(text: &str) -> Result<(), String> {
    if text.matches('{').count() != names(text).count() {
        return Err(format!("`{text}`: a brace is not closed"));
    }
    match names(text).find(|name| !KNOWN.contains(name) && !name.starts_with(OF_PAGE)) {
        Some(name) => Err(format!(
            "`{text}`: there is no placeholder `{{{name}}}`{}; a parameter of the page is {{page.NAME}}",
            suggest::hint(name, KNOWN)
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
