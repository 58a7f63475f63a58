//! What is told of a user: OpenID Connect Core §5.1, §5.4.

use serde_json::json;

use super::Map;
use crate::model::{Scope, User};

/// The claims that a scope asks for; those that are always there, such as `sub`, are not among them.
pub fn claims(user: &User, scope: &Scope) -> Map {
    let mut claims = Map::new();
    if scope.contains("profile") {
        claims.insert("name".to_owned(), json!(user.full_name));
        claims.insert("preferred_username".to_owned(), json!(user.name));
    }
    if scope.contains("email") {
        claims.insert("email".to_owned(), json!(user.email));
        claims.insert("email_verified".to_owned(), json!(true));
    }
    claims
}
