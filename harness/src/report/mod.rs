//! Reports: folds over events. Whoever makes events knows none of these.

pub mod json;
pub mod terminal;
