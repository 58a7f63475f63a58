//! What becomes of the query that a redirect URI brings along: RFC 6749 §3.1.2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::lab::{Authorize, Lab, Landing};

pub const QUERY_RETAINED: Check = Check {
    id: "authorize/query-retained",
    title: "the query of a registered redirect_uri comes back beside code and state, and beside an error",
    why: "A client that tells its tenants or providers apart by that query takes the answer for that of another, or not at all.",
    clauses: &["rfc6749/3.1.2/query-retained"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(query_retained(lab))),
};

pub const REDEEMED: Check = Check {
    id: "code/redirect-uri-with-query",
    title: "a code that came to a redirect_uri with a query is redeemed with that URI",
    why: "A server that decodes the URI once more, or keeps it without its query, compares it with something that nobody sent.",
    clauses: &["rfc6749/4.1.4/token-response"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(redeemed(lab))),
};

/// A registered URI with a query.
fn with_query(lab: &Lab) -> Result<&str, Stop> {
    let uris = &lab.client().redirect_uris;
    uris.iter().find(|uri| uri.contains('?')).map(String::as_str).ok_or_else(|| {
        Stop::not_applicable(
            Reason::NoClient,
            format!("{} has no redirect URI with a query in the target file (redirect_uris)", lab.client().id),
        )
    })
}

async fn redeemed(lab: &Lab) -> Answer {
    let registered = with_query(lab)?;
    lab.user_tokens().await?;
    let code = lab.authorize(Authorize::valid().with("redirect_uri", registered)).await?.code()?;
    lab.redeem(&code).await?.served("rfc6749/4.1.4/token-response").map(drop)
}

async fn query_retained(lab: &Lab) -> Answer {
    let clause = "rfc6749/3.1.2/query-retained";
    let registered = with_query(lab)?;
    let (head, query) = registered.split_once('?').unwrap_or((registered, ""));
    lab.authorize(Authorize::valid()).await?.code()?;

    let authorized = lab.authorize(Authorize::valid().with("redirect_uri", registered)).await?;
    let landing = &authorized.landing;
    let Landing::Client { uri, params, .. } = landing else {
        return Err(Stop::Inconclusive(format!("no answer came to {registered}: {}", landing.summary())));
    };
    if uri != head || landing.param("error").is_some() {
        return Err(Stop::Inconclusive(format!("no code came to {registered}: {}", landing.summary())));
    }
    let kept: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    if let Some((name, value)) = kept.iter().find(|pair| !params.contains(pair)) {
        return Err(Stop::finding(clause, format!("{name}={value} in the query"), landing.summary()));
    }
    for name in ["code", "state"] {
        if landing.param(name).is_none() {
            return Err(Stop::finding(clause, format!("{name} beside the query {query}"), landing.summary()));
        }
    }

    let wrong = Authorize::valid().with("redirect_uri", registered).with("response_type", "grantspec");
    let landing = lab.authorize(wrong).await?.landing;
    match &landing {
        Landing::Client { uri, params, .. } if uri == head && landing.param("error").is_some() => {
            match kept.iter().find(|pair| !params.contains(pair)) {
                Some((name, value)) => {
                    Err(Stop::finding(clause, format!("{name}={value} beside the error"), landing.summary()))
                }
                None => Ok(()),
            }
        }
        // Whether errors travel at all is the business of another check.
        _ => Ok(()),
    }
}
