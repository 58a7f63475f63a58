//! One file per grant; each is a recital: look up, rules, spend, mint. `resource.rs` is what they share about where a token is to be used.

pub mod authorization_code;
pub mod client_credentials;
pub mod device_code;
pub mod example;
pub mod extension;
pub mod hybrid;
pub mod implicit;
pub mod jwt_bearer;
pub mod password;
pub mod refresh_token;
pub mod resource;
pub mod token_exchange;
