//! The refresh token grant: RFC 6749 §6, RFC 9700 §4.14.2.

pub mod holder;
pub mod id_token;
pub mod lifetime;
pub mod offline;
pub mod rotation;
pub mod scope;
