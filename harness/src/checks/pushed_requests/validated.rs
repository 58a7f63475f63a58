//! What was pushed is validated like a request in the open: RFC 9126 §2.1, §4.

use crate::cell::{Cells, ClientKind, Grant, ResponseType};
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::exchange::Jwt;
use crate::lab::{Authorize, Lab, random};

pub const VALIDATED: Check = Check {
    id: "pushed/validated",
    title: "what the authorization endpoint refuses is refused when it was pushed",
    why: "A server that trusts what was pushed to it trusts whatever a client, or whoever stole its secret, puts in.",
    clauses: &["rfc9126/2.1/validated", "rfc9126/7.2/authenticated-only"],
    cells: Cells::CODE,
    needs: &[Need::PushedRequests],
    ask: Ask::Code(|lab| Box::pin(validated(lab))),
};

pub const QUERY_IGNORED: Check = Check {
    id: "pushed/query-changes-nothing",
    title: "what stands beside a request_uri changes nothing of what was pushed",
    why: "The browser is where an attacker writes along: what was pushed is out of their reach only if it alone counts.",
    clauses: &["rfc9101/10.7/mismatch-harmless"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::PushedRequests],
    ask: Ask::Code(|lab| Box::pin(query_ignored(lab))),
};

/// A redirect URI that belongs to nobody: the name is reserved for examples (RFC 2606).
const FOREIGN: &str = "https://attacker.example/cb";

/// Each is asked in the open first: what is not refused there need not be refused here. A redirect URI that is not registered may be
/// taken from a client that authenticated (RFC 9126 §2.4), and from no other.
async fn validated(lab: &Lab) -> Answer {
    let control = lab.is_pushed().await?;
    lab.authorize(lab.by_reference(&control)?).await?.granted()?;
    let of_another_grant = ResponseType::ALL.iter().find(|one| one.grant() == Grant::Implicit);
    let mut wrong = vec![
        ("response_mode", "grantspec"),
        ("code_challenge_method", "grantspec"),
        ("prompt", "none login"),
        ("response_type", of_another_grant.map_or("grantspec", |one| one.name())),
    ];
    if lab.client().kind() == ClientKind::Public {
        wrong.push(("redirect_uri", FOREIGN));
    }
    for (name, value) in wrong {
        let open = lab.authorize(Authorize::valid().with(name, value)).await?;
        // A server that fails has not refused.
        if open.refused("rfc9126/2.1/validated").is_err() || open.landing.param("error") == Some("server_error") {
            continue;
        }
        let (reply, pushed) = lab.push(&[(name, value)]).await?;
        reply.judgeable()?;
        let Some(pushed) = pushed else { continue };
        let clause = if name == "redirect_uri" { "rfc9126/7.2/authenticated-only" } else { "rfc9126/2.1/validated" };
        let used = lab.authorize(lab.by_reference(&pushed)?).await?;
        let judged = if name == "redirect_uri" { used.stays(clause) } else { used.refused(clause).map(drop) };
        judged.map_err(|stop| stop.in_case(format!("{name}={value}")))?;
    }
    Ok(())
}

/// The server may also refuse what does not agree.
async fn query_ignored(lab: &Lab) -> Answer {
    let clause = "rfc9101/10.7/mismatch-harmless";
    let control = lab.is_pushed().await?;
    lab.authorize(lab.by_reference(&control)?).await?.granted()?;

    let pushed = lab.is_pushed().await?;
    let (state, nonce) = (random(), random());
    let beside = lab.by_reference(&pushed)?.with("state", &state).with("nonce", &nonce);
    let authorized = lab.authorize(beside).await?;
    let Ok(code) = authorized.code() else {
        return authorized.refused(clause).map(drop);
    };
    if authorized.landing.param("state") == Some(&state) {
        return Err(Stop::finding(clause, "the state that was pushed", "the one that stood beside the request_uri"));
    }
    let tokens = lab.redeem(&code).await?.is_token()?;
    let told = tokens.id_token.as_deref().and_then(Jwt::read);
    if told.is_some_and(|jwt| jwt.text("nonce") == Some(&nonce)) {
        return Err(Stop::finding(clause, "the nonce that was pushed", "the one that stood beside the request_uri"));
    }
    Ok(())
}
