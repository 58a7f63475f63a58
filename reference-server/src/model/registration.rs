//! Grant types as a registration writes them: RFC 7591 §2.1, OpenID Connect Registration §2.
//!
//! `hybrid` is no name on the wire. It is the authorization code and the implicit grant together, with response types that hold a code and something beside it.

use thiserror::Error;

use super::{GrantType, GrantTypes, ResponseType};

/// One grant type of the authorization endpoint.
struct Row {
    grant_type: GrantType,
    on_the_wire: &'static [&'static str],
    response_types: &'static [ResponseType],
}

const CODE: &str = "authorization_code";
const IMPLICIT: &str = "implicit";

/// Both ways: what a grant type is called in `grant_types`, and the response types that tell it from the others.
/// Every other grant type goes by its own name and has no response type.
#[rustfmt::skip]
const TABLE: [Row; 3] = [
    Row { grant_type: GrantType::AuthorizationCode, on_the_wire: &[CODE],           response_types: &[ResponseType::Code] },
    Row { grant_type: GrantType::Implicit,          on_the_wire: &[IMPLICIT],       response_types: &[ResponseType::Token, ResponseType::IdToken, ResponseType::IdTokenToken] },
    Row { grant_type: GrantType::Hybrid,            on_the_wire: &[CODE, IMPLICIT], response_types: &[ResponseType::CodeIdToken, ResponseType::CodeToken, ResponseType::CodeIdTokenToken] },
];

/// Why `grant_types` and `response_types` of a registration do not go together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Inconsistent {
    /// A word of the configuration, not of the standards.
    #[error(
        "hybrid is no grant type on the wire; register authorization_code and implicit, with response types such as 'code id_token'"
    )]
    Hybrid,
    /// A grant type twice.
    #[error("grant_types names {0} twice")]
    Twice(&'static str),
    /// A response type that nobody defined, by its place.
    #[error("response type number {0} is not one of the seven that OAuth 2.0 and OpenID Connect define")]
    UnknownResponseType(usize),
    /// A response type whose grant type is not there.
    #[error(
        "response type '{0}' needs {1} in grant_types; left out, response_types is code and grant_types is authorization_code"
    )]
    GrantTypeMissing(ResponseType, &'static str),
    /// A grant type of the authorization endpoint that no response type uses.
    #[error("grant type {0} is there without a response type that uses it; left out, response_types is code")]
    ResponseTypeMissing(&'static str),
}

/// The response types of a registration. The order of the words in one does not matter (RFC 6749 §3.1.1).
///
/// # Errors
/// The first that is none.
pub fn response_types(names: &[&str]) -> Result<Vec<ResponseType>, Inconsistent> {
    let parse = |(at, name): (usize, &&str)| ResponseType::parse(name).ok_or(Inconsistent::UnknownResponseType(at + 1));
    names.iter().enumerate().map(parse).collect()
}

/// From the wire: the names of the grant types that these two lists stand for together. An empty list is no contradiction; the set refuses it.
///
/// # Errors
/// When the lists contradict each other.
pub fn from_the_wire<'a>(
    grant_types: &[&'a str],
    response_types: &[ResponseType],
) -> Result<Vec<&'a str>, Inconsistent> {
    if grant_types.is_empty() {
        return Ok(Vec::new());
    }
    if grant_types.contains(&GrantType::Hybrid.as_str()) {
        return Err(Inconsistent::Hybrid);
    }
    let fronts = [CODE, IMPLICIT];
    if let Some(twice) = fronts.into_iter().find(|front| grant_types.iter().filter(|name| *name == front).count() > 1) {
        return Err(Inconsistent::Twice(twice));
    }
    let used = |row: &&Row| response_types.iter().any(|response_type| row.response_types.contains(response_type));
    let rows: Vec<&Row> = TABLE.iter().filter(used).collect();
    for response_type in response_types {
        let needed =
            rows.iter().filter(|row| row.response_types.contains(response_type)).flat_map(|row| row.on_the_wire);
        if let Some(missing) = needed.into_iter().find(|name| !grant_types.contains(name)) {
            return Err(Inconsistent::GrantTypeMissing(*response_type, missing));
        }
    }
    let is_used = |name: &str| rows.iter().any(|row| row.on_the_wire.contains(&name));
    if let Some(unused) = fronts.into_iter().find(|name| grant_types.contains(name) && !is_used(name)) {
        return Err(Inconsistent::ResponseTypeMissing(unused));
    }
    let others = grant_types.iter().copied().filter(|name| !fronts.contains(name));
    Ok(rows.iter().map(|row| row.grant_type.as_str()).chain(others).collect())
}

