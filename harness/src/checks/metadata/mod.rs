//! What the server publishes of itself.

pub mod algorithms;
pub mod document;
pub mod endpoints;
pub mod keys;
pub mod lists;
