//! What an answer must be. A control that is not met is inconclusive; an expectation that is not met is a finding.

use serde_json::{Map, Value};

use super::{Jwt, Reply};
use crate::check::Stop;

/// The clause on the form of an error response.
const ERROR_RESPONSE: &str = "rfc6749/5.2/error-response";

/// An error code of RFC 6749 §5.2, in the order of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// `invalid_request`
    InvalidRequest,
    /// `invalid_client`
    InvalidClient,
    /// `invalid_grant`
    InvalidGrant,
    /// `unauthorized_client`
    UnauthorizedClient,
    /// `unsupported_grant_type`
    UnsupportedGrantType,
    /// `invalid_scope`
    InvalidScope,
}

impl ErrorCode {
    /// All codes.
    pub const ALL: &'static [Self] = &[
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::InvalidScope,
    ];

    /// The code on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
        }
    }

    /// The clause that defines the code for the token endpoint.
    pub const fn clause(self) -> &'static str {
        match self {
            Self::InvalidRequest => "rfc6749/5.2/invalid-request",
            Self::InvalidClient => "rfc6749/5.2/invalid-client",
            Self::InvalidGrant => "rfc6749/5.2/invalid-grant",
            Self::UnauthorizedClient => "rfc6749/5.2/unauthorized-client",
            Self::UnsupportedGrantType => "rfc6749/5.2/unsupported-grant-type",
            Self::InvalidScope => "rfc6749/5.2/invalid-scope",
        }
    }
}

/// A token response.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// `access_token`
    pub access_token: String,
    /// `refresh_token`
    pub refresh_token: Option<String>,
    /// `id_token`
    pub id_token: Option<String>,
    /// `scope`
    pub scope: Option<String>,
    /// The whole answer.
    pub reply: Reply,
}

impl Tokens {
    /// The ID token, where it can be read.
    pub fn id_claims(&self) -> Option<Jwt> {
        self.id_token.as_deref().and_then(Jwt::read)
    }

    /// The `sub` of the ID token.
    pub fn subject(&self) -> Option<String> {
        self.id_claims()?.text("sub").map(str::to_owned)
    }

    /// `expires_in`, in seconds.
    pub fn expires_in(&self) -> Option<u64> {
        self.reply.json()?.get("expires_in")?.as_u64()
    }
}

/// An answer that is no token.
#[derive(Clone, Debug)]
pub struct Refusal<'a> {
    reply: &'a Reply,
}

impl Reply {
    /// The token response that this answer is.
    pub fn tokens(&self) -> Option<Tokens> {
        if !self.is_success() {
            return None;
        }
        let json = self.json()?;
        let text = |name: &str| json.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Tokens {
            access_token: text("access_token").filter(|token| !token.is_empty())?,
            refresh_token: text("refresh_token"),
            id_token: text("id_token"),
            scope: text("scope"),
            reply: self.clone(),
        })
    }

    /// The control: a token response. Anything else makes the check inconclusive.
    pub fn is_token(&self) -> Result<Tokens, Stop> {
        self.tokens().ok_or_else(|| self.not_the_control("a token response"))
    }

    /// The control: success.
    pub fn is_ok(&self) -> Result<&Self, Stop> {
        if self.is_success() { Ok(self) } else { Err(self.not_the_control("a 2xx answer")) }
    }

    /// The control: a JSON object with success.
    pub fn is_json(&self) -> Result<Map<String, Value>, Stop> {
        self.is_ok()?.json().ok_or_else(|| self.not_the_control("a JSON object"))
    }

    /// A token response; anything else breaks `clause`.
    pub fn served(&self, clause: &'static str) -> Result<Tokens, Stop> {
        self.judgeable()?;
        self.tokens().ok_or_else(|| Stop::finding(clause, "a token response", self.actual()))
    }

    /// No token; a token breaks `clause`, a crash or a page in place of an error breaks the clause on error responses.
    pub fn refused(&self, clause: &'static str) -> Result<Refusal<'_>, Stop> {
        self.judgeable()?;
        if self.tokens().is_some() {
            return Err(Stop::finding(
                clause,
                "a refusal",
                format!("{}: {} (a token was issued)", self.asked, self.status),
            ));
        }
        if !(400..500).contains(&self.status) {
            return Err(Stop::finding(ERROR_RESPONSE, "a refusal with a 4xx status", self.actual()));
        }
        Ok(Refusal { reply: self })
    }

    /// Success; anything else breaks `clause`.
    pub fn ok(&self, clause: &'static str) -> Result<&Self, Stop> {
        self.judgeable()?;
        if self.is_success() { Ok(self) } else { Err(Stop::finding(clause, "a 2xx answer", self.actual())) }
    }

    /// A header whose comma-separated list holds `value`, parameters aside (case does not matter); otherwise `clause` is broken.
    pub fn has_header(&self, clause: &'static str, name: &str, value: &str) -> Result<&Self, Stop> {
        let list = self.header_list(name);
        let item = |item: &str| item.split(';').next().unwrap_or_default().trim().to_owned();
        let held = list.split(',').any(|given| item(given).eq_ignore_ascii_case(value));
        if held {
            return Ok(self);
        }
        let actual = if list.is_empty() { format!("no {name} header") } else { format!("{name}: {list}") };
        Err(Stop::finding(clause, format!("{name}: {value}"), format!("{}: {} with {actual}", self.asked, self.status)))
    }

    /// What introspection says of a token; an answer that is no introspection response is inconclusive.
    pub fn is_active(&self) -> Result<bool, Stop> {
        let json = self.is_json()?;
        json.get("active").and_then(Value::as_bool).ok_or_else(|| self.not_the_control("a boolean member `active`"))
    }

    /// `active` with this value; anything else breaks `clause`.
    pub fn active(&self, clause: &'static str, expected: bool) -> Result<&Self, Stop> {
        self.judgeable()?;
        let active = self.json().and_then(|json| json.get("active").and_then(Value::as_bool));
        if self.is_success() && active == Some(expected) {
            return Ok(self);
        }
        let actual = match active {
            Some(active) => format!("{}: {} with active {active}", self.asked, self.status),
            None => self.actual(),
        };
        Err(Stop::finding(clause, format!("200 with active {expected}"), actual))
    }

    /// A throttled or overloaded server has not answered the question.
    pub fn judgeable(&self) -> Result<(), Stop> {
        match self.status {
            429 | 503 => Err(Stop::Inconclusive(format!("{}: the server throttles ({})", self.asked, self.status))),
            _ => Ok(()),
        }
    }

    /// The answer as the `actual` of a finding.
    pub fn actual(&self) -> String {
        format!("{}: {}", self.asked, self.summary())
    }

    /// The stop for a control that was not met.
    pub fn not_the_control(&self, expected: &str) -> Stop {
        Stop::Inconclusive(format!("expected {expected}; got {}", self.actual()))
    }
}

