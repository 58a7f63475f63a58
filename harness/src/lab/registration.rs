//! Registration as verbs: a client is registered, read, changed and deleted. RFC 7591 §3, RFC 7592 §2.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Authorize, Lab};
use crate::cell::{AuthMethod, Cell, Grant, ResponseType};
use crate::check::{Answer, Need, Reason, Stop};
use crate::exchange::{Reply, SigningKey, Wire};
use crate::target::Client;

/// Where registered clients have their answers sent: of a kind that every client may register (RFC 7591 §5). The host is
/// reserved for examples (RFC 2606).
pub const REDIRECT_URI: &str = "https://client.example/cb";

/// A second one.
pub const OTHER_REDIRECT_URI: &str = "https://client.example/other";

/// What registered clients are called, so that whoever finds one knows where it came from.
const NAME: &str = "grantspec";

/// RFC 7592 §2.2: what the server says, and no update sends back.
const GIVEN: [&str; 4] =
    ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

/// A request about a registration as a value.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistrationRequest {
    /// The request method.
    pub method: &'static str,
    /// The absolute URL.
    pub url: String,
    /// The initial or the registration access token.
    pub bearer: Option<String>,
    /// The members of the JSON object in the body; `None` sends no body.
    pub members: Option<Map<String, Value>>,
    /// The private half of the key that the members publish.
    pub key: Option<SigningKey>,
}

impl RegistrationRequest {
    /// The same with another value of a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.get_or_insert_default().insert(name.to_owned(), value.into());
        self
    }

    /// The same without a member.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        if let Some(members) = &mut self.members {
            members.remove(name);
        }
        self
    }

    /// The same with another token, or with none.
    #[must_use]
    pub fn bearing(mut self, token: Option<&str>) -> Self {
        self.bearer = token.map(str::to_owned);
        self
    }

    /// The same by another method.
    #[must_use]
    pub fn by(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// The same for a client that authenticates by this method.
    #[must_use]
    pub fn authenticating(self, method: AuthMethod) -> Self {
        self.with("token_endpoint_auth_method", method.name())
    }

    /// The same for a client that signs with this key.
    #[must_use]
    pub fn signing(mut self, key: SigningKey) -> Self {
        let jwks = json!({ "keys": key.public_jwk().into_iter().collect::<Vec<_>>() });
        self.key = Some(key);
        self.with("jwks", jwks)
    }

    /// The same for these grants and response types.
    #[must_use]
    pub fn for_grants(self, grants: &[&str], response_types: &[&str]) -> Self {
        self.with("grant_types", grants).with("response_types", response_types)
    }

    /// The request as it goes on the wire.
    pub fn wire(&self) -> Wire {
        let mut headers = vec![("accept", "application/json".to_owned())];
        if let Some(token) = &self.bearer {
            headers.push(("authorization", format!("Bearer {token}")));
        }
        let body = self.members.clone().map(|members| Value::Object(members).to_string());
        if body.is_some() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        Wire { method: self.method, url: self.url.clone(), headers, body }
    }
}

/// Where a registration is managed, and with what: RFC 7592 §3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// `registration_client_uri`
    pub uri: String,
    /// `registration_access_token`
    pub token: String,
}

impl Configuration {
    /// What an answer says of it; none unless it has both.
    pub fn read(members: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self { uri: text("registration_client_uri")?, token: text("registration_access_token")? })
    }
}

/// A client that was registered.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The client as the harness asks with it.
    pub client: Client,
    /// The newest answer that told of it.
    pub reply: Reply,
    /// The members of that answer.
    pub members: Map<String, Value>,
    /// Where it is managed, if the server said so.
    pub configuration: Option<Configuration>,
}

impl Registered {
    /// The client that an answer to `request` tells of.
    pub fn read(request: &RegistrationRequest, reply: &Reply) -> Option<Self> {
        if !reply.is_success() {
            return None;
        }
        let members = reply.json()?;
        let empty = Map::new();
        let asked = request.members.as_ref().unwrap_or(&empty);
        let client = client(&members, asked, request.key.clone())?;
        let configuration = Configuration::read(&members);
        Some(Self { client, reply: reply.clone(), members, configuration })
    }

    /// The same client by a later answer: what is not told any more stays (OpenID Connect Registration §4.3).
    #[must_use]
    pub fn renewed(&self, request: &RegistrationRequest, reply: &Reply) -> Option<Self> {
        let mut later = Self::read(request, reply)?;
        later.configuration = later.configuration.or(self.configuration.clone());
        later.client.secret = later.client.secret.or(self.client.secret.clone());
        later.client.key = later.client.key.or(self.client.key.clone());
        later.client.audience.clone_from(&self.client.audience);
        Some(later)
    }

