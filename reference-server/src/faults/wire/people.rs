//! Two users in one browser, taken for each other.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};

use super::{Asked, Reply, set_param};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::{Interaction, Session};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::secret::Digest;
use crate::transport::{Wire, cookies};

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "second-login-is-the-first",
        says: "Whoever logs in in a browser with a session goes on as the user of that session.",
        clause: "rfc6749/3.1/identity-verified",
        caught_by: &["authorize/second-login"],
        seams: &[Seam::Wire(|inner| Arc::new(FirstUserStays { inner }))],
        ..OIDC
    },
    Fault {
        id: "consent-of-whoever-is-logged-in",
        says: "A consent page decides for the user who is logged in when it is sent, whomever it was shown to.",
        clause: "oidc-core/3.1.2.4/consent",
        caught_by: &["authorize/two-tabs"],
        seams: &[Seam::Wire(|inner| Arc::new(NewestUserDecides { inner }))],
        ..OIDC
    },
];

/// The session of the browser that sends this to `at`.
async fn session(server: &Server, request: &Request<Bytes>, at: &str) -> Option<Session> {
    if request.method() != Method::POST || request.uri().path() != at {
        return None;
    }
    let cookie = cookies::read(request.headers(), "grantspec_session", &server.config.issuer)?;
    server.store.session(Digest::of(cookie)).await.ok()?
}

struct FirstUserStays {
    inner: Arc<dyn Wire>,
}

impl Wire for FirstUserStays {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            if let Some(session) = session(server, &request, "/login").await {
                let first = server.config.users.iter().find(|user| user.sub == session.authentication.sub);
                if let Some(first) = first {
                    set_param(&mut request, "username", &first.name);
                    set_param(&mut request, "password", &first.password);
                }
            }
            self.inner.around(server, request).await
        })
    }
}

struct NewestUserDecides {
    inner: Arc<dyn Wire>,
}

impl Wire for NewestUserDecides {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            if let Some(session) = session(server, &request, "/consent").await {
                let asked = Asked::of(&request);
                let id = Digest::of(asked.param("interaction").unwrap_or_default());
                if let Ok(Some(waiting)) = server.store.interaction(id).await {
                    let decides = Interaction { user: Some(session.authentication), ..waiting };
                    // A store that fails here fails again in a moment, and is answered then.
                    let _ = server.store.put_interaction(decides).await;
                }
            }
            self.inner.around(server, request).await
        })
    }
}
