//! A client assertion that is sent twice: OpenID Connect Core §9.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::lab::Lab;

pub const REPLAYED: Check = Check {
    id: "client-assertion/replayed",
    title: "a client assertion that was used is refused the second time",
    why: "An assertion passes through proxies and logs: whoever finds it there would be the client until it expires.",
    clauses: &["oidc-core/9/assertion-single-use", "rfc7523/3.2/invalid-client", "rfc6749/5.2/error-response"],
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
    title: "a client assertion that was used at the token endpoint is refused at introspection",
    why: "Whoever finds a used assertion would go where nobody remembers it, and learn whose tokens are good for what.",
    clauses: &["oidc-core/9/assertion-single-use", "rfc7523/3.2/invalid-client", "rfc6749/5.2/error-response"],
    cells: Cells::CLIENT_CREDENTIALS_BY_JWT,
    needs: &[Need::Introspection],
    ask: Ask::Code(|lab| Box::pin(replayed_elsewhere(lab))),
};

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

async fn replayed(lab: &Lab) -> Answer {
    const NAME: &str = "client_assertion";
    let request = lab.grant_request().await?;
    let Some((NAME, assertion)) = lab.assertion_in(&request)? else {
        return Err(Stop::Error("the client of the cell authenticates without an assertion".to_owned()));
    };
    let assertion = assertion.signed();
    lab.send(&request.with(NAME, &assertion)).await?.is_token()?;

    let again = lab.grant_request().await?.with(NAME, &assertion);
    let refused = lab.send(&again).await?;
    let refused = refused.refused("oidc-core/9/assertion-single-use")?;
    refused.with_error_or("rfc7523/3.2/invalid-client", &["invalid_client", "invalid_grant", "invalid_request"])
}

async fn replayed_elsewhere(lab: &Lab) -> Answer {
    const NAME: &str = "client_assertion";
    let request = lab.grant_request().await?;
    let Some((NAME, assertion)) = lab.assertion_in(&request)? else {
        return Err(Stop::Error("the client of the cell authenticates without an assertion".to_owned()));
    };
    let assertion = assertion.signed();
    let tokens = lab.send(&request.with(NAME, &assertion)).await?.is_token()?;
    let asked = lab.introspection(&tokens.access_token)?;
    lab.send(&asked).await?.is_ok()?;
    lab.send(&asked.with(NAME, &assertion)).await?.refused("oidc-core/9/assertion-single-use").map(drop)
}
