//! Who the client is, and how it shows that.

pub mod assertion;
pub mod empty;
pub mod presentation;
pub mod secret;
