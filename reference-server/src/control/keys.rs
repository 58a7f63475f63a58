//! `/_/keys`: which keys are published, and new ones on request.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use crate::server::Server;
use crate::tokens::ring::Published;
use crate::tokens::{Keys, Map};

/// `POST /_/keys`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotate {
    rotate: bool,
}

/// `GET /_/keys`: those that sign first. `published_until` is null for these.
pub(super) fn list(server: &Server) -> Map {
    let keys = server.keys.published(&server.config.signing_algs, server.clock.now(), describe);
    Map::from_iter([("keys".to_owned(), json!(keys))])
}

/// `POST /_/keys`: new keys sign from now on. Making them takes a moment, and nobody else has to wait for it.
pub(super) async fn rotate(server: &Server, wish: &Rotate) -> Result<Map, Problem> {
    if wish.rotate {
        let keys = tokio::task::spawn_blocking(Keys::generate).await.map_err(|_| Problem::Server)?;
        server.keys.rotate(Arc::new(keys));
    }
    Ok(list(server))
}

fn describe(published: Published<'_>) -> Value {
    json!({
        "kid": published.key.kid(),
        "alg": published.key.algorithm(),
        "signs": published.until.is_none(),
        "published_until": published.until,
    })
}
