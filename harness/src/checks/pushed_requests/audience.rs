//! For whom a client assertion may be that comes with a pushed request: RFC 9126 §2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::lab::{Lab, random};

pub const ASSERTION_AUDIENCE: Check = Check {
    id: "pushed/assertion-audience",
    title: "a client assertion may name the issuer, the token endpoint or the endpoint for pushed requests",
    why: "Texts and libraries disagree about the audience, so that all three have to work, or one half of all clients fails.",
    clauses: &["rfc9126/2/audience-accepted"],
    cells: Cells::CODE_BY_JWT,
    needs: &[Need::PushedRequests],
    ask: Ask::Code(|lab| Box::pin(assertion_audience(lab))),
};

/// That one of them is accepted is the control.
async fn assertion_audience(lab: &Lab) -> Answer {
    let metadata = &lab.target().metadata;
    let known = [
        Some(lab.target().published_issuer().to_owned()),
        metadata.token_endpoint.clone(),
        metadata.pushed_authorization_request_endpoint.clone(),
    ];
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    for audience in known.into_iter().flatten() {
        let request = lab.pushing(lab.client(), &random())?;
        let Some((name, assertion)) = lab.assertion_in(&request)? else {
            return Err(Stop::Error("the client of the cell authenticates without an assertion".to_owned()));
        };
        let reply = lab.send(&request.with(name, assertion.with("aud", audience.as_str()).signed())).await?;
        reply.judgeable()?;
        if reply.text("request_uri").is_some() { accepted.push(audience) } else { refused.push((audience, reply)) }
    }
    match refused.first() {
        Some((_, reply)) if accepted.is_empty() => Err(reply.not_the_control("a request_uri for one of the audiences")),
        Some((audience, reply)) => Err(Stop::finding(
            "rfc9126/2/audience-accepted",
            format!("a request_uri for an assertion with the aud {audience}"),
            reply.actual(),
        )),
        None => Ok(()),
    }
}
