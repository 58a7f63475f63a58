//! The resource owner password credentials grant: RFC 6749 §4.3.

pub mod scope;
pub mod user;
