//! What a device is given that is not what it needs.

use serde_json::{Value, json};

use super::{changed, set};
use crate::faults::{Fault, OIDC};
use crate::grants::device_code::NAME;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "device-codes-without-lifetime",
        says: "A device is not told how long its codes are good.",
        clause: "rfc8628/3.2/required-members",
        caught_by: &["device/codes"],
        seams: &[changed!(DeviceAuthorization, |body| drop(body.remove("expires_in")))],
        ..OIDC
    },
    Fault {
        id: "device-codes-die-early",
        says: "The codes of a device are good for half of the time that it is told.",
        clause: "rfc8628/3.2/limited-time",
        caught_by: &["device/lifetime"],
        seams: &[changed!(DeviceAuthorization, |body| {
            let lives = body.get("expires_in").and_then(Value::as_u64).unwrap_or_default();
            set(body, "expires_in", json!(2 * lives));
        })],
        ..OIDC
    },
    Fault {
        id: "device-times-as-strings",
        says: "expires_in and interval of a device are strings.",
        clause: "rfc8628/3.2/numbers",
        caught_by: &["device/codes-times"],
        seams: &[changed!(DeviceAuthorization, |body| {
            for name in ["expires_in", "interval"] {
                let text = body.get(name).map(Value::to_string).unwrap_or_default();
                set(body, name, json!(text));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "devices-are-told-to-hurry",
        says: "A device is told a shorter interval than the one that is enforced.",
        clause: "rfc8628/3.5/slow-down",
        caught_by: &["device/interval-is-enough"],
        profile: "bcp",
        seams: &[changed!(DeviceAuthorization, |body| set(body, "interval", json!(1)))],
        ..OIDC
    },
    Fault {
        id: "user-code-in-the-address",
        says: "verification_uri is the link that has the user code in it.",
        clause: "rfc8628/3.3/uri-without-code",
        caught_by: &["device/uri-without-code"],
        seams: &[changed!(DeviceAuthorization, |body| {
            let link = body.get("verification_uri_complete").cloned().unwrap_or_default();
            set(body, "verification_uri", link);
        })],
        ..OIDC
    },
    Fault {
        id: "device-grant-unlisted",
        says: "The metadata has a device authorization endpoint, and does not list the grant.",
        clause: "rfc8628/4/grant-type-listed",
        caught_by: &["device/listed"],
        seams: &[changed!(Metadata, |body| {
            if let Some(listed) = body.get_mut("grant_types_supported").and_then(Value::as_array_mut) {
                listed.retain(|name| name != NAME);
            }
        })],
        ..OIDC
    },
];
