//! The userinfo endpoint: OpenID Connect Core §5.3.

pub mod challenge;
pub mod claims;
