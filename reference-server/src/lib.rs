//! A small, strict OAuth 2.0 and OpenID Connect server, made to be read and to be tested against.
//!
//! Start with [`rules::Rules`], the rule book: one method per rule, each with its clause. Then read a grant, which is a recital of rules,
//! such as [`grants::authorization_code`]. [`server::Server::answer`] is the whole server without a socket, [`transport::serve`] gives it one.

pub mod clock;
pub mod config;
mod control;
pub mod endpoints;
pub mod error;
pub mod faults;
pub mod fetch;
mod forward;
pub mod grants;
mod login;
pub mod model;
mod pages;
pub mod rules;
pub mod server;
pub mod store;
pub mod tokens;
pub mod transport;

pub use clock::Clock;
pub use config::{ClientConfig, Config, UserConfig};
pub use server::Server;
pub use tokens::Keys;

/// The Rust in the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