    /// A member of the answer that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }

    /// The strings of a member of the answer that is a list.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let list = self.members.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Where it is managed.
    pub fn configuration(&self) -> Result<&Configuration, Stop> {
        self.configuration.as_ref().ok_or_else(unmanaged)
    }

    /// Was it registered for this grant, by the answer? A server may have chosen less (RFC 7591 §2).
    pub fn may(&self, grant: Grant) -> Result<&Self, Stop> {
        if self.client.may(grant) {
            return Ok(self);
        }
        Err(Stop::not_applicable(Reason::Policy, format!("the server registered no client for {}", grant.short())))
    }
}

fn unmanaged() -> Stop {
    Stop::not_applicable(
        Reason::NotAdvertised,
        "the answer to a registration has no registration_client_uri with a registration_access_token",
    )
}

/// The client of an answer; what it leaves out is as it was asked for, else as RFC 7591 §2 says. Of a way to authenticate that the answer does not tell it is not known
/// that the server has ever heard of it.
fn client(members: &Map<String, Value>, asked: &Map<String, Value>, key: Option<SigningKey>) -> Option<Client> {
    let list = |name: &str, default: &[&str]| -> Vec<String> {
        let told = members.get(name).or_else(|| asked.get(name)).and_then(Value::as_array);
        match told {
            Some(told) => told.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            None => default.iter().map(|&name| name.to_owned()).collect(),
        }
    };
    let id = members.get("client_id").and_then(Value::as_str).filter(|id| !id.is_empty())?.to_owned();
    let secret = members.get("client_secret").and_then(Value::as_str).map(str::to_owned);
    // The default of RFC 7591 §2 takes a secret; whoever was given none has nothing to authenticate with.
    let default = if secret.is_some() { AuthMethod::Basic } else { AuthMethod::None };
    let told = members.get("token_endpoint_auth_method").and_then(Value::as_str);
    let auth = told.map_or(Some(default), AuthMethod::parse);
    let named = list("response_types", &["code"]);
    let response_types: Vec<ResponseType> =
        named.iter().filter_map(|name| ResponseType::ALL.iter().copied().find(|known| known.is_named(name))).collect();
    let mut grants: Vec<String> = Vec::new();
    let fronts = response_types.iter().map(|response_type| response_type.grant().name().to_owned());
    let is_front = |name: &String| ["authorization_code", "implicit"].contains(&name.as_str());
    let others = list("grant_types", &["authorization_code"]).into_iter().filter(|name| !is_front(name));
    for name in fronts.chain(others) {
        if !grants.contains(&name) {
            grants.push(name);
        }
    }
    Some(Client {
        id,
        secret,
        key,
        audience: None,
        auth: auth.unwrap_or(AuthMethod::None),
        named: false,
        grants,
        response_types,
        scope: members.get("scope").and_then(Value::as_str).map(str::to_owned),
        redirect_uris: list("redirect_uris", &[]),
        origins: Vec::new(),
        post_logout_redirect_uris: list("post_logout_redirect_uris", &[]),
    })
}

/// What a registered client is asked about first: its own response type, else its grant at the token endpoint.
fn cell(client: &Client) -> Cell {
    let browser = client.response_types.iter().copied().find(|one| *one != ResponseType::Code);
    match browser {
        Some(response_type) => Cell::of(response_type),
        None if client.may(Grant::ClientCredentials) => Cell::CLIENT_CREDENTIALS,
        None if client.may(Grant::Password) => Cell::PASSWORD,
        None => Cell::CODE,
    }
}

impl Reply {
    /// A refusal with a 4xx status; anything else breaks `clause`.
    pub fn withheld(&self, clause: &'static str) -> Answer {
        self.judgeable()?;
        if (400..500).contains(&self.status) {
            return Ok(());
        }
        let expected = if self.is_success() { "a refusal" } else { "a refusal with a 4xx status" };
        Err(Stop::finding(clause, expected, self.actual()))
    }
}

impl Lab {
    /// The plainest registration: RFC 7591 §3.1.
    pub fn registration(&self) -> Result<RegistrationRequest, Stop> {
        let target = self.target();
        let url = self.endpoint("registration_endpoint", target.metadata.registration_endpoint.as_ref())?.to_owned();
        let mut members = Map::from_iter([
            ("client_name".to_owned(), NAME.into()),
            ("redirect_uris".to_owned(), json!([REDIRECT_URI])),
        ]);
        members.extend(target.registration.metadata.clone());
        let bearer = target.registration.initial_access_token.clone();
        Ok(RegistrationRequest { method: "POST", url, bearer, members: Some(members), key: None })
    }

