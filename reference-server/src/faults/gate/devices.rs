//! Rules of the device authorization grant that are not asked.

use super::super::{Fault, OIDC, Seam};
use crate::grants::device_code::NAME;
use crate::model::Path;
use crate::rules::Rule;

/// Where a device polls, and where its user decides.
const GRANT: Option<Path> = Some(Path::Extension(NAME));

/// Where a device asks for its codes.
const ENDPOINT: Option<Path> = Some(Path::DeviceAuthorization);

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "device-codes-without-client-auth",
        says: "A confidential client gets codes for a device by its name alone.",
        clause: "rfc8628/3.1/client-authenticated",
        caught_by: &["device/client-secret-missing"],
        seams: &[Seam::Gate(Rule::ConfidentialClientAuthenticates, ENDPOINT)],
        ..OIDC
    },
    Fault {
        id: "device-codes-with-any-secret",
        says: "Where a device asks for its codes, any client secret is accepted.",
        clause: "rfc8628/3.1/client-authenticated",
        caught_by: &["device/client-secret-wrong"],
        seams: &[Seam::Gate(Rule::ClientSecretMatches, ENDPOINT)],
        ..OIDC
    },
    Fault {
        id: "device-codes-for-any-client",
        says: "A client that is not registered for devices gets codes for one.",
        clause: "rfc8628/3.2/unauthorized-client",
        caught_by: &["device/client-not-registered"],
        seams: &[Seam::Gate(Rule::ClientMayUseGrant, ENDPOINT)],
        ..OIDC
    },
    Fault {
        id: "repeated-parameter-of-a-device",
        says: "Where a device asks for its codes, a repeated parameter is no error: the first one counts.",
        clause: "rfc8628/3.1/not-repeated",
        caught_by: &["device/repeated-parameter"],
        seams: &[Seam::Gate(Rule::ParameterNotRepeated, ENDPOINT)],
        ..OIDC
    },
    Fault {
        id: "any-scope-for-a-device",
        says: "A device gets scopes that its client is not registered for.",
        clause: "rfc6749/5.2/invalid-scope",
        caught_by: &["device/scope-beyond-client"],
        seams: &[Seam::Gate(Rule::ScopeWithinClient, ENDPOINT), Seam::Gate(Rule::ScopeWithinClient, GRANT)],
        ..OIDC
    },
    Fault {
        id: "device-code-without-client-auth",
        says: "A confidential client redeems a device code without its secret; the device code is thought to be enough.",
        clause: "rfc8628/3.4/client-authenticated",
        precedent: Some("vouch-sh/vouch#1399"),
        caught_by: &["device/poll-secret-missing"],
        seams: &[Seam::Gate(Rule::ConfidentialClientAuthenticates, GRANT)],
        ..OIDC
    },
    Fault {
        id: "device-code-with-any-secret",
        says: "Where a device code is redeemed, any client secret is accepted.",
        clause: "rfc8628/3.4/client-authenticated",
        caught_by: &["device/poll-secret-wrong"],
        seams: &[Seam::Gate(Rule::ClientSecretMatches, GRANT)],
        ..OIDC
    },
    Fault {
        id: "device-code-of-another-client",
        says: "A client redeems a device code that was issued to another.",
        clause: "rfc8628/3.4/bound-to-client",
        precedent: Some("better-auth/better-auth#10135"),
        caught_by: &["device/other-client"],
        seams: &[Seam::Gate(Rule::DeviceCodeBelongsTo, GRANT)],
        ..OIDC
    },
    Fault {
        id: "device-code-for-any-client",
        says: "Whoever has a device code redeems it, registered for devices or not.",
        clause: "rfc6749/5.2/unauthorized-client",
        caught_by: &["device/poll-not-registered", "device/other-client"],
        seams: &[Seam::Gate(Rule::ClientMayUseGrant, GRANT), Seam::Gate(Rule::DeviceCodeBelongsTo, GRANT)],
        ..OIDC
    },
    Fault {
        id: "denied-device-gets-its-token",
        says: "The user says no, and the device gets a token all the same.",
        clause: "rfc8628/3.5/only-if-approved",
        caught_by: &["device/denied"],
        seams: &[Seam::Gate(Rule::DeviceCodeIsAllowed, GRANT)],
        ..OIDC
    },
    Fault {
        id: "every-answer-allows-a-device",
        says: "Whichever button the user presses on the page of a device, it is allowed.",
        clause: "rfc8628/3.5/only-if-approved",
        caught_by: &["device/denied"],
        seams: &[Seam::Gate(Rule::UserAllows, GRANT)],
        ..OIDC
    },
    Fault {
        id: "device-code-never-expires",
        says: "A device code is good however old it is.",
        clause: "rfc8628/3.2/limited-time",
        caught_by: &["device/expired"],
        seams: &[Seam::Gate(Rule::DeviceCodeIsFresh, GRANT)],
        ..OIDC
    },
    Fault {
        id: "waiting-device-is-refused",
        says: "A device whose user has not decided yet is told that its code is invalid.",
        clause: "rfc8628/3.5/authorization-pending",
        caught_by: &["device/pending"],
        seams: &[Seam::Gate(Rule::DeviceCodeIsDecided, GRANT)],
        ..OIDC
    },
    Fault {
        id: "device-of-a-disabled-user",
        says: "A device gets its token although its user was disabled after saying yes.",
        clause: "rfc6749/5.2/invalid-grant",
        precedent: Some("CVE-2026-88770"),
        caught_by: &["device/user-disabled"],
        seams: &[Seam::Gate(Rule::UserIsActive, GRANT)],
        ..OIDC
    },
];
