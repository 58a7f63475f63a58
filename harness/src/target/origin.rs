//! Scheme, host and port alone, as a person names where a login lives.

use std::str::FromStr;

use serde::Deserialize;
use url::Url;

/// An origin: scheme, host and port, as `https://login.example`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

impl Origin {
    /// As browsers write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let bare = url.filter(|url| url.path() == "/" && url.query().is_none() && url.fragment().is_none());
        let origin = bare.map(|url| url.origin().ascii_serialization());
        origin.map(Self).ok_or_else(|| {
            format!("`{text}` is no origin; write scheme, host and port alone, such as https://login.example")
        })
    }
}

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
