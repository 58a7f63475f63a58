//! What was pushed is validated like a request in the open: RFC 9126 §2.1, §4.

use crate::cell::{Cells, ClientKind, Grant, ResponseType};
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::checks::authorization_code::brought::nothing_beside_reference;
use crate::exchange::Jwt;
use crate::lab::{Authorize, Browser, Lab, random};

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

pub const NOTHING_BESIDE: Check = Check {
    id: "pushed/nothing-beside-counts",
    title: "what was not pushed is not taken from beside the request_uri",
    why: "An attacker adds what the client left out: a scope, a prompt, a state of their own.",
    clauses: &["rfc9101/5/object-alone"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::PushedRequests],
    ask: Ask::Code(|lab| Box::pin(nothing_beside(lab))),
};

pub const OBJECT_ALONE: Check = Check {
    id: "pushed/object-alone",
    title: "what a pushed object leaves out is not taken from beside it",
    why: "Whoever stole the secret of a client, and not its key, adds what the client never signed.",
    clauses: &["rfc9126/3/rules-of-objects", "rfc9101/6.3/object-alone"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::PushedRequests, Need::RequestObjects],
    ask: Ask::Code(|lab| Box::pin(object_alone(lab))),
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

    // In a browser in which nobody is logged in, an error that only prompt=none can bring about.
    let (_, pushed) = lab.push(&[("prompt", "login")]).await?;
    let Some(pushed) = pushed else { return Ok(()) };
    let silenced = lab.by_reference(&pushed)?.with("prompt", "none").untouched();
    let silenced = lab.authorize_in(&Browser::default(), silenced).await?;
    match silenced.landing.param("error") {
        Some(error @ ("login_required" | "interaction_required" | "consent_required")) => {
            Err(Stop::finding(clause, "the prompt that was pushed, or a refusal of two that differ", error))
        }
        _ => Ok(()),
    }
}

/// RFC 9126 §4: a request with a reference is one of RFC 9101, and its parameters are those of what it refers to.
async fn nothing_beside(lab: &Lab) -> Answer {
    let control = lab.is_pushed().await?;
    lab.authorize(lab.by_reference(&control)?).await?.granted()?;

    let verifier = random();
    let sent = lab.pushing(lab.client(), &verifier)?.without("state");
    let reply = lab.send(&sent).await?;
    let silent = lab.pushed(lab.client(), &sent, &verifier, &reply);
    let silent = silent.ok_or_else(|| reply.not_the_control("a request_uri for a request without state"))?;
    let state = random();
    let authorized = lab.authorize(lab.by_reference(&silent)?.with("state", &state)).await?;
    if authorized.landing.param("state") == Some(&state) {
        let actual = "the state that stood beside the request_uri";
        return Err(Stop::finding(NOTHING_BESIDE.clauses[0], "a response without state, or a refusal", actual));
    }
    nothing_beside_reference(lab, NOTHING_BESIDE.clauses[0]).await
}

/// The same for an object: RFC 9126 §3 goes by the rules of RFC 9101, by which nothing beside it counts.
async fn object_alone(lab: &Lab) -> Answer {
    let whole = lab.request_object()?;
    let reply = lab.send(&lab.pushing_object(&whole)?).await?;
    let control = lab.pushed_object(&whole, &reply).ok_or_else(|| reply.not_the_control("a request_uri"))?;
    lab.authorize(lab.by_reference(&control)?).await?.granted()?;

    let silent = lab.request_object()?.without("state");
    let state = random();
    // As in OpenID Connect, so that a server which goes by that finds what it looks for.
    let mut sent = lab.pushing_object(&silent)?.param("state", &state);
    for name in ["response_type", "scope"] {
        sent = sent.maybe(name, silent.request().value(name).map(str::to_owned));
    }
    let reply = lab.send(&sent).await?;
    reply.judgeable()?;
    let Some(pushed) = lab.pushed_object(&silent, &reply) else { return Ok(()) };
    let authorized = lab.authorize(lab.by_reference(&pushed)?).await?;
    if authorized.landing.param("state") == Some(&state) {
        let actual = "the state that stood beside the object";
        return Err(Stop::finding(OBJECT_ALONE.clauses[0], "a response without state, or a refusal", actual));
    }
    Ok(())
}
