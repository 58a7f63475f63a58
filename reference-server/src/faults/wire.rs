//! Faults of the wire: what is changed on the way in or out.

use std::sync::Arc;

use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{Request, Response};

use super::{Fault, Seam};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::Wire;

pub(super) static FAULTS: &[Fault] = &[Fault {
    id: "no-store-missing",
    says: "Token responses do not forbid caching.",
    clause: "rfc6749/5.1/no-store",
    precedent: None,
    caught_by: &["token/no-store"],
    profile: "oidc",
    seams: &[Seam::Wire(|inner| Arc::new(NoStoreMissing { inner }))],
}];

struct NoStoreMissing {
    inner: Arc<dyn Wire>,
}

impl Wire for NoStoreMissing {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Response<Bytes>> {
        Box::pin(async move {
            let is_token = request.uri().path() == "/token";
            let mut response = self.inner.around(server, request).await;
            if is_token {
                response.headers_mut().remove(CACHE_CONTROL);
            }
            response
        })
    }
}
