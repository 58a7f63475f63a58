//! Is a token alive? Asked of whoever can tell: introspection, else userinfo.

use super::Lab;
use crate::check::{Reason, Stop};

/// Who can tell whether an access token lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// The introspection endpoint, RFC 7662.
    Introspection,
    /// The userinfo endpoint, OpenID Connect Core §5.3.
    Userinfo,
}

impl Lab {
    /// Who can tell whether access tokens of this client live; `living` is one that does, so that this is a control too.
    pub async fn witness(&self, living: &str) -> Result<Witness, Stop> {
        let metadata = &self.target().metadata;
        if metadata.introspection_endpoint.is_some() && self.is_alive(Witness::Introspection, living).await? {
            return Ok(Witness::Introspection);
        }
        if metadata.userinfo_endpoint.is_some() && self.is_alive(Witness::Userinfo, living).await? {
            return Ok(Witness::Userinfo);
        }
        Err(Stop::not_applicable(
            Reason::NotAdvertised,
            "neither introspection nor userinfo tells whether an access token of this client lives",
        ))
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
