//! `/_/clock`: time goes faster.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::Problem;
use crate::server::Server;
use crate::tokens::Map;

/// `POST /_/clock`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    advance_seconds: u64,
}

/// The clock only moves forward.
pub fn advance(server: &Server, by: &Advance) -> Result<Map, Problem> {
    const TEN_YEARS: u64 = 10 * 365 * 24 * 60 * 60;
    if by.advance_seconds > TEN_YEARS {
        return Err(Problem::Bad(format!("advance_seconds is more than {TEN_YEARS}")));
    }
    server.clock.advance(Duration::from_secs(by.advance_seconds));
    Ok(Map::from_iter([("now".to_owned(), json!(server.clock.now()))]))
}
