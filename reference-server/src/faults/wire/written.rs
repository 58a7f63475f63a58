//! Pages in which a value is written as it came, or missing; and what is decided on a page by somebody who may not.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};

use super::{Asked, Reply, after};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::User;
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::Wire;

/// Where a response is posted from.
const RESPONSES: &[&str] = &["/authorize", "/login", "/consent"];

/// What a page has that posts a response, and no other.
const POSTS: &str = "/form-post.js";

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "posted-response-not-escaped",
        says: "The values of a response by form_post stand in the page as they are.",
        clause: "rfc6749/4.1.2/state-returned",
        precedent: Some("keycloak/keycloak#25603"),
        caught_by: &["authorize/state-returned", "authorize/state-returned-on-error"],
        seams: &[Seam::Wire(|inner| after(inner, RESPONSES, |_, reply| as_they_are(reply, POSTS)))],
        ..OIDC
    },
    Fault {
        id: "posted-error-loses-state",
        says: "An error by form_post comes without the state.",
        clause: "rfc6749/4.1.2.1/state-returned",
        caught_by: &["authorize/state-returned-on-error"],
        seams: &[Seam::Wire(|inner| after(inner, RESPONSES, |_, reply| lose(reply, "state", true)))],
        ..OIDC
    },
    Fault {
        id: "posted-response-loses-iss",
        says: "A response by form_post comes without iss.",
        clause: "rfc9207/2/iss-in-every-response",
        caught_by: &["authorize/iss-returned"],
        seams: &[Seam::Wire(|inner| after(inner, RESPONSES, |_, reply| lose(reply, "iss", false)))],
        ..OIDC
    },
    Fault {
        id: "posted-error-loses-iss",
        says: "An error by form_post comes without iss.",
        clause: "rfc9207/2/iss-in-errors",
        caught_by: &["authorize/iss-returned"],
        seams: &[Seam::Wire(|inner| after(inner, RESPONSES, |_, reply| lose(reply, "iss", true)))],
        ..OIDC
    },
    Fault {
        id: "logout-page-not-escaped",
        says: "The page that asks whether to log out has the state of the request in it as it is.",
        clause: "oidc-rp-initiated-logout/2/state-returned",
        caught_by: &["logout/returned"],
        seams: &[Seam::Wire(|inner| after(inner, &["/end_session"], |_, reply| as_they_are(reply, "<form")))],
        ..OIDC
    },
    Fault {
        id: "locked-out-user-decides",
        says: "Who was disabled while a page asked them for consent may still say yes.",
        clause: "rfc6749/4.1.2.1/access-denied",
        caught_by: &["authorize/user-disabled"],
        seams: &[Seam::Wire(|inner| Arc::new(Decides { inner, at: "/consent" }))],
        ..OIDC
    },
];

/// What the templates escape is written as it came, on the pages that hold this.
fn as_they_are(reply: &mut Reply, holds: &str) {
    let page = String::from_utf8_lossy(reply.body());
    if page.contains(holds) {
        let page = page.replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&");
        *reply.body_mut() = page.into();
    }
}

/// A field of a form that is posted to the client, of an error or of everything else.
fn lose(reply: &mut Reply, name: &str, of_error: bool) {
    let page = String::from_utf8_lossy(reply.body()).into_owned();
    let is_field = |line: &&str| line.contains(&format!("name=\"{name}\""));
    if page.contains(POSTS) && page.contains("name=\"error\"") == of_error {
        *reply.body_mut() = page.lines().filter(|line| !is_field(line)).collect::<Vec<_>>().join("\n").into();
    }
}

/// While an answer to a page is judged, nobody is disabled.
struct Decides {
    inner: Arc<dyn Wire>,
    at: &'static str,
}

impl Wire for Decides {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let decides = request.method() == Method::POST
                && request.uri().path() == self.at
                && Asked::of(&request).param("decision").is_some();
            if !decides {
                return self.inner.around(server, request).await;
            }
            let users = server.store.users().await.unwrap_or_default();
            let disabled: Vec<Arc<User>> = users.into_iter().filter(|user| user.disabled).collect();
            for user in &disabled {
                let mut enabled = User::clone(user);
                enabled.disabled = false;
                server.store.put_user(enabled).await.ok();
            }
            let reply = self.inner.around(server, request).await;
            for user in disabled {
                server.store.put_user(User::clone(&user)).await.ok();
            }
            reply
        })
    }
}
