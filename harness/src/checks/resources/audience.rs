//! For whom a token is that was asked for with a resource: RFC 8707 §2, §2.2.

use crate::cell::{Cell, Cells, Grant, ResponseType};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Deviation;
use crate::lab::{Audience, Authorize, Lab};

pub const AUDIENCE: Check = Check {
    id: "resource/audience",
    title: "a token that was asked for with a resource is for that resource and no other",
    why: "Whoever is sent a token can use it wherever it is good: one that is good everywhere makes every API the keeper of all.",
    clauses: &[
        "rfc8707/2/audience-restricted",
        "rfc8707/2.2/every-grant",
        "rfc9068/3/audience-is-resource",
        "rfc9068/5/distinct-audiences",
    ],
    cells: EVERY_GRANT,
    needs: &[Need::Resources],
    ask: Ask::Code(|lab| Box::pin(audience(lab))),
};

pub const WHOLE_GRANT: Check = Check {
    id: "resource/of-the-authorization",
    title: "the resource of an authorization request is that of the tokens that come of it",
    why: "The user allowed access to one API; a token for another is one that nobody allowed.",
    clauses: &["rfc8707/2.1/whole-grant", "rfc8707/2.1/implicit-token"],
    cells: OF_AUTHORIZATION,
    needs: &[Need::Resources],
    ask: Ask::Code(|lab| Box::pin(whole_grant(lab))),
};

pub const IN_OBJECT: Check = Check {
    id: "resource/in-request-object",
    title: "a request object names one resource by a string, and several by an array",
    why: "A server that reads one of the two forms only issues a token for something else than was signed.",
    clauses: &["rfc8707/2.1/in-request-object"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Resources, Need::RequestObjects],
    ask: Ask::Code(|lab| Box::pin(in_object(lab))),
};

/// Every grant that makes a token request, once.
const EVERY_GRANT: Cells = Cells {
    name: "resource-every-grant",
    says: "every grant that makes a token request",
    list: &[
        Cell::CODE.confidential(),
        Cell::PASSWORD.confidential(),
        Cell::CLIENT_CREDENTIALS.confidential(),
        Cell::REFRESH.confidential(),
        Cell::DEVICE_CODE.confidential(),
        Cell::JWT_BEARER,
        Cell::TOKEN_EXCHANGE,
    ],
};

/// A code, and an access token through the browser.
const OF_AUTHORIZATION: Cells = Cells {
    name: "resource-of-authorization",
    says: "a code, and an access token through the browser",
    list: &[Cell::CODE.confidential(), Cell::of(ResponseType::IdTokenToken)],
};

const RESTRICTED: &str = "rfc8707/2/audience-restricted";

/// RFC 8707 §2: the audience may be the resource, or what stands for it; so what is asked is that two resources differ in it.
async fn audience(lab: &Lab) -> Answer {
    let (first, second) = (lab.resource()?, lab.other_resource()?);
    let control = lab.grant_request().await?;
    lab.send(&control).await?.is_token()?;
    let clause =
        if lab.cell().grant == Some(Grant::ClientCredentials) { RESTRICTED } else { "rfc8707/2.2/every-grant" };
    let mut audiences = Vec::new();
    for resource in [first, second] {
        let request = lab.grant_request().await?.with("resource", resource);
        let reply = lab.send(&request).await?;
        // RFC 8707 §2.2: a server may keep to what the authorization request named; `resource/subset-of-the-grant` asks with that.
        let of_user = lab
            .cell()
            .grant
            .is_some_and(|grant| matches!(grant, Grant::AuthorizationCode | Grant::DeviceCode | Grant::RefreshToken));
        if of_user && reply.text("error").as_deref() == Some("invalid_target") {
            let says = "the server issues tokens for no resource but those that the authorization request named";
            return Err(Stop::not_applicable(Reason::Policy, says));
        }
        audiences.push(lab.audience_of(&reply.is_token()?).await?);
    }
    differ(clause, [first, second], &audiences)
}

/// RFC 8707 §2: a server may map what it was asked for to something more general.
pub(super) fn one_for_both() -> Stop {
    Stop::not_applicable(Reason::Policy, "the audience of both resources has one name, which is neither's own")
}

/// Neither token is for the other resource as well.
fn differ(clause: &'static str, resources: [&str; 2], audiences: &[Audience]) -> Answer {
    let [first, second] = audiences else { return Ok(()) };
    let reaches = first.contains(resources[1]) || second.contains(resources[0]);
    if first != second && !reaches {
        return Ok(());
    }
    if !reaches && resources.iter().all(|name| !first.contains(*name)) {
        return Err(one_for_both());
    }
    Err(Stop::finding(
        clause,
        "an audience of its own for each resource",
        format!(
            "a token for {} with the audience {first:?}, and one for {} with {second:?}",
            resources[0], resources[1]
        ),
    ))
}

async fn whole_grant(lab: &Lab) -> Answer {
    let resources = [lab.resource()?, lab.other_resource()?];
    let has_code = lab.cell().response_type().has_code();
    let mut audiences = Vec::new();
    for resource in resources {
        let authorized = lab.authorize(Authorize::valid().with("resource", resource)).await?;
        let granted = authorized.granted()?;
        let token = match granted.code {
            Some(code) if has_code => lab.redeem(&code).await?.is_token()?.access_token,
            _ => granted.access_token.unwrap_or_default(),
        };
        audiences.push(lab.audience(&token).await?);
    }
    let clause = if has_code { "rfc8707/2.1/whole-grant" } else { "rfc8707/2.1/implicit-token" };
    differ(clause, resources, &audiences)
}

/// What the same request in the open comes to is the control, and what the object is held against.
async fn in_object(lab: &Lab) -> Answer {
    let clause = "rfc8707/2.1/in-request-object";
    let (first, second) = (lab.resource()?, lab.other_resource()?);
    for several in [vec![second], vec![first, second]] {
        let open = several.iter().fold(Authorize::valid(), |authorize, resource| {
            authorize.deviating(Deviation::Repeat("resource".to_owned(), (*resource).to_owned()))
        });
        let code = lab.authorize(open).await?.code()?;
        let expected = lab.audience_of(&lab.redeem(&code).await?.is_token()?).await?;

        let object = lab.request_object()?;
        let object = match several.as_slice() {
            [one] => object.with("resource", *one),
            _ => object.with("resource", several.clone()),
        };
        let code = lab.authorize(lab.by_object(&object)?).await?.issues_code(clause)?;
        let came = lab.audience_of(&lab.redeem(&code).await?.served(clause)?).await?;
        if came != expected {
            return Err(Stop::finding(clause, format!("the audience {expected:?}"), format!("{came:?}")));
        }
    }
    Ok(())
}
