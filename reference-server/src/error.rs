//! Refusals, and the two shapes in which they leave: at the token endpoint, and at the authorization endpoint.

use std::borrow::Cow;

use thiserror::Error;

use crate::model::{Path, ReturnAddress};
use crate::rules::Rule;
use crate::store::StoreError;
use crate::tokens::jwt::JwtError;

/// The error codes of RFC 6749 §5.2, of the extension grants, of RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6,
/// RFC 7591 §3.2.2 and RFC 6750 §3.1, in that order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// Something is missing, repeated or malformed.
    InvalidRequest,
    /// Client authentication failed.
    InvalidClient,
    /// The code or refresh token is not good for this client.
    InvalidGrant,
    /// This client may not do that.
    UnauthorizedClient,
    /// The token endpoint does not know this grant type.
    UnsupportedGrantType,
    /// The scope is unknown, malformed or too wide.
    InvalidScope,
    /// RFC 8628 §3.5: the user has not decided yet.
    AuthorizationPending,
    /// RFC 8628 §3.5: the same, and the client asks too often.
    SlowDown,
    /// RFC 8628 §3.5: the device code has expired.
    ExpiredToken,
    /// RFC 8707 §2: the resource is unknown, or not for this client.
    InvalidTarget,
    /// An error that an extension grant defines (RFC 6749 §8.5).
    Extension(&'static str),
    /// The user said no.
    AccessDenied,
    /// The authorization endpoint does not answer this response type.
    UnsupportedResponseType,
    /// Something broke here.
    ServerError,
    /// A page would be needed, and none may be shown.
    LoginRequired,
    /// A consent page would be needed, and none may be shown.
    ConsentRequired,
    /// Several accounts would do, and no page to choose one may be shown.
    AccountSelectionRequired,
    /// The `request` parameter is not supported.
    RequestNotSupported,
    /// The `request_uri` parameter is not supported.
    RequestUriNotSupported,
    /// The request object is malformed, not signed as it has to be, or says something else than the request.
    InvalidRequestObject,
    /// The `request_uri` leads to nothing that could be used.
    InvalidRequestUri,
    /// RFC 7591 §3.2.2: a redirect URI of a registration is not acceptable.
    InvalidRedirectUri,
    /// RFC 7591 §3.2.2: another member of a registration is not acceptable.
    InvalidClientMetadata,
    /// RFC 7591 §3.2.2: a software statement that this server does not go by.
    UnapprovedSoftwareStatement,
    /// The bearer token is not good.
    InvalidToken,
    /// The bearer token is good, but not for this.
    InsufficientScope,
}

impl ErrorCode {
    /// The code on the wire.
    #[rustfmt::skip]
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorCode::InvalidRequest            => "invalid_request",
            ErrorCode::InvalidClient             => "invalid_client",
            ErrorCode::InvalidGrant              => "invalid_grant",
            ErrorCode::UnauthorizedClient        => "unauthorized_client",
            ErrorCode::UnsupportedGrantType      => "unsupported_grant_type",
            ErrorCode::InvalidScope              => "invalid_scope",
            ErrorCode::AuthorizationPending      => "authorization_pending",
            ErrorCode::SlowDown                  => "slow_down",
            ErrorCode::ExpiredToken              => "expired_token",
            ErrorCode::InvalidTarget             => "invalid_target",
            ErrorCode::Extension(code)           => code,
            ErrorCode::AccessDenied              => "access_denied",
            ErrorCode::UnsupportedResponseType   => "unsupported_response_type",
            ErrorCode::ServerError               => "server_error",
            ErrorCode::LoginRequired             => "login_required",
            ErrorCode::ConsentRequired           => "consent_required",
            ErrorCode::AccountSelectionRequired  => "account_selection_required",
            ErrorCode::RequestNotSupported       => "request_not_supported",
            ErrorCode::RequestUriNotSupported    => "request_uri_not_supported",
            ErrorCode::InvalidRequestObject      => "invalid_request_object",
            ErrorCode::InvalidRequestUri         => "invalid_request_uri",
            ErrorCode::InvalidRedirectUri        => "invalid_redirect_uri",
            ErrorCode::InvalidClientMetadata     => "invalid_client_metadata",
            ErrorCode::UnapprovedSoftwareStatement => "unapproved_software_statement",
            ErrorCode::InvalidToken              => "invalid_token",
            ErrorCode::InsufficientScope         => "insufficient_scope",
        }
    }
}

/// A rule said no: with which code, in one plain sentence, and which rule it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code of the standard.
    pub code: ErrorCode,
    /// One sentence in the characters of RFC 6749 §5.2; nothing that the request sent is repeated in it.
    pub says: Cow<'static, str>,
    /// The rule, once it has passed the gate.
    pub rule: Option<Rule>,
}

