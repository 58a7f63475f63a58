//! The axes over which a check is asked: grant, response type, client kind and authentication method.

mod response_type;
mod sets;

pub use response_type::ResponseType;
pub use sets::Cells;

use std::fmt;

/// A grant type, in the order of RFC 6749 §1.3, then OpenID Connect, refresh and extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grant {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §4.2, OpenID Connect Core §3.2.
    Implicit,
    /// RFC 6749 §4.3.
    Password,
    /// RFC 6749 §4.4.
    ClientCredentials,
    /// OpenID Connect Core §3.3.
    Hybrid,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 7523 §2.1.
    JwtBearer,
    /// RFC 8693.
    TokenExchange,
    /// RFC 8628.
    DeviceCode,
}

impl Grant {
    /// All of them, in this order.
    pub const ALL: &'static [Self] = &[
        Self::AuthorizationCode,
        Self::Implicit,
        Self::Password,
        Self::ClientCredentials,
        Self::Hybrid,
        Self::RefreshToken,
        Self::JwtBearer,
        Self::TokenExchange,
        Self::DeviceCode,
    ];

    /// The name under which clients are registered for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::Implicit => "implicit",
            Self::Password => "password",
            Self::ClientCredentials => "client_credentials",
            Self::Hybrid => "hybrid",
            Self::RefreshToken => "refresh_token",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
        }
    }

    /// The name in reports: of an absolute URI its last part.
    pub const fn short(self) -> &'static str {
        match self {
            Self::JwtBearer => "jwt-bearer",
            Self::TokenExchange => "token-exchange",
            Self::DeviceCode => "device_code",
            _ => self.name(),
        }
    }

    /// The `grant_type` of its token request; none where no token request is made. A code is a code, whatever came along.
    pub const fn on_wire(self) -> Option<&'static str> {
        match self {
            Self::Implicit => None,
            Self::Hybrid => Some(Self::AuthorizationCode.name()),
            _ => Some(self.name()),
        }
    }

    /// The grants of which the section of a clause speaks; none if it speaks of all of them. OpenID Connect Core §3.3.2.5,
    /// §3.3.3: the hybrid flow answers like the implicit one, and its code is redeemed like that of the code flow.
    #[rustfmt::skip]
    pub fn of_clause(id: &str) -> &'static [Self] {
        const SECTIONS: &[(&str, &[Grant])] = &[
            ("rfc6749/4.1",      &[Grant::AuthorizationCode, Grant::Hybrid]),
            ("rfc6749/4.2",      &[Grant::Implicit]),
            ("rfc6749/4.3",      &[Grant::Password]),
            ("rfc6749/4.4",      &[Grant::ClientCredentials]),
            ("rfc6749/6/",       &[Grant::RefreshToken]),
            ("rfc8628/",         &[Grant::DeviceCode]),
            ("oidc-core/3.1.3",  &[Grant::AuthorizationCode, Grant::Hybrid]),
            ("oidc-core/3.2.2.5", &[Grant::Implicit, Grant::Hybrid]),
            ("oidc-core/3.2",    &[Grant::Implicit]),
            ("oidc-core/3.3",    &[Grant::Hybrid]),
            ("oidc-core/12",     &[Grant::RefreshToken]),
            ("rfc7521/4.1",      &[Grant::JwtBearer]),
            ("rfc7523/2.1/",     &[Grant::JwtBearer]),
            ("rfc7523/3.1/",     &[Grant::JwtBearer]),
            ("rfc8693/",         &[Grant::TokenExchange]),
        ];
        SECTIONS.iter().find(|(section, _)| id.starts_with(section)).map_or(&[], |(_, grants)| grants)
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
    /// `client_secret_jwt`, OpenID Connect Core §9: a JWT with a MAC under the client secret.
    SecretJwt,
    /// `private_key_jwt`, OpenID Connect Core §9: a JWT that is signed with a key of the client.
    KeyJwt,
    /// `none`: a public client sends its `client_id`.
    None,
}

impl AuthMethod {
    /// The registered name of the method (RFC 7591 §2).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::SecretJwt => "client_secret_jwt",
            Self::KeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }

    /// Reads the registered name, or the short form of it that target files use.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "basic" | "client_secret_basic" => Some(Self::Basic),
            "post" | "client_secret_post" => Some(Self::Post),
            "client_secret_jwt" => Some(Self::SecretJwt),
            "private_key_jwt" => Some(Self::KeyJwt),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

impl AuthMethod {
    /// Does the client prove who it is by a JWT (RFC 7523 §2.2)?
    pub const fn is_jwt(self) -> bool {
        matches!(self, Self::SecretJwt | Self::KeyJwt)
    }

