//! The forms that a value can have, by the names that scenario files know them by.

use serde_json::{Map, Value};

use crate::exchange::Jwt;
use crate::exchange::shape::{is_email, is_phone_number, is_token_type, issuer_mistake};

/// A form: its name, what it is, and whether a value has it.
pub struct Form {
    /// The name in a scenario file.
    pub name: &'static str,
    /// What it is, for a reader.
    pub says: &'static str,
    /// Has the value this form?
    pub fits: fn(&Value) -> bool,
}

/// Every form, in alphabetical order.
pub const FORMS: &[Form] = &[
    Form { name: "address", says: "an address whose parts are those of its formatted text", fits: is_consistent },
    Form {
        name: "bearer",
        says: "Bearer, in whatever case",
        fits: |value| text(value, |text| text.eq_ignore_ascii_case("bearer")),
    },
    Form { name: "claim-sources", says: "sources that each have a JWT, or an endpoint", fits: are_sources },
    Form { name: "email", says: "an e-mail address: name@domain", fits: |value| text(value, is_email) },
    Form {
        name: "issuer",
        says: "an https URL without query and fragment, or on the loopback address an http one",
        fits: |value| text(value, |text| issuer_mistake(text).is_none()),
    },
    Form {
        name: "phone-number",
        says: "a telephone number that begins with + and the country",
        fits: |value| text(value, is_phone_number),
    },
    Form {
        name: "token-type",
        says: "a registered type of access tokens, or a URI",
        fits: |value| text(value, is_token_type),
    },
];

fn text(value: &Value, fits: impl Fn(&str) -> bool) -> bool {
    value.as_str().is_some_and(fits)
}

/// OpenID Connect Core §5.1.1: the text may abbreviate, and leave out what nobody writes on a letter; another place it is only where it has
/// nothing of street, town and code.
fn is_consistent(value: &Value) -> bool {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let part = |name: &str| value.get(name).and_then(Value::as_str).map(letters).filter(|part| !part.is_empty());
    let Some(formatted) = part("formatted") else { return value.is_object() };
    let parts: Vec<String> = ["street_address", "locality", "postal_code"].into_iter().filter_map(part).collect();
    parts.is_empty() || parts.iter().any(|part| formatted.contains(part))
}

/// OpenID Connect Core §5.6.2: of aggregated claims the JWT, of distributed ones the endpoint. One that is encrypted keeps what it holds to itself.
fn are_sources(value: &Value) -> bool {
    let is_jwt = |source: &Map<String, Value>| {
        source.get("JWT").is_some_and(|jwt| text(jwt, |jwt| Jwt::read(jwt).is_some() || jwt.split('.').count() == 5))
    };
    let is_endpoint = |source: &Map<String, Value>| {
        source.get("endpoint").is_some_and(|url| text(url, |url| url::Url::parse(url).is_ok()))
    };
    let is_source = |source: &Value| source.as_object().is_some_and(|source| is_jwt(source) || is_endpoint(source));
    value.as_object().is_some_and(|sources| sources.values().all(is_source))
}

/// The form of that name.
pub fn form(name: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.name == name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::form;

    #[test]
    fn an_address_is_one_place() {
        let fits = form("address").unwrap().fits;
        let street = "1 Example Street";
        assert!(fits(&json!({ "formatted": "1 EXAMPLE STREET\nX", "street_address": street })));
        assert!(fits(&json!({ "street_address": street })) && fits(&json!({ "formatted": street, "country": "AT" })));
        assert!(!fits(&json!({ "formatted": "2 Other Road", "street_address": street, "locality": "X town" })));
        assert!(!fits(&json!("1 Example Street")));
    }

    #[test]
    fn a_source_has_something_to_read() {
        let fits = form("claim-sources").unwrap().fits;
        assert!(fits(
            &json!({ "a": { "JWT": "eyJhbGciOiJub25lIn0.e30." }, "b": { "endpoint": "https://c.example/" } })
        ));
        assert!(!fits(&json!({ "a": { "access_token": "x" } })) && !fits(&json!({ "a": { "JWT": "x" } })));
    }
}
