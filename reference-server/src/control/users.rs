//! `/_/users`: who may log in, and under which name.

use serde::Deserialize;
use serde_json::json;

use super::Problem;
use crate::model::User;
use crate::server::Server;
use crate::tokens::Map;

/// `POST /_/users/<name>`: what is left out stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Neither logs in nor is acted for.
    disabled: Option<bool>,
    /// Does not log in anew; what was granted lives on.
    locked: Option<bool>,
    /// The new login name; `sub` stays, and with it everything that was granted.
    name: Option<String>,
}

impl Change {
    fn is_empty(&self) -> bool {
        self.disabled.is_none() && self.locked.is_none() && self.name.is_none()
    }
}

/// Change the user who has this login name now.
pub async fn change(server: &Server, name: &str, change: Change) -> Result<Map, Problem> {
    if change.is_empty() {
        return Err(Problem::Bad("nothing to change: say disabled, locked or name".to_owned()));
    }
    let user = server.store.user(name).await?.ok_or(Problem::NotFound)?;
    let mut user = (*user).clone();
    user.disabled = change.disabled.unwrap_or(user.disabled);
    user.locked = change.locked.unwrap_or(user.locked);
    if let Some(name) = change.name {
        if name.is_empty() || name.contains('/') {
            return Err(Problem::Bad("name is empty or holds a slash".to_owned()));
        }
        user.name = name;
    }
    let body = describe(&user);
    server.store.put_user(user).await??;
    Ok(body)
}

/// `GET`: all of them.
pub async fn list(server: &Server) -> Result<Map, Problem> {
    let users: Vec<Map> = server.store.users().await?.iter().map(|user| describe(user)).collect();
    Ok(Map::from_iter([("users".to_owned(), json!(users))]))
}

fn describe(user: &User) -> Map {
    Map::from_iter([
        ("name".to_owned(), json!(user.name)),
        ("sub".to_owned(), json!(user.sub)),
        ("disabled".to_owned(), json!(user.disabled)),
        ("locked".to_owned(), json!(user.locked)),
    ])
}
