//! Rules of userinfo and introspection that are not asked.

use super::super::{BCP, Fault, OIDC, Seam};
use crate::model::Path;
use crate::rules::Rule;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "userinfo-without-openid",
        says: "userinfo is served to a token that was granted without openid.",
        clause: "oidc-core/5.3/openid-token",
        caught_by: &["userinfo/without-openid"],
        seams: &[Seam::Gate(Rule::UserinfoNeedsOpenid, None)],
        ..OIDC
    },
    Fault {
        id: "userinfo-of-a-disabled-user",
        says: "userinfo is served although its user was disabled in the meantime.",
        clause: "rfc6750/3.1/invalid-token-code",
        caught_by: &["userinfo/user-disabled"],
        seams: &[Seam::Gate(Rule::UserIsActive, Some(Path::Userinfo))],
        ..OIDC
    },
    Fault {
        id: "token-of-a-disabled-user-is-active",
        says: "A token is active although its user was disabled in the meantime.",
        clause: "rfc7662/4/disabled-user",
        caught_by: &["introspection/user-disabled"],
        seams: &[Seam::Gate(Rule::UserIsActive, Some(Path::Introspection))],
        ..OIDC
    },
    Fault {
        id: "userinfo-for-every-audience",
        says: "userinfo is served to a token that is for an API alone.",
        clause: "rfc9700/2.3/audience-checked",
        caught_by: &["userinfo/token-for-another-resource"],
        seams: &[Seam::Gate(Rule::BearerTokenIsForUserinfo, None)],
        ..BCP
    },
];
