//! Request objects: OpenID Connect Core §6, RFC 9101.

pub mod parameters;
pub mod signature;
