//! The userinfo endpoint: OpenID Connect Core §5.3.

pub mod access;
pub mod audience;
pub mod challenge;
pub mod claims;
pub mod person;
pub mod refusals;
pub mod values;
