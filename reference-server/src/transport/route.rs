//! The routing table, and the seam around it.

use bytes::Bytes;
use http::{Method, Request, StatusCode};

use super::cors::Visit;
use super::reply::{self, Reply};
use crate::control;
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
    /// The answer of the endpoint, open to the scripts that may read it.
    pub async fn route(&self, request: Request<Bytes>) -> Reply {
        let visit = Visit::of(self, &request).await;
        if let Some(reply) = visit.as_ref().and_then(|visit| visit.preflight(&request)) {
            return reply;
        }
        let mut reply = self.endpoint(&request).await;
        if let Some(visit) = visit {
            visit.open(&mut reply);
        }
        reply
    }

    /// The endpoint for a request. Endpoints that are asked with POST alone judge the method themselves. What takes much room while it waits
    /// is boxed, so that a token request does not take as much.
    #[rustfmt::skip]
    #[allow(clippy::match_same_arms, reason = "one line per address: it is a table")]
    async fn endpoint(&self, request: &Request<Bytes>) -> Reply {
        let path = request.uri().path();
        if let Some(reply) = wrong_method(path, request.method()) {
            return reply;
        }
        match path {
            "/.well-known/oauth-authorization-server" => endpoints::metadata::answer(self),
            "/.well-known/openid-configuration"       => endpoints::metadata::answer(self),
            "/jwks"                                   => endpoints::jwks::answer(self),
            "/authorize"                              => Box::pin(endpoints::authorize::answer(self, request)).await,
            "/login"                                  => Box::pin(endpoints::interaction::login(self, request)).await,
            "/consent"                                => endpoints::interaction::consent(self, request).await,
            "/device"                                 => endpoints::device::answer(self, request).await,
            "/device_authorization"                   => endpoints::device_authorization::answer(self, request).await,
            "/end_session"                            => endpoints::end_session::answer(self, request).await,
            "/token"                                  => endpoints::token::answer(self, request).await,
            "/par"                                    => endpoints::pushed_authorization::answer(self, request).await,
            "/userinfo"                               => endpoints::userinfo::answer(self, request).await,
            "/introspect"                             => endpoints::introspection::answer(self, request).await,
            "/revoke"                                 => endpoints::revocation::answer(self, request).await,
            "/register"                               => Box::pin(endpoints::registration::answer(self, request)).await,
            path if path.starts_with("/register/")    => Box::pin(endpoints::client_configuration::answer(self, request, &path["/register/".len()..])).await,
            "/"                                       => endpoints::read::landing(self).await,
            "/rules"                                  => endpoints::read::rules(),
            "/style.css"                              => endpoints::read::style(),
            "/icon.svg"                               => endpoints::read::icon(),
            "/form-post.js"                           => endpoints::read::form_post_script(),
            "/callback.js"                            => endpoints::read::callback_script(),
            path if path.starts_with("/rules/")       => endpoints::read::rule(self, &path["/rules/".len()..]),
            path if path.starts_with("/try/")         => endpoints::read::callback(self, request, &path["/try/".len()..]),
            path if path.starts_with("/_/")           => Box::pin(control::answer(self, request)).await,
            _                                         => reply::not_found(),
        }
    }
}

/// 405, where the method of a request is not one of the endpoint's.
#[rustfmt::skip]
#[allow(clippy::match_same_arms, reason = "one line per address: it is a table")]
fn wrong_method(path: &str, method: &Method) -> Option<Reply> {
    let (allow, is_allowed) = match path {
        "/token" | "/par" | "/introspect" | "/revoke"    => return None,
        "/device_authorization"                          => return None,
        "/end_session"                                   => ("GET, POST", [Method::GET, Method::POST].contains(method)),
        "/authorize" | "/login" | "/consent" | "/userinfo" => ("GET, POST", [Method::GET, Method::POST].contains(method)),
        "/device"                                        => ("GET, POST", [Method::GET, Method::POST].contains(method)),
        "/register"                                      => ("POST", [Method::POST].contains(method)),
        path if path.starts_with("/register/")           => ("GET, PUT, DELETE", [Method::GET, Method::PUT, Method::DELETE].contains(method)),
        path if path.starts_with("/try/")                => ("GET, POST", [Method::GET, Method::POST].contains(method)),
        "/_/requests"                                    => ("GET, POST, DELETE", [Method::GET, Method::POST, Method::DELETE].contains(method)),
        path if path.starts_with("/_/")                  => ("GET, POST", [Method::GET, Method::POST].contains(method)),
        _                                                => ("GET, HEAD", [Method::GET, Method::HEAD].contains(method)),
    };
    let reply = || reply::plain(StatusCode::METHOD_NOT_ALLOWED, "This is asked with another method.\n");
    (!is_allowed).then(|| reply::method_not_allowed(allow, reply()))
}
