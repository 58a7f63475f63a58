//! The public keys: RFC 7517 §5.

use crate::server::Server;
use crate::transport::reply::{self, Reply};

/// Answer the key set.
pub fn answer(server: &Server) -> Reply {
    let mut jwks = server.keys.jwks(server.clock.now());
    server.claims.jwks(&mut jwks);
    reply::public_json(&jwks)
}
