//! A resource that the server does not know, or cannot read: RFC 8707 §2, §2.1.

use crate::cell::{Cell, Cells, ResponseType};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Deviation, Reply};
use crate::lab::{Audience, Authorize, Lab};

pub const UNKNOWN: Check = Check {
    id: "resource/unknown",
    title: "for a resource that the server does not know there is an error, and no token for another",
    why: "A client that is given a token for something else than it asked for sends it where it does not belong.",
    clauses: &[UNACCEPTABLE, INVALID_TARGET, "rfc6749/5.2/error-response"],
    cells: WHEREVER_NAMED,
    needs: &[Need::Resources],
    ask: Ask::Code(|lab| Box::pin(unknown(lab))),
};

pub const MALFORMED: Check = Check {
    id: "resource/malformed",
    title: "a resource that is no absolute URI, or has a fragment, is refused",
    why: "What two readers take for two resources is a token for the one that nobody meant.",
    clauses: &["rfc8707/2/absolute-uri", "rfc8707/2/no-fragment", INVALID_TARGET, "rfc6749/5.2/error-response"],
    cells: WHEREVER_NAMED,
    needs: &[Need::Resources],
    ask: Ask::Code(|lab| Box::pin(malformed(lab))),
};

/// Wherever a resource can be named: each kind of authorization request, and each grant that needs none. An exchange names its target in more ways than one,
/// and is asked elsewhere.
const WHEREVER_NAMED: Cells = Cells {
    name: "resource-grants",
    says: "response types with a code or an access token, and the grants that need no such request",
    list: &[
        Cell::CODE.confidential(),
        Cell::of(ResponseType::CodeIdToken).confidential(),
        Cell::of(ResponseType::CodeToken).confidential(),
        Cell::of(ResponseType::Token),
        Cell::of(ResponseType::IdTokenToken),
        Cell::PASSWORD.confidential(),
        Cell::CLIENT_CREDENTIALS.confidential(),
        Cell::DEVICE_CODE.confidential(),
        Cell::JWT_BEARER,
    ],
};

const UNACCEPTABLE: &str = "rfc8707/2.1/unacceptable-refused";
const INVALID_TARGET: &str = "rfc8707/2/invalid-target";

/// A resource that nobody has: the name is reserved for examples (RFC 2606).
const NOBODYS: &str = "https://attacker.example/api";

/// What came of asking for a resource: the audience of a token, or nothing.
async fn asks_for(lab: &Lab, resource: &str, clause: &'static str) -> Result<Option<Audience>, Stop> {
    let known = lab.resource()?;
    if lab.cell().response_type.is_none() {
        lab.send(&lab.grant_request().await?.with("resource", known)).await?.is_token()?;
        let reply = lab.send(&lab.grant_request().await?.with("resource", resource)).await?;
        return came(lab, &reply, clause).await;
    }
    lab.authorize(Authorize::valid().with("resource", known)).await?.granted()?;
    let authorized = lab.authorize(Authorize::valid().with("resource", resource)).await?;
    if let Some(access_token) = authorized.landing.param("access_token") {
        return lab.audience(access_token).await.map(Some);
    }
    let Ok(code) = authorized.code() else {
        authorized.refused(clause)?.with_error(INVALID_TARGET, &["invalid_target"])?;
        return Ok(None);
    };
    let reply = lab.redeem(&code).await?;
    came(lab, &reply, clause).await
}

async fn came(lab: &Lab, reply: &Reply, clause: &'static str) -> Result<Option<Audience>, Stop> {
    let Some(tokens) = reply.tokens() else {
        reply.refused(clause)?.with_error_or(INVALID_TARGET, &["invalid_target"])?;
        return Ok(None);
    };
    lab.audience_of(&tokens).await.map(Some)
}

/// RFC 8707 §2.2: which resources are acceptable is for the server to say, and it may be all of them.
async fn unknown(lab: &Lab) -> Answer {
    match asks_for(lab, NOBODYS, UNACCEPTABLE).await? {
        None => unknown_beside_known(lab).await,
        Some(audience) if audience.contains(NOBODYS) => {
            Err(Stop::not_applicable(Reason::Policy, "the server issues tokens for every resource"))
        }
        Some(audience) => {
            let came = format!("a token with the audience {audience:?}");
            Err(Stop::finding(UNACCEPTABLE, format!("an error, or a token for {NOBODYS}"), came))
        }
    }
}

/// What is refused alone is not served because a good one stands beside it. A server need not serve several at all.
async fn unknown_beside_known(lab: &Lab) -> Answer {
    if lab.cell().response_type.is_some() {
        return Ok(());
    }
    let known = lab.resource()?;
    for (first, second) in [(known, NOBODYS), (NOBODYS, known)] {
        let request = lab.grant_request().await?.with("resource", first);
        let reply = lab.send(&request.deviating(&Deviation::Repeat("resource".to_owned(), second.to_owned()))).await?;
        reply.judgeable()?;
        if let Some(tokens) = reply.tokens() {
            let audience = lab.audience_of(&tokens).await?;
            let came = format!("a token with the audience {audience:?} for {first} and {second}");
            return Err(Stop::finding(UNACCEPTABLE, "an error", came));
        }
    }
    Ok(())
}

async fn malformed(lab: &Lab) -> Answer {
    let with_fragment = format!("{}#part", lab.resource()?);
    for (resource, clause) in [("/api", "rfc8707/2/absolute-uri"), (with_fragment.as_str(), "rfc8707/2/no-fragment")] {
        if let Some(audience) = asks_for(lab, resource, clause).await? {
            let came = format!("a token with the audience {audience:?} for {resource:?}");
            return Err(Stop::finding(clause, "an error", came));
        }
    }
    Ok(())
}
