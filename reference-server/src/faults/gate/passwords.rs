//! Rules that are not asked where a password is the grant.

use super::super::{Fault, OIDC, Seam};
use crate::model::Path;
use crate::rules::Rule;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "any-password-as-a-grant",
        says: "Any password of a user who exists buys a token.",
        clause: "rfc6749/4.3.2/password-validated",
        caught_by: &["password/wrong-password"],
        seams: &[Seam::Gate(Rule::PasswordMatches, Some(Path::Password))],
        ..OIDC
    },
    Fault {
        id: "password-with-any-secret",
        says: "Where a password is used, any client secret is accepted.",
        clause: "rfc6749/4.3.2/client-authenticated",
        caught_by: &["client-auth/wrong-secret", "client-auth/secret-altered"],
        seams: &[Seam::Gate(Rule::ClientSecretMatches, Some(Path::Password))],
        ..OIDC
    },
    Fault {
        id: "password-without-client-auth",
        says: "A confidential client uses a password without its secret; the password is thought to be enough.",
        clause: "rfc6749/4.3.2/client-authenticated",
        caught_by: &["client-auth/secret-missing"],
        seams: &[Seam::Gate(Rule::ConfidentialClientAuthenticates, Some(Path::Password))],
        ..OIDC
    },
    Fault {
        id: "password-for-any-client",
        says: "A client that is not registered for the password grant is served by it.",
        clause: "rfc6749/5.2/unauthorized-client",
        caught_by: &["password/grant-not-registered"],
        seams: &[Seam::Gate(Rule::ClientMayUseGrant, Some(Path::Password))],
        ..OIDC
    },
    Fault {
        id: "any-scope-by-password",
        says: "With the password of a user a client gets scopes that it is not registered for.",
        clause: "rfc6749/5.2/invalid-scope",
        caught_by: &["password/scope-beyond-client"],
        seams: &[Seam::Gate(Rule::ScopeWithinClient, Some(Path::Password))],
        ..OIDC
    },
    Fault {
        id: "password-of-a-disabled-user",
        says: "The password of a user who was disabled buys a token.",
        clause: "rfc6749/5.2/invalid-grant",
        caught_by: &["password/user-disabled"],
        seams: &[Seam::Gate(Rule::UserIsActive, Some(Path::Password))],
        ..OIDC
    },
    Fault {
        id: "repeated-parameter-with-password",
        says: "In the password grant a repeated parameter is no error: the first one counts.",
        clause: "rfc6749/3.2/not-repeated",
        caught_by: &["token/repeated-parameter"],
        seams: &[Seam::Gate(Rule::ParameterNotRepeated, Some(Path::Password))],
        ..OIDC
    },
];
