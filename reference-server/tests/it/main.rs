//! The server, asked through `Server::answer`: each rule refuses, and its control passes.

mod authorize;
mod client_authentication;
mod client_credentials;
mod code;
mod control;
mod documents;
mod extension;
mod faults;
mod front_channel;
mod grant_sets;
mod interaction;
mod introspection;
mod junk;
mod jwt;
mod listen;
mod password;
mod redirect_uri;
mod refresh;
mod revocation;
mod rule_book;
mod signer;
mod support;
mod tls;
mod token;
mod userinfo;
mod users;
