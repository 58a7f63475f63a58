//! Does the server speak PKCE? It may say so, or merely do it: RFC 7636 §5, RFC 8414 §2.

use super::{Authorize, Lab, random};
use crate::cell::{ClientKind, Grant};
use crate::check::{Answer, Reason, Stop};
use crate::exchange::Deviation;

impl Lab {
    /// Not applicable if the metadata lists no method and no kind of client has its verifier verified. Learned once.
    pub async fn speaks_pkce(&self) -> Answer {
        if !self.target().metadata.list("code_challenge_methods_supported").is_empty() {
            return Ok(());
        }
        self.setting().control("speaks PKCE".to_owned(), Box::pin(self.verifies())).await
    }

    async fn verifies(&self) -> Answer {
        for kind in [ClientKind::Confidential, ClientKind::Public] {
            let fits = |client: &&crate::target::Client| client.kind() == kind && client.may(Grant::AuthorizationCode);
            let Some(client) = self.target().clients.iter().find(fits) else { continue };
            let code = self.authorize(Authorize::valid().by(client)).await?.code()?;
            let wrong = self.redemption(&code)?.with("code_verifier", random());
            let wrong = wrong.deviating(&Deviation::As(Box::new(client.clone())));
            if self.send(&wrong).await?.tokens().is_none() {
                return Ok(());
            }
        }
        Err(Stop::not_applicable(
            Reason::NotAdvertised,
            "the metadata lists no code_challenge_methods_supported, and no code_verifier is verified",
        ))
    }
}
