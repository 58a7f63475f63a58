//! Rules of the grants, of introspection and of revocation that are not asked.

use super::super::{BCP, Fault, OIDC, Seam};
use crate::model::Path;
use crate::rules::Rule;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "client-credentials-for-anybody",
        says: "A client that is not registered for client credentials gets a token by them.",
        clause: "rfc6749/5.2/unauthorized-client",
        precedent: Some("cloudflare/workers-oauth-provider#210"),
        caught_by: &["client-credentials/grant-not-registered"],
        seams: &[Seam::Gate(Rule::ClientMayUseGrant, Some(Path::ClientCredentials))],
        ..OIDC
    },
    Fault {
        id: "client-credentials-for-public-clients",
        says: "A public client gets a token of its own by its name alone.",
        clause: "rfc6749/4.4/confidential-only",
        precedent: Some("DuendeArchive/IdentityServer4#626"),
        caught_by: &["client-credentials/public-client-refused"],
        seams: &[
            Seam::Gate(Rule::ClientMayUseGrant, Some(Path::ClientCredentials)),
            Seam::Gate(Rule::ClientIsConfidential, None),
        ],
        ..OIDC
    },
    Fault {
        id: "any-scope-by-client-credentials",
        says: "In the client credentials grant a client gets scopes that it is not registered for.",
        clause: "rfc6749/5.2/invalid-scope",
        precedent: Some("simple-login/app#2749"),
        caught_by: &["client-credentials/scope-beyond-client"],
        seams: &[Seam::Gate(Rule::ScopeWithinClient, Some(Path::ClientCredentials))],
        ..OIDC
    },
    Fault {
        id: "scope-beyond-client-in-code",
        says: "With the user's consent a client gets scopes that it is not registered for.",
        clause: "rfc6749/5.2/invalid-scope",
        caught_by: &["code/scope-beyond-client"],
        seams: &[Seam::Gate(Rule::ScopeWithinClient, Some(Path::AuthorizationCode))],
        ..OIDC
    },
    Fault {
        id: "code-of-another-client",
        says: "A client redeems a code that was issued to another.",
        clause: "rfc6749/4.1.3/code-bound-to-client",
        precedent: Some("GHSA-xqxv-4jc2-x56x"),
        caught_by: &["code/other-client", "code/other-kind-of-client"],
        seams: &[Seam::Gate(Rule::CodeBelongsTo, Some(Path::AuthorizationCode))],
        ..OIDC
    },
    Fault {
        id: "code-never-expires",
        says: "A code is redeemed however old it is.",
        clause: "rfc6749/4.1.2/code-expires",
        precedent: Some("concretecms/concretecms#13091"),
        caught_by: &["code/expired"],
        seams: &[Seam::Gate(Rule::CodeIsFresh, None)],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-not-repeated",
        says: "The redirect_uri of a token request is not compared with that of the authorization request.",
        clause: "rfc6749/4.1.3/redirect-uri-identical",
        precedent: Some("modelcontextprotocol/typescript-sdk#209"),
        caught_by: &["code/redirect-uri-differs", "code/redirect-uri-foreign", "code/redirect-uri-missing"],
        seams: &[Seam::Gate(Rule::RedirectUriRepeats, None)],
        ..OIDC
    },
    Fault {
        id: "any-verifier",
        says: "The code_verifier is not compared with the code_challenge.",
        clause: "rfc7636/4.6/verifier-compared",
        caught_by: &[
            "pkce/verifier-mismatch",
            "pkce/verifier-altered",
            "pkce/verifier-missing",
            "pkce/verifier-empty",
            "pkce/challenge-as-verifier",
            "pkce/verifier-of-another-request",
        ],
        seams: &[Seam::Gate(Rule::VerifierMatches, None)],
        ..OIDC
    },
    Fault {
        id: "code-of-a-disabled-user",
        says: "A code is redeemed although its user was disabled in the meantime.",
        clause: "rfc6749/5.2/invalid-grant",
        precedent: Some("concretecms/concretecms#13091"),
        caught_by: &["code/user-disabled"],
        seams: &[Seam::Gate(Rule::UserIsActive, Some(Path::AuthorizationCode))],
        ..OIDC
    },
    Fault {
        id: "refresh-of-a-disabled-user",
        says: "A refresh token works although its user was disabled in the meantime.",
        clause: "rfc6749/5.2/invalid-grant",
        precedent: Some("goauthentik/authentik#12858"),
        caught_by: &["refresh/user-disabled"],
        seams: &[Seam::Gate(Rule::UserIsActive, Some(Path::RefreshToken))],
        ..OIDC
    },
    Fault {
        id: "refresh-token-of-another-client",
        says: "A client uses a refresh token that was issued to another.",
        clause: "rfc6749/6/bound-to-client",
        precedent: Some("mitreid-connect/OpenID-Connect-Java-Spring-Server#735"),
        caught_by: &["refresh/other-client", "refresh/other-kind-of-client"],
        seams: &[Seam::Gate(Rule::RefreshTokenBelongsTo, None)],
        ..OIDC
    },
    Fault {
        id: "refresh-token-never-expires",
        says: "A refresh token works however long nobody used it.",
        clause: "rfc9700/4.14.2/idle-expiry",
        precedent: Some("jchable/gpx-utility-analyzer#117"),
        caught_by: &["refresh/expired"],
        seams: &[Seam::Gate(Rule::RefreshTokenIsFresh, None)],
        ..BCP
    },
    Fault {
        id: "refresh-widens-scope",
        says: "A refresh asks for more than the user granted, and gets it.",
        clause: "rfc6749/6/scope-not-widened",
        precedent: Some("openshift/osin#61"),
        caught_by: &["refresh/scope-not-widened"],
        seams: &[Seam::Gate(Rule::RefreshScopeWithinGrant, None)],
        ..OIDC
    },
    Fault {
        id: "revoked-refresh-token-works",
        says: "Nobody looks whether a refresh token was revoked.",
        clause: "rfc7009/2.1/invalidated-at-once",
        precedent: Some("doorkeeper-gem/doorkeeper#1671"),
        caught_by: &["revocation/refresh-token-dies", "revocation/wrong-hint", "revocation/unknown-hint"],
        seams: &[Seam::Gate(Rule::RefreshTokenIsLive, None)],
        ..OIDC
    },
    Fault {
        id: "userinfo-for-dead-tokens",
        says: "userinfo does not look whether an access token has expired or was revoked.",
        clause: "rfc6749/7/token-validated",
        caught_by: &["userinfo/expired-token"],
        seams: &[Seam::Gate(Rule::BearerTokenIsLive, Some(Path::Userinfo))],
        ..OIDC
    },
    Fault {
        id: "dead-tokens-are-active",
        says: "Introspection says of expired and revoked tokens that they are active.",
        clause: "rfc7662/4/expired-inactive",
        precedent: Some("giantswarm/mcp-oauth#316"),
        caught_by: &["introspection/expired-inactive"],
        seams: &[Seam::Gate(Rule::TokenIsLive, None)],
        ..OIDC
    },
    Fault {
        id: "introspection-for-public-clients",
        says: "Whoever names a public client is told about the tokens of all clients.",
        clause: "rfc7662/2.1/authorized",
        caught_by: &["introspection/public-client"],
        seams: &[Seam::Gate(Rule::ClientMayIntrospect, None)],
        ..OIDC
    },
    Fault {
        id: "revocation-for-others",
        says: "A client revokes tokens of another.",
        clause: "rfc7009/2.1/bound-to-client",
        precedent: Some("ory/fosite#225"),
        caught_by: &[
            "revocation/other-client",
            "revocation/access-token-of-another",
            "revocation/other-kind-of-client",
        ],
        seams: &[Seam::Gate(Rule::RevocationBelongsTo, None)],
        ..OIDC
    },
];
