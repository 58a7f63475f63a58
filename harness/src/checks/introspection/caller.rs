//! Who may ask about tokens: RFC 7662 §2.1.

use serde_json::Value;

use crate::cell::{Cells, ClientKind};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Deviation;
use crate::lab::{Lab, Witness};

pub const PUBLIC_CLIENT: Check = Check {
    id: "introspection/public-client",
    title: "a public client that only names itself is told nothing about the tokens of others",
    why: "Its client_id is known to everybody: whoever finds a string could try whether it is a token, and read whose it is.",
    clauses: &["rfc7662/2.1/authorized"],
    cells: Cells::EVERY_GRANT,
    needs: &[Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(public_client(lab))),
};

/// Asked about the token of another client only: that whoever holds a token of its own may ask about it can be read as
/// some form of authorization, and servers do.
async fn public_client(lab: &Lab) -> Answer {
    let public = lab.target().clients.iter().find(|client| client.kind() == ClientKind::Public).cloned();
    let public = public.ok_or_else(|| Stop::not_applicable(Reason::NoClient, "the target has no public client"))?;
    let request = lab.grant_request().await?;
    let tokens = lab.send(&request).await?.is_token()?;
    if !lab.is_alive(Witness::Introspection, &tokens.access_token).await? {
        return Err(Stop::Inconclusive("introspection does not know the tokens of this client".to_owned()));
    }
    let request = lab.introspection(&tokens.access_token)?.deviating(&Deviation::As(Box::new(public)));
    let reply = lab.send(&request).await?;
    reply.judgeable()?;
    match reply.json().and_then(|json| json.get("active").and_then(Value::as_bool)) {
        Some(true) if reply.is_success() => Err(Stop::finding("rfc7662/2.1/authorized", "a refusal", reply.actual())),
        _ => Ok(()),
    }
}