    /// What is missing, or too much, in a client that authenticates so; nothing if all is there.
    pub fn lacks(self, secret: bool, key: bool) -> Option<String> {
        let needs = (!matches!(self, Self::KeyJwt | Self::None), self == Self::KeyJwt);
        let wrong = [("a secret", secret, needs.0), ("a key", key, needs.1)];
        let (what, there, _) = wrong.into_iter().find(|(_, there, needed)| there != needed)?;
        Some(format!("{} goes {} {what}", self.name(), if there { "without" } else { "with" }))
    }
}

/// One combination of the axes. An axis that the check does not vary is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    /// The grant that is exercised.
    pub grant: Option<Grant>,
    /// The response type that the authorization request asks for; none where there is no such request.
    pub response_type: Option<ResponseType>,
    /// Which kind of client asks.
    pub kind: Option<ClientKind>,
    /// How that client authenticates.
    pub auth: Option<AuthMethod>,
    /// The grant that a refresh token came with, or a token that is exchanged.
    pub after: Option<Grant>,
}

impl Cell {
    /// The one cell of a check that asks the server as a whole.
    pub const SERVER: Self = Self { grant: None, response_type: None, kind: None, auth: None, after: None };

    /// A code, and its redemption.
    pub const CODE: Self = Self::of(ResponseType::Code);

    /// The client credentials grant.
    pub const CLIENT_CREDENTIALS: Self = Self { grant: Some(Grant::ClientCredentials), ..Self::SERVER };

    /// The password grant.
    pub const PASSWORD: Self = Self { grant: Some(Grant::Password), ..Self::SERVER };

    /// The device authorization grant.
    pub const DEVICE_CODE: Self = Self { grant: Some(Grant::DeviceCode), ..Self::SERVER };

    /// A refresh token that came with a code.
    pub const REFRESH: Self = Self::CODE.refreshed();

    /// A refresh token that came with a password: no authorization request was made.
    pub const REFRESH_OF_PASSWORD: Self = Self::PASSWORD.refreshed();

    /// A refresh token that came with a device code.
    pub const REFRESH_OF_DEVICE: Self = Self::DEVICE_CODE.refreshed();

    /// The JWT bearer grant.
    pub const JWT_BEARER: Self = Self { grant: Some(Grant::JwtBearer), ..Self::SERVER };

    /// Token exchange.
    pub const TOKEN_EXCHANGE: Self = Self { grant: Some(Grant::TokenExchange), ..Self::SERVER };

    /// Token exchange by a client that gets codes: what it exchanges is its own.
    pub const TOKEN_EXCHANGE_OF_CODE: Self =
        Self { grant: Some(Grant::TokenExchange), after: Some(Grant::AuthorizationCode), ..Self::CODE };

    /// An authorization request for this response type, and what its grant does with the answer.
    pub const fn of(response_type: ResponseType) -> Self {
        Self { grant: Some(response_type.grant()), response_type: Some(response_type), ..Self::SERVER }
    }

    /// The refresh token that comes of this cell.
    pub const fn refreshed(self) -> Self {
        Self { grant: Some(Grant::RefreshToken), after: self.grant, ..self }
    }

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

    /// The same cell with a confidential client that authenticates by this method.
    pub const fn by(self, method: AuthMethod) -> Self {
        Self { auth: Some(method), ..self.confidential() }
    }

    /// The response type that an authorization request in this cell asks for.
    pub fn response_type(self) -> ResponseType {
        self.response_type.unwrap_or(ResponseType::Code)
    }

    /// The grant that comes first in this cell: that of a refresh token is the one that it came with.
    pub fn first_grant(self) -> Option<Grant> {
        self.after.or(self.grant)
    }

    /// The names of the grants for which a client must be registered here.
    pub fn needs(self) -> impl Iterator<Item = &'static str> {
        let last = self.grant.filter(|grant| Some(*grant) != self.first_grant());
        self.first_grant().into_iter().chain(last).map(Grant::name)
    }

    /// What of the cell varies beside grant, client kind and method; nothing where it is what everybody expects.
    fn variety(self) -> Option<&'static str> {
        match (self.grant, self.response_type) {
            (Some(Grant::RefreshToken), None) => self.after.map(Grant::short),
            (_, Some(ResponseType::Code) | None) => None,
            (_, Some(response_type)) => Some(response_type.name()),
        }
    }

    /// What varies within a grant: the response type, and who asks.
    pub fn axes(self) -> Vec<&'static str> {
        let who = self.auth.map(AuthMethod::name).or(self.kind.map(ClientKind::name));
        self.variety().into_iter().chain(who).collect()
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<&str> = self.grant.map(Grant::short).into_iter().chain(self.axes()).collect();
        f.write_str(&if parts.is_empty() { "server".to_owned() } else { parts.join(" · ") })
    }
}
