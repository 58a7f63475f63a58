//! Where the metadata sends its reader: OpenID Connect Discovery §3, RFC 8414 §2.

use serde_json::Value;

use super::document::of;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Stop};
use crate::exchange::shape::is_secure;
use crate::lab::Lab;

pub const ENDPOINTS_HTTPS: Check = Check {
    id: "metadata/endpoints-https",
    title: "the endpoints in the metadata are https URLs",
    why: "Behind a proxy a server knows itself by another name: clients that believe it send secrets in the open, or to an address inside.",
    clauses: &["oidc-discovery/3/endpoints-https", "oidc-discovery/3/userinfo-https", "rfc8414/2/jwks-uri-https"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(endpoints_https(lab))),
};

/// The members that are such URLs, and the clause of OpenID Connect for each. RFC 8414 says so of the last one only: that
/// credentials go over TLS is another duty.
#[rustfmt::skip]
const URLS: &[(&str, &str)] = &[
    ("authorization_endpoint", "oidc-discovery/3/endpoints-https"),
    ("token_endpoint",         "oidc-discovery/3/endpoints-https"),
    ("userinfo_endpoint",      "oidc-discovery/3/userinfo-https"),
    ("registration_endpoint",  "oidc-discovery/3/endpoints-https"),
    ("jwks_uri",               "oidc-discovery/3/endpoints-https"),
];

/// On the loopback address nothing crosses a network, and nobody is asked for a certificate.
async fn endpoints_https(lab: &Lab) -> Answer {
    let document = lab.metadata().await?.is_json()?;
    let first = if of(lab, "rfc8414", "oidc") == "oidc" { 0 } else { URLS.len() - 1 };
    for (name, clause) in &URLS[first..] {
        if let Some(url) = document.get(*name).and_then(Value::as_str).filter(|url| !is_secure(url)) {
            let clause = if first == 0 { *clause } else { "rfc8414/2/jwks-uri-https" };
            return Err(Stop::finding(clause, format!("{name}, an https URL"), format!("{name} {url}")));
        }
    }
    Ok(())
}
