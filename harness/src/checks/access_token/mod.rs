//! Access tokens that are JWTs of RFC 9068: what they say, and who signed them.

pub mod audience;
pub mod claims;
pub mod client_subject;
pub mod names;
pub mod profile;
