//! Rules on assertions that are not asked: where one buys a token, and where one authenticates a client.

use super::super::{Fault, OIDC, Seam};
use crate::grants::jwt_bearer;
use crate::model::Path;
use crate::rules::Rule;

const JWT_BEARER: Path = Path::Extension(jwt_bearer::NAME);

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "assertion-for-a-disabled-user",
        says: "An assertion buys a token for a user who was disabled.",
        clause: "rfc6749/5.2/invalid-grant",
        caught_by: &["jwt-bearer/user-disabled"],
        seams: &[Seam::Gate(Rule::UserIsActive, Some(JWT_BEARER))],
        ..OIDC
    },
    Fault {
        id: "assertion-by-anybody",
        says: "The signature of an assertion that buys a token is not verified.",
        clause: "rfc7523/3/signature-verified",
        caught_by: &["jwt-bearer/signature-altered", "jwt-bearer/signed-by-another", "jwt-bearer/unsigned"],
        seams: &[Seam::Gate(Rule::AssertionIsSigned, Some(JWT_BEARER))],
        ..OIDC
    },
    Fault {
        id: "assertion-for-anybody",
        says: "An assertion buys a token at a server that it was not meant for.",
        clause: "rfc7523/3/audience-verified",
        caught_by: &["jwt-bearer/wrong-audience", "jwt-bearer/audience-missing"],
        seams: &[Seam::Gate(Rule::AssertionIsForServer, Some(JWT_BEARER))],
        ..OIDC
    },
    Fault {
        id: "assertion-never-expires",
        says: "An assertion buys a token however old it is.",
        clause: "rfc7523/3/expired-refused",
        precedent: Some("stacklok/toolhive#6336"),
        caught_by: &["jwt-bearer/expired", "jwt-bearer/expiry-missing"],
        seams: &[Seam::Gate(Rule::AssertionHasNotExpired, Some(JWT_BEARER))],
        ..OIDC
    },
    Fault {
        id: "assertion-before-its-time",
        says: "An assertion buys a token before its nbf.",
        clause: "rfc7523/3/not-before",
        caught_by: &["jwt-bearer/not-yet-valid"],
        seams: &[Seam::Gate(Rule::AssertionHasBegun, Some(JWT_BEARER))],
        ..OIDC
    },
    Fault {
        id: "assertion-with-any-secret",
        says: "Beside an assertion that buys a token any client secret is accepted.",
        clause: "rfc7523/3.1/credentials-validated",
        caught_by: &["jwt-bearer/wrong-client-secret"],
        seams: &[Seam::Gate(Rule::ClientSecretMatches, Some(JWT_BEARER))],
        ..OIDC
    },
    Fault {
        id: "assertion-for-any-client",
        says: "A client that is not registered for assertions gets a token by one.",
        clause: "rfc6749/5.2/unauthorized-client",
        caught_by: &["jwt-bearer/grant-not-registered"],
        seams: &[Seam::Gate(Rule::ClientMayUseGrant, Some(JWT_BEARER))],
        ..OIDC
    },
    Fault {
        id: "any-scope-by-assertion",
        says: "For an assertion a client gets scopes that it is not registered for.",
        clause: "rfc7521/4.1/scope-limited",
        caught_by: &["jwt-bearer/scope-beyond-client"],
        seams: &[Seam::Gate(Rule::ScopeWithinClient, Some(JWT_BEARER))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-by-anybody",
        says: "The signature of a client assertion is not verified.",
        clause: "rfc7523/3/signature-verified",
        precedent: Some("keycloak/keycloak#48169"),
        caught_by: &[
            "client-assertion/signature-altered",
            "client-assertion/signed-by-another",
            "client-assertion/unsigned",
        ],
        seams: &[Seam::Gate(Rule::ClientAssertionIsSigned, None)],
        ..OIDC
    },
    Fault {
        id: "introspection-for-any-client-assertion",
        says: "At introspection the signature of a client assertion is not verified.",
        clause: "rfc7662/2.1/authorized",
        caught_by: &["client-assertion/forged-at-introspection"],
        seams: &[Seam::Gate(Rule::ClientAssertionIsSigned, Some(Path::Introspection))],
        ..OIDC
    },
    Fault {
        id: "revocation-for-any-client-assertion",
        says: "At revocation the signature of a client assertion is not verified.",
        clause: "rfc7009/2.1/client-verified",
        caught_by: &["client-assertion/forged-at-revocation"],
        seams: &[Seam::Gate(Rule::ClientAssertionIsSigned, Some(Path::Revocation))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-for-anybody",
        says: "A client assertion is accepted by a server that it was not meant for.",
        clause: "rfc7523/3/audience-verified",
        precedent: Some("camaraproject/IdentityAndConsentManagement#348"),
        caught_by: &["client-assertion/wrong-audience", "client-assertion/audience-missing"],
        seams: &[Seam::Gate(Rule::ClientAssertionIsForServer, None)],
        ..OIDC
    },
    Fault {
        id: "client-assertion-never-expires",
        says: "A client assertion is accepted however old it is.",
        clause: "rfc7523/3/expired-refused",
        precedent: Some("ory/fosite#546"),
        caught_by: &["client-assertion/expired", "client-assertion/expiry-missing"],
        seams: &[Seam::Gate(Rule::ClientAssertionHasNotExpired, None)],
        ..OIDC
    },
    Fault {
        id: "code-with-an-expired-client-assertion",
        says: "Where a code is redeemed, a client assertion is accepted however old it is.",
        clause: "rfc7523/3/expired-refused",
        caught_by: &["client-assertion/expired"],
        seams: &[Seam::Gate(Rule::ClientAssertionHasNotExpired, Some(Path::AuthorizationCode))],
        ..OIDC
    },
    Fault {
        id: "client-assertion-before-its-time",
        says: "A client assertion is accepted before its nbf.",
        clause: "rfc7523/3/not-before",
        caught_by: &["client-assertion/not-yet-valid"],
        seams: &[Seam::Gate(Rule::ClientAssertionHasBegun, None)],
        ..OIDC
    },
    Fault {
        id: "client-assertion-of-another-issuer",
        says: "A client assertion may name any issuer: only its subject is compared with the client.",
        clause: "rfc7523/3/signed",
        caught_by: &["client-assertion/issuer-differs"],
        seams: &[Seam::Gate(Rule::ClientAssertionNamesClient, None)],
        ..OIDC
    },
    Fault {
        id: "client-assertion-of-any-type",
        says: "The type of a client assertion is not looked at.",
        clause: "rfc7523/2.2/assertion-type",
        caught_by: &["client-assertion/type-unknown", "client-assertion/type-missing"],
        seams: &[Seam::Gate(Rule::ClientAssertionTypeIsKnown, None)],
        ..OIDC
    },
    Fault {
        id: "client-id-beside-an-assertion-of-another",
        says: "A client_id that stands beside a client assertion is not compared with it.",
        clause: "rfc7521/4.2/client-id-agrees",
        caught_by: &["client-assertion/client-id-of-another"],
        seams: &[Seam::Gate(Rule::ClientIdAgrees, None)],
        ..OIDC
    },
];
