//! HTTP: the accept loop, the routing table, form parsing, replies. Nothing here decides anything about OAuth.

pub mod cookies;
mod cors;
pub mod credentials;
pub mod form;
mod limits;
mod listen;
mod patience;
pub mod reply;
mod route;
mod tls;

pub use limits::Limits;
pub use listen::{Listening, Peer, serve};
pub use route::{Plain, Wire};
pub use tls::{Tls, TlsError};
