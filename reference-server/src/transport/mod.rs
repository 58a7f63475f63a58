//! HTTP: the accept loop, the routing table, form parsing, replies. Nothing here decides anything about OAuth.

pub mod cookies;
pub mod credentials;
pub mod form;
mod listen;
pub mod reply;
mod route;

pub use listen::{Peer, serve};
pub use route::{Plain, Wire};
