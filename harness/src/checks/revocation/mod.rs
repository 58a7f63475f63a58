//! Token revocation: RFC 7009.

pub mod method;
pub mod reach;