/// To the wire: what a set of grant types is called in `grant_types`.
pub fn to_the_wire(grant_types: &GrantTypes) -> Vec<&'static str> {
    let mut names = Vec::new();
    for grant_type in grant_types.iter() {
        match TABLE.iter().find(|row| row.grant_type == grant_type) {
            Some(row) => names.extend(row.on_the_wire),
            None => names.push(grant_type.as_str()),
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{Inconsistent, TABLE, from_the_wire, response_types, to_the_wire};
    use crate::model::{GrantType, GrantTypes, ResponseType};

    const EXTENSION: GrantType = GrantType::Extension("urn:example:any");

    /// The seven, each in or out.
    fn sets() -> impl Iterator<Item = Vec<GrantType>> {
        let seven: Vec<GrantType> = GrantType::BUILT_IN.into_iter().chain([EXTENSION]).collect();
        (0..1_u32 << seven.len())
            .map(move |bits| (0..seven.len()).filter(|at| bits & (1 << at) != 0).map(|at| seven[at]).collect())
    }

    #[test]
    fn every_set_that_can_be_held_comes_back_from_the_wire() {
        let served: Vec<GrantType> = GrantType::BUILT_IN.into_iter().chain([EXTENSION]).collect();
        let mut held = 0;
        for set in sets() {
            let names: Vec<&str> = set.iter().map(|grant_type| grant_type.as_str()).collect();
            let Ok(grant_types) = GrantTypes::parse(&names, &served) else { continue };
            held += 1;
            let own = ResponseType::all().filter(|response_type| set.contains(&response_type.grant_type()));
            let back = from_the_wire(&to_the_wire(&grant_types), &own.collect::<Vec<_>>()).unwrap();
            assert_eq!(GrantTypes::parse(&back, &served), Ok(grant_types), "{names:?}");
        }
        assert_eq!(held, 63);
    }

    #[test]
    fn the_table_tells_response_types_as_they_are_told_elsewhere() {
        for row in &TABLE {
            let own: Vec<ResponseType> = ResponseType::all().filter(|one| one.grant_type() == row.grant_type).collect();
            assert_eq!(own, row.response_types);
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let of = |grant_types: &[&'static str], names: &[&str]| from_the_wire(grant_types, &response_types(names)?);
        assert_eq!(of(&["hybrid"], &["code id_token"]), Err(Inconsistent::Hybrid));
        assert_eq!(
            of(&["client_credentials"], &["code"]),
            Err(Inconsistent::GrantTypeMissing(ResponseType::Code, "authorization_code"))
        );
        assert_eq!(
            of(&["authorization_code"], &["code id_token"]),
            Err(Inconsistent::GrantTypeMissing(ResponseType::CodeIdToken, "implicit"))
        );
        assert_eq!(
            of(&["authorization_code", "implicit"], &["code"]),
            Err(Inconsistent::ResponseTypeMissing("implicit"))
        );
        assert_eq!(of(&["authorization_code"], &[]), Err(Inconsistent::ResponseTypeMissing("authorization_code")));
        assert_eq!(of(&["implicit", "implicit"], &["id_token"]), Err(Inconsistent::Twice("implicit")));
        assert_eq!(of(&["implicit"], &["id_token", "none"]), Err(Inconsistent::UnknownResponseType(2)));
        assert_eq!(
            of(&["authorization_code", "implicit"], &["token", "code"]),
            Ok(vec!["authorization_code", "implicit"])
        );
        assert_eq!(of(&["client_credentials"], &[]), Ok(vec!["client_credentials"]));
    }
}
