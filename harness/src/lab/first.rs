//! The tokens of the grant that comes first in a cell: what a refresh begins with, whichever grant it came from.

use super::{Authorize, Browser, Connect, Device, Lab, renewable};
use crate::cell::Grant;
use crate::check::Stop;
use crate::exchange::{Exchange, Tokens};
use crate::target::User;

/// How the grant is asked for, where it is not in the usual way.
#[derive(Clone, Copy, Debug, Default)]
pub struct First<'a> {
    /// The user who allows it, in a browser that nobody has logged in to.
    pub user: Option<&'a User>,
    /// How far it is to reach.
    pub scope: Option<&'a str>,
}

impl First<'_> {
    fn asked_in(self, request: Exchange) -> Exchange {
        match self.scope {
            Some(scope) => request.with("scope", scope),
            None => request,
        }
    }
}

impl Lab {
    /// The tokens of the grant that comes first in the cell: of a code, a password or a device; a control.
    pub async fn first_tokens(&self) -> Result<Tokens, Stop> {
        self.first_tokens_as(First::default()).await
    }

    /// The same, asked for in another way; a control.
    pub async fn first_tokens_as(&self, first: First<'_>) -> Result<Tokens, Stop> {
        match self.cell.first_grant() {
            Some(Grant::Password) => {
                let user = first.user.map_or_else(|| self.resource_owner(), Ok)?;
                self.send(&first.asked_in(self.password_request(user)?)).await?.is_token()
            }
            Some(Grant::DeviceCode) => self.first_tokens_of_device(first).await,
            _ => self.first_tokens_of_code(first).await,
        }
    }

    /// Tokens with a refresh token among them; a control.
    pub async fn refreshable(&self) -> Result<(Tokens, String), Stop> {
        let tokens = self.first_tokens().await?;
        let refresh_token = renewable(&tokens)?;
        Ok((tokens, refresh_token))
    }

    async fn first_tokens_of_device(&self, first: First<'_>) -> Result<Tokens, Stop> {
        let reply = self.send(&first.asked_in(self.device_authorization()?)).await?;
        let device = Device::read(&reply).ok_or_else(|| reply.not_the_control("a device authorization response"))?;
        match first.user {
            Some(user) => self.connect_in(&Browser::default(), &device, Connect::allowing().user(user)).await?,
            None => self.connect(&device, Connect::allowing()).await?,
        };
        self.poll(&device).await?.is_token()
    }

    async fn first_tokens_of_code(&self, first: First<'_>) -> Result<Tokens, Stop> {
        let mut authorize = Authorize::valid();
        if let Some(scope) = first.scope {
            authorize = authorize.with("scope", scope);
        }
        let authorized = match first.user {
            Some(user) => self.authorize_in(&Browser::default(), authorize.user(user)).await?,
            None => self.authorize(authorize).await?,
        };
        self.redeem(&authorized.code()?).await?.is_token()
    }
}
