//! One file per grant; each is a recital: look up, rules, spend, mint.

pub mod client_credentials;
