//! The named sets of cells: in which combinations a check is asked.

use super::{AuthMethod, Cell, ResponseType};

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
const CODE_ID_TOKEN: Cell = Cell::of(ResponseType::CodeIdToken);
const CODE_TOKEN: Cell = Cell::of(ResponseType::CodeToken);
const CODE_ID_TOKEN_TOKEN: Cell = Cell::of(ResponseType::CodeIdTokenToken);
/// Who asks for tokens through the browser does not authenticate, so that both kinds of client ask alike.
const TOKEN: Cell = Cell::of(ResponseType::Token);
const ID_TOKEN: Cell = Cell::of(ResponseType::IdToken);
const ID_TOKEN_TOKEN: Cell = Cell::of(ResponseType::IdTokenToken);
const PASSWORD: Cell = Cell::PASSWORD;
const CLIENT: Cell = Cell::CLIENT_CREDENTIALS;
const REFRESH: Cell = Cell::REFRESH;
const REFRESH_OF_PASSWORD: Cell = Cell::REFRESH_OF_PASSWORD;
const REFRESH_OF_DEVICE: Cell = Cell::REFRESH_OF_DEVICE;
const DEVICE: Cell = Cell::DEVICE_CODE;
const BY_SECRET_JWT: Cell = CLIENT.by(AuthMethod::SecretJwt);
const BY_KEY_JWT: Cell = CLIENT.by(AuthMethod::KeyJwt);

