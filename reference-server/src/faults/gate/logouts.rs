//! Rules on logouts that are not asked.

use super::super::{Fault, OIDC, Seam};
use crate::rules::Rule;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "logout-to-anywhere",
        says: "After a logout the browser goes wherever the request says.",
        clause: "oidc-rp-initiated-logout/3/registered-only",
        caught_by: &["logout/unregistered-address"],
        seams: &[Seam::Gate(Rule::PostLogoutRedirectUriIsRegistered, None)],
        ..OIDC
    },
    Fault {
        id: "logout-with-any-client-id",
        says: "A client_id beside an ID token of another client is passed over.",
        clause: "oidc-rp-initiated-logout/4/failed-not-used",
        caught_by: &["logout/client-id-of-another"],
        seams: &[Seam::Gate(Rule::LogoutClientAgrees, None)],
        ..OIDC
    },
];