    /// Registers a client; that it is registered is the control.
    pub async fn register(&self, request: &RegistrationRequest) -> Result<Registered, Stop> {
        let reply = self.send_registration(request).await?;
        reply.judgeable()?;
        self.registered(request, &reply).ok_or_else(|| reply.not_the_control("a registered client"))
    }

    /// The client that an answer tells of.
    pub fn registered(&self, request: &RegistrationRequest, reply: &Reply) -> Option<Registered> {
        let mut registered = Registered::read(request, reply)?;
        registered.client.audience.clone_from(&self.target().metadata.token_endpoint);
        Some(registered)
    }

    /// The valid reading of a registration: RFC 7592 §2.1.
    pub fn reading(&self, registered: &Registered) -> Result<RegistrationRequest, Stop> {
        let Configuration { uri, token } = registered.configuration()?.clone();
        let key = registered.client.key.clone();
        Ok(RegistrationRequest { method: "GET", url: uri, bearer: Some(token), members: None, key })
    }

    /// The valid update that changes nothing: RFC 7592 §2.2, all that was told but what the server alone says.
    pub fn updating(&self, registered: &Registered) -> Result<RegistrationRequest, Stop> {
        let kept = |name: &str, value: &Value| !GIVEN.contains(&name) && name != "client_secret" && !value.is_null();
        let members = registered.members.iter().filter(|(name, value)| kept(name, value));
        let members = members.map(|(name, value)| (name.clone(), value.clone())).collect();
        Ok(RegistrationRequest { method: "PUT", members: Some(members), ..self.reading(registered)? })
    }

    /// The valid deletion: RFC 7592 §2.3.
    pub fn deleting(&self, registered: &Registered) -> Result<RegistrationRequest, Stop> {
        Ok(self.reading(registered)?.by("DELETE"))
    }

    /// Sends a request about a registration, and notes what it leaves behind.
    pub async fn send_registration(&self, request: &RegistrationRequest) -> Result<Reply, Stop> {
        self.send_registration_wire(&request.wire()).await
    }

    /// The same with a body or headers of our own.
    pub async fn send_registration_wire(&self, wire: &Wire) -> Result<Reply, Stop> {
        let reply = self.setting.http.send_wire(wire).await;
        self.transcript.record(wire, &reply);
        if let Ok(reply) = &reply {
            self.setting.note_registration(wire, reply);
        }
        self.answered(wire, reply).await
    }

    /// A lab in which this client asks, with a browser that knows nothing yet; what is said stands in the transcript of this one.
    pub fn acting_as(&self, client: &Client) -> Self {
        self.acting_in(cell(client), client)
    }

    /// The same in a cell of its own.
    pub fn acting_in(&self, cell: Cell, client: &Client) -> Self {
        let transcript = Arc::clone(&self.transcript);
        Self { transcript, ..Self::with_client(Arc::clone(&self.setting), cell, client.clone()) }
    }

    /// The answer to a registered client that asks for a token by client credentials; where those are refused, by a code: a server may take
    /// fewer methods for the one than for the other (RFC 6749 §2.3).
    pub async fn registered_token(&self, client: &Client) -> Result<Reply, Stop> {
        let reply = self.acting_as(client).client_credentials().await?;
        if reply.tokens().is_some() || !client.may(Grant::AuthorizationCode) {
            return Ok(reply);
        }
        let by_code = self.acting_in(Cell::CODE, client);
        let code = by_code.authorize(Authorize::valid()).await?.code()?;
        by_code.redeem(&code).await
    }

    /// Can clients be registered at all, in the plainest form, and managed, where that is what is needed? Asked once in a run.
    pub async fn registers(&self, need: Need) -> Answer {
        self.setting.control("registration".to_owned(), Box::pin(self.plain_registration())).await?;
        if need == Need::Management {
            let key = "registration: management".to_owned();
            let managed = async { self.register(&self.registration()?).await?.configuration().map(drop) };
            self.setting.control(key, Box::pin(managed)).await?;
        }
        Ok(())
    }

    async fn plain_registration(&self) -> Answer {
        let request = self.registration()?;
        let reply = self.send_registration(&request).await?;
        reply.judgeable()?;
        match reply.status {
            // Whether it is what it should be is for checks to say.
            _ if reply.is_success() => Ok(()),
            401 | 403 if request.bearer.is_none() => Err(Stop::not_applicable(
                Reason::NoAbility,
                "the server registers clients only with an initial access token; give one in the target file: [registration] initial_access_token = { env = \"…\" }",
            )),
            401 | 403 => Err(Stop::not_applicable(
                Reason::NoAbility,
                format!(
                    "the server refuses the initial access token of the target file ([registration]): {}",
                    reply.summary()
                ),
            )),
            _ => Err(reply.not_the_control("a registered client")),
        }
    }
}
