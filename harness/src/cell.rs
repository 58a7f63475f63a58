//! The axes over which a check is asked: grant, response type, client kind and authentication method.

use std::fmt;

/// A grant type, in the order of RFC 6749 §1.3, then OpenID Connect, refresh and extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grant {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §4.4.
    ClientCredentials,
    /// RFC 6749 §6.
    RefreshToken,
}

impl Grant {
    /// The name of the grant on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::ClientCredentials => "client_credentials",
            Self::RefreshToken => "refresh_token",
        }
    }

    /// The grants without which a client cannot reach this one: a refresh token comes from a code.
    pub const fn needs(self) -> &'static [&'static str] {
        match self {
            Self::AuthorizationCode => &["authorization_code"],
            Self::ClientCredentials => &["client_credentials"],
            Self::RefreshToken => &["authorization_code", "refresh_token"],
        }
    }

    /// The grant that the section of a clause speaks of; `None` if it speaks of all of them.
    #[rustfmt::skip]
    pub fn of_clause(id: &str) -> Option<Self> {
        const SECTIONS: &[(&str, Grant)] = &[
            ("rfc6749/4.1",      Grant::AuthorizationCode),
            ("rfc6749/4.4",      Grant::ClientCredentials),
            ("rfc6749/6/",       Grant::RefreshToken),
            ("oidc-core/3.1.3",  Grant::AuthorizationCode),
            ("oidc-core/12",     Grant::RefreshToken),
        ];
        SECTIONS.iter().find(|(section, _)| id.starts_with(section)).map(|(_, grant)| *grant)
    }
}

/// A `response_type` of the authorization endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResponseType {
    /// `code`, RFC 6749 §4.1.1.
    Code,
}

impl ResponseType {
    /// The value of the parameter.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
        }
    }
}

/// RFC 6749 §2.1: can the client keep a secret?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClientKind {
    /// It can, and authenticates.
    Confidential,
    /// It cannot, and only names itself.
    Public,
}

impl ClientKind {
    /// The word used in target files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confidential => "confidential",
            Self::Public => "public",
        }
    }
}

/// How a client authenticates at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AuthMethod {
    /// `client_secret_basic`, RFC 6749 §2.3.1.
    Basic,
    /// `client_secret_post`, RFC 6749 §2.3.1.
    Post,
    /// `none`: a public client sends its `client_id`.
    None,
}

impl AuthMethod {
    /// The registered name of the method (RFC 7591 §2).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::None => "none",
        }
    }

    /// Reads the registered name, or the short form of it that target files use.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "basic" | "client_secret_basic" => Some(Self::Basic),
            "post" | "client_secret_post" => Some(Self::Post),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// One combination of the axes. An axis that the check does not vary is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    /// The grant that is exercised.
    pub grant: Option<Grant>,
    /// The response type that the authorization request asks for.
    pub response_type: Option<ResponseType>,
    /// Which kind of client asks.
    pub kind: Option<ClientKind>,
    /// How that client authenticates.
    pub auth: Option<AuthMethod>,
}

impl Cell {
    /// The one cell of a check that asks the server as a whole.
    pub const SERVER: Self = Self { grant: None, response_type: None, kind: None, auth: None };

    /// A code, and its redemption.
    pub const CODE: Self =
        Self { grant: Some(Grant::AuthorizationCode), response_type: Some(ResponseType::Code), ..Self::SERVER };

    /// The client credentials grant.
    pub const CLIENT_CREDENTIALS: Self = Self { grant: Some(Grant::ClientCredentials), ..Self::SERVER };

    /// A refresh token that came with a code.
    pub const REFRESH: Self =
        Self { grant: Some(Grant::RefreshToken), response_type: Some(ResponseType::Code), ..Self::SERVER };

    /// The same cell with a confidential client, however it authenticates.
    pub const fn confidential(self) -> Self {
        Self { kind: Some(ClientKind::Confidential), ..self }
    }

    /// The same cell with a public client.
    pub const fn public(self) -> Self {
        Self { kind: Some(ClientKind::Public), ..self }
    }

    /// The same cell with a confidential client that authenticates by `client_secret_basic`.
    pub const fn basic(self) -> Self {
        Self { auth: Some(AuthMethod::Basic), ..self.confidential() }
    }

    /// The same cell with a confidential client that authenticates by `client_secret_post`.
    pub const fn post(self) -> Self {
        Self { auth: Some(AuthMethod::Post), ..self.confidential() }
    }

    /// The response type that an authorization request in this cell asks for.
    pub fn response_type(self) -> ResponseType {
        self.response_type.unwrap_or(ResponseType::Code)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<&str> =
            [self.grant.map(Grant::name), self.auth.map(AuthMethod::name).or(self.kind.map(ClientKind::name))]
                .into_iter()
                .flatten()
                .collect();
        f.write_str(&if parts.is_empty() { "server".to_owned() } else { parts.join(" · ") })
    }
}

/// A named set of cells: the combinations in which a check is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells {
    /// The name by which a scenario file asks for the set.
    pub name: &'static str,
    /// What the set is for, in a few words.
    pub says: &'static str,
    /// The cells, in the order of the report.
    pub list: &'static [Cell],
}

