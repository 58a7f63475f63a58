//! What the end of an authorization request must be.

use url::{Host, Url, form_urlencoded};

use super::browser::{Landing, Place};
use super::{Authorized, Code};
use crate::check::{Answer, Stop};
use crate::exchange::Jwt;

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

    /// Did a code or a token come?
    pub fn gives(&self) -> bool {
        ["code", "access_token", "id_token"].iter().any(|name| self.param(name).is_some())
    }

    /// Where a parameter travelled; none if it did not.
    pub fn place(&self, name: &str) -> Option<Place> {
        let Self::Client { location, params, page, .. } = self else {
            return None;
        };
        let holds = |part: &str| form_urlencoded::parse(part.as_bytes()).any(|(known, _)| known == name);
        let (head, fragment) = location.split_once('#').unwrap_or((location, ""));
        if page.is_some() && params.iter().any(|(known, _)| known == name) {
            return Some(Place::Body);
        }
        if head.split_once('?').is_some_and(|(_, query)| holds(query)) {
            return Some(Place::Query);
        }
        holds(fragment).then_some(Place::Fragment)
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

/// What came through the browser.
#[derive(Clone, Debug)]
pub struct Granted {
    /// `code`, with what it was asked for with.
    pub code: Option<Code>,
    /// `access_token`
    pub access_token: Option<String>,
    /// `id_token`
    pub id_token: Option<String>,
    /// `scope`
    pub scope: Option<String>,
}

impl Granted {
    /// The ID token, where it can be read.
    pub fn id_claims(&self) -> Option<Jwt> {
        self.id_token.as_deref().and_then(Jwt::read)
    }
}

impl Landing {
    /// A throttled or overloaded server has shown a page that answers nothing.
    pub fn judgeable(&self) -> Answer {
        match self {
            Self::Page { reply, .. } => reply.judgeable(),
            Self::Client { .. } => Ok(()),
        }
    }
}

impl Authorized {
    /// A throttled or overloaded server has not answered the question, whether it says so on a page or to the client: RFC 6749
    /// §4.1.2.1, `temporarily_unavailable`.
    pub fn judgeable(&self) -> Answer {
        self.landing.judgeable()?;
        match &self.landing {
            Landing::Client { location, .. }
                if self.landing.param("error") == Some("temporarily_unavailable")
                    && self.registered.iter().any(|uri| same_page(location, uri)) =>
            {
                Err(Stop::Inconclusive(format!("the server is overloaded: {}", self.landing.summary())))
            }
            Landing::Client { .. } | Landing::Page { .. } => Ok(()),
        }
    }

    /// The control: everything that the response type promises. Anything else makes the check inconclusive.
    pub fn granted(&self) -> Result<Granted, Stop> {
        self.promised().map_err(|missing| {
            Stop::Inconclusive(format!("expected {missing} in the response; got {}", self.landing.summary()))
        })
    }

    /// The server answered the question, and waits for no more words of the user.
    fn ended(&self) -> Answer {
        self.judgeable()?;
        match &self.landing {
            Landing::Page { asks: true, .. } => {
                Err(Stop::Inconclusive(format!("the authorization did not come to an end: {}", self.landing.summary())))
            }
            Landing::Client { .. } | Landing::Page { .. } => Ok(()),
        }
    }

    /// Everything that the response type promises; what is missing breaks `clause`.
    pub fn grants(&self, clause: &'static str) -> Result<Granted, Stop> {
        self.ended()?;
        self.promised()
            .map_err(|missing| Stop::finding(clause, format!("the parameter {missing}"), self.landing.summary()))
    }

    /// The same in a form that is posted to the redirect URI: Form Post Response Mode §2.
    pub fn posts(&self, clause: &'static str) -> Result<Granted, Stop> {
        self.ended()?;
        let posted = matches!(&self.landing, Landing::Client { page: Some(_), .. });
        match self.promised() {
            Ok(granted) if posted => Ok(granted),
            _ => {
                Err(Stop::finding(clause, "a form that posts the response to the redirect URI", self.landing.summary()))
            }
        }
    }

    /// The page whose form posts the response has this value in that header; that the response is posted is the control.
    pub fn posts_with(&self, clause: &'static str, name: &str, value: &str) -> Answer {
        self.granted()?;
        match &self.landing {
            Landing::Client { page: Some(page), .. } => page.has_header(clause, name, value).map(drop),
            landing => Err(Stop::Inconclusive(format!("expected a form that is posted; got {}", landing.summary()))),
        }
    }

    /// The response, which is the control, has no parameter of this name.
    pub fn comes_without(&self, clause: &'static str, name: &str) -> Answer {
        self.granted()?;
        match self.landing.param(name) {
            Some(_) => {
                Err(Stop::finding(clause, format!("no {name} in the response"), format!("a response with {name}")))
            }
            None => Ok(()),
        }
    }

    /// The browser was sent to the client, with these parameters.
    pub fn comes_with(&self, clause: &'static str, names: &[&str]) -> Answer {
        self.ended()?;
        match names.iter().find(|name| self.delivered(name).is_none()) {
            Some(missing) => Err(Stop::finding(clause, format!("the parameter {missing}"), self.landing.summary())),
            None => Ok(()),
        }
    }

    /// What the response type names, or the first of it that is missing.
    fn promised(&self) -> Result<Granted, &'static str> {
        let asked = self.response_type;
        let names =
            [("code", asked.has_code()), ("access_token", asked.has_token()), ("id_token", asked.has_id_token())];
        if let Some((missing, _)) = names.iter().find(|(name, promised)| *promised && self.delivered(name).is_none()) {
            return Err(missing);
        }
        let text = |name: &str| self.delivered(name).map(str::to_owned);
        Ok(Granted {
            code: self.issued().filter(|_| asked.has_code()),
            access_token: text("access_token"),
            id_token: text("id_token"),
            scope: text("scope"),
        })
    }

    /// The control: a code. Anything else makes the check inconclusive.
    pub fn code(&self) -> Result<Code, Stop> {
        self.issued().ok_or_else(|| Stop::Inconclusive(format!("expected a code; got {}", self.landing.summary())))
    }

    /// A code; anything else breaks `clause`.
    pub fn issues_code(&self, clause: &'static str) -> Result<Code, Stop> {
        self.ended()?;
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
        self.ended()?;
        match &self.landing {
            Landing::Client { .. } if self.reaches_client() && self.landing.param("error").is_none() => {
                Err(Stop::finding(clause, "an error", self.landing.summary()))
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
            Landing::Page { .. } => Ok(()),
        }
    }

    /// The same, and a page that was shown has one of these statuses.
    pub fn stays_with(&self, clause: &'static str, fitting: &[u16]) -> Result<(), Stop> {
        self.stays(clause)?;
        match &self.landing {
            Landing::Page { reply, .. } if !fitting.contains(&reply.status) => {
                let fitting: Vec<String> = fitting.iter().map(u16::to_string).collect();
                let expected = format!("the status {}", fitting.join(" or "));
                Err(Stop::finding(clause, expected, self.landing.summary()))
            }
            Landing::Client { .. } | Landing::Page { .. } => Ok(()),
        }
    }

    /// The same, and whoever sits at the browser sees a page that is not blank.
    pub fn tells(&self, clause: &'static str) -> Result<(), Stop> {
        self.stays(clause)?;
        match &self.landing {
            Landing::Page { reply, .. } if reply.body.trim().is_empty() => {
                Err(Stop::finding(clause, "a page that says what is wrong", self.landing.summary()))
            }
            Landing::Client { .. } | Landing::Page { .. } => Ok(()),
        }
    }

    /// Was the browser sent to where the request or the registration says that the client is, to a host that stands in the
    /// text of the request, or was anything given away?
    /// Else the server has a page of its own at that origin, for its errors or for its login.
    pub fn reaches_client(&self) -> bool {
        let Landing::Client { location, .. } = &self.landing else {
            return false;
        };
        let asked = self.request.value("redirect_uri");
        let known = asked.into_iter().chain(self.registered.iter().map(String::as_str));
        self.landing.gives()
            || known.into_iter().any(|uri| !uri.is_empty() && same_place(location, uri))
            || asked.is_some_and(|asked| self.is_chosen_by(asked, location))
    }

    /// Does the host of this location stand anywhere in what was asked for? Servers and browsers read some spellings in
    /// other ways than we do, and whoever wrote the request chose the host. A host of the client's own is known by its port
    /// too, and the loopback address is everybody's.
    fn is_chosen_by(&self, asked: &str, location: &str) -> bool {
        let own = |host: &str| {
            self.registered.iter().any(|uri| Url::parse(uri).is_ok_and(|uri| uri.host_str() == Some(host)))
        };
        chosen_host(location).is_some_and(|host| !own(&host) && stands_in(&host, asked))
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
            && !self.landing.gives()
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

/// The same page, whatever its query; RFC 8252 §7.3: on the loopback address at any port.
fn same_page(location: &str, uri: &str) -> bool {
    let page = |text: &str| {
        let url = Url::parse(text).ok()?;
        let own = matches!(url.host(), Some(Host::Ipv4(address)) if address.is_loopback())
            || matches!(url.host(), Some(Host::Ipv6(address)) if address.is_loopback());
        let port = url.port_or_known_default().filter(|_| !own);
        Some((url.scheme().to_owned(), url.host_str().map(str::to_owned), port, url.path().to_owned()))
    };
    page(location).is_some_and(|there| page(uri) == Some(there))
}

/// The host of a location that somebody can have chosen, in lower case.
fn chosen_host(location: &str) -> Option<String> {
    // Without a scheme it keeps that of the server; which one that is does not matter here.
    let url = Url::parse("https://as.invalid/").ok()?.join(location).ok()?;
    match url.host()? {
        Host::Domain("localhost" | "as.invalid") => None,
        Host::Domain(name) => Some(name.to_ascii_lowercase()),
        Host::Ipv4(address) => (!address.is_loopback()).then(|| address.to_string()),
        Host::Ipv6(address) => (!address.is_loopback()).then(|| address.to_string()),
    }
}

/// Does the name stand in the text, and not as a part of a longer one?
fn stands_in(name: &str, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        // A word without a dot may be one of the path.
        let is_host = name.contains(['.', ':']) || before.ends_with(['@', '\\']) || before.ends_with("//");
        is_host && !before.ends_with(is_name) && !after.starts_with(is_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_the_request_chose_is_found_however_it_is_hidden() {
        let hidden = |location: &str, asked: &str| chosen_host(location).is_some_and(|host| stands_in(&host, asked));
        for asked in [
            "http://127.0.0.1:8765\\@attacker.example/cb",
            "https://client.example@Attacker.example/cb",
            "https://client.example/cb#@attacker.example",
            "https://attacker.example/https://client.example/cb",
        ] {
            assert!(hidden("http://attacker.example/cb?error=invalid_request", asked), "{asked}");
            assert!(hidden("//attacker.example/?error=invalid_request", asked), "{asked}");
        }
    }

    #[test]
    fn a_page_of_the_server_is_nobodys_choice() {
        let chosen = |location: &str, asked: &str| chosen_host(location).is_some_and(|host| stands_in(&host, asked));
        assert!(!chosen("https://problems.example/?error=invalid_request", "https://client.example/cb"));
        assert!(!chosen("https://example.com/error", "https://app.example.com/cb"));
        assert!(!chosen("https://client.example/error", "https://client.example.attacker.example/cb"));
        assert!(!chosen("http://127.0.0.1:3000/error", "http://127.0.0.1:8765/cb/"));
        assert!(!chosen("http://auth:4000/error", "http://client/auth"));
        assert!(!chosen("/error", "https://as.invalid/cb"));
    }
}
