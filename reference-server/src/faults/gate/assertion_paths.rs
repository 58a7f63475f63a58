//! A client assertion that one endpoint looks at less closely than the others.

use super::super::{Fault, OIDC, Seam};
use crate::model::Path;
use crate::rules::Rule;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "client-assertion-expired-at-introspection",
        says: "At introspection a client assertion is accepted however old it is.",
        clause: "rfc7523/3/expired-refused",
        caught_by: &["client-assertion/expired-at-introspection"],
        seams: &[Seam::Gate(Rule::ClientAssertionHasNotExpired, Some(Path::Introspection))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-wrong-audience-at-introspection",
        says: "At introspection a client assertion is accepted whomever it was meant for.",
        clause: "rfc7523/3/audience-verified",
        caught_by: &["client-assertion/wrong-audience-at-introspection"],
        seams: &[Seam::Gate(Rule::ClientAssertionIsForServer, Some(Path::Introspection))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-issuer-differs-at-introspection",
        says: "At introspection a client assertion is accepted whoever its issuer is.",
        clause: "rfc7523/3/signed",
        caught_by: &["client-assertion/issuer-differs-at-introspection"],
        seams: &[Seam::Gate(Rule::ClientAssertionNamesClient, Some(Path::Introspection))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-not-yet-valid-at-introspection",
        says: "At introspection a client assertion is accepted before its nbf.",
        clause: "rfc7523/3/not-before",
        caught_by: &["client-assertion/not-yet-valid-at-introspection"],
        seams: &[Seam::Gate(Rule::ClientAssertionHasBegun, Some(Path::Introspection))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-expired-at-revocation",
        says: "At revocation a client assertion is accepted however old it is.",
        clause: "rfc7523/3/expired-refused",
        caught_by: &["client-assertion/expired-at-revocation"],
        seams: &[Seam::Gate(Rule::ClientAssertionHasNotExpired, Some(Path::Revocation))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-wrong-audience-at-revocation",
        says: "At revocation a client assertion is accepted whomever it was meant for.",
        clause: "rfc7523/3/audience-verified",
        caught_by: &["client-assertion/wrong-audience-at-revocation"],
        seams: &[Seam::Gate(Rule::ClientAssertionIsForServer, Some(Path::Revocation))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-issuer-differs-at-revocation",
        says: "At revocation a client assertion is accepted whoever its issuer is.",
        clause: "rfc7523/3/signed",
        caught_by: &["client-assertion/issuer-differs-at-revocation"],
        seams: &[Seam::Gate(Rule::ClientAssertionNamesClient, Some(Path::Revocation))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-not-yet-valid-at-revocation",
        says: "At revocation a client assertion is accepted before its nbf.",
        clause: "rfc7523/3/not-before",
        caught_by: &["client-assertion/not-yet-valid-at-revocation"],
        seams: &[Seam::Gate(Rule::ClientAssertionHasBegun, Some(Path::Revocation))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-expired-at-pushed",
        says: "Where a request is pushed a client assertion is accepted however old it is.",
        clause: "rfc7523/3/expired-refused",
        caught_by: &["client-assertion/expired-at-pushed"],
        seams: &[Seam::Gate(Rule::ClientAssertionHasNotExpired, Some(Path::PushedAuthorization))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-wrong-audience-at-pushed",
        says: "Where a request is pushed a client assertion is accepted whomever it was meant for.",
        clause: "rfc7523/3/audience-verified",
        caught_by: &["client-assertion/wrong-audience-at-pushed"],
        seams: &[Seam::Gate(Rule::ClientAssertionIsForServer, Some(Path::PushedAuthorization))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-issuer-differs-at-pushed",
        says: "Where a request is pushed a client assertion is accepted whoever its issuer is.",
        clause: "rfc7523/3/signed",
        caught_by: &["client-assertion/issuer-differs-at-pushed"],
        seams: &[Seam::Gate(Rule::ClientAssertionNamesClient, Some(Path::PushedAuthorization))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-not-yet-valid-at-pushed",
        says: "Where a request is pushed a client assertion is accepted before its nbf.",
        clause: "rfc7523/3/not-before",
        caught_by: &["client-assertion/not-yet-valid-at-pushed"],
        seams: &[Seam::Gate(Rule::ClientAssertionHasBegun, Some(Path::PushedAuthorization))],
        ..OIDC
    },
];
