//! Who the client is, and how it shows that.

pub mod empty;
pub mod presentation;
pub mod secret;