#[rustfmt::skip]
impl Cells {
    /// The server as a whole.
    pub const SERVER: Self             = Self { name: "server",             says: "the server as a whole",                              list: &[Cell::SERVER] };
    /// Every response type that returns a code, for both kinds of client.
    pub const CODE_BEARING: Self       = Self { name: "code-bearing",       says: "response types that return a code, both client kinds", list: &[
        CODE.confidential(), CODE.public(), CODE_ID_TOKEN.confidential(), CODE_ID_TOKEN.public(),
        CODE_TOKEN.confidential(), CODE_TOKEN.public(), CODE_ID_TOKEN_TOKEN.confidential(), CODE_ID_TOKEN_TOKEN.public(),
    ] };
    /// Every response type that returns a code, for a confidential client.
    pub const CODE_BEARING_CONFIDENTIAL: Self = Self { name: "code-bearing-confidential", says: "response types that return a code, a confidential client", list: &[
        CODE.confidential(), CODE_ID_TOKEN.confidential(), CODE_TOKEN.confidential(), CODE_ID_TOKEN_TOKEN.confidential(),
    ] };
    /// The code flow alone, for both kinds of client.
    pub const CODE: Self               = Self { name: "code",               says: "the code flow, both client kinds",                   list: &[CODE.confidential(), CODE.public()] };
    /// Every response type that returns a code and no ID token, which can do without a nonce and without openid.
    pub const CODE_WITHOUT_ID_TOKEN: Self = Self { name: "code-without-id-token", says: "response types that return a code and no ID token", list: &[CODE.confidential(), CODE.public(), CODE_TOKEN.confidential(), CODE_TOKEN.public()] };
    /// The code flow for both kinds of client, and one hybrid response type: what does not depend on what comes beside a code.
    pub const CODE_OR_HYBRID: Self     = Self { name: "code-or-hybrid",     says: "the code flow, both client kinds, and a hybrid response type", list: &[CODE.confidential(), CODE.public(), CODE_ID_TOKEN_TOKEN.confidential()] };
    /// What is sent to a redirection URI: a code, or tokens, in each of the ways in which servers may look at it.
    pub const REDIRECTED: Self         = Self { name: "redirected",         says: "the code flow, both client kinds, a hybrid response type, and tokens through the browser", list: &[CODE.confidential(), CODE.public(), CODE_ID_TOKEN_TOKEN.confidential(), TOKEN, ID_TOKEN_TOKEN] };
    /// Every authorization request: each response type, and both kinds of client where that is all that differs.
    pub const EVERY_RESPONSE_TYPE: Self = Self { name: "every-response-type", says: "every response type",                              list: &[
        CODE.confidential(), CODE.public(), TOKEN, ID_TOKEN, ID_TOKEN_TOKEN,
        CODE_ID_TOKEN.confidential(), CODE_TOKEN.confidential(), CODE_ID_TOKEN_TOKEN.confidential(),
    ] };
    /// Every authorization request that ends in an ID token, at once or when its code is redeemed.
    pub const WITH_ID_TOKEN: Self      = Self { name: "with-id-token",      says: "response types that bring an ID token, at once or for the code", list: &[
        CODE.confidential(), CODE.public(), ID_TOKEN, ID_TOKEN_TOKEN, CODE_ID_TOKEN.confidential(), CODE_TOKEN.confidential(), CODE_ID_TOKEN_TOKEN.confidential(),
    ] };
    /// The implicit grant.
    pub const IMPLICIT: Self           = Self { name: "implicit",           says: "the implicit grant, each response type",             list: &[TOKEN, ID_TOKEN, ID_TOKEN_TOKEN] };
    /// The implicit flow of OpenID Connect, which always returns an ID token.
    pub const IMPLICIT_FLOW: Self      = Self { name: "implicit-flow",      says: "the implicit flow of OpenID Connect",                list: &[ID_TOKEN, ID_TOKEN_TOKEN] };
    /// An ID token through the browser, and nothing else.
    pub const ID_TOKEN_ALONE: Self     = Self { name: "id-token-alone",     says: "an ID token through the browser, and nothing else",  list: &[ID_TOKEN] };
    /// A code and an ID token, and no access token.
    pub const CODE_ID_TOKEN_ALONE: Self = Self { name: "code-id-token",     says: "a code and an ID token, and no access token",        list: &[CODE_ID_TOKEN.confidential(), CODE_ID_TOKEN.public()] };
    /// Both tokens through the browser, and no code.
    pub const IMPLICIT_BOTH: Self      = Self { name: "implicit-both",      says: "both tokens through the browser, and no code",       list: &[ID_TOKEN_TOKEN] };
    /// Response types that are made of several words.
    pub const COMPOSITE: Self          = Self { name: "composite-response-types", says: "response types that are made of several words", list: &[ID_TOKEN_TOKEN, CODE_ID_TOKEN.confidential(), CODE_TOKEN.confidential(), CODE_ID_TOKEN_TOKEN.confidential()] };
    /// The hybrid flow.
    pub const HYBRID: Self             = Self { name: "hybrid",             says: "the hybrid flow, each response type, both client kinds", list: &[
        CODE_ID_TOKEN.confidential(), CODE_ID_TOKEN.public(), CODE_TOKEN.confidential(), CODE_TOKEN.public(),
        CODE_ID_TOKEN_TOKEN.confidential(), CODE_ID_TOKEN_TOKEN.public(),
    ] };
    /// A code beside an ID token that vouches for it.
    pub const HYBRID_ID_TOKENS: Self   = Self { name: "hybrid-id-tokens",   says: "a code and an ID token, both client kinds",          list: &[
        CODE_ID_TOKEN.confidential(), CODE_ID_TOKEN.public(), CODE_ID_TOKEN_TOKEN.confidential(), CODE_ID_TOKEN_TOKEN.public(),
    ] };
    /// Whatever passes through the browser beside a code, or without one.
    pub const FRONT_CHANNEL: Self      = Self { name: "front-channel",      says: "response types that return a token through the browser", list: &[
        TOKEN, ID_TOKEN, ID_TOKEN_TOKEN, CODE_ID_TOKEN.confidential(), CODE_TOKEN.confidential(), CODE_ID_TOKEN_TOKEN.confidential(),
    ] };
    /// An access token through the browser.
    pub const FRONT_CHANNEL_TOKENS: Self = Self { name: "front-channel-tokens", says: "response types that return an access token through the browser", list: &[TOKEN, ID_TOKEN_TOKEN, CODE_TOKEN.confidential(), CODE_ID_TOKEN_TOKEN.confidential()] };
    /// An ID token through the browser.
    pub const FRONT_CHANNEL_ID_TOKENS: Self = Self { name: "front-channel-id-tokens", says: "response types that return an ID token through the browser", list: &[ID_TOKEN, ID_TOKEN_TOKEN, CODE_ID_TOKEN.confidential(), CODE_ID_TOKEN_TOKEN.confidential()] };
    /// Both tokens through the browser, one of which vouches for the other.
    pub const FRONT_CHANNEL_BOTH: Self = Self { name: "front-channel-both", says: "response types that return both tokens through the browser", list: &[ID_TOKEN_TOKEN, CODE_ID_TOKEN_TOKEN.confidential()] };
    /// The password grant, whichever way the client authenticates.
    pub const PASSWORD: Self           = Self { name: "password",           says: "the password grant",                                 list: &[PASSWORD.confidential()] };
    /// The password grant by each authentication method.
    pub const PASSWORD_METHODS: Self   = Self { name: "password-methods",   says: "the password grant by each authentication method",   list: &[PASSWORD.basic(), PASSWORD.post()] };
    /// A refresh token that came with a password.
    pub const REFRESH_OF_PASSWORD: Self = Self { name: "refresh-of-password", says: "a refresh token that came with a password",        list: &[REFRESH_OF_PASSWORD.confidential()] };
    /// The device authorization grant, for both kinds of client.
    pub const DEVICE_CODE: Self        = Self { name: "device-code",        says: "the device authorization grant, both client kinds",  list: &[DEVICE.confidential(), DEVICE.public()] };
    /// The device authorization grant for a confidential client.
    pub const DEVICE_CONFIDENTIAL: Self = Self { name: "device-code-confidential", says: "the device authorization grant for a confidential client", list: &[DEVICE.confidential()] };
    /// The device authorization grant for a public client, as most devices are.
    pub const DEVICE_PUBLIC: Self      = Self { name: "device-code-public", says: "the device authorization grant for a public client", list: &[DEVICE.public()] };
    /// A refresh token that came with a device code.
    pub const REFRESH_OF_DEVICE: Self  = Self { name: "refresh-of-device-code", says: "a refresh token that came with a device code",   list: &[REFRESH_OF_DEVICE.confidential(), REFRESH_OF_DEVICE.public()] };
    /// A code and a confidential client.
    pub const CODE_CONFIDENTIAL: Self  = Self { name: "code-confidential",  says: "a code for a confidential client",                   list: &[CODE.confidential()] };
    /// A code and a public client.
    pub const CODE_PUBLIC: Self        = Self { name: "code-public",        says: "a code for a public client",                         list: &[CODE.public()] };
    /// Client credentials, whichever way the client authenticates.
    pub const CLIENT_CREDENTIALS: Self = Self { name: "client-credentials", says: "the client credentials grant",                       list: &[CLIENT.confidential()] };
    /// What a client holds of its own, and what it holds of a user.
    pub const CLIENT_OR_REFRESH: Self  = Self { name: "client-credentials-or-refresh", says: "client credentials, and a refresh token of a confidential client", list: &[CLIENT.confidential(), REFRESH.confidential()] };
    /// Client credentials by each authentication method.
    pub const CLIENT_METHODS: Self     = Self { name: "client-credentials-methods", says: "client credentials by each authentication method", list: &[CLIENT.basic(), CLIENT.post()] };
    /// Refresh for both kinds of client.
    pub const REFRESH: Self            = Self { name: "refresh",            says: "a refresh token, both client kinds",                 list: &[REFRESH.confidential(), REFRESH.public()] };
    /// Refresh for a confidential client.
    pub const REFRESH_CONFIDENTIAL: Self = Self { name: "refresh-confidential", says: "a refresh token of a confidential client",       list: &[REFRESH.confidential()] };
    /// Refresh for a public client.
    pub const REFRESH_PUBLIC: Self     = Self { name: "refresh-public",     says: "a refresh token of a public client",                 list: &[REFRESH.public()] };
    /// A code for a client of each way to authenticate, alone and beside tokens: what is asked of one of them only, one of them may be spared.
    pub const CODE_BY_METHOD: Self     = Self { name: "code-by-method",     says: "a code by each authentication method, none included, alone and beside tokens", list: &[
        CODE.basic(), CODE.post(), CODE.public(), CODE_ID_TOKEN.basic(), CODE_TOKEN.post(), CODE_ID_TOKEN_TOKEN.public(),
    ] };
    /// A code for a client of each way to authenticate with something that it holds.
    pub const CODE_BY_EVERY_METHOD: Self = Self { name: "code-by-every-method", says: "a code by each authentication method that proves anything", list: &[
        CODE.basic(), CODE.post(), CODE.by(AuthMethod::SecretJwt), CODE.by(AuthMethod::KeyJwt),
    ] };
    /// A code for a client that sends its secret.
    pub const CODE_BY_SECRET: Self     = Self { name: "code-by-secret",     says: "a code by each authentication method that sends a secret", list: &[CODE.basic(), CODE.post()] };
    /// A code for a client that authenticates with a JWT.
    pub const CODE_BY_JWT: Self        = Self { name: "code-by-jwt",        says: "a code by each kind of client assertion",           list: &[CODE.by(AuthMethod::SecretJwt), CODE.by(AuthMethod::KeyJwt)] };
    /// Refresh for a client of each way to authenticate.
    pub const REFRESH_BY_METHOD: Self  = Self { name: "refresh-by-method",  says: "a refresh token by each authentication method, none included", list: &[REFRESH.basic(), REFRESH.post(), REFRESH.public()] };
    /// A refresh token, whichever grant it came from.
    pub const EVERY_REFRESH: Self      = Self { name: "every-refresh",      says: "a refresh token, whichever grant it came from",      list: &[
        REFRESH.confidential(), REFRESH.public(), CODE_ID_TOKEN.confidential().refreshed(), REFRESH_OF_PASSWORD.confidential(), REFRESH_OF_DEVICE.public(),
    ] };
    /// A refresh token that came with an ID token, whichever grant it came from.
    pub const EVERY_REFRESH_OF_LOGIN: Self = Self { name: "every-refresh-of-login", says: "a refresh token that came with an ID token, whichever grant it came from", list: &[
        REFRESH.confidential(), REFRESH.public(), CODE_ID_TOKEN.confidential().refreshed(), REFRESH_OF_DEVICE.public(),
    ] };
    /// A refresh token of a confidential client, which can ask about it, whichever grant it came from.
    pub const EVERY_REFRESH_CONFIDENTIAL: Self = Self { name: "every-refresh-confidential", says: "a refresh token of a confidential client, whichever grant it came from", list: &[
        REFRESH.confidential(), CODE_ID_TOKEN.confidential().refreshed(), REFRESH_OF_PASSWORD.confidential(), REFRESH_OF_DEVICE.confidential(),
    ] };
    /// A refresh token of a public client, whichever grant it came from.
    pub const EVERY_REFRESH_PUBLIC: Self = Self { name: "every-refresh-public", says: "a refresh token of a public client, whichever grant it came from", list: &[
        REFRESH.public(), CODE_ID_TOKEN.public().refreshed(), REFRESH_OF_PASSWORD.public(), REFRESH_OF_DEVICE.public(),
    ] };
    /// The same for a client of each way to authenticate.
    pub const EVERY_REFRESH_BY_METHOD: Self = Self { name: "every-refresh-by-method", says: "a refresh token by each authentication method, none included, and of every grant", list: &[
        REFRESH.basic(), REFRESH.post(), REFRESH.public(), CODE_ID_TOKEN.confidential().refreshed(), REFRESH_OF_PASSWORD.confidential(), REFRESH_OF_DEVICE.public(),
    ] };
    /// The grants in which a scope is asked for the first time.
    pub const FIRST_GRANTS: Self       = Self { name: "first-grants",       says: "the grants that need no token, each kind of client that may use them", list: &[CODE.confidential(), CODE.public(), PASSWORD.confidential(), CLIENT.confidential()] };
    /// The same, the hybrid flow and extension grants included.
    pub const EVERY_FIRST_GRANT: Self  = Self { name: "every-first-grant",  says: "whatever a scope can be asked for with the first time and a token comes at the token endpoint", list: &[
        CODE.confidential(), CODE.public(), CODE_ID_TOKEN.confidential(), CODE_TOKEN.confidential(), CODE_ID_TOKEN_TOKEN.confidential(), PASSWORD.confidential(), CLIENT.confidential(),
        DEVICE.confidential(), Cell::JWT_BEARER, Cell::TOKEN_EXCHANGE,
    ] };
    /// Every grant at the token endpoint, asked by a confidential client.
    pub const EVERY_GRANT: Self        = Self { name: "every-grant",        says: "every grant, extension grants included, a confidential client",                 list: &[CODE.confidential(), PASSWORD.confidential(), CLIENT.confidential(), REFRESH.confidential(), DEVICE.confidential(), Cell::JWT_BEARER.confidential(), Cell::TOKEN_EXCHANGE.confidential()] };
    /// The same without the grants in which somebody else vouches, and the client may do without credentials of its own.
    pub const EVERY_OWN_GRANT: Self    = Self { name: "every-own-grant",    says: "every grant but assertions and exchanges, a confidential client", list: &[CODE.confidential(), PASSWORD.confidential(), CLIENT.confidential(), REFRESH.confidential(), DEVICE.confidential()] };
    /// The same, where another confidential client takes part that may use the grant too: most devices are public.
    pub const EVERY_GRANT_OF_TWO: Self = Self { name: "every-grant-of-two", says: "every grant that confidential clients share",   list: &[CODE.confidential(), PASSWORD.confidential(), CLIENT.confidential(), REFRESH.confidential()] };
    /// Every grant at the token endpoint, asked by each kind of client that may use it.
    pub const EVERY_CLIENT: Self       = Self { name: "every-client",       says: "every grant, each kind of client that may use it",   list: &[CODE.confidential(), CODE.public(), PASSWORD.confidential(), CLIENT.confidential(), REFRESH.confidential(), REFRESH.public(), REFRESH_OF_PASSWORD.confidential(), DEVICE.public()] };
    /// Every grant at the token endpoint by each authentication method with a secret; not those that may do without (RFC 7523
    /// §3.1, RFC 8693 §2.1).
    pub const EVERY_METHOD: Self       = Self { name: "every-method",       says: "every grant by each authentication method with a secret, devices by the first", list: &[CODE.basic(), CODE.post(), PASSWORD.basic(), PASSWORD.post(), CLIENT.basic(), CLIENT.post(), REFRESH.basic(), REFRESH.post(), DEVICE.basic()] };
    /// Every grant at the token endpoint with the credentials in the Authorization header.
    pub const EVERY_BASIC: Self        = Self { name: "every-basic",        says: "every grant, extension grants included, with credentials in the Authorization header", list: &[CODE.basic(), PASSWORD.basic(), CLIENT.basic(), REFRESH.basic(), DEVICE.basic(), Cell::JWT_BEARER.basic(), Cell::TOKEN_EXCHANGE.basic()] };
    /// The grants that come from a user's authorization.
    pub const USER_GRANTS: Self        = Self { name: "user-grants",        says: "the grants that a user authorized, both client kinds", list: &[CODE.confidential(), CODE.public(), REFRESH.confidential(), REFRESH.public()] };
    /// The JWT bearer grant.
    pub const JWT_BEARER: Self         = Self { name: "jwt-bearer",         says: "the JWT bearer grant",                               list: &[Cell::JWT_BEARER] };
    /// The JWT bearer grant, and a client that authenticates beside the assertion.
    pub const JWT_BEARER_CONFIDENTIAL: Self = Self { name: "jwt-bearer-confidential", says: "the JWT bearer grant, a confidential client", list: &[Cell::JWT_BEARER.confidential()] };
    /// Token exchange.
    pub const TOKEN_EXCHANGE: Self     = Self { name: "token-exchange",     says: "token exchange",                                     list: &[Cell::TOKEN_EXCHANGE] };
    /// Token exchange by a client that authenticates.
    pub const TOKEN_EXCHANGE_CONFIDENTIAL: Self = Self { name: "token-exchange-confidential", says: "token exchange, a confidential client", list: &[Cell::TOKEN_EXCHANGE.confidential()] };
    /// Token exchange by a client that gets codes, and with them tokens of every type.
    pub const TOKEN_EXCHANGE_OF_CODE: Self = Self { name: "token-exchange-of-code", says: "token exchange by a client that gets codes", list: &[Cell::TOKEN_EXCHANGE_OF_CODE.confidential()] };
    /// An access token of a user, whichever grant it came from.
    pub const EVERY_USER_TOKEN: Self   = Self { name: "every-user-token",   says: "every grant that a user authorized and that brings an access token at the token endpoint", list: &[
        CODE.confidential(), CODE.public(), CODE_ID_TOKEN.confidential(), PASSWORD.confidential(), REFRESH.confidential(), REFRESH.public(), REFRESH_OF_PASSWORD.confidential(), DEVICE.public(),
    ] };
    /// Whatever answers with a token, asked by each kind of client that may use it.
    pub const EVERY_TOKEN: Self        = Self { name: "every-token",        says: "every grant, extension grants included, each kind of client that may use it", list: &[CODE.confidential(), CODE.public(), PASSWORD.confidential(), CLIENT.confidential(), REFRESH.confidential(), REFRESH.public(), REFRESH_OF_PASSWORD.confidential(), Cell::JWT_BEARER, Cell::TOKEN_EXCHANGE] };
    /// Whatever brings an access token.
    pub const EVERY_ACCESS_TOKEN: Self = Self { name: "every-access-token", says: "every grant, extension grants and devices included, each kind of client that may use it", list: &[CODE.confidential(), CODE.public(), PASSWORD.confidential(), CLIENT.confidential(), REFRESH.confidential(), REFRESH.public(), REFRESH_OF_PASSWORD.confidential(), DEVICE.public(), Cell::JWT_BEARER, Cell::TOKEN_EXCHANGE] };
    /// Client credentials and a code, by a client that authenticates with a JWT.
    pub const CLIENT_ASSERTIONS: Self  = Self { name: "client-assertions",  says: "client credentials by each kind of client assertion, and a code by one", list: &[BY_SECRET_JWT, BY_KEY_JWT, CODE.by(AuthMethod::KeyJwt)] };
    /// The same, and a device that authenticates with a JWT.
    pub const EVERY_CLIENT_ASSERTION: Self = Self { name: "every-client-assertion", says: "client credentials by each kind of client assertion, and a device by one", list: &[BY_SECRET_JWT, BY_KEY_JWT, DEVICE.by(AuthMethod::KeyJwt)] };
    /// A device that authenticates with a JWT.
    pub const DEVICE_BY_JWT: Self      = Self { name: "device-code-by-jwt", says: "the device authorization grant by a client assertion",  list: &[DEVICE.by(AuthMethod::KeyJwt)] };
    /// A device that sends its secret in the header.
    pub const DEVICE_BASIC: Self       = Self { name: "device-code-basic",  says: "the device authorization grant by a secret in the header", list: &[DEVICE.basic()] };
    /// A code for a client that sends its secret in the header.
    pub const CODE_BASIC: Self         = Self { name: "code-basic",         says: "a code by a secret in the header",                  list: &[CODE.basic()] };
    /// Every response type that returns a code, for a public client.
    pub const CODE_BEARING_PUBLIC: Self = Self { name: "code-bearing-public", says: "response types that return a code, a public client", list: &[
        CODE.public(), CODE_ID_TOKEN.public(), CODE_TOKEN.public(), CODE_ID_TOKEN_TOKEN.public(),
    ] };
    /// Every authorization request, by a public client.
    pub const EVERY_RESPONSE_TYPE_PUBLIC: Self = Self { name: "every-response-type-public", says: "every response type, a public client", list: &[
        CODE.public(), TOKEN.public(), ID_TOKEN.public(), ID_TOKEN_TOKEN.public(), CODE_ID_TOKEN.public(), CODE_TOKEN.public(), CODE_ID_TOKEN_TOKEN.public(),
    ] };
    /// Every grant at the token endpoint, and client credentials that are parameters of the request.
    pub const EVERY_GRANT_AND_BODY: Self = Self { name: "every-grant-and-body", says: "every grant, a confidential client, and credentials in the body", list: &[
        CODE.confidential(), PASSWORD.confidential(), CLIENT.confidential(), REFRESH.confidential(), DEVICE.confidential(), Cell::JWT_BEARER.confidential(), Cell::TOKEN_EXCHANGE.confidential(),
        CLIENT.post(), BY_KEY_JWT,
    ] };
    /// Client credentials by each kind of client assertion.
    pub const CLIENT_CREDENTIALS_BY_JWT: Self = Self { name: "client-credentials-by-jwt", says: "client credentials by each kind of client assertion", list: &[BY_SECRET_JWT, BY_KEY_JWT] };
    /// Client credentials by a client that authenticates with a JWT under its secret.
    pub const CLIENT_SECRET_JWT: Self  = Self { name: "client-secret-jwt",  says: "client credentials by a client assertion under the secret", list: &[BY_SECRET_JWT] };