impl Refusal {
    /// Refuse with this code, for this reason.
    pub fn new(code: ErrorCode, says: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal { code, says: says.into(), rule: None }
    }

    /// Stamp the rule; the first stamp stays.
    #[must_use]
    pub fn by(mut self, rule: Rule) -> Refusal {
        self.rule.get_or_insert(rule);
        self
    }

    /// RFC 6749 §5.2: a required parameter is missing, or was sent without a value.
    pub fn missing(parameter: &'static str) -> Refusal {
        Refusal::new(ErrorCode::InvalidRequest, format!("The parameter {parameter} is missing."))
            .by(Rule::ParameterIsPresent)
    }

    /// RFC 6749 §5.2: nobody of this name is registered.
    pub fn unknown_client() -> Refusal {
        Refusal::new(ErrorCode::InvalidClient, "No client of this name is registered.").by(Rule::ClientIsKnown)
    }

    /// OpenID Connect Core §9: a client assertion is used once.
    pub fn client_assertion_already_used() -> Refusal {
        Refusal::new(ErrorCode::InvalidClient, "The client_assertion was used before.")
            .by(Rule::ClientAssertionIsUnused)
    }

    /// RFC 9126 §4: this `request_uri` was never issued, or has been forgotten since.
    pub fn unknown_request_uri() -> Refusal {
        Refusal::new(ErrorCode::InvalidRequestUri, "The request_uri was not issued by this server.")
            .by(Rule::RequestUriIsKnown)
    }

    /// OpenID Connect Core §3.1.2.6: the object behind this `request_uri` could not be had.
    pub fn request_uri_unreachable() -> Refusal {
        Refusal::new(ErrorCode::InvalidRequestUri, "The request object at the request_uri could not be fetched.")
            .by(Rule::RequestUriIsKnown)
    }

    /// RFC 9126 §4, §7.3: a `request_uri` is used once.
    pub fn request_uri_already_used() -> Refusal {
        Refusal::new(ErrorCode::InvalidRequestUri, "The request_uri was used before.").by(Rule::RequestUriIsUnspent)
    }

    /// RFC 7523 §2.1, §3 (10): an authorization grant is one JWT.
    pub fn unreadable_assertion(error: JwtError) -> Refusal {
        Refusal::new(ErrorCode::InvalidGrant, error.to_string()).by(Rule::AssertionIsAJwt)
    }

    /// RFC 7523 §3 (1): nobody of this name is trusted.
    pub fn unknown_assertion_issuer() -> Refusal {
        Refusal::new(ErrorCode::InvalidGrant, "The iss of the assertion is not one that this server trusts.")
            .by(Rule::AssertionIssuerIsTrusted)
    }

    /// RFC 7523 §3 (2): nobody is known by this `sub`.
    pub fn unknown_subject() -> Refusal {
        Refusal::new(ErrorCode::InvalidGrant, "The sub of the assertion is no user of this server.")
            .by(Rule::AssertionNamesAUser)
    }

    /// RFC 7523 §3 (7): an assertion that has a `jti` is used once.
    pub fn assertion_already_used() -> Refusal {
        Refusal::new(ErrorCode::InvalidGrant, "The assertion was used before.").by(Rule::AssertionIsUnused)
    }

    /// RFC 6749 §5.2: this code was never issued.
    pub fn unknown_code() -> Refusal {
        Refusal::new(ErrorCode::InvalidGrant, "The code was not issued by this server.").by(Rule::CodeIsKnown)
    }

    /// RFC 6749 §4.1.2: a code is used once.
    pub fn code_already_used() -> Refusal {
        Refusal::new(ErrorCode::InvalidGrant, "The code was used before; everything issued for it is revoked.")
            .by(Rule::CodeIsUnspent)
    }

    /// RFC 6749 §3.1, §4.3.2: the same for a wrong name and a wrong password.
    pub fn wrong_password(path: Path) -> Refusal {
        let code = if path == Path::Password { ErrorCode::InvalidGrant } else { ErrorCode::AccessDenied };
        Refusal::new(code, "The name or the password is wrong.").by(Rule::PasswordMatches)
    }

    /// RFC 8628 §3.3: the same for a user code that is unknown, expired or answered, and for one guess too many.
    pub fn unknown_user_code() -> Refusal {
        Refusal::new(ErrorCode::AccessDenied, "No device waits with this code.").by(Rule::UserCodeIsOpen)
    }

    /// RFC 8628 §3.4: this device code was never issued.
    pub fn unknown_device_code() -> Refusal {
        Refusal::new(ErrorCode::InvalidGrant, "The device code was not issued by this server.")
            .by(Rule::DeviceCodeIsKnown)
    }

