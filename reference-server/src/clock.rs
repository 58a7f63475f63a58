//! The one clock of a server: the system's time, plus an offset that can only grow.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// Seconds since 1970, and the means to jump ahead.
#[derive(Debug, Default)]
pub struct Clock {
    offset: AtomicU64,
}

impl Clock {
    /// The time of the machine.
    pub fn system() -> Clock {
        Clock::default()
    }

    /// Jump ahead; parts of a second are dropped.
    pub fn advance(&self, by: Duration) {
        self.offset.fetch_add(by.as_secs(), Ordering::Relaxed);
    }

    /// Whether it still shows the time of the machine.
    pub fn is_the_machines(&self) -> bool {
        self.offset.load(Ordering::Relaxed) == 0
    }

    /// Now, in seconds since 1970.
    pub fn now(&self) -> u64 {
        let system = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        system.as_secs().saturating_add(self.offset.load(Ordering::Relaxed))
    }
}
