//! What is told of a user: OpenID Connect Core §5.1, §5.4, §5.5.

use serde_json::{Value, json};

use super::Map;
use crate::model::claims_request::Wish;
use crate::model::{Scope, User};

/// OpenID Connect Core §5.4: the claims behind each scope.
#[rustfmt::skip]
const BY_SCOPE: [(&str, &[&str]); 4] = [
    ("profile", &["name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
                  "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"]),
    ("email",   &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone",   &["phone_number", "phone_number_verified"]),
];

/// The name of every claim about a person.
pub fn names() -> impl Iterator<Item = &'static str> {
    BY_SCOPE.iter().flat_map(|(_, claims)| claims.iter().copied())
}

/// The scope that asks for this claim; none for what is no claim about a person.
pub fn scope_of(claim: &str) -> Option<&'static str> {
    BY_SCOPE.iter().find(|(_, claims)| claims.contains(&claim)).map(|(scope, _)| *scope)
}

/// The claims that a scope asks for; those that are always there, such as `sub`, are not among them.
pub fn claims(user: &User, scope: &Scope) -> Map {
    let asked = BY_SCOPE.iter().filter(|(known, _)| scope.contains(known)).flat_map(|(_, claims)| claims.iter());
    asked.filter_map(|claim| Some(((*claim).to_owned(), claim_of(user, claim)?))).collect()
}

/// The claims that were asked for one by one: those that the user has, with a value that was asked for.
pub fn wished(user: &User, wishes: &[Wish]) -> Map {
    let told = |wish: &Wish| {
        let value = claim_of(user, &wish.claim).filter(|value| wish.accepts(value))?;
        Some((wish.claim.clone(), value))
    };
    wishes.iter().filter_map(told).collect()
}

fn claim_of(user: &User, claim: &str) -> Option<Value> {
    match claim {
        "name" => Some(json!(user.full_name)),
        "preferred_username" => Some(json!(user.name)),
        "email" => Some(json!(user.email)),
        "email_verified" => Some(json!(true)),
        _ => user.claims.get(claim).cloned(),
    }
}
