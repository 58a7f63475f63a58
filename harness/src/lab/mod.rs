//! What a check may touch: a client, a user's browser, about ten verbs, and a transcript of what was said.

mod abilities;
mod authorize;
pub mod browser;
mod cookies;
mod crash;
mod device;
pub mod error_clause;
mod extension;
mod first;
pub mod granted;
pub mod http;
pub mod landing;
mod living;
mod logout;
mod pkce;
mod pushed;
pub mod registration;
mod registry;
mod request_object;
mod resource;
mod script;
mod setting;
pub mod transcript;
mod walk;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use authorize::{Authorize, Authorized, Code};
pub use browser::{Browser, Landing, Person, Place};
pub use device::{Connect, Device};
pub use extension::{ACCESS_TOKEN_TYPE, ID_TOKEN_TYPE, JWT_TYPE, REFRESH_TOKEN_TYPE};
pub use first::First;
pub use living::{PROPAGATION, Witness};
pub use pushed::Pushed;
pub use registration::{Configuration, Registered, RegistrationRequest};
pub use registry::{CleanUp, Left};
pub use request_object::RequestObject;
pub use resource::Audience;
pub use setting::Setting;
pub use transcript::{Gave, Recorded, Transcript};

use std::sync::Arc;

use crate::cell::{Cell, ClientKind, Grant, ResponseType};
use crate::check::{Answer, Reason, Stop};
use crate::exchange::{Exchange, Reply, Tokens, Wire};
use crate::target::{Client, Target, User};

/// What a check may touch while it asks in one cell.
#[derive(Debug)]
pub struct Lab {
    setting: Arc<Setting>,
    cell: Cell,
    client: Client,
    user: Option<User>,
    browser: Arc<Browser>,
    /// Are authorization requests posted?
    posts: bool,
    transcript: Arc<Transcript>,
}

impl Lab {
    /// A lab for one cell; not applicable where the target has no client for it.
    pub fn new(setting: Arc<Setting>, cell: Cell) -> Result<Self, Stop> {
        if let Some(response_type) = cell.response_type.filter(|response_type| !setting.target.answers(*response_type))
        {
            return Err(Stop::not_applicable(
                Reason::NotAdvertised,
                format!(
                    "the server does not list the response type {}, or the target file asks for no openid",
                    response_type.name()
                ),
            ));
        }
        let client = setting.target.client_for(cell).cloned().ok_or_else(|| no_client(&setting.target, cell))?;
        Ok(Self::with_client(setting, cell, client))
    }

    /// A lab in which this client asks.
    pub fn with_client(setting: Arc<Setting>, cell: Cell, client: Client) -> Self {
        let user = setting.target.users.first().cloned();
        let passwords = setting.target.users.iter().map(|user| user.password.as_str());
        let secrets = setting.target.clients.iter().filter_map(|client| client.secret.as_deref());
        let initial = setting.target.registration.initial_access_token.as_deref();
        let transcript = Arc::new(Transcript::hiding(passwords.chain(secrets).chain(initial)));
        Self { setting, cell, client, user, browser: Arc::default(), posts: false, transcript }
    }

    /// The same lab with authorization requests by POST: OpenID Connect Core §3.1.2.1. `None` where the server does not take
    /// them. Where a code alone is asked for, the browser knows nothing yet, so that what was posted goes through a login; with
    /// the other response types it goes on with the session of this lab.
    pub async fn posting(&self) -> Option<Self> {
        let response_type = self.cell.response_type();
        let posting =
            || Self { posts: true, ..Self::with_client(Arc::clone(&self.setting), self.cell, self.client.clone()) };
        let key = format!("authorization requests by POST: {}", response_type.name());
        let taken =
            self.setting.control(key, async { posting().authorize(Authorize::valid()).await?.granted().map(drop) });
        Box::pin(taken).await.ok()?;
        let browser = if response_type == ResponseType::Code { Arc::default() } else { Arc::clone(&self.browser) };
        Some(Self { browser, ..posting() })
    }

    /// The target.
    pub fn target(&self) -> &Target {
        &self.setting.target
    }

    /// What all labs of the run share.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The same, to make other labs with.
    pub fn shared(&self) -> &Arc<Setting> {
        &self.setting
    }

    /// The cell in which the check is asked.
    pub fn cell(&self) -> Cell {
        self.cell
    }

    /// The client that asks.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// How many exchanges there were so far.
    pub fn exchanges(&self) -> usize {
        self.transcript.count()
    }

    /// What was said so far; it is taken out.
    pub fn take_transcript(&self) -> Vec<Recorded> {
        self.transcript.take()
    }

    /// The answer of a check without the secrets that came up while it asked.
    pub fn without_secrets(&self, answer: Answer) -> Answer {
        answer.map_err(|stop| stop.worded(|text| self.transcript.masked(text)))
    }

    /// Another client that may use the grant of the cell.
    pub fn other_client(&self) -> Result<&Client, Stop> {
        self.target().other_client(self.cell, &self.client).ok_or_else(|| {
            Stop::not_applicable(Reason::NoClient, format!("the target has no second client for {}", self.cell))
        })
    }

