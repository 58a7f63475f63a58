//! Rules on client authentication that are not asked. The commonest real bug: one path forgot.

use super::super::{Fault, OIDC, Seam};
use crate::model::Path;
use crate::rules::Rule;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "any-secret",
        says: "Any client secret is accepted, everywhere.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &["client-auth/wrong-secret", "client-auth/secret-altered"],
        seams: &[Seam::Gate(Rule::ClientSecretMatches, None)],
        ..OIDC
    },
    Fault {
        id: "code-with-any-secret",
        says: "Where a code is redeemed, any client secret is accepted.",
        clause: "rfc6749/4.1.3/client-authenticated",
        caught_by: &["client-auth/wrong-secret", "client-auth/secret-altered"],
        seams: &[Seam::Gate(Rule::ClientSecretMatches, Some(Path::AuthorizationCode))],
        ..OIDC
    },
    Fault {
        id: "refresh-with-any-secret",
        says: "Where a refresh token is used, any client secret is accepted.",
        clause: "rfc6749/6/client-authenticated",
        caught_by: &["client-auth/wrong-secret", "client-auth/secret-altered"],
        seams: &[Seam::Gate(Rule::ClientSecretMatches, Some(Path::RefreshToken))],
        ..OIDC
    },
    Fault {
        id: "introspection-with-any-secret",
        says: "Whoever names a confidential client is told about tokens, with any secret.",
        clause: "rfc7662/2.1/authorized",
        caught_by: &["introspection/wrong-secret"],
        seams: &[Seam::Gate(Rule::ClientSecretMatches, Some(Path::Introspection))],
        ..OIDC
    },
    Fault {
        id: "revocation-with-any-secret",
        says: "Whoever names a confidential client revokes its tokens, with any secret.",
        clause: "rfc7009/2.1/client-verified",
        caught_by: &["revocation/wrong-secret"],
        seams: &[Seam::Gate(Rule::ClientSecretMatches, Some(Path::Revocation))],
        ..OIDC
    },
    Fault {
        id: "code-without-client-auth",
        says: "A confidential client redeems a code without its secret; the verifier is thought to be enough.",
        clause: "rfc6749/4.1.3/client-authenticated",
        precedent: Some("twentyhq/twenty#22548"),
        caught_by: &["client-auth/secret-missing"],
        seams: &[Seam::Gate(Rule::ConfidentialClientAuthenticates, Some(Path::AuthorizationCode))],
        ..OIDC
    },
    Fault {
        id: "client-credentials-without-client-auth",
        says: "A confidential client gets a token of its own by its name alone.",
        clause: "rfc6749/4.4.2/client-authenticated",
        precedent: Some("ory/fosite#655"),
        caught_by: &["client-auth/secret-missing"],
        seams: &[Seam::Gate(Rule::ConfidentialClientAuthenticates, Some(Path::ClientCredentials))],
        ..OIDC
    },
    Fault {
        id: "refresh-without-client-auth",
        says: "A confidential client refreshes without its secret.",
        clause: "rfc6749/6/client-authenticated",
        precedent: Some("coder/coder#29207"),
        caught_by: &["client-auth/secret-missing"],
        seams: &[Seam::Gate(Rule::ConfidentialClientAuthenticates, Some(Path::RefreshToken))],
        ..OIDC
    },
    Fault {
        id: "introspection-without-client-auth",
        says: "Whoever names a confidential client is told about tokens, without any secret.",
        clause: "rfc7662/2.1/authorized",
        precedent: Some("Ark-Aak/cp-oauth#24"),
        caught_by: &["introspection/client-id-only"],
        seams: &[Seam::Gate(Rule::ConfidentialClientAuthenticates, Some(Path::Introspection))],
        ..OIDC
    },
    Fault {
        id: "revocation-without-client-auth",
        says: "Whoever names a confidential client revokes its tokens, without any secret.",
        clause: "rfc7009/2.1/client-verified",
        precedent: Some("nightscout/nocturne#668"),
        caught_by: &["revocation/unauthenticated"],
        seams: &[Seam::Gate(Rule::ConfidentialClientAuthenticates, Some(Path::Revocation))],
        ..OIDC
    },
    Fault {
        id: "two-auth-methods",
        says: "A request that authenticates in two ways at once is served.",
        clause: "rfc6749/2.3/one-method",
        precedent: Some("cdelmonte-zg/nanoidp#277"),
        caught_by: &["client-auth/two-methods"],
        seams: &[Seam::Gate(Rule::OneAuthenticationMethod, None)],
        ..OIDC
    },
    Fault {
        id: "two-auth-methods-on-refresh",
        says: "Where a refresh token is used, a request that authenticates in two ways at once is served.",
        clause: "rfc6749/2.3/one-method",
        precedent: Some("cloudflare/workers-oauth-provider#196"),
        caught_by: &["client-auth/two-methods"],
        seams: &[Seam::Gate(Rule::OneAuthenticationMethod, Some(Path::RefreshToken))],
        ..OIDC
    },
    Fault {
        id: "client-id-of-another",
        says: "The body may name another client than the one that authenticates.",
        clause: "rfc6749/2.3/one-method",
        precedent: Some("aspnet-contrib/AspNet.Security.OpenIdConnect.Server#403"),
        caught_by: &["client-auth/another-client-in-body"],
        seams: &[Seam::Gate(Rule::ClientIdAgrees, None)],
        ..OIDC
    },
];
