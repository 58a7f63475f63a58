//! Token introspection: RFC 7662.

pub mod bearer;
pub mod caller;
pub mod expiry;
pub mod refresh_tokens;
pub mod response;
pub mod times;
