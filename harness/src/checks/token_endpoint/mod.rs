//! What holds at the token endpoint for every grant.

pub mod request;
pub mod response;
pub mod unguessable;
