//! Resource indicators: RFC 8707.

pub mod audience;
pub mod granted;
pub mod unknown;
