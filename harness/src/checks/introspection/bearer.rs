//! A caller of introspection that authorizes itself by a token of its own: RFC 7662 §2.3.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::lab::{Lab, Witness, random};

pub const BEARER_REFUSED: Check = Check {
    id: "introspection/bearer-unknown",
    title: "a caller that shows a made-up bearer token is answered with 401, and told nothing",
    why: "A door that opens to the right kind of header, whatever stands in it, opens to everybody.",
    clauses: &["rfc7662/2.3/bearer-unauthorized", "rfc7662/2.1/authorized"],
    cells: Cells::CLIENT_CREDENTIALS,
    needs: &[Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(bearer_refused(lab))),
};

/// RFC 7662 §2.3 wants 401 where bearer tokens are a way to ask at all; elsewhere any refusal will do.
async fn bearer_refused(lab: &Lab) -> Answer {
    let tokens = lab.client_credentials().await?.is_token()?;
    if !lab.is_alive(Witness::Introspection, &tokens.access_token).await? {
        return Err(Stop::Inconclusive("introspection does not know the tokens of this client".to_owned()));
    }
    let request = lab.introspection(&tokens.access_token)?.without("client_id").bearing(&random());
    let reply = lab.send(&request).await?;
    reply.judgeable()?;
    if reply.is_success() {
        return Err(Stop::finding("rfc7662/2.1/authorized", "a refusal", reply.actual()));
    }
    if reply.status == 401 {
        return Ok(());
    }
    let valid = lab.introspection(&tokens.access_token)?.without("client_id").bearing(&tokens.access_token);
    if !lab.send(&valid).await?.is_success() {
        return match reply.status {
            500.. => Err(reply.not_the_control("a refusal")),
            _ => Ok(()),
        };
    }
    Err(Stop::finding("rfc7662/2.3/bearer-unauthorized", "status 401", reply.actual()))
}
