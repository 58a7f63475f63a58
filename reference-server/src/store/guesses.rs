//! Guesses, as long as they count.

use super::Pardon;
use super::shelf::Shelf;
use crate::config::Bound;
use crate::tokens::secret::Digest;

/// What was guessed at, and when.
#[derive(Debug)]
pub(super) struct Guesses(Shelf<Recent>);

#[derive(Debug)]
struct Recent {
    at: Vec<u64>,
    expires_at: u64,
}

impl Guesses {
    pub fn new() -> Guesses {
        Guesses(Shelf::new(|recent| recent.expires_at))
    }

    pub fn count(&mut self, target: Digest, bound: Bound, now: u64) -> u64 {
        let mut at = self.0.things.remove(&target).map(|recent| recent.at).unwrap_or_default();
        at.retain(|then| now.saturating_sub(*then) < bound.seconds);
        let earlier = at.len() as u64;
        if earlier < bound.guesses {
            at.push(now);
        }
        self.0.put(target, Recent { at, expires_at: now.saturating_add(bound.seconds) }, now);
        earlier
    }

    pub fn pardon(&mut self, target: Digest, which: Pardon) {
        match which {
            Pardon::All => {
                self.0.things.remove(&target);
            }
            Pardon::Last => {
                if let Some(recent) = self.0.things.get_mut(&target) {
                    recent.at.pop();
                }
            }
        }
    }
}
