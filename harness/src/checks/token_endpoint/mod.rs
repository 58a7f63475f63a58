//! What holds at the token endpoint for every grant.

pub mod cookies;
pub mod echo;
pub mod grant_type;
pub mod lifetime;
pub mod request;
pub mod response;
pub mod scope;
pub mod spelling;
pub mod unguessable;
