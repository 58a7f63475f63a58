//! Pushed authorization requests: RFC 9126.

pub mod audience;
pub mod response;
pub mod use_once;
pub mod validated;