    /// A client that may not use the grant of the cell, and can authenticate.
    pub fn unregistered_client(&self) -> Result<&Client, Stop> {
        let may = |client: &Client| self.cell.grant.is_none_or(|grant| client.is_registered_for(grant.name()));
        let unregistered =
            self.target().clients.iter().find(|client| client.kind() == ClientKind::Confidential && !may(client));
        unregistered.ok_or_else(|| {
            Stop::not_applicable(Reason::NoClient, "every client of the target is registered for this grant")
        })
    }

    /// The user beside the first. A check that counts on one names [`Need::SecondUser`](crate::check::Need).
    pub fn second_user(&self) -> Result<&User, Stop> {
        self.target().users.get(1).ok_or_else(no_second_user)
    }

    /// Of the users beside the first the last one, who has allowed as little as possible to anybody in this run.
    pub fn last_user(&self) -> Result<&User, Stop> {
        self.target().users.get(1..).and_then(<[User]>::last).ok_or_else(no_second_user)
    }

    // The verbs: a valid request each, and the answer as it came. Authorization stands in `authorize.rs`.

    /// The valid redemption of a code: RFC 6749 §4.1.3, RFC 7636 §4.5.
    pub fn redemption(&self, code: &Code) -> Result<Exchange, Stop> {
        Ok(self
            .token_request("authorization_code")?
            .param("code", &code.value)
            .maybe("redirect_uri", code.redirect_uri.as_ref())
            .param("code_verifier", &code.verifier))
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &Code) -> Result<Reply, Stop> {
        self.send(&self.redemption(code)?).await
    }

    /// The valid password request: RFC 6749 §4.3.2.
    pub fn password_request(&self, user: &User) -> Result<Exchange, Stop> {
        let scope = self.client().within(self.target().password_scope());
        let request = self.token_request("password")?;
        Ok(request.param("username", &user.name).param("password", &user.password).maybe("scope", scope))
    }

    /// The user who told the client their password: the one who logs in.
    pub fn resource_owner(&self) -> Result<&User, Stop> {
        self.user.as_ref().ok_or_else(|| Stop::not_applicable(Reason::NoUser, "the target has no user"))
    }

    /// Asks for a token by the password of a user.
    pub async fn password(&self, user: &User) -> Result<Reply, Stop> {
        self.send(&self.password_request(user)?).await
    }

    /// The valid client credentials request: RFC 6749 §4.4.2.
    pub fn client_credentials_request(&self) -> Result<Exchange, Stop> {
        let scope = self.client().within(self.target().scopes.client_credentials.as_deref());
        Ok(self.token_request("client_credentials")?.maybe("scope", scope))
    }

    /// Asks for a token by client credentials.
    pub async fn client_credentials(&self) -> Result<Reply, Stop> {
        self.send(&self.client_credentials_request()?).await
    }

    /// The valid use of a refresh token: RFC 6749 §6.
    pub fn refreshing(&self, refresh_token: &str) -> Result<Exchange, Stop> {
        Ok(self.token_request("refresh_token")?.param("refresh_token", refresh_token))
    }

