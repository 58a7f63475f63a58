//! Refusals for the right reason under the wrong name.

use std::sync::Arc;

use super::super::{BCP, Fault, OIDC, Seam};
use crate::error::{ErrorCode, Refusal};
use crate::model::{AuthMethod, Client, Path, RefreshToken, Scope};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::transport::credentials::Presented;

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
        id: "secret-in-the-body-not-compared",
        says: "Introspection and revocation do not compare the secrets of clients that send them in the body.",
        clause: "rfc7009/2.1/client-verified",
        caught_by: &["introspection/wrong-secret", "revocation/wrong-secret"],
        seams: &[Seam::Rules(|inner| Arc::new(HeaderOnly { inner }))],
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

struct HeaderOnly {
    inner: Arc<dyn Rules>,
}

impl RulesOver for HeaderOnly {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_secret_matches(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        let elsewhere = matches!(path, Path::Introspection | Path::Revocation);
        if elsewhere && client.auth_method == AuthMethod::ClientSecretPost {
            return Ok(());
        }
        self.inner.client_secret_matches(path, client, presented)
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
