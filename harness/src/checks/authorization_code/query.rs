//! What becomes of the query that a redirect URI brings along: RFC 6749 §3.1.2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::lab::{Authorize, Lab, Landing};

pub const QUERY_RETAINED: Check = Check {
    id: "authorize/query-retained",
    title: "the query of a registered redirect_uri comes back beside code and state",
    why: "A client that tells its tenants or providers apart by that query takes the answer for that of another, or not at all.",
    clauses: &["rfc6749/3.1.2/query-retained"],
    cells: Cells::CODE_BEARING,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(query_retained(lab))),
};

async fn query_retained(lab: &Lab) -> Answer {
    let clause = "rfc6749/3.1.2/query-retained";
    let uris = &lab.client().redirect_uris;
    let with_query = uris.iter().find_map(|uri| uri.split_once('?').map(|(head, query)| (uri, head, query)));
    let (registered, head, query) = with_query.ok_or_else(|| {
        Stop::not_applicable(
            Reason::NoClient,
            format!("{} has no redirect URI with a query in the target file (redirect_uris)", lab.client().id),
        )
    })?;
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
    Ok(())
}
