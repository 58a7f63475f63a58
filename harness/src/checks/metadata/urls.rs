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
    clauses: &[
        "oidc-discovery/3/endpoints-https",
        "oidc-discovery/3/userinfo-https",
        "rfc8414/2/jwks-uri-https",
        "rfc7009/2/https-url",
        "rfc7009/2/http-not-published",
        "rfc9126/2/https",
        "oidc-rp-initiated-logout/2.1/endpoint-https",
    ],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(endpoints_https(lab))),
};

/// The members that are such URLs, and the clauses that say so: of OAuth, none where it only wants credentials to go over TLS,
/// which is another duty; of OpenID Connect.
#[rustfmt::skip]
const URLS: &[(&str, Option<&str>, &str)] = &[
    ("authorization_endpoint",                None,                             "oidc-discovery/3/endpoints-https"),
    ("token_endpoint",                        None,                             "oidc-discovery/3/endpoints-https"),
    ("userinfo_endpoint",                     None,                             "oidc-discovery/3/userinfo-https"),
    ("registration_endpoint",                 None,                             "oidc-discovery/3/endpoints-https"),
    ("jwks_uri",                              Some("rfc8414/2/jwks-uri-https"), "oidc-discovery/3/endpoints-https"),
    ("revocation_endpoint",                   Some("rfc7009/2/https-url"),      "rfc7009/2/https-url"),
    ("pushed_authorization_request_endpoint", Some("rfc9126/2/https"),          "rfc9126/2/https"),
    ("end_session_endpoint",                  None,                             "oidc-rp-initiated-logout/2.1/endpoint-https"),
];

/// On the loopback address nothing crosses a network, and nobody is asked for a certificate.
async fn endpoints_https(lab: &Lab) -> Answer {
    let document = lab.metadata().await?.is_json()?;
    for (name, oauth, oidc) in URLS {
        let clause = if of(lab, "oauth", "oidc") == "oidc" { Some(*oidc) } else { *oauth };
        let plain = document.get(*name).and_then(Value::as_str).filter(|url| !is_secure(url));
        if let (Some(clause), Some(url)) = (clause, plain) {
            return Err(Stop::finding(clause, format!("{name}, an https URL"), format!("{name} {url}")));
        }
    }
    Ok(())
}
