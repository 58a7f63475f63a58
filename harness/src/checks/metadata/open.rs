//! What a provider publishes for those that never heard of it: OpenID Connect Core §15.2, OpenID Connect Discovery §2.

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Exchange;
use crate::exchange::shape::issuer_mistake;
use crate::lab::Lab;
use crate::target::discovery::{is_metadata, well_known};

pub const DISCOVERY: Check = Check {
    id: "metadata/open-discovery",
    title: "an OpenID provider that registers whoever asks is found by OpenID Connect Discovery",
    why: "A client that meets a provider for the first time has its issuer, and nothing else to begin with.",
    clauses: &["oidc-core/15.2/discovery"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(discovery(lab))),
};

pub const WEBFINGER: Check = Check {
    id: "metadata/webfinger",
    title: "whoever looks for the issuer by WebFinger finds it, as the metadata spells it, from scripts too",
    why: "A client compares issuers letter by letter: another spelling leads to no login, and a plain http one to somebody else's.",
    clauses: &[FOUND, "oidc-discovery/3/issuer-equals-webfinger", "oidc-discovery/2/webfinger-cors"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(webfinger(lab))),
};

const FOUND: &str = "oidc-discovery/2/webfinger-issuer";

/// OpenID Connect Discovery §2: what a link to an issuer is called.
const ISSUER: &str = "http://openid.net/specs/connect/1.0/issuer";

/// A server with an initial access token for its friends is not open.
async fn discovery(lab: &Lab) -> Answer {
    lab.register(&lab.registration()?.bearing(None)).await?;
    let [url, _] = well_known(&lab.target().issuer);
    let reply = lab.send(&Exchange::fetch(&url)).await?;
    reply.judgeable()?;
    if reply.is_success() && reply.json().is_some_and(|document| is_metadata(&document)) {
        return Ok(());
    }
    Err(Stop::finding(DISCOVERY.clauses[0], format!("the metadata at {url}"), reply.actual()))
}

/// The issuer itself is what is looked for (§2.1.2 has the syntax). A host may lead to the issuer of somebody else, which is its own affair.
async fn webfinger(lab: &Lab) -> Answer {
    lab.metadata().await?.is_json()?;
    let issuer = lab.target().published_issuer();
    let origin = url::Url::parse(issuer).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let asked = Exchange::fetch(&format!("{origin}/.well-known/webfinger")).param("resource", issuer);
    let mut wire = asked.param("rel", ISSUER).wire();
    wire.headers.push(("origin", "https://app.example".to_owned()));
    let reply = lab.send_wire(&wire).await?;
    let links = reply.json().and_then(|document| document.get("links").and_then(Value::as_array).cloned());
    let link = links.iter().flatten().find(|link| link.get("rel").is_some_and(|rel| rel == ISSUER));
    let Some(link) = link.filter(|_| reply.is_success()) else {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "WebFinger leads to no issuer here"));
    };
    let href = link.get("href").and_then(Value::as_str).unwrap_or_default();
    if let Some(mistake) = issuer_mistake(href) {
        let expected = "a link to an https URL without query and fragment";
        return Err(Stop::finding(FOUND, expected, format!("{mistake}: {href:?}")));
    }
    if href.trim_end_matches('/') != issuer.trim_end_matches('/') {
        return Err(Stop::not_applicable(Reason::Policy, "WebFinger leads to the issuer of somebody else"));
    }
    if href != issuer {
        return Err(Stop::finding("oidc-discovery/3/issuer-equals-webfinger", format!("a link to {issuer}"), href));
    }
    if reply.header("access-control-allow-origin").is_none() {
        let expected = "an answer that scripts can read (Access-Control-Allow-Origin)";
        return Err(Stop::finding("oidc-discovery/2/webfinger-cors", expected, reply.actual()));
    }
    Ok(())
}
