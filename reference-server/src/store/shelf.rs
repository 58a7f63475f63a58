//! Where the memory store keeps what expires, so that it holds little more than what lives.

use std::collections::{HashMap, HashSet};

use crate::model::Lineage;
use crate::tokens::secret::Digest;

/// A shelf is swept for the first time when it holds this many.
const MANY: usize = 10_000;

/// What was being made when its lineage was revoked is on its shelf within this many seconds.
const LONGEST_IN_THE_MAKING: u64 = 60;

/// Things that expire. Those that did are thrown out whenever the shelf has grown by half, so that each insertion stays cheap.
#[derive(Debug)]
pub(super) struct Shelf<T> {
    pub(super) things: HashMap<Digest, T>,
    sweep_at: usize,
    expires_at: fn(&T) -> u64,
}

impl<T> Shelf<T> {
    pub(super) fn new(expires_at: fn(&T) -> u64) -> Shelf<T> {
        Shelf { things: HashMap::new(), sweep_at: MANY, expires_at }
    }

    pub(super) fn put(&mut self, digest: Digest, thing: T, now: u64) {
        if self.things.len() >= self.sweep_at {
            let expires_at = self.expires_at;
            self.things.retain(|_, thing| expires_at(thing) > now);
            self.sweep_at = MANY.max(self.things.len() * 3 / 2);
            // A map that is never more than half full finds room again where something was taken out; a fuller one grows instead.
            self.things.reserve(2 * self.sweep_at - self.things.len());
        }
        self.things.insert(digest, thing);
    }

    pub(super) fn living(&self, now: u64) -> impl Iterator<Item = &T> {
        self.things.values().filter(move |thing| (self.expires_at)(thing) > now)
    }
}

/// The revoked lineages, each with the time when. Those of which nothing lives are thrown out whenever their number has doubled.
#[derive(Debug)]
pub(super) struct Revoked {
    lineages: HashMap<Lineage, u64>,
    sweep_at: usize,
}

impl Default for Revoked {
    fn default() -> Revoked {
        Revoked { lineages: HashMap::new(), sweep_at: MANY }
    }
}

impl Revoked {
    pub(super) fn contains(&self, lineage: Lineage) -> bool {
        self.lineages.contains_key(&lineage)
    }

    pub(super) fn put(&mut self, lineage: Lineage, now: u64, living: impl FnOnce() -> HashSet<Lineage>) {
        if self.lineages.len() >= self.sweep_at {
            let living = living();
            self.lineages.retain(|lineage, at| living.contains(lineage) || *at + LONGEST_IN_THE_MAKING > now);
            self.sweep_at = MANY.max(2 * self.lineages.len());
        }
        self.lineages.insert(lineage, now);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{LONGEST_IN_THE_MAKING, MANY, Revoked, Shelf};
    use crate::model::Lineage;
    use crate::tokens::secret::{Digest, sha256};

    #[test]
    fn a_full_shelf_keeps_what_lives() {
        let mut shelf: Shelf<u64> = Shelf::new(|expires_at| *expires_at);
        let name = |at: usize| Digest::of(&at.to_string());
        for at in 0..MANY {
            shelf.put(name(at), if at % 2 == 0 { 10 } else { 20 }, 0);
        }
        assert_eq!(shelf.living(10).count(), MANY / 2);
        shelf.put(name(MANY), 30, 10);
        assert_eq!(shelf.things.len(), MANY / 2 + 1);
        assert!(shelf.things.contains_key(&name(1)) && !shelf.things.contains_key(&name(0)));
    }

    #[test]
    fn a_revoked_lineage_is_remembered_while_something_of_it_lives_or_is_being_made() {
        let mut revoked = Revoked::default();
        let lineage = |at: usize| Lineage(sha256(at.to_string().as_bytes()));
        for at in 0..MANY {
            revoked.put(lineage(at), if at < 3 { LONGEST_IN_THE_MAKING } else { 0 }, || unreachable!("it is not full"));
        }
        revoked.put(lineage(MANY), LONGEST_IN_THE_MAKING, || HashSet::from([lineage(7)]));
        let remembered: Vec<usize> = (0..=MANY).filter(|at| revoked.contains(lineage(*at))).collect();
        assert_eq!(remembered, [0, 1, 2, 7, MANY]);
    }
}
