//! What passes through the browser beside a code, or without one: RFC 6749 §4.2, OpenID Connect Core §3.2, §3.3.

pub mod id_token;
pub mod none;
pub mod offline;
pub mod posted;
pub mod response;
pub mod scope;
pub mod unasked;