    /// All named sets, in the order of this file.
    pub const ALL: &'static [Self] = &[
        Self::SERVER, Self::CODE_BEARING, Self::CODE_BEARING_CONFIDENTIAL, Self::CODE_CONFIDENTIAL, Self::CODE_PUBLIC, Self::CLIENT_CREDENTIALS, Self::CLIENT_OR_REFRESH, Self::CLIENT_METHODS,
        Self::REFRESH, Self::REFRESH_CONFIDENTIAL, Self::REFRESH_PUBLIC, Self::EVERY_GRANT, Self::EVERY_OWN_GRANT, Self::EVERY_CLIENT, Self::EVERY_METHOD,
        Self::EVERY_BASIC, Self::USER_GRANTS, Self::CODE_BY_METHOD, Self::CODE_BY_EVERY_METHOD, Self::CODE_BY_SECRET, Self::CODE_BY_JWT, Self::REFRESH_BY_METHOD, Self::FIRST_GRANTS, Self::EVERY_FIRST_GRANT, Self::CODE,
        Self::CODE_WITHOUT_ID_TOKEN, Self::CODE_OR_HYBRID, Self::REDIRECTED, Self::EVERY_RESPONSE_TYPE, Self::WITH_ID_TOKEN, Self::IMPLICIT, Self::IMPLICIT_FLOW, Self::ID_TOKEN_ALONE, Self::CODE_ID_TOKEN_ALONE, Self::IMPLICIT_BOTH, Self::COMPOSITE, Self::HYBRID, Self::HYBRID_ID_TOKENS, Self::FRONT_CHANNEL,
        Self::FRONT_CHANNEL_TOKENS, Self::FRONT_CHANNEL_ID_TOKENS, Self::FRONT_CHANNEL_BOTH, Self::PASSWORD, Self::PASSWORD_METHODS,
        Self::REFRESH_OF_PASSWORD, Self::EVERY_REFRESH, Self::EVERY_REFRESH_OF_LOGIN, Self::EVERY_REFRESH_CONFIDENTIAL, Self::EVERY_REFRESH_PUBLIC, Self::EVERY_REFRESH_BY_METHOD,
        Self::EVERY_GRANT_OF_TWO, Self::DEVICE_CODE, Self::DEVICE_CONFIDENTIAL, Self::DEVICE_PUBLIC, Self::REFRESH_OF_DEVICE,
        Self::EVERY_TOKEN, Self::EVERY_ACCESS_TOKEN, Self::JWT_BEARER, Self::JWT_BEARER_CONFIDENTIAL, Self::TOKEN_EXCHANGE, Self::TOKEN_EXCHANGE_CONFIDENTIAL, Self::TOKEN_EXCHANGE_OF_CODE, Self::EVERY_USER_TOKEN, Self::CLIENT_ASSERTIONS, Self::CLIENT_CREDENTIALS_BY_JWT, Self::CLIENT_SECRET_JWT,
        Self::EVERY_CLIENT_ASSERTION, Self::DEVICE_BY_JWT, Self::DEVICE_BASIC, Self::CODE_BASIC, Self::CODE_BEARING_PUBLIC, Self::EVERY_RESPONSE_TYPE_PUBLIC, Self::EVERY_GRANT_AND_BODY,
    ];
}

impl Cells {
    /// The set of that name, as scenario files spell it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|cells| cells.name == name)
    }
}
