//! One file per grant; each is a recital: look up, rules, spend, mint.

pub mod authorization_code;
pub mod client_credentials;
pub mod refresh_token;
