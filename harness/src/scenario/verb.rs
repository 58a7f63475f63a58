//! What a step of a scenario does.

/// The valid exchanges that a step can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// The claims of the newest access token, where it is a JWT of RFC 9068.
    AccessToken,
    /// An authorization request, logged in and consented to.
    Authorize,
    /// The same as a signed request object.
    AuthorizeObject,
    /// An authorization request that refers to the newest one that was pushed.
    AuthorizePushed,
    /// The deletion of the newest registered client.
    DeleteRegistration,
    /// A device authorization request.
    Device,
    /// The exchange of the newest access token.
    Exchange,
    /// The exchange of the newest ID token.
    ExchangeIdToken,
    /// The exchange of the newest access token as a JWT.
    ExchangeJwt,
    /// The exchange of the newest refresh token.
    ExchangeRefresh,
    /// The time after which the newest access token has expired.
    Expire,
    /// The time after which the newest ID token has expired.
    ExpireIdToken,
    /// The claims of the newest ID token.
    IdToken,
    /// The introspection of the newest access token.
    Introspect,
    /// The introspection of the newest refresh token.
    IntrospectRefresh,
    /// The JWK set.
    Jwks,
    /// The metadata document.
    Metadata,
    /// An authorization request that is pushed.
    Push,
    /// A signed request object that is pushed.
    PushObject,
    /// The reading of the newest registered client.
    ReadRegistration,
    /// The redemption of the newest code.
    Redeem,
    /// The use of the newest refresh token.
    Refresh,
    /// The registration of a client, which asks from then on.
    Register,
    /// The revocation of the newest access token.
    Revoke,
    /// The revocation of the newest refresh token.
    RevokeRefresh,
    /// The token request of the cell's grant, with all that comes before it.
    Token,
    /// The request of an exchange in which a client acts for another, with all that comes before it.
    TokenWithActor,
    /// An update of the newest registered client.
    UpdateRegistration,
    /// A userinfo request with the newest access token.
    Userinfo,
}

impl Verb {
    /// All verbs, in alphabetical order.
    pub const ALL: &'static [Self] = &[
        Self::AccessToken,
        Self::Authorize,
        Self::AuthorizeObject,
        Self::AuthorizePushed,
        Self::DeleteRegistration,
        Self::Device,
        Self::Exchange,
        Self::ExchangeIdToken,
        Self::ExchangeJwt,
        Self::ExchangeRefresh,
        Self::Expire,
        Self::ExpireIdToken,
        Self::IdToken,
        Self::Introspect,
        Self::IntrospectRefresh,
        Self::Jwks,
        Self::Metadata,
        Self::Push,
        Self::PushObject,
        Self::ReadRegistration,
        Self::Redeem,
        Self::Refresh,
        Self::Register,
        Self::Revoke,
        Self::RevokeRefresh,
        Self::Token,
        Self::TokenWithActor,
        Self::UpdateRegistration,
        Self::Userinfo,
    ];

    /// The word in a scenario file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "access-token",
            Self::Authorize => "authorize",
            Self::AuthorizeObject => "authorize-object",
            Self::AuthorizePushed => "authorize-pushed",
            Self::DeleteRegistration => "delete-registration",
            Self::Device => "device",
            Self::Exchange => "exchange",
            Self::ExchangeIdToken => "exchange-id-token",
            Self::ExchangeJwt => "exchange-jwt",
            Self::ExchangeRefresh => "exchange-refresh",
            Self::Expire => "expire",
            Self::ExpireIdToken => "expire-id-token",
            Self::IdToken => "id-token",
            Self::Introspect => "introspect",
            Self::IntrospectRefresh => "introspect-refresh",
            Self::Jwks => "jwks",
            Self::Metadata => "metadata",
            Self::Push => "push",
            Self::PushObject => "push-object",
            Self::ReadRegistration => "read-registration",
            Self::Redeem => "redeem",
            Self::Refresh => "refresh",
            Self::Register => "register",
            Self::Revoke => "revoke",
            Self::RevokeRefresh => "revoke-refresh",
            Self::Token => "token",
            Self::TokenWithActor => "token-with-actor",
            Self::UpdateRegistration => "update-registration",
            Self::Userinfo => "userinfo",
        }
    }

    /// Is it about the registration of a client?
    pub const fn is_registration(self) -> bool {
        matches!(self, Self::DeleteRegistration | Self::ReadRegistration | Self::Register | Self::UpdateRegistration)
    }

    /// Is a token exchanged that is there already? What is issued is looked at and put away: the newest token stays the one that was exchanged.
    pub const fn is_exchange(self) -> bool {
        matches!(self, Self::Exchange | Self::ExchangeIdToken | Self::ExchangeJwt | Self::ExchangeRefresh)
    }

    /// Is it a request of the token endpoint?
    pub const fn asks_for_tokens(self) -> bool {
        self.is_exchange() || matches!(self, Self::Redeem | Self::Refresh | Self::Token | Self::TokenWithActor)
    }

    /// Does time pass, and nothing else?
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Expire | Self::ExpireIdToken)
    }

    /// Does a browser make the exchange?
    pub const fn is_for_browsers(self) -> bool {
        matches!(self, Self::Authorize | Self::AuthorizeObject | Self::AuthorizePushed)
    }

    /// What the verb does, for a reader.
    pub const fn says(self) -> &'static str {
        match self {
            Self::AccessToken => "read the claims of the newest access token",
            Self::Authorize => "make an authorization request, log in, consent",
            Self::AuthorizeObject => "make it as a signed request object",
            Self::AuthorizePushed => "make the authorization request that was pushed",
            Self::DeleteRegistration => "delete the newest registered client",
            Self::Device => "ask for the codes of a device",
            Self::Exchange => "exchange the newest access token",
            Self::ExchangeIdToken => "exchange the newest ID token",
            Self::ExchangeJwt => "exchange the newest access token as a JWT",
            Self::ExchangeRefresh => "exchange the newest refresh token",
            Self::Expire => "wait until the newest access token has expired",
            Self::ExpireIdToken => "wait until the newest ID token has expired",
            Self::IdToken => "read the claims of the newest ID token",
            Self::Introspect => "introspect the newest access token",
            Self::IntrospectRefresh => "introspect the newest refresh token",
            Self::Jwks => "fetch the JWK set",
            Self::Metadata => "fetch the metadata",
            Self::Push => "push an authorization request",
            Self::PushObject => "push a signed request object",
            Self::ReadRegistration => "read the newest registered client",
            Self::Redeem => "redeem the newest code",
            Self::Refresh => "use the newest refresh token",
            Self::Register => "register a client, which asks from then on",
            Self::Revoke => "revoke the newest access token",
            Self::RevokeRefresh => "revoke the newest refresh token",
            Self::Token => "make the token request of the grant, with all that comes before it",
            Self::TokenWithActor => "exchange an access token, while the holder of another one acts",
            Self::UpdateRegistration => "update the newest registered client",
            Self::Userinfo => "ask for userinfo with the newest access token",
        }
    }
}
