//! The device authorization grant as other servers have it.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::faults::claims::{changed, set};
use crate::faults::rules::devices::slows_the_decided;
use crate::faults::store::devices::{CountsFromTheCodes, KeepsDevices};
use crate::faults::{Seam, Variation, wire};
use crate::rules::Rule;

/// How long device codes live where the first interval is counted from them, in seconds.
const LIFETIME: u64 = 600;

pub(in super::super) static VARIATIONS: &[Variation] = &[
    Variation {
        id: "no-link-with-the-user-code",
        says: "A device is given no verification_uri_complete.",
        clause: "rfc8628/3.2/complete-uri",
        seams: &[changed!(DeviceAuthorization, |body| drop(body.remove("verification_uri_complete")))],
    },
    Variation {
        id: "no-poll-interval",
        says: "A device is not told how long it has to wait between two polls.",
        clause: "rfc8628/3.2/interval",
        seams: &[changed!(DeviceAuthorization, |body| drop(body.remove("interval")))],
    },
    Variation {
        id: "user-codes-in-small-letters",
        says: "A user code is given in small letters and without a dash, and shown on the page in another way.",
        clause: "rfc8628/6.1/no-lookalikes",
        seams: &[changed!(DeviceAuthorization, |body| {
            let code = body.get("user_code").and_then(Value::as_str).unwrap_or_default();
            let plain = json!(code.replace('-', "").to_lowercase());
            set(body, "user_code", plain);
        })],
    },
    Variation {
        id: "devices-wait-for-an-hour",
        says: "The codes of a device are good for an hour.",
        clause: "rfc8628/3.2/limited-time",
        seams: &[Seam::Config(|config| config.lifetimes.device_code = 60 * 60)],
    },
    Variation {
        id: "device-codes-redeem-again",
        says: "A device code is good until it expires: its device may come for another token.",
        clause: "rfc8628/3.5/used-again",
        seams: &[Seam::Store(|inner| Arc::new(KeepsDevices { inner }))],
    },
    Variation {
        id: "devices-poll-as-they-like",
        says: "No device is ever told to slow down.",
        clause: "rfc8628/3.5/slow-down",
        seams: &[Seam::Gate(Rule::DevicePollsSlowly, None)],
    },
    Variation {
        id: "decided-devices-are-slowed-down-too",
        says: "A device that polls too soon is told to slow down, whether or not its user has decided.",
        clause: "rfc8628/3.5/slow-down",
        seams: &[Seam::Rules(slows_the_decided)],
    },
    Variation {
        id: "early-devices-are-slowed-down",
        says: "A device whose user has not decided is told to slow down before the interval is over, counted from its codes.",
        clause: "rfc8628/3.5/slow-down",
        seams: &[
            Seam::Config(|config| config.lifetimes.device_code = LIFETIME),
            Seam::Store(|inner| Arc::new(CountsFromTheCodes { inner, lifetime: LIFETIME })),
        ],
    },
    Variation {
        id: "expired-devices-are-forgotten",
        says: "A device code that has expired is one that the server does not know.",
        clause: "rfc8628/3.5/expired-token",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/token"], |asked, reply| {
                wire::devices::answers(asked, reply, "expired_token", "invalid_grant");
            })
        })],
    },
];
