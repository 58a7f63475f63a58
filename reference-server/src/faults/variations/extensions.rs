//! Other ways to take assertions and to exchange tokens.

use std::sync::Arc;

use http::StatusCode;

use super::super::store::assertions::Forgets;
use super::super::wire::{self, extensions::rename};
use super::{Seam, Variation};
use crate::config::demo_keys;
use crate::grants::token_exchange;
use crate::model::Path;
use crate::rules::{Rule, Rules, RulesOver, Ruling};
use crate::tokens::Map;

pub(in super::super) static VARIATIONS: &[Variation] = &[
    Variation {
        id: "assertions-used-again",
        says: "An assertion buys tokens until it expires.",
        clause: "rfc7523/3/replay",
        seams: &[Seam::Store(|inner| Arc::new(Forgets { inner, whose: |issuer| issuer == demo_keys::ISSUER }))],
    },
    Variation {
        id: "assertions-for-the-token-endpoint",
        says: "The aud of an assertion is the token endpoint and nothing else.",
        clause: "rfc7523/3/audience-verified",
        seams: &[Seam::Rules(|inner| Arc::new(TokenEndpointOnly { inner }))],
    },
    Variation {
        id: "any-target",
        says: "An exchange is for whatever target is asked for.",
        clause: "rfc8693/2.2.2/invalid-target",
        seams: &[Seam::Gate(Rule::TargetsAreKnown, Some(Path::Extension(token_exchange::NAME)))],
    },
    Variation {
        id: "requested-token-type-ignored",
        says: "An exchange yields an access token, whatever is asked for, and says so.",
        clause: "rfc8693/2.2.1/issued-token-type",
        seams: &[Seam::Wire(|inner| {
            wire::before(inner, &["/token"], |_, request| {
                wire::drop_param(request, "requested_token_type");
                None
            })
        })],
    },
    Variation {
        id: "no-actor-tokens",
        says: "Nobody acts for another: an exchange with an actor_token is refused.",
        clause: "rfc8693/2.2.2/refused",
        seams: &[Seam::Wire(|inner| {
            wire::before(inner, &["/token"], |_, request| {
                let acts = wire::Asked::of(request).param("actor_token").is_some();
                acts.then(|| wire::refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
    },
    Variation {
        id: "bad-exchange-is-invalid-grant",
        says: "An exchange of a token that is no good is refused with invalid_grant.",
        clause: "rfc8693/2.2.2/invalid-request",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/token"], |asked, reply| {
                // Who sends credentials twice is another matter.
                let is_exchange = asked.param("grant_type") == Some(token_exchange::NAME);
                if is_exchange && asked.param("subject_token").is_some() && asked.param("client_secret").is_none() {
                    rename(reply, "invalid_request", "invalid_grant");
                }
            })
        })],
    },
];

struct TokenEndpointOnly {
    inner: Arc<dyn Rules>,
}

/// The token endpoint among the names of this server.
fn token_endpoint(accepted: &[String]) -> Vec<String> {
    accepted.iter().filter(|name| name.ends_with("/token")).cloned().collect()
}

impl RulesOver for TokenEndpointOnly {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        self.inner.assertion_is_for_server(path, claims, &token_endpoint(accepted))
    }

    fn client_assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        if path == Path::PushedAuthorization {
            return self.inner.client_assertion_is_for_server(path, claims, accepted); // RFC 9126 §2 leaves no choice
        }
        self.inner.client_assertion_is_for_server(path, claims, &token_endpoint(accepted))
    }
}
