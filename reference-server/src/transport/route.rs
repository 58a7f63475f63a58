//! The routing table, and the seam around it.

use bytes::Bytes;
use http::{Method, Request};

use super::reply::{self, Reply};
use crate::endpoints;
use crate::server::Server;
use crate::store::BoxFuture;

/// What happens between a request and its route.
pub trait Wire: Send + Sync {
    /// Answer a request, usually by routing it.
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply>;
}

/// The strict server's wire: it routes, and touches nothing.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl Wire for Plain {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(server.route(request))
    }
}

impl Server {
    /// The endpoint for a request. Methods that an endpoint judges itself are not looked at here.
    #[rustfmt::skip]
    pub async fn route(&self, request: Request<Bytes>) -> Reply {
        let path = request.uri().path().to_owned();
        match path.as_str() {
            "/.well-known/oauth-authorization-server" => document(&request, || endpoints::metadata::answer(self)),
            "/.well-known/openid-configuration"       => document(&request, || endpoints::metadata::answer(self)),
            "/jwks"                                   => document(&request, || endpoints::jwks::answer(self)),
            "/token"                                  => endpoints::token::answer(self, &request).await,
            _                                         => reply::not_found(),
        }
    }
}

/// Something to read: GET and HEAD.
fn document(request: &Request<Bytes>, read: impl FnOnce() -> Reply) -> Reply {
    if request.method() == Method::GET || request.method() == Method::HEAD {
        return read();
    }
    reply::method_not_allowed(
        "GET, HEAD",
        reply::with_status(
            http::StatusCode::METHOD_NOT_ALLOWED,
            "This can only be read.\n",
        ),
    )
}