    /// RFC 6749 §5.2: a device code is used once.
    pub fn device_code_already_used() -> Refusal {
        Refusal::new(ErrorCode::InvalidGrant, "The device code was used before; everything issued for it is revoked.")
            .by(Rule::DeviceCodeIsUnspent)
    }

    /// RFC 8693 §2.2.2: a subject or actor token that is none of its type.
    pub fn unknown_exchanged_token() -> Refusal {
        Refusal::new(
            ErrorCode::InvalidRequest,
            "A token that is to be exchanged is not one of its type that was issued by this server.",
        )
        .by(Rule::ExchangedTokenIsKnown)
    }

    /// RFC 6749 §5.2: this refresh token was never issued.
    pub fn unknown_refresh_token() -> Refusal {
        Refusal::new(ErrorCode::InvalidGrant, "The refresh token was not issued by this server.")
            .by(Rule::RefreshTokenIsKnown)
    }

    /// RFC 9700 §4.14.2: a refresh token is used once.
    pub fn refresh_token_already_used() -> Refusal {
        Refusal::new(ErrorCode::InvalidGrant, "The refresh token was used before; its whole family is revoked.")
            .by(Rule::RefreshTokenIsUnused)
    }
}

/// Why a token, introspection or revocation request failed, in the order of RFC 6749 §5.2.
#[derive(Clone, Debug, Error)]
pub enum TokenError {
    /// `invalid_request`
    #[error("invalid_request: {}", .0.says)]
    InvalidRequest(Refusal),
    /// `invalid_client`: 401, with a challenge.
    #[error("invalid_client: {}", .0.says)]
    InvalidClient(Refusal),
    /// `invalid_grant`
    #[error("invalid_grant: {}", .0.says)]
    InvalidGrant(Refusal),
    /// `unauthorized_client`
    #[error("unauthorized_client: {}", .0.says)]
    UnauthorizedClient(Refusal),
    /// `unsupported_grant_type`
    #[error("unsupported_grant_type: {}", .0.says)]
    UnsupportedGrantType(Refusal),
    /// `invalid_scope`
    #[error("invalid_scope: {}", .0.says)]
    InvalidScope(Refusal),
    /// An error that an extension defines, or brings along from another endpoint: RFC 6749 §8.5.
    #[error("{}: {}", .0.code.as_str(), .0.says)]
    Extension(Refusal),
    /// Not the client's doing: 500.
    #[error("the server failed")]
    Server,
}

impl From<Refusal> for TokenError {
    fn from(refusal: Refusal) -> TokenError {
        match refusal.code {
            ErrorCode::InvalidRequest => TokenError::InvalidRequest(refusal),
            ErrorCode::InvalidClient => TokenError::InvalidClient(refusal),
            ErrorCode::InvalidGrant => TokenError::InvalidGrant(refusal),
            ErrorCode::UnauthorizedClient => TokenError::UnauthorizedClient(refusal),
            ErrorCode::UnsupportedGrantType => TokenError::UnsupportedGrantType(refusal),
            ErrorCode::InvalidScope => TokenError::InvalidScope(refusal),
            ErrorCode::ServerError => TokenError::Server,
            _ => TokenError::Extension(refusal),
        }
    }
}

/// RFC 9126 §2.3: where a request is pushed, there is nobody to redirect, and every refusal is told to the client.
impl From<AuthorizeError> for TokenError {
    fn from(error: AuthorizeError) -> TokenError {
        match error {
            AuthorizeError::MustBeShown(refusal) | AuthorizeError::MayBeRedirected(_, refusal) => refusal.into(),
            AuthorizeError::Server => TokenError::Server,
        }
    }
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> TokenError {
        tracing::error!(%error, "a request could not be finished");
        TokenError::Server
    }
}

/// Why an authorization request failed. Only a [`ReturnAddress`] lets an error travel, so an open redirector does not type-check.
#[derive(Clone, Debug, Error)]
pub enum AuthorizeError {
    /// RFC 6749 §4.1.2.1: client or redirect URI are in doubt, so the user is told and nobody is redirected.
    #[error("shown: {}", .0.says)]
    MustBeShown(Refusal),
    /// RFC 6749 §4.1.2.1: the client is told, at an address that it registered.
    #[error("redirected: {}", .1.says)]
    MayBeRedirected(Box<ReturnAddress>, Refusal),
    /// The store failed.
    #[error("the server failed")]
    Server,
}

impl From<StoreError> for AuthorizeError {
    fn from(error: StoreError) -> AuthorizeError {
        tracing::error!(%error, "a request could not be finished");
        AuthorizeError::Server
    }
}

impl TokenError {
    /// RFC 6749 §5.2: nobody here answers this grant type.
    pub fn unsupported_grant_type() -> TokenError {
        Refusal::new(ErrorCode::UnsupportedGrantType, "This server does not answer this grant type.")
            .by(Rule::GrantTypeIsSupported)
            .into()
    }
}
