//! Device authorization: RFC 8628 §3.4, §3.5. The device comes again and again, until its user has decided on another one.

use super::extension::{Approved, Asked, ExtensionGrant, Parameter, Refresh, ScopeFrom, Subject, once};
use crate::error::{Refusal, TokenError};
use crate::model::{Decision, DeviceRequest};
use crate::store::{BoxFuture, Spent};
use crate::tokens::secret::Digest;

/// RFC 8628 §3.4.
pub const NAME: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A device code for tokens.
#[derive(Clone, Copy, Debug)]
pub struct DeviceCode;

impl ExtensionGrant for DeviceCode {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[once("device_code")] }
    }

    fn scope_from(&self) -> ScopeFrom {
        ScopeFrom::Earlier
    }

    fn approve<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Approved, TokenError>> {
        Box::pin(approve(asked))
    }
}

/// The user logged in for this, so an ID token and a refresh token may come along.
async fn approve(asked: Asked<'_>) -> Result<Approved, TokenError> {
    let Asked { server, path, client, form, .. } = asked;
    let digest = Digest::of(form.required("device_code")?);
    let device = server.store.device(digest).await?.ok_or_else(Refusal::unknown_device_code)?;

    server.rules.device_code_belongs_to(path, &device, client)?;
    let device = server.store.poll_device(digest).await?.ok_or_else(Refusal::unknown_device_code)?;
    server.rules.device_code_is_fresh(path, &device, server.clock.now())?;
    server.rules.device_code_is_allowed(path, &device)?;
    if let Err(refusal) = server.rules.device_polls_slowly(path, &device, server.clock.now()) {
        server.store.slow_down_device(digest).await?;
        return Err(refusal.into());
    }
    server.rules.device_code_is_decided(path, &device)?;

    let DeviceRequest { scope, lineage, .. } = device;
    let scope = server.rules.scope_left(path, &scope, client);
    server.rules.scope_within_client(path, &scope, client)?;
    let Decision { user, .. } = device.decision.ok_or_else(Refusal::unknown_device_code)?;
    match server.store.spend_device(digest).await? {
        Spent::Now => {
            let approved = Approved::new(Subject::User(user), scope);
            Ok(Approved { lineage, refresh: Refresh::Allowed, id_token: true, ..approved })
        }
        Spent::Before => {
            server.store.revoke_lineage(lineage).await?;
            Err(Refusal::device_code_already_used().into())
        }
    }
}
