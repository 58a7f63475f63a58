//! Resources that are named, and not heard.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde_json::Value;

use super::{Asked, Params, Reply, before, refuse, set_body, set_query};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::rules::Rule;
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::Wire;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "resource-of-token-requests-ignored",
        says: "The resource of a token request is passed over.",
        clause: "rfc8707/2.2/every-grant",
        caught_by: &["resource/audience", "resource/subset-of-the-grant"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                keep(request, |_| false);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "resource-of-client-credentials-ignored",
        says: "In the client credentials grant the resource is passed over.",
        clause: "rfc8707/2/audience-restricted",
        caught_by: &["resource/audience"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |_, request| {
                if Asked::of(request).param("grant_type") == Some("client_credentials") {
                    keep(request, |_| false);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "resource-of-the-authorization-ignored",
        says: "The resource of an authorization request is passed over.",
        clause: "rfc8707/2.1/whole-grant",
        caught_by: &["resource/of-the-authorization"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                keep(request, |_| false);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "unknown-resource-ignored",
        says: "A resource that the server does not know is passed over, and the token is for another.",
        clause: "rfc8707/2.1/unacceptable-refused",
        caught_by: &["resource/unknown"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize", "/token"], |server, request| {
                let known = server.config.all_resources();
                keep(request, |resource| known.contains(&resource));
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "unknown-resource-beside-a-known-one",
        says: "Of several resources those that the server does not know are passed over.",
        clause: "rfc8707/2.1/unacceptable-refused",
        caught_by: &["resource/unknown"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token"], |server, request| {
                let known = server.config.all_resources();
                let asked = Asked::of(request).body;
                let is_known = |resource: &str| known.contains(&resource);
                let one_is = asked.iter().any(|(name, value)| name == "resource" && is_known(value));
                keep(request, |resource| !one_is || is_known(resource));
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "any-resource",
        says: "Whatever is named as a resource, a token is issued for it.",
        clause: "rfc8707/2/absolute-uri",
        caught_by: &["resource/malformed"],
        seams: &[Seam::Gate(Rule::TargetsAreKnown, None)],
        ..OIDC
    },
    Fault {
        id: "refresh-token-for-one-resource",
        says: "A refresh token is good for the resource of the token that it came with, and for no other that was granted.",
        clause: "rfc8707/2.2/refresh-token-full",
        caught_by: &["resource/subset-of-the-grant"],
        seams: &[Seam::Wire(|inner| shrinking(inner, |_| true))],
        ..OIDC
    },
];

/// Of the resources that a request names only these remain.
fn keep(request: &mut Request<Bytes>, keeps: impl Fn(&str) -> bool) {
    let asked = Asked::of(request);
    let is_post = request.method() == Method::POST;
    let params = if is_post { asked.body } else { asked.query };
    let kept: Params = params.iter().filter(|(name, value)| name != "resource" || keeps(value)).cloned().collect();
    if kept.len() < params.len() {
        if is_post { set_body(request, &kept) } else { set_query(request, &kept) }
    }
}

fn shrinking(inner: Arc<dyn Wire>, binds: fn(&Asked) -> bool) -> Arc<dyn Wire> {
    Arc::new(Shrinks { inner, binds, resource_of: Mutex::default() })
}

struct Shrinks {
    inner: Arc<dyn Wire>,
    /// Whether what comes of this request is bound to its resource.
    binds: fn(&Asked) -> bool,
    resource_of: Mutex<HashMap<String, String>>,
}

impl Wire for Shrinks {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            if request.uri().path() != "/token" {
                return self.inner.around(server, request).await;
            }
            let asked = Asked::of(&request);
            let resource = asked.param("resource").filter(|_| (self.binds)(&asked)).map(str::to_owned);
            let bound = locked(&self.resource_of).get(asked.param("refresh_token").unwrap_or_default()).cloned();
            if let (Some(bound), Some(resource)) = (&bound, &resource)
                && bound != resource
            {
                return refuse(StatusCode::BAD_REQUEST, "invalid_target");
            }
            let reply = self.inner.around(server, request).await;
            let body: Value = serde_json::from_slice(reply.body()).unwrap_or_default();
            if let (Some(token), Some(resource)) = (body["refresh_token"].as_str(), resource.or(bound)) {
                locked(&self.resource_of).insert(token.to_owned(), resource);
            }
            reply
        })
    }
}
