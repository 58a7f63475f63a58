//! Access tokens that are JWTs of RFC 9068: what they say, and who signed them.

pub mod claims;
pub mod client_subject;
pub mod profile;
