//! The checks that are written in Rust, in reading order: what needs a variable, a condition or a loop.

use crate::check::Check;

/// Every check of this folder.
pub const ALL: &[&Check] = &[];
