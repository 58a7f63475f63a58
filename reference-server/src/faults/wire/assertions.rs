//! Assertions that are believed for something else than what they say.

use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, HeaderValue};

use serde_json::Value;

use super::{Asked, Reply, before, set_param};
use crate::config::demo_keys;
use crate::faults::store::assertions::Forgets;
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::rules::Rule;
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::Map;
use crate::transport::Wire;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "assertion-without-issuer",
        says: "An assertion that names no issuer is taken for one of the last issuer that was seen.",
        clause: "rfc7523/3/issuer",
        caught_by: &["jwt-bearer/issuer-missing"],
        seams: &[
            Seam::Store(|inner| Arc::new(Forgets { inner, whose: |_| true })),
            Seam::Wire(|inner| Arc::new(OfTheLast { inner, newest: Mutex::default() })),
        ],
        ..OIDC
    },
    Fault {
        id: "client-assertion-of-any-subject",
        says: "A client assertion may have any subject: who asks is taken from its issuer.",
        clause: "rfc7523/3/client-subject",
        caught_by: &["client-assertion/subject-differs"],
        seams: &[
            Seam::Gate(Rule::OneAuthenticationMethod, None),
            Seam::Gate(Rule::ClientUsesItsMethod, None),
            Seam::Gate(Rule::ClientSecretMatches, None),
            Seam::Gate(Rule::ClientAssertionNamesClient, None),
            Seam::Wire(|inner| before(inner, &["/token"], named_by_issuer)),
        ],
        ..OIDC
    },
    Fault {
        id: "critical-headers-passed-over",
        says: "An assertion of the demonstration whose header says what has to be understood is taken without a look at that.",
        clause: "rfc7523/3/valid-otherwise",
        caught_by: &["jwt-bearer/critical-header", "client-assertion/critical-header"],
        seams: &[Seam::Wire(|inner| before(inner, &["/token"], uncritical))],
        ..OIDC
    },
    Fault {
        id: "critical-headers-passed-over-elsewhere",
        says: "At introspection, revocation and where requests are pushed a client assertion of the demonstration whose header says what has to be understood is taken without a look at that.",
        clause: "rfc7523/3/valid-otherwise",
        caught_by: &[
            "client-assertion/critical-header-at-introspection",
            "client-assertion/critical-header-at-revocation",
            "client-assertion/critical-header-at-pushed",
        ],
        seams: &[Seam::Wire(|inner| before(inner, &["/introspect", "/revoke", "/par"], uncritical))],
        ..OIDC
    },
];

/// The claims of a JWT.
fn claims(token: &str) -> Option<Map> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?).ok()
}

/// The newest assertion that bought something stands for one without an issuer.
struct OfTheLast {
    inner: Arc<dyn Wire>,
    newest: Mutex<Option<String>>,
}

impl Wire for OfTheLast {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let sent = Asked::of(&request).param("assertion").map(str::to_owned);
            let anonymous = sent.as_deref().and_then(claims).is_some_and(|claims| !claims.contains_key("iss"));
            let newest = locked(&self.newest).clone();
            if let Some(newest) = newest.filter(|_| anonymous) {
                set_param(&mut request, "assertion", &newest);
            }
            let reply = self.inner.around(server, request).await;
            if reply.status().is_success() && !anonymous && sent.is_some() {
                *locked(&self.newest) = sent;
            }
            reply
        })
    }
}

/// What has to be understood is cut out of the header, and the rest signed again: the keys of the demonstration stand in the manual.
fn uncritical(_: &Server, request: &mut Request<Bytes>) -> Option<Reply> {
    for name in ["assertion", "client_assertion"] {
        if let Some(jwt) = Asked::of(request).param(name).and_then(signed_without_crit) {
            set_param(request, name, &jwt);
        }
    }
    None
}

fn signed_without_crit(jwt: &str) -> Option<String> {
    let [header, claims, _] = jwt.split('.').collect::<Vec<_>>()[..] else { return None };
    let mut header: Map = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    header.remove("crit")?;
    let pem = match header.get("kid")?.as_str()? {
        "issuer-key-1" => demo_keys::ISSUER_KEY,
        "web-key-1" => demo_keys::WEB_KEY,
        _ => return None,
    };
    let der = STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).ok()?;
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).ok()?;
    let message = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(Value::from(header).to_string()));
    let signature = key.sign(&SystemRandom::new(), message.as_bytes()).ok()?;
    Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// A client whose assertion has another subject is named in the header, by the issuer.
fn named_by_issuer(_: &Server, request: &mut Request<Bytes>) -> Option<Reply> {
    let claims = claims(Asked::of(request).param("client_assertion")?)?;
    let issuer = claims.get("iss")?.as_str()?;
    if claims.get("sub").is_some_and(|sub| sub != issuer) {
        let credentials = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(format!("{issuer}:-")))).ok()?;
        request.headers_mut().insert(AUTHORIZATION, credentials);
    }
    None
}
