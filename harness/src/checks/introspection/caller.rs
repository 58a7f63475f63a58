//! Who may ask about tokens: RFC 7662 §2.1.

use serde_json::Value;

use crate::cell::{Cells, ClientKind};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Deviation;
use crate::lab::{Lab, Witness};
use crate::target::Client;

pub const PUBLIC_CLIENT: Check = Check {
    id: "introspection/public-client",
    title: "a public client that only names itself is told nothing about the tokens of others",
    why: "Its client_id is known to everybody: whoever finds a string could try whether it is a token, and read whose it is.",
    clauses: &["rfc7662/2.1/authorized"],
    cells: Cells::EVERY_GRANT,
    needs: &[Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(public_client(lab))),
};

pub const JUST_REGISTERED: Check = Check {
    id: "introspection/caller-just-registered",
    title: "a client that has just registered is told nothing about the tokens of others",
    why: "Where anybody can register, anybody could ask: whoever finds a token learns whose it is and how far it reaches.",
    clauses: &["rfc7662/4/callers-authorized"],
    cells: Cells::CLIENT_OR_REFRESH,
    needs: &[Need::Introspection, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(just_registered(lab))),
};

/// Asked about the token of another client only: that whoever holds a token of its own may ask about it can be read as
/// some form of authorization, and servers do.
async fn public_client(lab: &Lab) -> Answer {
    let public = lab.target().clients.iter().find(|client| client.kind() == ClientKind::Public).cloned();
    let public = public.ok_or_else(|| Stop::not_applicable(Reason::NoClient, "the target has no public client"))?;
    tells_nothing(lab, public, PUBLIC_CLIENT.clauses[0]).await
}

/// Who was given the right to introspect only the server knows; a client that nobody has heard of before was given none.
async fn just_registered(lab: &Lab) -> Answer {
    if lab.target().registration.initial_access_token.is_some() {
        let says =
            "whoever handed out the initial access token of the target file may have given its clients the right";
        return Err(Stop::not_applicable(Reason::Policy, says));
    }
    let registered = lab.register(&lab.registration()?).await?.client;
    if registered.kind() == ClientKind::Public {
        return Err(Stop::not_applicable(Reason::Policy, "whoever registers here gets no secret, and cannot ask"));
    }
    tells_nothing(lab, registered.clone(), JUST_REGISTERED.clauses[0]).await?;
    // Whoever is told nothing may have failed to authenticate, which says nothing of their right; whoever gets a token has not.
    lab.registered_token(&registered).await?.is_token().map(drop)
}

/// About tokens that their own client can ask about, which is the control, this one is told nothing.
async fn tells_nothing(lab: &Lab, client: Client, clause: &'static str) -> Answer {
    let request = lab.grant_request().await?;
    let tokens = lab.send(&request).await?.is_token()?;
    if !lab.is_alive(Witness::Introspection, &tokens.access_token).await? {
        return Err(Stop::Inconclusive("introspection does not know the tokens of this client".to_owned()));
    }
    let mut found = vec![&tokens.access_token];
    if let Some(refresh_token) = &tokens.refresh_token
        && lab.is_alive(Witness::Introspection, refresh_token).await?
    {
        found.push(refresh_token);
    }
    for token in found {
        let request = lab.introspection(token)?.deviating(&Deviation::As(Box::new(client.clone())));
        let reply = lab.send(&request).await?;
        reply.judgeable()?;
        let active = reply.json().and_then(|json| json.get("active").and_then(Value::as_bool));
        if active == Some(true) && reply.is_success() {
            return Err(Stop::finding(clause, "a refusal", reply.actual()));
        }
    }
    Ok(())
}
