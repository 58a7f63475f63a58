//! Token introspection: RFC 7662.

pub mod caller;
pub mod response;
