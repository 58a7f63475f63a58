//! The forms that a value can have, by the names that scenario files know them by.

use crate::exchange::shape::{is_email, is_phone_number, is_token_type, issuer_mistake};

/// A form: its name, what it is, and whether a value has it.
pub struct Form {
    /// The name in a scenario file.
    pub name: &'static str,
    /// What it is, for a reader.
    pub says: &'static str,
    /// Has the value this form?
    pub fits: fn(&str) -> bool,
}

/// Every form, in alphabetical order.
pub const FORMS: &[Form] = &[
    Form { name: "bearer", says: "Bearer, in whatever case", fits: |value| value.eq_ignore_ascii_case("bearer") },
    Form { name: "email", says: "an e-mail address: name@domain", fits: is_email },
    Form {
        name: "issuer",
        says: "an https URL without query and fragment, or on the loopback address an http one",
        fits: |value| issuer_mistake(value).is_none(),
    },
    Form { name: "phone-number", says: "a telephone number that begins with + and the country", fits: is_phone_number },
    Form { name: "token-type", says: "a registered type of access tokens, or a URI", fits: is_token_type },
];

/// The form of that name.
pub fn form(name: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.name == name)
}
