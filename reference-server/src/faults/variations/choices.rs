//! How the variations do what they do.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, StatusCode};

use crate::config::AccessTokenFormat;
use crate::error::{ErrorCode, Refusal};
use crate::faults::locked;
use crate::faults::wire::{self, Asked, Reply};
use crate::grants::jwt_bearer;
use crate::model::grant::AuthorizationRequest;
use crate::model::{Client, Code, Grant, Path, RefreshToken, Scope};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::server::Server;
use crate::store::{BoxFuture, Rotated, Store, StoreOver, Stored};
use crate::tokens::secret::Digest;
use crate::transport::Wire;
use crate::transport::credentials::Presented;
use crate::transport::form::Form;

/// Access tokens of one format for everybody.
pub(super) struct Tokens {
    pub inner: Arc<dyn Rules>,
    pub format: AccessTokenFormat,
}

impl RulesOver for Tokens {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn access_token_format(&self, _path: Path, _client: &Client) -> AccessTokenFormat {
        self.format
    }
}

/// A missing verifier is a missing parameter.
pub(super) struct VerifierRequired {
    pub inner: Arc<dyn Rules>,
}

impl RulesOver for VerifierRequired {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn verifier_matches(&self, path: Path, code: &Code, verifier: Option<&str>) -> Ruling {
        self.inner.verifier_matches(path, code, verifier).map_err(|refusal| match verifier {
            Some(_) => refusal,
            None => Refusal { code: ErrorCode::InvalidRequest, ..refusal },
        })
    }
}

/// Nothing is remembered.
pub(super) struct AlwaysAsks {
    pub inner: Arc<dyn Rules>,
}

impl RulesOver for AlwaysAsks {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn consent_is_needed(&self, _: Path, _: &Client, _: &AuthorizationRequest, _: &Scope) -> bool {
        true
    }
}

/// A confidential client is known by its secret, so its old refresh token stays good.
pub(super) struct RotatesForPublic {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for RotatesForPublic {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated> {
        let old = old.clone();
        Box::pin(async move {
            let client = self.inner.client(&old.grant.client_id).await?;
            if client.is_none_or(|client| client.is_public()) {
                return self.inner.rotate(&old, successor).await;
            }
            self.inner.put_refresh_token(successor).await?;
            Ok(Rotated::Now)
        })
    }
}

/// An access token takes its whole lineage along.
pub(super) struct TakesAlong {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for TakesAlong {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn revoke_access_token(&self, digest: Digest) -> Stored<'_, ()> {
        Box::pin(async move {
            if let Some(token) = self.inner.access_token(digest).await? {
                self.inner.revoke_lineage(token.grant.lineage).await?;
            }
            self.inner.revoke_access_token(digest).await
        })
    }
}

/// A code that failed once is refused from then on.
pub(super) struct BurnsCodes {
    pub inner: Arc<dyn Wire>,
    pub burnt: Mutex<HashSet<String>>,
}

impl Wire for BurnsCodes {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let code = Asked::of(&request).param("code").map(str::to_owned);
            let code = code.filter(|_| request.uri().path() == "/token");
            if code.as_ref().is_some_and(|code| locked(&self.burnt).contains(code)) {
                return wire::refuse(StatusCode::BAD_REQUEST, "invalid_grant");
            }
            let reply = self.inner.around(server, request).await;
            if reply.status() == StatusCode::BAD_REQUEST {
                locked(&self.burnt).extend(code);
            }
            reply
        })
    }
}

/// Of a client that acts for itself, a request for too much is a request for what it may have.
pub(super) fn reduce_scope(server: &Server, request: &mut Request<Bytes>) -> Option<Reply> {
    reduce_scope_of(server, request, &["client_credentials"])
}

/// The same of one that acts for a user and has no page to ask on.
pub(super) fn reduce_scope_for_users(server: &Server, request: &mut Request<Bytes>) -> Option<Reply> {
    reduce_scope_of(server, request, &["password", jwt_bearer::NAME])
}

/// A repeated parameter, or a body that is no form, is left for the rules.
fn reduce_scope_of(server: &Server, request: &mut Request<Bytes>, grant_types: &[&str]) -> Option<Reply> {
    let asked = Asked::of(request);
    let is_form =
        |value: &HeaderValue| value.to_str().is_ok_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    let is_asked_for = asked.param("grant_type").is_some_and(|grant_type| grant_types.contains(&grant_type));
    if !is_asked_for || !asked.headers.get(CONTENT_TYPE).is_some_and(is_form) {
        return None;
    }
    if asked.params().filter(|(name, _)| name == "scope").count() != 1 {
        return None;
    }
    let requested = Scope::parse(asked.param("scope")?);
    let form = Form::parse(request.body());
    let presented = Presented::new(request.headers(), &form);
    let client =
        server.config.clients.iter().find(|client| Some(client.client_id.as_str()) == presented.client_id())?;
    let reduced = requested.only(|token| client.scopes.iter().any(|known| known == token));
    if !reduced.is_empty() {
        wire::set_param(request, "scope", &reduced.to_string());
    }
    None
}

/// A request for `openid` is one for the scopes that go with it by default.
pub(super) fn add_default_scopes(server: &Server, request: &mut Request<Bytes>) -> Option<Reply> {
    const DEFAULT: [&str; 2] = ["profile", "email"];
    let asked = Asked::of(request);
    if asked.params().filter(|(name, _)| name == "scope").count() != 1 {
        return None;
    }
    let requested = asked.param("scope")?;
    let client_id = asked.param("client_id")?;
    let client = server.config.clients.iter().find(|client| client.client_id.as_str() == client_id)?;
    let known: Vec<&str> = requested.split(' ').collect();
    let more: Vec<&str> = DEFAULT
        .into_iter()
        .filter(|token| !known.contains(token) && client.scopes.iter().any(|scope| scope == token))
        .collect();
    if known.contains(&"openid") && !more.is_empty() {
        wire::set_param(request, "scope", &format!("{requested} {}", more.join(" ")));
    }
    None
}

/// Whoever asks about the token of another learns nothing.
pub(super) struct OwnTokensOnly {
    pub inner: Arc<dyn Rules>,
}

impl RulesOver for OwnTokensOnly {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn token_may_be_introspected_by(
        &self,
        path: Path,
        grant: &Grant,
        _is_refresh_token: bool,
        client: &Client,
    ) -> Ruling {
        self.inner.token_may_be_introspected_by(path, grant, true, client)
    }
}

/// Confidential clients were approved beforehand.
pub(super) struct AsksForPublic {
    pub inner: Arc<dyn Rules>,
}

impl RulesOver for AsksForPublic {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn consent_is_needed(
        &self,
        path: Path,
        client: &Client,
        request: &AuthorizationRequest,
        remembered: &Scope,
    ) -> bool {
        (client.is_public() || request.prompt.consent)
            && self.inner.consent_is_needed(path, client, request, remembered)
    }
}
