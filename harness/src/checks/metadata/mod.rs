//! What the server publishes of itself.

pub mod algorithms;
pub mod document;
pub mod endpoints;
pub mod key_set;
pub mod keys;
pub mod lists;
pub mod open;
pub mod proxy;
pub mod statements;
pub mod urls;
