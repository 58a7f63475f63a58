//! How clients present themselves at the endpoints around the token endpoint: rules that are not asked there.

use super::super::{Fault, OIDC, Seam};
use crate::grants::{device_code, jwt_bearer, token_exchange};
use crate::model::Path;
use crate::rules::Rule;

#[rustfmt::skip]
pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "two-auth-methods-at-introspection",
        says: "At the introspection endpoint credentials may be sent in two ways at once.",
        clause: "rfc6749/2.3/one-method",
        caught_by: &["client-auth/two-methods-at-introspection"],
        seams: &[Seam::Gate(Rule::OneAuthenticationMethod, Some(Path::Introspection))],
        ..OIDC
    },
    Fault {
        id: "assertion-type-unread-at-introspection",
        says: "At the introspection endpoint nobody looks at client_assertion_type.",
        clause: "rfc7523/2.2/assertion-type",
        caught_by: &["client-assertion/type-unknown-at-introspection"],
        seams: &[Seam::Gate(Rule::ClientAssertionTypeIsKnown, Some(Path::Introspection))],
        ..OIDC
    },
    Fault {
        id: "two-auth-methods-at-revocation",
        says: "At the revocation endpoint credentials may be sent in two ways at once.",
        clause: "rfc6749/2.3/one-method",
        caught_by: &["client-auth/two-methods-at-revocation"],
        seams: &[Seam::Gate(Rule::OneAuthenticationMethod, Some(Path::Revocation))],
        ..OIDC
    },
    Fault {
        id: "assertion-type-unread-at-revocation",
        says: "At the revocation endpoint nobody looks at client_assertion_type.",
        clause: "rfc7523/2.2/assertion-type",
        caught_by: &["client-assertion/type-unknown-at-revocation"],
        seams: &[Seam::Gate(Rule::ClientAssertionTypeIsKnown, Some(Path::Revocation))],
        ..OIDC
    },
    Fault {
        id: "assertion-type-unread-at-pushed",
        says: "At the endpoint for pushed requests nobody looks at client_assertion_type.",
        clause: "rfc7523/2.2/assertion-type",
        caught_by: &["client-assertion/type-unknown-at-pushed"],
        seams: &[Seam::Gate(Rule::ClientAssertionTypeIsKnown, Some(Path::PushedAuthorization))],
        ..OIDC
    },
    Fault {
        id: "two-auth-methods-at-device",
        says: "At the device authorization endpoint credentials may be sent in two ways at once.",
        clause: "rfc6749/2.3/one-method",
        caught_by: &["client-auth/two-methods-at-device"],
        seams: &[Seam::Gate(Rule::OneAuthenticationMethod, Some(Path::DeviceAuthorization))],
        ..OIDC
    },
    Fault {
        id: "two-auth-methods-with-device",
        says: "For a device credentials may be sent in two ways at once.",
        clause: "rfc6749/2.3/one-method",
        caught_by: &["client-auth/two-methods"],
        seams: &[Seam::Gate(Rule::OneAuthenticationMethod, Some(Path::Extension(device_code::NAME)))],
        ..OIDC
    },
    Fault {
        id: "client-id-of-another-with-device",
        says: "For a device a client may name another one beside its credentials.",
        clause: "rfc6749/2.3/one-method",
        caught_by: &["client-auth/another-client-in-body"],
        seams: &[Seam::Gate(Rule::ClientIdAgrees, Some(Path::Extension(device_code::NAME)))],
        ..OIDC
    },
    Fault {
        id: "two-auth-methods-with-assertion",
        says: "Where an assertion buys a token credentials may be sent in two ways at once.",
        clause: "rfc6749/2.3/one-method",
        caught_by: &["client-auth/two-methods"],
        seams: &[Seam::Gate(Rule::OneAuthenticationMethod, Some(Path::Extension(jwt_bearer::NAME)))],
        ..OIDC
    },
    Fault {
        id: "client-id-of-another-with-assertion",
        says: "Where an assertion buys a token a client may name another one beside its credentials.",
        clause: "rfc6749/2.3/one-method",
        caught_by: &["client-auth/another-client-in-body"],
        seams: &[Seam::Gate(Rule::ClientIdAgrees, Some(Path::Extension(jwt_bearer::NAME)))],
        ..OIDC
    },
    Fault {
        id: "repeated-parameter-with-assertion",
        says: "Where an assertion buys a token a repeated parameter is no error: the first one counts.",
        clause: "rfc6749/3.2/not-repeated",
        caught_by: &["token/repeated-parameter"],
        seams: &[Seam::Gate(Rule::ParameterNotRepeated, Some(Path::Extension(jwt_bearer::NAME)))],
        ..OIDC
    },
    Fault {
        id: "two-auth-methods-with-exchange",
        says: "Where a token is exchanged credentials may be sent in two ways at once.",
        clause: "rfc6749/2.3/one-method",
        caught_by: &["client-auth/two-methods"],
        seams: &[Seam::Gate(Rule::OneAuthenticationMethod, Some(Path::Extension(token_exchange::NAME)))],
        ..OIDC
    },
    Fault {
        id: "client-id-of-another-with-exchange",
        says: "Where a token is exchanged a client may name another one beside its credentials.",
        clause: "rfc6749/2.3/one-method",
        caught_by: &["client-auth/another-client-in-body"],
        seams: &[Seam::Gate(Rule::ClientIdAgrees, Some(Path::Extension(token_exchange::NAME)))],
        ..OIDC
    },
    Fault {
        id: "repeated-parameter-with-exchange",
        says: "Where a token is exchanged a repeated parameter is no error: the first one counts.",
        clause: "rfc6749/3.2/not-repeated",
        caught_by: &["token/repeated-parameter"],
        seams: &[Seam::Gate(Rule::ParameterNotRepeated, Some(Path::Extension(token_exchange::NAME)))],
        ..OIDC
    },
    Fault {
        id: "client-id-of-another-at-introspection",
        says: "At introspection a client may name another one beside its credentials.",
        clause: "rfc7521/4.2/client-id-agrees",
        caught_by: &["client-assertion/another-client-at-introspection"],
        seams: &[Seam::Gate(Rule::ClientIdAgrees, Some(Path::Introspection))],
        ..OIDC
    },
    Fault {
        id: "client-id-of-another-at-revocation",
        says: "At revocation a client may name another one beside its credentials.",
        clause: "rfc7521/4.2/client-id-agrees",
        caught_by: &["client-assertion/another-client-at-revocation"],
        seams: &[Seam::Gate(Rule::ClientIdAgrees, Some(Path::Revocation))],
        ..OIDC
    },
];
