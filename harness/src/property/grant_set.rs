//! A set of the seven grant types, and how a registration writes it: RFC 7591 §2.1, OpenID Connect Registration §2.

use crate::cell::{Grant, ResponseType};
use crate::lab::Lab;
use crate::target::Client;

/// A set of grant types, one bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Set(u8);

pub(super) const AUTHORIZATION_CODE: Set = Set(1);
pub(super) const IMPLICIT: Set = Set(1 << 1);
pub(super) const HYBRID: Set = Set(1 << 2);
pub(super) const CLIENT_CREDENTIALS: Set = Set(1 << 3);
pub(super) const PASSWORD: Set = Set(1 << 4);
pub(super) const REFRESH_TOKEN: Set = Set(1 << 5);
/// One extension grant stands for all.
pub(super) const EXTENSION: Set = Set(1 << 6);

/// In the order in which they are named.
const SEVEN: [Set; 7] = [AUTHORIZATION_CODE, IMPLICIT, HYBRID, CLIENT_CREDENTIALS, PASSWORD, REFRESH_TOKEN, EXTENSION];

/// So many sets are named in a finding.
const NAMED: usize = 12;

impl Set {
    /// No grant type at all.
    pub(super) const EMPTY: Self = Self(0);

    /// The sets of one.
    pub(super) fn singles() -> impl Iterator<Item = Self> {
        SEVEN.into_iter()
    }

    /// All 128, each differing from the one before it by one grant type.
    pub(super) fn gray() -> impl Iterator<Item = Self> {
        (0..1_u8 << SEVEN.len()).map(|at| Self(at ^ (at >> 1)))
    }

    /// Both together.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This one without the other.
    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Is all of the other in this one?
    pub(super) const fn holds(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// How many grant types there are in it.
    pub(super) const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Does it answer through the browser?
    pub(super) fn is_through_browser(self) -> bool {
        [AUTHORIZATION_CODE, IMPLICIT, HYBRID].contains(&self)
    }
}

/// The words that this target has for the seven.
pub(super) struct Words {
    /// What stands for the implicit grant.
    pub(super) implicit: ResponseType,
    /// What stands for the hybrid one.
    pub(super) hybrid: ResponseType,
    extension: &'static str,
}

impl Words {
    /// Response types that the target answers. The extension is the one that needs no user and no page.
    pub(super) fn of_target(lab: &Lab) -> Self {
        let answered = |usual: ResponseType| {
            let others = ResponseType::ALL.iter().copied().filter(|one| one.grant() == usual.grant());
            std::iter::once(usual).chain(others).find(|one| lab.target().answers(*one)).unwrap_or(usual)
        };
        let (implicit, hybrid) = (answered(ResponseType::IdToken), answered(ResponseType::CodeIdToken));
        Self { implicit, hybrid, extension: Grant::JwtBearer.name() }
    }

    /// `grant_types` and `response_types`. On the wire hybrid is authorization code and implicit together.
    pub(super) fn of(&self, set: Set) -> (Vec<&'static str>, Vec<&'static str>) {
        let (code, implicit) = (Grant::AuthorizationCode.name(), Grant::Implicit.name());
        let has = |one: Set| set.holds(one);
        #[rustfmt::skip]
        let grants = [
            (has(AUTHORIZATION_CODE) || has(HYBRID), code),
            (has(IMPLICIT) || has(HYBRID),           implicit),
            (has(CLIENT_CREDENTIALS),                Grant::ClientCredentials.name()),
            (has(PASSWORD),                          Grant::Password.name()),
            (has(REFRESH_TOKEN),                     Grant::RefreshToken.name()),
            (has(EXTENSION),                         self.extension),
        ];
        let response_types = [
            (has(AUTHORIZATION_CODE), ResponseType::Code.name()),
            (has(IMPLICIT), self.implicit.name()),
            (has(HYBRID), self.hybrid.name()),
        ];
        let named =
            |rows: &[(bool, &'static str)]| rows.iter().filter(|(has, _)| *has).map(|(_, name)| *name).collect();
        (named(&grants), named(&response_types))
    }

    /// The set that a client has, by the answer to its registration.
    pub(super) fn told(&self, client: &Client) -> Set {
        let names = SEVEN.into_iter().filter(|one| client.is_registered_for(self.word(*one)));
        names.fold(Set::EMPTY, Set::and)
    }

    fn word(&self, one: Set) -> &'static str {
        match one {
            AUTHORIZATION_CODE => Grant::AuthorizationCode.name(),
            IMPLICIT => Grant::Implicit.name(),
            HYBRID => Grant::Hybrid.name(),
            CLIENT_CREDENTIALS => Grant::ClientCredentials.name(),
            PASSWORD => Grant::Password.name(),
            REFRESH_TOKEN => Grant::RefreshToken.name(),
            _ => self.extension,
        }
    }

    /// The set for a reader.
    pub(super) fn name(&self, set: Set) -> String {
        let short = |word: &'static str| if word == self.extension { Grant::JwtBearer.short() } else { word };
        let names: Vec<&str> =
            SEVEN.into_iter().filter(|one| set.holds(*one)).map(|one| short(self.word(one))).collect();
        if names.is_empty() { "no grant type".to_owned() } else { names.join(" + ") }
    }

    /// Several sets for a reader, the first of them by name.
    pub(super) fn list(&self, sets: &[Set]) -> String {
        let named: Vec<String> = sets.iter().take(NAMED).map(|set| self.name(*set)).collect();
        let more = sets.len().saturating_sub(NAMED);
        if more == 0 { named.join("; ") } else { format!("{} and {more} more", named.join("; ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gray_code_names_each_set_once_and_changes_one_grant_at_a_time() {
        let sets: Vec<Set> = Set::gray().collect();
        assert_eq!(sets.len(), 128);
        for pair in sets.windows(2) {
            assert_eq!((pair[0].0 ^ pair[1].0).count_ones(), 1);
        }
        let once: std::collections::BTreeSet<u8> = sets.iter().map(|set| set.0).collect();
        assert_eq!(once.len(), 128);
    }

    #[test]
    fn hybrid_is_written_as_two_grants_with_a_response_type_of_its_own() {
        let extension = Grant::JwtBearer.name();
        let words = Words { implicit: ResponseType::IdToken, hybrid: ResponseType::CodeIdToken, extension };
        let (grants, response_types) = words.of(HYBRID.and(EXTENSION));
        assert_eq!(grants, ["authorization_code", "implicit", extension]);
        assert_eq!(response_types, ["code id_token"]);
        assert_eq!(words.name(HYBRID.and(EXTENSION)), "hybrid + jwt-bearer");
        assert_eq!(words.list(&[Set::EMPTY]), "no grant type");
    }
}
