//! Endpoints that are asked with a bearer token: how they say no. RFC 6750 §3.

use bytes::Bytes;
use http::StatusCode;

use crate::error::{ErrorCode, Refusal, TokenError};
use crate::store::StoreError;
use crate::transport::reply::{self, Reply};

/// Why nothing is given.
pub enum Denied {
    /// RFC 6750 §3.1: no token came, so no error code either.
    NoToken,
    /// RFC 6750 §3.1, or an error of the endpoint.
    Refused(Refusal),
    /// The store failed.
    Server,
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Denied {
        Denied::Refused(refusal)
    }
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Denied {
        tracing::error!(%error, "a request could not be finished");
        Denied::Server
    }
}

impl Denied {
    /// RFC 6750 §3: the refusal, with a challenge.
    pub fn into_reply(self, issuer: &str) -> Reply {
        match self {
            Denied::NoToken => {
                let mut reply = reply::with_status(StatusCode::UNAUTHORIZED, Bytes::new());
                reply::challenge(&mut reply, &format!("Bearer realm=\"{issuer}\""));
                reply
            }
            Denied::Refused(refusal) => refused(issuer, &refusal),
            Denied::Server => reply::token_error(issuer, &TokenError::Server),
        }
    }
}

/// RFC 6750 §3.1: the status follows from the code. The errors of a registration are no matter of the token (RFC 7591 §3.2.2).
fn refused(issuer: &str, refusal: &Refusal) -> Reply {
    let status = match refusal.code {
        ErrorCode::InvalidRequest => StatusCode::BAD_REQUEST,
        ErrorCode::InsufficientScope => StatusCode::FORBIDDEN,
        ErrorCode::InvalidRedirectUri
        | ErrorCode::InvalidClientMetadata
        | ErrorCode::UnapprovedSoftwareStatement
        | ErrorCode::AccessDenied => {
            return reply::refused(StatusCode::BAD_REQUEST, issuer, refusal);
        }
        _ => StatusCode::UNAUTHORIZED,
    };
    let scope = if refusal.code == ErrorCode::InsufficientScope { ", scope=\"openid\"" } else { "" };
    let mut reply = reply::refused(status, issuer, refusal);
    let (code, says) = (refusal.code.as_str(), &refusal.says);
    reply::challenge(
        &mut reply,
        &format!("Bearer realm=\"{issuer}\", error=\"{code}\", error_description=\"{says}\"{scope}"),
    );
    reply
}
