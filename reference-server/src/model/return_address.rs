//! Where an authorization response goes, and how; and where a user goes after a logout.

use form_urlencoded::byte_serialize;

use super::{Client, Path, ResponseMode};
use crate::error::Refusal;
use crate::rules::Rules;

/// A redirect URI that was found to be registered, the state to echo, and the response mode. There is no other way to make one.
#[derive(Clone, Debug)]
pub struct ReturnAddress {
    redirect_uri: String,
    state: Option<String>,
    mode: ResponseMode,
    path: Path,
}

/// An authorization response on its way: RFC 6749 §4.1.2, §4.2.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Departure {
    /// Go there.
    Location(String),
    /// Post these fields there: Form Post Response Mode §2.
    Form {
        /// The redirect URI.
        action: String,
        /// Names and values, in order.
        fields: Vec<(String, String)>,
    },
}

impl ReturnAddress {
    /// RFC 6749 §3.1.2.3, §3.1.2.4: the URI of the request, or the only registered one; either way it is registered, whether the request came in the open or
    /// was pushed, which `path` says. The response mode is that of a code until [`ReturnAddress::in_mode`] says otherwise.
    ///
    /// # Errors
    /// When the URI is missing or not registered; nothing may be redirected then.
    pub fn new(
        rules: &dyn Rules,
        path: Path,
        client: &Client,
        redirect_uri: Option<&str>,
        openid: bool,
        state: Option<&str>,
    ) -> Result<ReturnAddress, Refusal> {
        rules.redirect_uri_is_given(path, client, redirect_uri, openid)?;
        let only_one = client.redirect_uris.first().map(String::as_str);
        let redirect_uri = redirect_uri.or(only_one).ok_or_else(|| Refusal::missing("redirect_uri"))?;
        rules.redirect_uri_is_registered(path, client, redirect_uri)?;
        Ok(ReturnAddress {
            redirect_uri: redirect_uri.to_owned(),
            state: state.map(str::to_owned),
            mode: ResponseMode::Query,
            path,
        })
    }

    /// RFC 6749 §3.1.2.3: whether it is one of the client's still.
    ///
    /// # Errors
    /// When it is not; nothing may be redirected then.
    pub fn is_registered(&self, rules: &dyn Rules, client: &Client) -> Result<(), Refusal> {
        rules.redirect_uri_is_registered(self.path, client, &self.redirect_uri)
    }

    /// The same address in another response mode.
    #[must_use]
    pub fn in_mode(mut self, mode: ResponseMode) -> ReturnAddress {
        self.mode = mode;
        self
    }

    /// Where the user is sent, as a person would recognise it: the host, with its port; nothing for the scheme of an application.
    pub fn place(&self) -> Option<String> {
        let url = url::Url::parse(&self.redirect_uri).ok()?;
        let host = url.host_str()?.to_owned();
        Some(url.port().map_or(host.clone(), |port| format!("{host}:{port}")))
    }

    /// RFC 6749 §4.1.2, §4.2.2, RFC 9207 §2: the response, the state exactly as it came, and the issuer. A query that the URI has stays.
    pub fn with(&self, issuer: &str, response: &[(&str, &str)]) -> Departure {
        let state = self.state.as_deref().map(|state| ("state", state));
        let fields = response.iter().copied().chain(state).chain([("iss", issuer)]);
        if self.mode == ResponseMode::FormPost {
            let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            return Departure::Form { action: self.redirect_uri.clone(), fields };
        }
        Departure::Location(match self.mode {
            ResponseMode::Fragment => appended(&self.redirect_uri, '#', fields),
            _ => appended(&self.redirect_uri, query_separator(&self.redirect_uri), fields),
        })
    }
}

/// A URI to which the user goes after a logout, found to be registered for that, and the state to echo. There is no other way to make one.
#[derive(Clone, Debug)]
pub struct PostLogoutAddress {
    uri: String,
    state: Option<String>,
}

impl PostLogoutAddress {
    /// OpenID Connect RP-Initiated Logout §3: a URI that is registered for the client, who is known by an ID token.
    ///
    /// # Errors
    /// When nothing vouches for the client, or the URI is not registered; nothing may be redirected then.
    pub fn new(
        rules: &dyn Rules,
        client: Option<&Client>,
        uri: &str,
        state: Option<&str>,
    ) -> Result<PostLogoutAddress, Refusal> {
        let path = Path::EndSession;
        rules.post_logout_redirect_needs_hint(path, client)?;
        let client = client.ok_or_else(|| Refusal::missing("id_token_hint"))?;
        rules.post_logout_redirect_uri_is_registered(path, client, uri)?;
        Ok(PostLogoutAddress { uri: uri.to_owned(), state: state.map(str::to_owned) })
    }

    /// RP-Initiated Logout §2: there, with the state exactly as it came.
    pub fn location(&self) -> String {
        let state = self.state.as_deref().map(|state| ("state", state));
        appended(&self.uri, query_separator(&self.uri), state.into_iter())
    }
}

fn query_separator(uri: &str) -> char {
    if uri.contains('?') { '&' } else { '?' }
}

/// The URI with these fields after it.
fn appended<'a>(uri: &str, mut separator: char, fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut location = uri.to_owned();
    for (name, value) in fields {
        location.push(separator);
        location.push_str(name);
        location.push('=');
        location.extend(byte_serialize(value.as_bytes()));
        separator = '&';
    }
    location
}
