//! What could not be proven, told with what to do about it.

use url::Url;

use super::Client;
use super::doctor::SetupError;
use crate::cell::{Grant, ResponseType};
use crate::check::Stop;
use crate::exchange::Reply;
use crate::lab::{Authorized, Landing};

/// So much of a description is shown, in characters.
const LONGEST_DESCRIPTION: usize = 160;

/// A token request of the plainest form was refused.
pub(super) fn refused_token(what: &str, client: &Client, reply: &Reply, grant: &str) -> SetupError {
    let says = match reply.text("error_description") {
        Some(description) => format!("{grant} was refused: {} ({})", reply.summary(), in_short(&description)),
        None => format!("{grant} was refused: {}", reply.summary()),
    };
    let remedy = match reply.text("error").as_deref() {
        Some("invalid_client") if client.auth.is_jwt() => format!(
            "check the key or secret of {}, and whom its assertions are for (audience, now {})",
            client.id,
            client.audience.as_deref().unwrap_or("the token endpoint")
        ),
        Some("invalid_grant") if grant == Grant::JwtBearer.short() => {
            "check [assertion] in grantspec.toml: issuer, subject, audience, and the key that it signs with".to_owned()
        }
        Some("invalid_request" | "invalid_target") if grant == Grant::TokenExchange.short() => {
            "check [token_exchange] in grantspec.toml: whose token is exchanged (subject), for which audience or resource".to_owned()
        }
        Some("invalid_client") => format!(
            "check the secret of {}, and its authentication method (now {}; --client-auth or `auth` in grantspec.toml)",
            client.id,
            client.auth.name()
        ),
        Some("unauthorized_client" | "unsupported_grant_type") => {
            format!(
                "take {grant} out of the grants of {} in grantspec.toml or --grants, or register the client for it",
                client.id
            )
        }
        Some("invalid_scope") => {
            "give scopes that the client may have: --scope, --client-scope, or [scopes] in grantspec.toml".to_owned()
        }
        Some(_) => "mend the client or its entry in grantspec.toml so that this plain request succeeds".to_owned(),
        None if reply.status >= 500 => "the server is failing: look into its log".to_owned(),
        None => "is this the token endpoint of the server? It answers neither a token nor an OAuth error".to_owned(),
    };
    SetupError { crashed: reply.status >= 500, ..SetupError::new(what, says, remedy) }
}

/// A description in one line; servers in development send whole stack traces.
fn in_short(description: &str) -> String {
    let line = description.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_DESCRIPTION) {
        Some((at, _)) => format!("{} …", &line[..at]),
        None => line,
    }
}

/// An authorization request of the plainest form came to nothing.
pub(super) fn no_answer(what: &str, client: &Client, authorized: &Authorized) -> SetupError {
    let landing = &authorized.landing;
    let description =
        landing.param("error_description").map(|text| format!(" ({})", in_short(text))).unwrap_or_default();
    let asked = authorized.request.value("response_type").unwrap_or_default();
    let promised = if asked == ResponseType::Code.name() {
        "code".to_owned()
    } else {
        format!("answer of the response type {asked}")
    };
    let says = format!("the authorization request came to no {promised}: {}{description}", landing.summary());
    let remedy = match landing {
        Landing::Client { uri, .. } if !authorized.reaches_client() => {
            let origin = Url::parse(uri).map_or_else(|_| uri.clone(), |url| url.origin().ascii_serialization());
            format!(
                "the browser was sent to an address that is neither the server's nor a redirect URI; if the login lives there, name it: --login-origin {origin}, or [login] origins = [\"{origin}\"] in grantspec.toml"
            )
        }
        Landing::Client { .. } if asked != ResponseType::Code.name() => format!(
            "register {} for this response type, or name those that it may ask for: response_types = [\"…\"] under [[client]] in grantspec.toml",
            client.id
        ),
        Landing::Client { .. } => format!(
            "check scopes, grants and redirect URI of {} (now {}) at the server",
            client.id,
            client.redirect_uris.first().map_or("none", String::as_str)
        ),
        Landing::Page { asks: true, .. } => {
            "the page asks for more than a name, a password and a consent; only plain HTML forms can be filled in"
                .to_owned()
        }
        Landing::Page { .. } => format!(
            "is {} the registered redirect URI of {}? A login page that is made by a script cannot be filled in: describe its requests, [login] kind = \"http\"",
            client.redirect_uris.first().map_or("none", String::as_str),
            client.id
        ),
    };
    SetupError::new(what, says, remedy)
}

/// The proof itself came to a stop.
pub(super) fn stopped(what: &str, stop: &Stop) -> SetupError {
    match stop {
        Stop::Inconclusive(says) if says.starts_with("the login failed") => SetupError::new(
            what,
            says.clone(),
            "check the name and the password of the user (--user, --password-env, or [[user]] in grantspec.toml)",
        ),
        Stop::Inconclusive(says) if says.starts_with("the browser was sent on") => SetupError::new(
            what,
            says.clone(),
            "open the authorization request in a browser; a server that redirects in a circle often takes itself to live at another address, or over https",
        ),
        Stop::Inconclusive(says)
            if says.contains("the server throttles") || says.contains("the server is overloaded") =>
        {
            let remedy = "wait until the server takes requests again, or allow it more of them";
            SetupError { crashed: true, ..SetupError::new(what, says.clone(), remedy) }
        }
        Stop::Error(says) => {
            SetupError::new(what, says.clone(), "is the server running? A slow one may need --timeout")
        }
        other => SetupError::new(what, other.to_string(), "mend the target file"),
    }
}