    /// Uses a refresh token.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Reply, Stop> {
        self.send(&self.refreshing(refresh_token)?).await
    }

    /// The introspection of a token: RFC 7662 §2.1.
    pub fn introspection(&self, token: &str) -> Result<Exchange, Stop> {
        let url = self.endpoint("introspection_endpoint", self.target().metadata.introspection_endpoint.as_ref())?;
        let caller = self.confidential_client()?;
        Ok(Exchange::post(url).param("token", token).by(caller))
    }

    /// Introspects a token, as a confidential client.
    pub async fn introspect(&self, token: &str) -> Result<Reply, Stop> {
        self.send(&self.introspection(token)?).await
    }

    /// The revocation of a token: RFC 7009 §2.1.
    pub fn revocation(&self, token: &str) -> Result<Exchange, Stop> {
        let url = self.endpoint("revocation_endpoint", self.target().metadata.revocation_endpoint.as_ref())?;
        let methods = self.target().metadata.list("revocation_endpoint_auth_methods_supported");
        let method = self.client.auth.name();
        if !methods.is_empty() && !methods.contains(&method) {
            let says = format!("by the metadata nobody revokes with the authentication method {method}");
            return Err(Stop::not_applicable(Reason::NotAdvertised, says));
        }
        Ok(Exchange::post(url).param("token", token).by(&self.client))
    }

    /// Revokes a token.
    pub async fn revoke(&self, token: &str) -> Result<Reply, Stop> {
        self.send(&self.revocation(token)?).await
    }

    /// A userinfo request: OpenID Connect Core §5.3.1.
    pub fn userinfo_request(&self, token: &str) -> Result<Exchange, Stop> {
        let url = self.endpoint("userinfo_endpoint", self.target().metadata.userinfo_endpoint.as_ref())?;
        Ok(Exchange::fetch(url).bearing(token))
    }

    /// Asks for the claims of the user.
    pub async fn userinfo(&self, token: &str) -> Result<Reply, Stop> {
        self.send(&self.userinfo_request(token)?).await
    }

    /// Fetches the metadata anew.
    pub async fn metadata(&self) -> Result<Reply, Stop> {
        let url = self.endpoint("metadata", Some(&self.target().metadata.url).filter(|url| !url.is_empty()))?;
        self.send(&Exchange::fetch(url)).await
    }

    /// Fetches the JWK set.
    pub async fn jwks(&self) -> Result<Reply, Stop> {
        let url = self.endpoint("jwks_uri", self.target().metadata.jwks_uri.as_ref())?;
        self.send(&Exchange::fetch(url)).await
    }

    /// A code, its redemption, and the tokens that it bought; all of it a control.
    pub async fn user_tokens(&self) -> Result<(Code, Tokens), Stop> {
        let code = self.authorize(Authorize::valid()).await?.code()?;
        let tokens = self.redeem(&code).await?.is_token()?;
        Ok((code, tokens))
    }

    /// The valid token request of the cell's grant, with all that comes before it done.
    pub async fn grant_request(&self) -> Result<Exchange, Stop> {
        match self.cell.grant {
            Some(Grant::ClientCredentials) | None => self.client_credentials_request(),
            Some(Grant::Password) => self.password_request(self.resource_owner()?),
            Some(Grant::DeviceCode) => self.polling(&self.connected().await?),
            Some(Grant::Implicit) => Err(Stop::Error("the implicit grant makes no token request".to_owned())),
            Some(Grant::AuthorizationCode | Grant::Hybrid) => {
                let code = self.authorize(Authorize::valid()).await?.code()?;
                self.redemption(&code)
            }
            Some(Grant::JwtBearer) => self.bearer_request(&self.assertion()?),
            Some(Grant::TokenExchange) => self.exchange_request(&self.subject_token().await?.0.access_token),
            Some(Grant::RefreshToken) => {
                let (_, refresh_token) = self.refreshable().await?;
                self.refreshing(&refresh_token)
            }
        }
    }

    /// Sends an exchange.
    pub async fn send(&self, exchange: &Exchange) -> Result<Reply, Stop> {
        self.send_wire(&exchange.wire_at(self.now())).await
    }

    /// Sends a request with headers of our own.
    pub async fn send_wire(&self, wire: &Wire) -> Result<Reply, Stop> {
        let reply = self.setting.http.send_wire(wire).await;
        self.transcript.record(wire, &reply);
        self.answered(wire, reply).await
    }

    fn token_request(&self, grant_type: &str) -> Result<Exchange, Stop> {
        let url = self.endpoint("token_endpoint", self.target().metadata.token_endpoint.as_ref())?;
        Ok(Exchange::post(url).param("grant_type", grant_type).by(&self.client))
    }

    /// The client that introspects: that of the cell if it can authenticate as the metadata says, or the cell is about its method; else the
    /// first that can.
    fn confidential_client(&self) -> Result<&Client, Stop> {
        let methods = self.target().metadata.list("introspection_endpoint_auth_methods_supported");
        let listed = |client: &&Client| {
            methods.is_empty() || methods.contains(&client.auth.name()) || self.cell.auth == Some(client.auth)
        };
        let clients = std::iter::once(&self.client).chain(&self.target().clients);
        let mut able = clients.filter(|client| client.kind() == ClientKind::Confidential).peekable();
        let first = able.peek().copied();
        able.find(listed)
            .or(first)
            .ok_or_else(|| Stop::not_applicable(Reason::NoClient, "the target has no client that can authenticate"))
    }

    #[expect(clippy::unused_self, reason = "reads as a question to the lab")]
    fn endpoint<'a>(&self, name: &str, url: Option<&'a String>) -> Result<&'a str, Stop> {
        url.map(String::as_str)
            .ok_or_else(|| Stop::not_applicable(Reason::NotAdvertised, format!("the server publishes no {name}")))
    }
}

fn no_second_user() -> Stop {
    Stop::Error("the check needs a second user, and does not say so (Need::SecondUser)".to_owned())
}

/// Why nobody can be asked in this cell: by its own word the server has no such thing, or it has, and the target file no client for it.
fn no_client(target: &Target, cell: Cell) -> Stop {
    match target.unlisted(cell) {
        Some(name) => Stop::not_applicable(Reason::NotAdvertised, format!("the server does not list {name}")),
        None => Stop::not_applicable(Reason::NoClient, format!("the target has no client for {cell}")),
    }
}

/// The refresh token of a token response; a control.
pub fn renewable(tokens: &Tokens) -> Result<String, Stop> {
    tokens.refresh_token.clone().ok_or_else(|| tokens.reply.not_the_control("a refresh_token beside the access_token"))
}

/// A fresh random value of 256 bits, legal as a `code_verifier`, a `state` or a `nonce`.
pub fn random() -> String {
    let mut bytes = [0_u8; 32];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system's random source never fails on supported platforms");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// RFC 7636 §4.2: the S256 transform of a verifier.
pub fn challenge(verifier: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.as_ref())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        assert_eq!(
            super::challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
