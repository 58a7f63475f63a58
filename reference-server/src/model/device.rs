//! Devices that wait for somebody to allow them: RFC 8628.

use std::fmt;

use super::{Authentication, Lineage, Scope};
use crate::tokens::secret::{Digest, random_bytes};

/// RFC 8628 §3.2: what a device asked for, until a user has decided and the device has come for it.
#[derive(Clone, Debug)]
pub struct DeviceRequest {
    /// What is kept of the device code.
    pub digest: Digest,
    /// What is kept of the user code.
    pub user_code: Digest,
    /// The client on the device.
    pub client_id: String,
    /// What would be granted.
    pub scope: Scope,
    /// What will have come from the decision.
    pub lineage: Lineage,
    /// What the user said; nothing yet.
    pub decision: Option<Decision>,
    /// When the device asked last.
    pub polled_at: Option<u64>,
    /// RFC 8628 §3.5: how many seconds it has to wait between two polls; it only grows.
    pub interval: u64,
    /// When both codes die.
    pub expires_at: u64,
}

/// What the user said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Who it was.
    pub user: Authentication,
    /// Whether it was a yes.
    pub allowed: bool,
}

/// RFC 8628 §3.3: how far the user is with the user code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// It has to be typed.
    Awaited,
    /// It came along in the link, and nobody has looked yet whether a device waits with it.
    Typed(UserCode),
    /// A device waits with it; it is shown again, to be compared with what the device shows (§5.4).
    Found(UserCode),
}

/// RFC 8628 §6.1: twenty letters without vowels, so that no word comes about and nothing looks like something else.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// Letters in a user code: 20^8, beyond guessing for whoever has a few tries (§5.1).
const LENGTH: usize = 8;

/// A user code, in the one spelling that is compared: no dash, upper case.
#[derive(Clone, PartialEq, Eq)]
pub struct UserCode(String);

impl UserCode {
    /// A new one; every letter is as likely as any other.
    pub fn random() -> UserCode {
        const FAIR: u8 = u8::MAX - u8::MAX % 20; // beyond it the first letters would come up more often
        let bytes = std::iter::repeat_with(random_bytes::<32>).flatten();
        let letters = bytes.filter(|byte| *byte < FAIR).map(|byte| char::from(LETTERS[usize::from(byte % 20)]));
        UserCode(letters.take(LENGTH).collect())
    }

    /// RFC 8628 §6.1: what somebody typed, whatever its case, its dashes and its spaces; nothing if that cannot be a user code.
    pub fn parse(typed: &str) -> Option<UserCode> {
        let letters = typed.chars().map(|c| c.to_ascii_uppercase());
        let kept: String = letters.filter(|c| u8::try_from(*c).is_ok_and(|b| LETTERS.contains(&b))).collect();
        (kept.len() == LENGTH).then_some(UserCode(kept))
    }

    /// What is kept of it.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl fmt::Display for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(LENGTH / 2);
        write!(f, "{first}-{second}")
    }
}

impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{LETTERS, UserCode};

    #[test]
    fn a_user_code_is_read_as_people_type_it() {
        let code = UserCode::random();
        let shown = code.to_string();
        assert_eq!(shown.len(), 9);
        assert!(shown.bytes().all(|b| b == b'-' || LETTERS.contains(&b)));
        for typed in [shown.to_lowercase(), shown.replace('-', " "), format!(" {}. ", shown.replace('-', ""))] {
            assert_eq!(UserCode::parse(&typed), Some(code.clone()), "{typed}");
        }
        for wrong in ["", "BCDF-GHJ", "BCDF-GHJKL", "AEIO-UAEI"] {
            assert_eq!(UserCode::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_letter_comes_up() {
        let many: String = (0..200).map(|_| UserCode::random().0).collect();
        assert!(LETTERS.iter().all(|letter| many.as_bytes().contains(letter)));
    }
}
