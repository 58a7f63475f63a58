//! The userinfo endpoint: OpenID Connect Core §5.3.

pub mod access;
pub mod audience;
pub mod challenge;
pub mod claims;
pub mod languages;
pub mod person;
pub mod picture;
pub mod refusals;
pub mod values;
