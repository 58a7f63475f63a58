//! Refusals for the right reason under the wrong name, and a comparison of scopes that refuses too little.

use std::sync::Arc;

use super::super::{BCP, Fault, OIDC, Seam};
use crate::error::{ErrorCode, Refusal};
use crate::model::{Client, Path, RefreshToken, Scope};
use crate::rules::{Rules, RulesOver, Ruling};

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "expired-refresh-token-as-invalid-request",
        says: "A refresh token that has expired is refused as an invalid request.",
        clause: "rfc6749/5.2/invalid-grant",
        caught_by: &["refresh/expired"],
        seams: &[Seam::Rules(|inner| Arc::new(InvalidRequest { inner }))],
        ..BCP
    },
    Fault {
        id: "scope-beyond-client-as-invalid-request",
        says: "A scope that the client may not have is refused as an invalid request.",
        clause: "rfc6749/5.2/invalid-scope",
        caught_by: &["client-credentials/scope-beyond-client", "code/scope-beyond-client"],
        seams: &[Seam::Rules(|inner| Arc::new(InvalidRequest { inner }))],
        ..OIDC
    },
    Fault {
        id: "scope-by-prefix",
        says: "A scope is granted if one that the client may have begins with it.",
        clause: "rfc6749/5.2/invalid-scope",
        caught_by: &["token/scope-almost-known"],
        seams: &[Seam::Rules(|inner| Arc::new(ByPrefix { inner }))],
        ..OIDC
    },
];

/// What is refused here is an invalid request.
struct InvalidRequest {
    inner: Arc<dyn Rules>,
}

fn invalid_request(refusal: Refusal) -> Refusal {
    Refusal { code: ErrorCode::InvalidRequest, ..refusal }
}

impl RulesOver for InvalidRequest {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn refresh_token_is_fresh(&self, path: Path, token: &RefreshToken, now: u64) -> Ruling {
        self.inner.refresh_token_is_fresh(path, token, now).map_err(invalid_request)
    }

    fn scope_within_client(&self, path: Path, requested: &Scope, client: &Client) -> Ruling {
        self.inner.scope_within_client(path, requested, client).map_err(invalid_request)
    }
}

struct ByPrefix {
    inner: Arc<dyn Rules>,
}

fn begins(known: &Scope, token: &str) -> bool {
    known.iter().any(|one| one.starts_with(token))
}

impl RulesOver for ByPrefix {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn known_of(&self, _path: Path, requested: &Scope, known: &Scope) -> Scope {
        requested.only(|token| begins(known, token))
    }

    fn scope_is_known(&self, path: Path, requested: &Scope, known: &Scope) -> Ruling {
        if requested.iter().all(|token| begins(known, token)) {
            return Ok(());
        }
        self.inner.scope_is_known(path, requested, known)
    }

    fn scope_within_client(&self, path: Path, requested: &Scope, client: &Client) -> Ruling {
        if !requested.is_empty() && requested.iter().all(|token| begins(&client.scopes, token)) {
            return Ok(());
        }
        self.inner.scope_within_client(path, requested, client)
    }
}
