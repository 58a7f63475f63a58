//! Reports: folds over events. Whoever makes events knows none of these.

pub mod json;
pub mod terminal;
pub mod timings;

/// So many of something: `1 cell`, `2 cells`.
pub fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}
