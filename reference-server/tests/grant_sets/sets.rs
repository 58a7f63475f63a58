//! The sets: what they are, and which of them a client can hold.

use grantspec_reference::grants::extension::Extensions;
use grantspec_reference::model::GrantType;

pub const CODE: &str = "authorization_code";
pub const IMPLICIT: &str = "implicit";
pub const HYBRID: &str = "hybrid";
pub const BUILT_IN: [&str; 6] = [CODE, IMPLICIT, HYBRID, "client_credentials", "password", "refresh_token"];

/// The three that cannot be held together, two by two.
pub const FRONTS: [&str; 3] = [CODE, IMPLICIT, HYBRID];

/// One set of grant types, by name.
#[derive(Debug)]
pub struct Set(pub Vec<&'static str>);

/// The extension grants of the server, by name.
pub fn extensions() -> Vec<&'static str> {
    Extensions::standard().grant_types().map(GrantType::as_str).collect()
}

/// Every subset of the six and this extension.
pub fn sets(extension: &'static str) -> impl Iterator<Item = Set> {
    let seven: Vec<&str> = BUILT_IN.into_iter().chain([extension]).collect();
    (0..1_u32 << seven.len())
        .map(move |bits| Set((0..seven.len()).filter(|at| bits & (1 << at) != 0).map(|at| seven[at]).collect()))
}

impl Set {
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }

    pub fn fronts(&self) -> Vec<&'static str> {
        FRONTS.into_iter().filter(|front| self.has(front)).collect()
    }

    /// Not empty, and at most one of the first three.
    pub fn is_legal(&self) -> bool {
        !self.0.is_empty() && self.fronts().len() < 2
    }

    /// What is wrong with the words of a refusal: they say that the set is empty, or name a pair of it and why.
    pub fn objection(&self, says: &str) -> Option<&'static str> {
        if self.is_legal() {
            return Some("it can be held");
        }
        if self.0.is_empty() {
            return (!says.contains("can do nothing")).then_some("that it is empty is not said");
        }
        let (pair, reason) = says.split_once(" cannot be held together: ").unwrap_or_default();
        let named = self.fronts().into_iter().filter(|front| pair.split([' ', ',']).any(|word| word == *front)).count();
        (named != 2 || reason.len() < 20).then_some("no pair is named with its reason")
    }
}
