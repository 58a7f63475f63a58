//! Where an authorization response goes.

use form_urlencoded::byte_serialize;

use super::{Client, Path};
use crate::error::Refusal;
use crate::rules::Rules;

/// A redirect URI that was found to be registered, with the state to echo. There is no other way to make one.
#[derive(Clone, Debug)]
pub struct ReturnAddress {
    redirect_uri: String,
    state: Option<String>,
}

impl ReturnAddress {
    /// RFC 6749 §3.1.2.3, §3.1.2.4: the URI of the request, or the only registered one; either way it is registered.
    ///
    /// # Errors
    /// When the URI is missing or not registered; nothing may be redirected then.
    pub fn new(
        rules: &dyn Rules,
        client: &Client,
        redirect_uri: Option<&str>,
        openid: bool,
        state: Option<&str>,
    ) -> Result<ReturnAddress, Refusal> {
        let path = Path::Authorization;
        rules.redirect_uri_is_given(path, client, redirect_uri, openid)?;
        let only_one = client.redirect_uris.first().map(String::as_str);
        let redirect_uri = redirect_uri.or(only_one).ok_or_else(|| Refusal::missing("redirect_uri"))?;
        rules.redirect_uri_is_registered(path, client, redirect_uri)?;
        Ok(ReturnAddress { redirect_uri: redirect_uri.to_owned(), state: state.map(str::to_owned) })
    }

    /// RFC 6749 §4.1.2, RFC 9207 §2: the URI with the response, the state exactly as it came, and the issuer. A query it has stays.
    pub fn with(&self, issuer: &str, response: &[(&str, &str)]) -> String {
        let mut location = self.redirect_uri.clone();
        let state = self.state.as_deref().map(|state| ("state", state));
        for (name, value) in response.iter().copied().chain(state).chain([("iss", issuer)]) {
            location.push(if location.contains('?') { '&' } else { '?' });
            location.push_str(name);
            location.push('=');
            location.extend(byte_serialize(value.as_bytes()));
        }
        location
    }
}
