//! Response types and response modes: RFC 6749 §3.1.1, the multiple response types and the form post mode of OpenID Connect.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::GrantType;

/// What the authorization endpoint is asked to return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ResponseType {
    /// `code`
    #[serde(rename = "code")]
    Code,
    /// `token`
    #[serde(rename = "token")]
    Token,
    /// `id_token`
    #[serde(rename = "id_token")]
    IdToken,
    /// `id_token token`
    #[serde(rename = "id_token token")]
    IdTokenToken,
    /// `code id_token`
    #[serde(rename = "code id_token")]
    CodeIdToken,
    /// `code token`
    #[serde(rename = "code token")]
    CodeToken,
    /// `code id_token token`
    #[serde(rename = "code id_token token")]
    CodeIdTokenToken,
}

/// One line of the table below.
struct Row {
    response_type: ResponseType,
    name: &'static str,
    grant_type: GrantType,
    code: bool,
    id_token: bool,
    token: bool,
}

/// Which grant type answers which response type, and with what: RFC 6749 §3.1.1, OpenID Connect Core §3.
#[rustfmt::skip]
const TABLE: [Row; 7] = [
    Row { response_type: ResponseType::Code,             name: "code",                grant_type: GrantType::AuthorizationCode, code: true,  id_token: false, token: false },
    Row { response_type: ResponseType::Token,            name: "token",               grant_type: GrantType::Implicit,          code: false, id_token: false, token: true  },
    Row { response_type: ResponseType::IdToken,          name: "id_token",            grant_type: GrantType::Implicit,          code: false, id_token: true,  token: false },
    Row { response_type: ResponseType::IdTokenToken,     name: "id_token token",      grant_type: GrantType::Implicit,          code: false, id_token: true,  token: true  },
    Row { response_type: ResponseType::CodeIdToken,      name: "code id_token",       grant_type: GrantType::Hybrid,            code: true,  id_token: true,  token: false },
    Row { response_type: ResponseType::CodeToken,        name: "code token",          grant_type: GrantType::Hybrid,            code: true,  id_token: false, token: true  },
    Row { response_type: ResponseType::CodeIdTokenToken, name: "code id_token token", grant_type: GrantType::Hybrid,            code: true,  id_token: true,  token: true  },
];

impl ResponseType {
    /// All of them, in the order of the table.
    pub fn all() -> impl Iterator<Item = ResponseType> {
        TABLE.iter().map(|row| row.response_type)
    }

    /// RFC 6749 §3.1.1: a set of space-separated names whose order does not matter.
    pub fn parse(value: &str) -> Option<ResponseType> {
        let sorted = |value: &str| {
            let mut names: Vec<String> = value.split(' ').map(str::to_owned).collect();
            names.sort_unstable();
            names
        };
        let asked = sorted(value);
        TABLE.iter().find(|row| sorted(row.name) == asked).map(|row| row.response_type)
    }

    /// The name, in the order in which the standards write it.
    pub fn as_str(self) -> &'static str {
        self.row().name
    }

    /// The grant type for which a client must be registered to use this response type.
    pub fn grant_type(self) -> GrantType {
        self.row().grant_type
    }

    /// Whether the response holds a code.
    pub fn has_code(self) -> bool {
        self.row().code
    }

    /// Whether the response holds an ID token.
    pub fn has_id_token(self) -> bool {
        self.row().id_token
    }

    /// Whether the response holds an access token, which then passes through the browser.
    pub fn has_token(self) -> bool {
        self.row().token
    }

    /// Multiple Response Types §2.1, §3, §5: the query for a code alone, the fragment for everything else.
    pub fn default_mode(self) -> ResponseMode {
        match self {
            ResponseType::Code => ResponseMode::Query,
            _ => ResponseMode::Fragment,
        }
    }

    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }
}

impl fmt::Display for ResponseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How an authorization response travels: Multiple Response Types §2.1, Form Post Response Mode §2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    Query,
    /// In its fragment, which no server sees.
    Fragment,
    /// In the body of a POST that a page makes.
    FormPost,
}

impl ResponseMode {
    /// All of them.
    pub const ALL: [ResponseMode; 3] = [ResponseMode::Query, ResponseMode::Fragment, ResponseMode::FormPost];

    /// The mode of this name.
    pub fn parse(name: &str) -> Option<ResponseMode> {
        ResponseMode::ALL.into_iter().find(|mode| mode.as_str() == name)
    }

    /// The name in `response_mode`.
    pub fn as_str(self) -> &'static str {
        match self {
            ResponseMode::Query => "query",
            ResponseMode::Fragment => "fragment",
            ResponseMode::FormPost => "form_post",
        }
    }

    /// Multiple Response Types §3, §5, §7: tokens never travel in a query, which servers log.
    pub fn fits(self, response_type: ResponseType) -> bool {
        self != ResponseMode::Query || response_type == ResponseType::Code
    }
}

#[cfg(test)]
mod tests {
    use super::{ResponseType, TABLE};

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (row, response_type) in TABLE.iter().zip(ResponseType::all()) {
            assert_eq!(response_type.as_str(), row.name);
            assert_eq!(ResponseType::parse(row.name), Some(row.response_type));
        }
    }
}
