//! Devices that are slowed down in other ways.

use std::sync::Arc;

use crate::error::{ErrorCode, Refusal};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::{DeviceRequest, Path};
use crate::rules::{Rule, Rules, RulesOver, Ruling};

pub(in crate::faults) static FAULTS: &[Fault] = &[Fault {
    id: "slowed-down-for-ever",
    says: "A device that was told once to slow down is told so for ever.",
    clause: "rfc8628/3.5/success",
    precedent: Some("H2CK/oidc#716"),
    caught_by: &["device/slowed-down"],
    seams: &[Seam::Rules(|inner| Arc::new(SlowsDown { inner, when: |device, _| device.interval > INTERVAL }))],
    ..OIDC
}];

/// The interval of a device that was never slowed down.
const INTERVAL: u64 = 5;

/// Is a device slowed down, at this time?
type When = fn(&DeviceRequest, u64) -> bool;

/// Devices are slowed down in other cases too.
struct SlowsDown {
    inner: Arc<dyn Rules>,
    when: When,
}

/// Whoever polls too soon is slowed down, decided or not.
pub(in crate::faults) fn slows_the_decided(inner: Arc<dyn Rules>) -> Arc<dyn Rules> {
    Arc::new(SlowsDown {
        inner,
        when: |device, now| device.polled_at.is_some_and(|before| now.saturating_sub(before) < device.interval),
    })
}

impl RulesOver for SlowsDown {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn device_polls_slowly(&self, path: Path, device: &DeviceRequest, now: u64) -> Ruling {
        if (self.when)(device, now) {
            return Err(Refusal::new(ErrorCode::SlowDown, "Slow down.").by(Rule::DevicePollsSlowly));
        }
        self.inner.device_polls_slowly(path, device, now)
    }
}
