//! Where an error code is defined.

use crate::exchange::ErrorCode;

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
