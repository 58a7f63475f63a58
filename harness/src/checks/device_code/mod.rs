//! The device authorization grant: RFC 8628.

pub mod answers;
pub mod link;
pub mod page;
pub mod response;
pub mod times;
pub mod user;
pub mod user_code;
