//! Devices that wait, found by either of their codes.

use super::shelf::Shelf;
use super::{Decided, Spent};
use crate::model::{Decision, DeviceRequest};
use crate::tokens::secret::Digest;

/// RFC 8628 §3.5: by how many seconds the interval grows when a device asks too often.
const SLOWER: u64 = 5;

/// The devices, and their user codes.
#[derive(Debug)]
pub(super) struct Devices {
    requests: Shelf<KeptDevice>,
    by_user_code: Shelf<Named>,
}

#[derive(Debug)]
struct KeptDevice {
    request: DeviceRequest,
    spent: bool,
}

/// What a user code stands for.
#[derive(Debug)]
struct Named {
    device: Digest,
    expires_at: u64,
}

impl Devices {
    pub fn new() -> Devices {
        Devices {
            requests: Shelf::new(|kept| kept.request.expires_at),
            by_user_code: Shelf::new(|named| named.expires_at),
        }
    }

    pub fn put(&mut self, request: DeviceRequest, now: u64) -> bool {
        if self.by_user_code.things.get(&request.user_code).is_some_and(|named| named.expires_at > now) {
            return false;
        }
        let named = Named { device: request.digest, expires_at: request.expires_at };
        self.by_user_code.put(request.user_code, named, now);
        self.requests.put(request.digest, KeptDevice { request, spent: false }, now);
        true
    }

    pub fn find(&self, digest: Digest) -> Option<DeviceRequest> {
        self.requests.things.get(&digest).map(|kept| kept.request.clone())
    }

    pub fn find_by_user_code(&self, user_code: Digest) -> Option<DeviceRequest> {
        self.by_user_code.things.get(&user_code).and_then(|named| self.find(named.device))
    }

    pub fn forget_client(&mut self, client_id: &str) {
        self.requests.things.retain(|_, kept| kept.request.client_id != client_id);
    }

    pub fn decide(&mut self, digest: Digest, decision: Decision) -> Decided {
        match self.requests.things.get_mut(&digest) {
            Some(kept) if kept.request.decision.is_none() => {
                kept.request.decision = Some(decision);
                Decided::Now
            }
            _ => Decided::Before,
        }
    }

    pub fn poll(&mut self, digest: Digest, now: u64) -> Option<DeviceRequest> {
        let kept = self.requests.things.get_mut(&digest)?;
        let before = kept.request.clone();
        kept.request.polled_at = Some(now);
        Some(before)
    }

    pub fn slow_down(&mut self, digest: Digest) {
        if let Some(kept) = self.requests.things.get_mut(&digest) {
            kept.request.interval = kept.request.interval.saturating_add(SLOWER);
        }
    }

    pub fn spend(&mut self, digest: Digest) -> Spent {
        match self.requests.things.get_mut(&digest) {
            Some(kept) if !kept.spent => {
                kept.spent = true;
                Spent::Now
            }
            _ => Spent::Before,
        }
    }
}
