//! The authorization code grant: RFC 6749 §4.1.

pub mod brought;
pub mod consent;
pub mod cookies;
mod effect;
pub mod generations;
pub mod hints;
mod identified;
pub mod interaction;
pub mod issuer;
pub mod lifetime;
pub mod login_first;
pub mod pages;
pub mod query;
pub mod redemption;
pub mod renewed;
pub mod request;
pub mod response;
pub mod return_address;
pub mod scope;
pub mod session;
pub mod users;
pub mod wishes;