impl Refusal<'_> {
    /// The refusal has the form of RFC 6749 §5.2 and this code, or another of those that fit the cause. The first names
    /// the clause that a wrong code breaks.
    pub fn with_error(&self, fitting: &[ErrorCode]) -> Result<(), Stop> {
        let clause = fitting.first().map_or(ERROR_RESPONSE, |code| code.clause());
        let names: Vec<&str> = fitting.iter().map(|code| code.name()).collect();
        self.with_error_or(clause, &names)
    }

    /// The refusal has the form of RFC 6749 §5.2, whatever its code.
    pub fn with_error_of_form(&self) -> Result<(), Stop> {
        let reply = self.reply;
        if reply.text("error").is_none() {
            return Err(Stop::finding(ERROR_RESPONSE, "a JSON object with a member `error`", reply.actual()));
        }
        if reply.status != 400 && reply.status != 401 {
            return Err(Stop::finding(ERROR_RESPONSE, "status 400 (or 401 for a client)", reply.actual()));
        }
        Ok(())
    }

    /// The same, where another text than RFC 6749 §5.2 demands the code or defines it. The status 401 speaks of the client: of
    /// the codes of §5.2 it fits where the client may have been at fault.
    pub fn with_error_or(&self, clause: &'static str, fitting: &[&str]) -> Result<(), Stop> {
        let reply = self.reply;
        self.with_error_of_form()?;
        let error = reply.text("error").unwrap_or_default();
        if fitting.contains(&error.as_str()) {
            let of_5_2 = ErrorCode::ALL.iter().any(|code| code.name() == error);
            if reply.status == 401 && of_5_2 && !fitting.contains(&ErrorCode::InvalidClient.name()) {
                return Err(Stop::finding(ERROR_RESPONSE, "status 400: the client was not at fault", reply.actual()));
            }
            return Ok(());
        }
        Err(Stop::finding(clause, format!("the error {}", fitting.join(" or ")), reply.actual()))
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::{ErrorCode, Reply};

    #[test]
    fn the_status_401_speaks_of_the_client() {
        let refusal = |status, error: &str| Reply {
            asked: "POST /token".to_owned(),
            status,
            headers: HeaderMap::new(),
            body: format!("{{\"error\":\"{error}\"}}"),
        };
        let fits = |reply: &Reply, fitting: &[ErrorCode]| {
            reply.refused("rfc6749/4.1.3/code-verified").is_ok_and(|refused| refused.with_error(fitting).is_ok())
        };
        assert!(fits(&refusal(400, "invalid_grant"), &[ErrorCode::InvalidGrant]));
        assert!(!fits(&refusal(401, "invalid_grant"), &[ErrorCode::InvalidGrant]));
        assert!(fits(&refusal(401, "invalid_request"), &[ErrorCode::InvalidRequest, ErrorCode::InvalidClient]));
    }
}