const CODE: Cell = Cell::CODE;
const CLIENT: Cell = Cell::CLIENT_CREDENTIALS;
const REFRESH: Cell = Cell::REFRESH;

#[rustfmt::skip]
impl Cells {
    /// The server as a whole.
    pub const SERVER: Self             = Self { name: "server",             says: "the server as a whole",                              list: &[Cell::SERVER] };
    /// Every response type that returns a code, for both kinds of client.
    pub const CODE_BEARING: Self       = Self { name: "code-bearing",       says: "response types that return a code, both client kinds", list: &[CODE.confidential(), CODE.public()] };
    /// A code and a confidential client.
    pub const CODE_CONFIDENTIAL: Self  = Self { name: "code-confidential",  says: "a code for a confidential client",                   list: &[CODE.confidential()] };
    /// A code and a public client.
    pub const CODE_PUBLIC: Self        = Self { name: "code-public",        says: "a code for a public client",                         list: &[CODE.public()] };
    /// Client credentials, whichever way the client authenticates.
    pub const CLIENT_CREDENTIALS: Self = Self { name: "client-credentials", says: "the client credentials grant",                       list: &[CLIENT.confidential()] };
    /// Client credentials by each authentication method.
    pub const CLIENT_METHODS: Self     = Self { name: "client-credentials-methods", says: "client credentials by each authentication method", list: &[CLIENT.basic(), CLIENT.post()] };
    /// Refresh for both kinds of client.
    pub const REFRESH: Self            = Self { name: "refresh",            says: "a refresh token, both client kinds",                 list: &[REFRESH.confidential(), REFRESH.public()] };
    /// Refresh for a confidential client.
    pub const REFRESH_CONFIDENTIAL: Self = Self { name: "refresh-confidential", says: "a refresh token of a confidential client",       list: &[REFRESH.confidential()] };
    /// Refresh for a public client.
    pub const REFRESH_PUBLIC: Self     = Self { name: "refresh-public",     says: "a refresh token of a public client",                 list: &[REFRESH.public()] };
    /// A code for a client of each way to authenticate: what is asked of one of them only, one of them may be spared.
    pub const CODE_BY_METHOD: Self     = Self { name: "code-by-method",     says: "a code by each authentication method, none included", list: &[CODE.basic(), CODE.post(), CODE.public()] };
    /// Refresh for a client of each way to authenticate.
    pub const REFRESH_BY_METHOD: Self  = Self { name: "refresh-by-method",  says: "a refresh token by each authentication method, none included", list: &[REFRESH.basic(), REFRESH.post(), REFRESH.public()] };
    /// The grants in which a scope is asked for the first time.
    pub const FIRST_GRANTS: Self       = Self { name: "first-grants",       says: "the grants that need no token, each kind of client that may use them", list: &[CODE.confidential(), CODE.public(), CLIENT.confidential()] };
    /// Every grant at the token endpoint, asked by a confidential client.
    pub const EVERY_GRANT: Self        = Self { name: "every-grant",        says: "every grant, a confidential client",                 list: &[CODE.confidential(), CLIENT.confidential(), REFRESH.confidential()] };
    /// Every grant at the token endpoint, asked by each kind of client that may use it.
    pub const EVERY_CLIENT: Self       = Self { name: "every-client",       says: "every grant, each kind of client that may use it",   list: &[CODE.confidential(), CODE.public(), CLIENT.confidential(), REFRESH.confidential(), REFRESH.public()] };
    /// Every grant at the token endpoint by each authentication method with a secret.
    pub const EVERY_METHOD: Self       = Self { name: "every-method",       says: "every grant by each authentication method with a secret", list: &[CODE.basic(), CODE.post(), CLIENT.basic(), CLIENT.post(), REFRESH.basic(), REFRESH.post()] };
    /// Every grant at the token endpoint with the credentials in the Authorization header.
    pub const EVERY_BASIC: Self        = Self { name: "every-basic",        says: "every grant with credentials in the Authorization header", list: &[CODE.basic(), CLIENT.basic(), REFRESH.basic()] };
    /// The grants that come from a user's authorization.
    pub const USER_GRANTS: Self        = Self { name: "user-grants",        says: "the grants that a user authorized, both client kinds", list: &[CODE.confidential(), CODE.public(), REFRESH.confidential(), REFRESH.public()] };

    /// All named sets, in the order of this file.
    pub const ALL: &'static [Self] = &[
        Self::SERVER, Self::CODE_BEARING, Self::CODE_CONFIDENTIAL, Self::CODE_PUBLIC, Self::CLIENT_CREDENTIALS, Self::CLIENT_METHODS,
        Self::REFRESH, Self::REFRESH_CONFIDENTIAL, Self::REFRESH_PUBLIC, Self::EVERY_GRANT, Self::EVERY_CLIENT, Self::EVERY_METHOD,
        Self::EVERY_BASIC, Self::USER_GRANTS, Self::CODE_BY_METHOD, Self::REFRESH_BY_METHOD, Self::FIRST_GRANTS,
    ];
}

impl Cells {
    /// The set of that name, as scenario files spell it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|cells| cells.name == name)
    }
}
