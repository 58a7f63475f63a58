//! Is a token alive? Asked of whoever can tell: introspection, else userinfo.

use std::time::Duration;

use super::Lab;
use crate::cell::{Cell, Grant};
use crate::check::{Answer, Reason, Stop};
use crate::target::Client;

/// How long the word of a revocation may travel.
pub const PROPAGATION: Duration = Duration::from_secs(1);

/// Who can tell whether an access token lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// The introspection endpoint, RFC 7662.
    Introspection,
    /// The userinfo endpoint, OpenID Connect Core §5.3.
    Userinfo,
}

impl Lab {
    /// All who can tell whether access tokens of this client live; `living` is one that does, so that this is a control too.
    pub async fn witnesses(&self, living: &str) -> Result<Vec<Witness>, Stop> {
        let metadata = &self.target().metadata;
        let mut witnesses = Vec::new();
        if metadata.introspection_endpoint.is_some() && self.is_alive(Witness::Introspection, living).await? {
            witnesses.push(Witness::Introspection);
        }
        if metadata.userinfo_endpoint.is_some() && self.is_alive(Witness::Userinfo, living).await? {
            witnesses.push(Witness::Userinfo);
        }
        if witnesses.is_empty() {
            return Err(Stop::not_applicable(
                Reason::NotAdvertised,
                "neither introspection nor userinfo tells whether an access token of this client lives",
            ));
        }
        Ok(witnesses)
    }

    /// Does any of these witnesses take the token for a living one?
    pub async fn lives(&self, witnesses: &[Witness], token: &str) -> Result<bool, Stop> {
        for witness in witnesses {
            if self.is_alive(*witness, token).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Does the token live on after it was revoked? RFC 7009 §2.1: some servers may learn of it later than others, so that a
    /// second look counts.
    pub async fn outlives_revocation(&self, witnesses: &[Witness], token: &str) -> Result<bool, Stop> {
        if !self.lives(witnesses, token).await? {
            return Ok(false);
        }
        tokio::time::sleep(PROPAGATION).await;
        self.lives(witnesses, token).await
    }

    /// Can an access token end before its time here? Not applicable where none was seen to: what is self-contained may live until it expires.
    pub async fn ends_access_tokens(&self) -> Answer {
        let never = || Stop::not_applicable(Reason::Policy, "no access token was seen to end before its time here");
        if self.target().metadata.revocation_endpoint.is_none() {
            return Err(never());
        }
        // Whether it can is the server's affair: what one grant forgot, another shows.
        let of_code = |client: &&Client| client.may(Grant::AuthorizationCode);
        let asks = match self.target().clients.iter().find(of_code) {
            Some(client) => self.acting_in(Cell::CODE, client),
            None => self.acting_in(self.cell(), self.client()),
        };
        let tokens = asks.send(&asks.grant_request().await?).await?.is_token()?;
        let witnesses = asks.witnesses(&tokens.access_token).await?;
        asks.revoke(&tokens.access_token).await?.judgeable()?;
        if asks.outlives_revocation(&witnesses, &tokens.access_token).await? { Err(never()) } else { Ok(()) }
    }

    /// Does the token live, by the word of this witness?
    pub async fn is_alive(&self, witness: Witness, token: &str) -> Result<bool, Stop> {
        match witness {
            Witness::Introspection => {
                let reply = self.introspect(token).await?;
                reply.judgeable()?;
                Ok(reply.is_active().unwrap_or(false))
            }
            Witness::Userinfo => {
                let reply = self.userinfo(token).await?;
                reply.judgeable()?;
                Ok(reply.is_success())
            }
        }
    }
}
