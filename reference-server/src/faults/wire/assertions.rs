//! Assertions that are believed for something else than what they say.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, HeaderValue};

use super::{Asked, Reply, before, set_param};
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
