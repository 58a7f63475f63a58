//! Proof Key for Code Exchange: RFC 7636.

pub mod binding;
pub mod explained;
pub mod required;
