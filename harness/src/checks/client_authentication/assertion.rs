//! A client assertion that is sent twice: OpenID Connect Core §9.

use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::{Assertion, Exchange, Reply};
use crate::lab::{Lab, random};

pub const REPLAYED: Check = Check {
    id: "client-assertion/replayed",
    title: "a client assertion that was used is refused the second time",
    why: "An assertion passes through proxies and logs: whoever finds it there would be the client until it expires.",
    clauses: &[SINGLE_USE, "rfc7523/3.2/invalid-client", "rfc6749/5.2/error-response"],
    cells: Cells::CLIENT_ASSERTIONS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(replayed(lab))),
};

pub const ALGORITHM: Check = Check {
    id: "client-assertion/algorithm-of-the-key",
    title: "a client assertion is verified with the algorithm of its key, and with no other",
    why: "A server that lets the header choose takes a MAC under the public key, which everybody knows, or no signature at all.",
    clauses: &[
        VERIFIED,
        "rfc8725/3.1/one-algorithm-per-key",
        "rfc8725/3.1/algorithm-as-declared",
        "rfc8725/3.1/algorithms-allowed",
        "rfc8725/3.2/none-not-accepted",
        "rfc6749/5.2/error-response",
    ],
    cells: Cells::CLIENT_CREDENTIALS_BY_JWT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(algorithm(lab))),
};

pub const REPLAYED_ELSEWHERE: Check = Check {
    id: "client-assertion/replayed-elsewhere",
    title: "a client assertion that was used at the token endpoint is refused at every other one",
    why: "Whoever finds a used assertion would go where nobody remembers it: learn whose tokens are good for what, end them, or ask users in the client's name.",
    clauses: &[SINGLE_USE, "rfc7523/3.2/invalid-client", "rfc6749/5.2/error-response"],
    cells: Cells::EVERY_CLIENT_ASSERTION,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(replayed_elsewhere(lab))),
};

const SINGLE_USE: &str = "oidc-core/9/assertion-single-use";
const NAME: &str = "client_assertion";
const VERIFIED: &str = "rfc7523/3/signature-verified";

async fn algorithm(lab: &Lab) -> Answer {
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;
    let Some((name, assertion)) = lab.assertion_in(&request)? else {
        return Err(Stop::Error("the client of the cell authenticates without an assertion".to_owned()));
    };
    for (case, jwt) in assertion.miscast() {
        let reply = lab.send(&request.clone().with(name, jwt)).await?;
        reply.refused(VERIFIED).map_err(|stop| stop.in_case(case))?;
    }
    Ok(())
}

/// RFC 7523 §3 (7) lets a server do without a jti, by which it would know the second use; OpenID Connect Core §9 does not.
async fn replayed(lab: &Lab) -> Answer {
    let (request, assertion) = asking(lab).await?;
    let used = assertion.clone().signed();
    lab.send(&request.with(NAME, &used)).await?.is_token()?;

    let again = lab.grant_request().await?.with(NAME, &used);
    let refused = lab.send(&again).await?;
    let refused = refused.refused(SINGLE_USE)?;
    refused.with_error_or("rfc7523/3.2/invalid-client", &["invalid_client", "invalid_grant", "invalid_request"])?;

    let nameless = assertion.without("jti").signed();
    if lab.send(&lab.grant_request().await?.with(NAME, &nameless)).await?.tokens().is_none() {
        return Ok(());
    }
    let again = lab.grant_request().await?.with(NAME, &nameless);
    lab.send(&again).await?.refused(SINGLE_USE).map(drop).map_err(|stop| stop.in_case("without a jti"))
}

/// Where the client is not served with an assertion of its own, a used one says nothing. A token is revoked last.
async fn replayed_elsewhere(lab: &Lab) -> Answer {
    let (request, assertion) = asking(lab).await?;
    let used = assertion.signed();
    let tokens = lab.send(&request.with(NAME, &used)).await?.is_token()?;
    let client = lab.client();
    let pushes = client.may(Grant::AuthorizationCode).then(|| lab.pushing(client, &random()));
    let shows_codes = client.may(Grant::DeviceCode).then(|| lab.device_authorization());
    let elsewhere = [
        ("at introspection", Some(lab.introspection(&tokens.access_token))),
        ("where requests are pushed", pushes),
        ("where devices get their codes", shows_codes),
        ("at revocation", Some(lab.revocation(&tokens.access_token))),
    ];
    let mut asked = false;
    for (place, request) in elsewhere {
        let Some(Ok(request)) = request else { continue };
        let by_assertion = request.credentials.as_ref().is_some_and(|who| who.method.is_jwt());
        if !by_assertion || !lab.send(&request).await?.is_success() {
            continue;
        }
        let reply = lab.send(&request.with(NAME, &used)).await?;
        honours_nothing(&reply).map_err(|stop| stop.in_case(place))?;
        asked = true;
    }
    if asked {
        return Ok(());
    }
    Err(Stop::not_applicable(Reason::NotAdvertised, "the client is served at no other endpoint"))
}

/// RFC 7662 §2.2: to whom it tells nothing, introspection may call every token inactive.
fn honours_nothing(reply: &Reply) -> Answer {
    let denied = reply.json().is_some_and(|json| json.get("active") == Some(&false.into()));
    match reply.is_success() {
        true if denied => Ok(()),
        true => Err(Stop::finding(SINGLE_USE, "a refusal", reply.actual())),
        false => reply.refused(SINGLE_USE).map(drop),
    }
}

/// The token request of the cell, and the assertion in it.
async fn asking(lab: &Lab) -> Result<(Exchange, Assertion), Stop> {
    let request = lab.grant_request().await?;
    let Some((NAME, assertion)) = lab.assertion_in(&request)? else {
        return Err(Stop::Error("the client of the cell authenticates without an assertion".to_owned()));
    };
    Ok((request, assertion))
}
