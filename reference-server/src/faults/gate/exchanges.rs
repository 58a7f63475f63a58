//! Rules on token exchange that are not asked.

use super::super::{Fault, OIDC, Seam};
use crate::grants::token_exchange;
use crate::model::Path;
use crate::rules::Rule;

const TOKEN_EXCHANGE: Path = Path::Extension(token_exchange::NAME);

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "dead-tokens-are-exchanged",
        says: "A token that has expired or was revoked is exchanged for a living one.",
        clause: "rfc8693/2.1/tokens-validated",
        precedent: Some("CVE-2026-9097"),
        caught_by: &["token-exchange/subject-token-expired", "token-exchange/subject-token-revoked"],
        seams: &[Seam::Gate(Rule::ExchangedTokenIsLive, None)],
        ..OIDC
    },
    Fault {
        id: "half-an-actor",
        says: "An actor_token without its type, or a type without its token, is not noticed.",
        clause: "rfc8693/2.2.2/refused",
        caught_by: &["token-exchange/actor-token-type-missing", "token-exchange/actor-token-missing"],
        seams: &[Seam::Gate(Rule::ActorTokenHasItsType, None)],
        ..OIDC
    },
    Fault {
        id: "exchange-with-any-secret",
        says: "Where a token is exchanged, any client secret is accepted.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &["token-exchange/wrong-client-secret"],
        seams: &[Seam::Gate(Rule::ClientSecretMatches, Some(TOKEN_EXCHANGE))],
        ..OIDC
    },
    Fault {
        id: "exchange-for-any-client",
        says: "Every client exchanges every token that it comes across.",
        clause: "rfc6749/5.2/unauthorized-client",
        precedent: Some("CVE-2026-9094"),
        caught_by: &["token-exchange/grant-not-registered"],
        seams: &[
            Seam::Gate(Rule::ClientMayUseGrant, Some(TOKEN_EXCHANGE)),
            Seam::Gate(Rule::TokenMayBeExchangedBy, None),
        ],
        ..OIDC
    },
    Fault {
        id: "exchange-for-a-disabled-user",
        says: "The token of a user who was disabled is exchanged for another.",
        clause: "rfc6749/5.2/invalid-grant",
        caught_by: &["token-exchange/user-disabled"],
        seams: &[Seam::Gate(Rule::UserIsActive, Some(TOKEN_EXCHANGE))],
        ..OIDC
    },
    Fault {
        id: "any-scope-by-exchange",
        says: "In exchange for a token a client gets scopes that neither the token nor the client has.",
        clause: "rfc6749/5.2/invalid-scope",
        precedent: Some("cloudflare/workers-oauth-provider#120"),
        caught_by: &["token-exchange/scope-beyond-client"],
        seams: &[
            Seam::Gate(Rule::ScopeWithinClient, Some(TOKEN_EXCHANGE)),
            Seam::Gate(Rule::ExchangeScopeWithinSubject, None),
        ],
        ..OIDC
    },
];
