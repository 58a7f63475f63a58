//! The verbs of the extension grants that vouch for somebody: an assertion, and a token in exchange for another.

use super::{Authorize, Lab};
use crate::cell::Grant;
use crate::check::{Reason, Stop};
use crate::exchange::{Assertion, Credentials, Exchange, Tokens};
use crate::target::{Client, User};

/// RFC 8693 §3: the type of an access token.
pub const ACCESS_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";
/// RFC 8693 §3: the type of an ID token.
pub const ID_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:id_token";
/// RFC 8693 §3: the type of a JWT, whatever it is for.
pub const JWT_TYPE: &str = "urn:ietf:params:oauth:token-type:jwt";
/// RFC 8693 §3: the type of a refresh token.
pub const REFRESH_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:refresh_token";

impl Lab {
    /// A valid assertion for an authorization grant: RFC 7523 §3.
    pub fn assertion(&self) -> Result<Assertion, Stop> {
        let issuer = self.target().assertion_issuer.as_ref().ok_or_else(|| {
            Stop::not_applicable(Reason::NoAbility, "the target file names no issuer of assertions ([assertion])")
        })?;
        let token_endpoint = self.target().metadata.token_endpoint.as_ref();
        let audience = self.endpoint("token_endpoint", issuer.audience.as_ref().or(token_endpoint))?;
        let assertion = Assertion::new(issuer.key.clone(), &issuer.issuer, &issuer.subject, audience);
        Ok(assertion.made_at(self.now()))
    }

    /// The assertion that a request carries, made anew: its parameter, and what can be changed and signed. An authorization grant
    /// comes before the client.
    pub fn assertion_in(&self, exchange: &Exchange) -> Result<Option<(&'static str, Assertion)>, Stop> {
        if exchange.value("assertion").is_some() {
            return Ok(Some(("assertion", self.assertion()?)));
        }
        let of_client = exchange.credentials.as_ref().and_then(Credentials::fresh_assertion);
        Ok(of_client.map(|assertion| ("client_assertion", assertion.made_at(self.now()))))
    }

    /// The valid request with an assertion: RFC 7521 §4.1, RFC 7523 §2.1.
    pub fn bearer_request(&self, assertion: &Assertion) -> Result<Exchange, Stop> {
        let scope = self.target().scopes.jwt_bearer.as_ref();
        Ok(self.token_request(Grant::JwtBearer.name())?.param("assertion", assertion.signed()).maybe("scope", scope))
    }

    /// The valid exchange of an access token: RFC 8693 §2.1.
    pub fn exchange_request(&self, subject_token: &str) -> Result<Exchange, Stop> {
        self.exchange_request_of(subject_token, ACCESS_TOKEN_TYPE)
    }

    /// The valid exchange of a token of this type.
    pub fn exchange_request_of(&self, subject_token: &str, subject_token_type: &str) -> Result<Exchange, Stop> {
        let (exchange, scope) = (&self.target().token_exchange, self.target().scopes.token_exchange.as_ref());
        Ok(self
            .token_request(Grant::TokenExchange.name())?
            .param("subject_token", subject_token)
            .param("subject_token_type", subject_token_type)
            .maybe("audience", exchange.audience.as_ref())
            .maybe("resource", exchange.resource.as_ref())
            .maybe("scope", scope))
    }

    /// The valid exchange in which the holder of another access token acts: RFC 8693 §1.1.
    pub async fn delegation_request(&self) -> Result<Exchange, Stop> {
        let (subject, _) = self.subject_token().await?;
        let (actor, _) = self.subject_token().await?;
        let request = self.exchange_request(&subject.access_token)?;
        Ok(request.param("actor_token", actor.access_token).param("actor_token_type", ACCESS_TOKEN_TYPE))
    }

    /// An access token that may be exchanged, and the client that it was issued to; a control.
    pub async fn subject_token(&self) -> Result<(Tokens, &Client), Stop> {
        let owner = self.subject_client()?;
        let tokens = if owner.may(Grant::ClientCredentials) {
            self.send(&self.client_credentials_request()?.by(owner)).await?.is_token()?
        } else if owner.may(Grant::AuthorizationCode) {
            let code = self.authorize(Authorize::valid().by(owner)).await?.code()?;
            self.send(&self.redemption(&code)?.by(owner)).await?.is_token()?
        } else {
            self.send(&self.password_request(self.resource_owner()?)?.by(owner)).await?.is_token()?
        };
        Ok((tokens, owner))
    }

    /// The tokens of this user, at the client whose tokens are exchanged if it gets a code, else at any other; a control.
    pub async fn tokens_for(&self, user: &User) -> Result<Tokens, Stop> {
        let mut clients = self.subject_client().into_iter().chain(&self.target().clients);
        let client = clients.find(|client| client.may(Grant::AuthorizationCode));
        let client =
            client.ok_or_else(|| Stop::not_applicable(Reason::NoClient, "no client of the target gets a code"))?;
        let code = self.authorize(Authorize::valid().by(client).user(user)).await?.code()?;
        self.send(&self.redemption(&code)?.by(client)).await?.is_token()
    }

    /// The client whose token is exchanged: the one that the target file names, else the one that exchanges, else any.
    fn subject_client(&self) -> Result<&Client, Stop> {
        let named = self.target().token_exchange.subject.as_ref();
        let gets_one = |client: &&Client| {
            [Grant::ClientCredentials, Grant::AuthorizationCode, Grant::Password].iter().any(|grant| client.may(*grant))
        };
        let mut clients = std::iter::once(self.client()).chain(&self.target().clients);
        clients.find(|client| named.is_none_or(|named| *named == client.id) && gets_one(client)).ok_or_else(|| {
            Stop::not_applicable(
                Reason::NoClient,
                "no client of the target gets an access token that could be exchanged ([token_exchange] subject)",
            )
        })
    }
}
