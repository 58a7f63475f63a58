//! What the end of an authorization request must be.

use url::Url;

use super::browser::Landing;
use super::{Authorized, Code};
use crate::check::Stop;
use crate::exchange::ErrorCode;

impl Landing {
    /// A parameter of the response, if the browser was sent to the client.
    pub fn param(&self, name: &str) -> Option<&str> {
        match self {
            Self::Client { params, .. } => {
                params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
            }
            Self::Page { .. } => None,
        }
    }

    /// Where it ended, in a few words, without secrets.
    pub fn summary(&self) -> String {
        match self {
            Self::Client { uri, params, status, .. } => {
                let params: Vec<String> = params
                    .iter()
                    .map(|(name, value)| if name == "error" { format!("error={value}") } else { name.clone() })
                    .collect();
                format!(
                    "a redirect ({status}) to {uri} with {}",
                    if params.is_empty() { "nothing".to_owned() } else { params.join(", ") }
                )
            }
            Self::Page { login_refused: true, .. } => "the login page again, after the password was sent".to_owned(),
            Self::Page { reply, asks: true, .. } => format!("a page that asks the user ({})", reply.status),
            Self::Page { reply, .. } => format!("a page: {}", reply.actual()),
        }
    }
}

impl Authorized {
    /// The control: a code. Anything else makes the check inconclusive.
    pub fn code(&self) -> Result<Code, Stop> {
        self.issued().ok_or_else(|| Stop::Inconclusive(format!("expected a code; got {}", self.landing.summary())))
    }

    /// A code; anything else breaks `clause`.
    pub fn issues_code(&self, clause: &'static str) -> Result<Code, Stop> {
        self.issued().ok_or_else(|| Stop::finding(clause, "a code", self.landing.summary()))
    }

    /// No code and no token; if the browser was sent to the client, an error came along.
    pub fn refused(&self, clause: &'static str) -> Result<&Self, Stop> {
        for name in ["code", "access_token", "id_token"] {
            if self.landing.param(name).is_some() {
                return Err(Stop::finding(
                    clause,
                    "a refusal",
                    format!("{} (a {name} was issued)", self.landing.summary()),
                ));
            }
        }
        match &self.landing {
            Landing::Client { .. } if self.reaches_client() && self.landing.param("error").is_none() => {
                Err(Stop::finding(clause, "an error", self.landing.summary()))
            }
            Landing::Page { asks: true, .. } => {
                Err(Stop::Inconclusive(format!("the authorization did not come to an end: {}", self.landing.summary())))
            }
            Landing::Page { reply, .. } if reply.status >= 500 => {
                Err(Stop::finding(clause, "a refusal", self.landing.summary()))
            }
            Landing::Client { .. } | Landing::Page { .. } => Ok(self),
        }
    }

    /// If the error travelled to the client, it is one of `fitting`; the server may also show a page of its own.
    pub fn with_error(&self, clause: &'static str, fitting: &[&str]) -> Result<(), Stop> {
        match self.landing.param("error") {
            None => Ok(()),
            Some(_) if !self.reaches_client() => Ok(()),
            Some(error) if fitting.contains(&error) => Ok(()),
            Some(_) => {
                Err(Stop::finding(clause, format!("the error {}", fitting.join(" or ")), self.landing.summary()))
            }
        }
    }

    /// The browser was not sent to an address that it must not be sent to, and nothing was given away. An error at a
    /// URI that the client registered, and did not ask for, is no harm, nor is a page of the server at a third origin: no
    /// text forbids them.
    pub fn stays(&self, clause: &'static str) -> Result<(), Stop> {
        match &self.landing {
            Landing::Client { .. } if self.reports_elsewhere() || !self.reaches_client() => Ok(()),
            Landing::Client { .. } => Err(Stop::finding(clause, "no redirect", self.landing.summary())),
            Landing::Page { reply, .. } => reply.judgeable(),
        }
    }

    /// The same, and a page that was shown has this status.
    pub fn stays_with(&self, clause: &'static str, status: u16) -> Result<(), Stop> {
        self.stays(clause)?;
        match &self.landing {
            Landing::Page { reply, .. } if reply.status != status => {
                Err(Stop::finding(clause, format!("the status {status}"), self.landing.summary()))
            }
            Landing::Client { .. } | Landing::Page { .. } => Ok(()),
        }
    }

    /// Was the browser sent to where the request or the registration says that the client is, or was anything given away?
    /// Else the server has a page of its own at that origin, for its errors or for its login.
    pub fn reaches_client(&self) -> bool {
        let Landing::Client { location, .. } = &self.landing else {
            return false;
        };
        let known = self.request.value("redirect_uri").into_iter().chain(self.registered.iter().map(String::as_str));
        self.gives() || known.into_iter().any(|uri| !uri.is_empty() && same_place(location, uri))
    }

    fn gives(&self) -> bool {
        ["code", "access_token", "id_token"].iter().any(|name| self.landing.param(name).is_some())
    }

    /// Was an error delivered to a registered URI that is not the one in the request?
    fn reports_elsewhere(&self) -> bool {
        let Landing::Client { uri, location, .. } = &self.landing else {
            return false;
        };
        let asked = self.request.value("redirect_uri").unwrap_or_default();
        let sent_as_asked =
            location.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '&', '#']));
        !sent_as_asked
            && !self.gives()
            && self.landing.param("error").is_some()
            && self.registered.iter().any(|known| known.split('?').next() == Some(uri))
    }
}

/// The same scheme, host and port; what no URL reader understands is compared as it stands.
fn same_place(location: &str, uri: &str) -> bool {
    match (Url::parse(location), Url::parse(uri)) {
        (Ok(there), Ok(known)) => {
            let place =
                |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default());
            place(&there) == place(&known)
        }
        _ => location.starts_with(uri),
    }
}

/// The clause that defines an error code for the authorization endpoint.
pub fn authorization_error_clause(code: &str) -> Option<&'static str> {
    Some(match code {
        "invalid_request" => "rfc6749/4.1.2.1/invalid-request",
        "unauthorized_client" => "rfc6749/4.1.2.1/unauthorized-client",
        "access_denied" => "rfc6749/4.1.2.1/access-denied",
        "unsupported_response_type" => "rfc6749/4.1.2.1/unsupported-response-type",
        "invalid_scope" => "rfc6749/4.1.2.1/invalid-scope",
        "login_required" => "oidc-core/3.1.2.6/login-required",
        _ => return None,
    })
}

/// The clause that defines an error code for the token endpoint.
pub fn token_error_clause(code: &str) -> Option<&'static str> {
    ErrorCode::ALL.iter().find(|known| known.name() == code).map(|known| known.clause())
}
