//! Token revocation: RFC 7009.

pub mod expired;
pub mod method;
pub mod reach;
