//! Issuers that are not found, or found under another name.

use http::StatusCode;
use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use serde_json::{Value, json};

use super::{Reply, before};
use crate::faults::{Fault, OIDC, Seam};
use crate::server::Server;
use crate::tokens::Map;
use crate::transport::reply;

const AT: &[&str] = &["/.well-known/webfinger"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "webfinger-finds-a-query",
        says: "WebFinger leads to an issuer that names its tenant in a query.",
        clause: "oidc-discovery/2/webfinger-issuer",
        caught_by: &["metadata/webfinger"],
        seams: &[Seam::Wire(|inner| before(inner, AT, |server, _| Some(found(server, "?tenant=1", true))))],
        ..OIDC
    },
    Fault {
        id: "webfinger-adds-a-slash",
        says: "WebFinger leads to the issuer with a slash at its end, which the metadata does not have.",
        clause: "oidc-discovery/3/issuer-equals-webfinger",
        caught_by: &["metadata/webfinger"],
        seams: &[Seam::Wire(|inner| before(inner, AT, |server, _| Some(found(server, "/", true))))],
        ..OIDC
    },
    Fault {
        id: "webfinger-not-for-scripts",
        says: "Scripts of other sites cannot read what WebFinger finds.",
        clause: "oidc-discovery/2/webfinger-cors",
        caught_by: &["metadata/webfinger"],
        seams: &[Seam::Wire(|inner| before(inner, AT, |server, _| Some(found(server, "", false))))],
        ..OIDC
    },
    Fault {
        id: "open-without-discovery",
        says: "Any client may register, and the metadata does not stand where OpenID Connect Discovery looks for it.",
        clause: "oidc-core/15.2/discovery",
        caught_by: &["metadata/open-discovery"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/.well-known/openid-configuration"], |_, _| Some(reply::not_found()))
        })],
        ..OIDC
    },
];

/// OpenID Connect Discovery §2: what WebFinger says of whatever is asked.
fn found(server: &Server, more: &str, for_scripts: bool) -> Reply {
    let issuer = format!("{}{more}", server.config.issuer);
    let link = json!({ "rel": "http://openid.net/specs/connect/1.0/issuer", "href": issuer });
    let body = Map::from_iter([("links".to_owned(), Value::Array(vec![link]))]);
    let mut found = reply::json(StatusCode::OK, &body);
    if for_scripts {
        reply::insert(&mut found, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    }
    found
}
