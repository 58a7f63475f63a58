//! What an exchange begins with, and what comes of it: RFC 8693 §2.

pub mod issued;
pub mod tokens;
pub mod types;

use crate::check::Answer;
use crate::exchange::Reply;

/// The clause on the code of a refusal.
const INVALID_REQUEST: &str = "rfc8693/2.2.2/invalid-request";

/// The clause on the tokens of an exchange.
const VALIDATED: &str = "rfc8693/2.1/tokens-validated";

/// A refusal of a token that is no good.
fn refuses_token(reply: &Reply) -> Answer {
    refuses(reply, VALIDATED)
}

/// A refusal; a token breaks `clause`. RFC 8693 §2.2.2 demands `invalid_request`, and lets other codes be used as appropriate:
/// those of RFC 6749 §5.2 and of its extensions are.
fn refuses(reply: &Reply, clause: &'static str) -> Answer {
    const FITTING: &[&str] = &[
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "invalid_target",
        "access_denied",
        "invalid_token",
        "unsupported_token_type",
    ];
    reply.refused(clause)?.with_error_or(INVALID_REQUEST, FITTING)
}
