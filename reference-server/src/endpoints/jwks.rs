//! The public keys: RFC 7517 §5.

use http::StatusCode;

use crate::server::Server;
use crate::transport::reply::{self, Reply};

/// Answer the key set.
pub fn answer(server: &Server) -> Reply {
    let mut jwks = server.keys.jwks(&server.config.signing_algs, server.clock.now());
    server.claims.jwks(&mut jwks);
    reply::json(StatusCode::OK, &jwks)
}
