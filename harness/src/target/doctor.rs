//! The set-up is proven before any verdict: each client, each method, each login once, in its plainest form.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::remedy::{no_answer, refused_token, stopped};
use super::{Client, Target, User};
use crate::cell::{AuthMethod, Cell, Grant, ResponseType};
use crate::check::{Need, Stop};
use crate::exchange::Tokens;
use crate::lab::{Authorize, Connect, Lab, Setting};

/// How long a server that crashed is left alone.
const SECOND_TRY_AFTER: Duration = Duration::from_millis(1200);

/// Why the server cannot be judged as it was described to us.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {says}\n  remedy: {remedy}")]
pub struct SetupError {
    /// What could not be proven.
    pub what: String,
    /// What happened.
    pub says: String,
    /// What to do about it.
    pub remedy: String,
    /// Did the server fail (5xx)?
    pub crashed: bool,
}

impl SetupError {
    /// An error of the set-up, with its way out.
    pub fn new(what: impl Into<String>, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), says: says.into(), remedy: remedy.into(), crashed: false }
    }
}

/// Proves clients and logins; what was proven is listed in the order of the target file.
///
/// # Errors
/// Everything that could not be proven.
pub async fn prove(setting: &Arc<Setting>) -> Result<Vec<String>, Vec<SetupError>> {
    let target = &setting.target;
    if let Err(error) = complete(target) {
        return Err(vec![error]);
    }
    let mut proven = Vec::new();
    let mut errors = Vec::new();
    for client in &target.clients {
        match patient_proof(setting, client).await {
            Ok(facts) => proven.push(format!("client {} ({}): {}", client.id, client.auth.name(), facts.join(", "))),
            Err(error) => errors.push(error),
        }
        if setting.is_dead() || errors.iter().any(|error: &SetupError| error.says.contains("no answer within")) {
            break;
        }
    }
    if errors.is_empty() {
        proven.extend(first_login(target));
        for user in setting.target.users.iter().skip(1) {
            match user_proof(setting, user).await {
                Ok(true) => proven.push(format!("user {}: login", user.name)),
                Ok(false) => {}
                Err(error) => errors.push(error),
            }
        }
    }
    if errors.is_empty() { Ok(proven) } else { Err(errors) }
}

/// Can clients be registered, and managed? Whether they can is no matter of the set-up; why not is told where it is asked for.
pub async fn registration(setting: &Arc<Setting>) -> Option<String> {
    if !setting.target.meets(Need::Registration) {
        return None;
    }
    let client = setting.target.clients.first()?.clone();
    let lab = Lab::with_client(Arc::clone(setting), Cell::SERVER, client);
    lab.registers(Need::Registration).await.ok()?;
    let managed = if lab.registers(Need::Management).await.is_ok() { ", and managed" } else { "" };
    Some(format!("registration: a client was registered{managed}"))
}

/// The login that was proven with the clients, and what was asked for.
fn first_login(target: &Target) -> Option<String> {
    let user = target.users.first()?;
    target.clients.iter().find_map(|client| login_cell(target, client))?;
    let scope = target.authorization_scope().map(|scope| format!(", for the scope {scope:?}"));
    let extra: Vec<String> = target.authorize_extra.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let extra = if extra.is_empty() { String::new() } else { format!(" with {}", extra.join(", ")) };
    Some(format!("user {}: login{}{extra}", user.name, scope.unwrap_or_default()))
}

/// The first cell in which the client has a user log in: for a code alone, if it can.
fn login_cell(target: &Target, client: &Client) -> Option<Cell> {
    let asks = |one: &ResponseType| client.may_ask_for(*one) && target.answers(*one);
    ResponseType::ALL.iter().copied().find(asks).map(Cell::of)
}

/// Does the user log in? Nothing is consented to in their name; without a client that sends its users there nobody can log in.
async fn user_proof(setting: &Arc<Setting>, user: &User) -> Result<bool, SetupError> {
    let found = |client| Some((client, login_cell(&setting.target, client)?));
    let Some((client, cell)) = setting.target.clients.iter().find_map(found) else {
        return Ok(false);
    };
    let lab = Lab::with_client(Arc::clone(setting), cell, client.clone());
    let what = format!("user {}", user.name);
    let authorized =
        lab.authorize(Authorize::valid().user(user).undecided()).await.map_err(|stop| stopped(&what, &stop))?;
    // Whoever is asked for consent is logged in.
    let (granted, browser) = (authorized.granted().is_ok(), lab.browser());
    if granted || browser.pending_consent().is_some() || browser.has_entered() {
        return Ok(true);
    }
    let remedy = format!(
        "the first user came to an answer for {} in this way: check the name and the password of {} under [[user]], and whether they may use {0} at all",
        client.id, user.name
    );
    Err(SetupError { remedy, ..no_answer(&what, client, &authorized) })
}

/// Is there enough to judge anything?
fn complete(target: &Target) -> Result<(), SetupError> {
    if target.metadata.token_endpoint.is_none() {
        return Err(SetupError::new(
            "the metadata",
            format!("{} names no token_endpoint", target.metadata.url),
            "put it into grantspec.toml: [endpoints] token = …",
        ));
    }
    if target.clients.is_empty() {
        return Err(SetupError::new(
            "the clients",
            "no client is known",
            "give one by --client-id ID --client-secret-env NAME, or as [[client]] in grantspec.toml",
        ));
    }
    Ok(())
}

/// A server that crashes on two requests in one second still deserves to be judged: what failed with 5xx is tried once more
/// a little later.
async fn patient_proof(setting: &Arc<Setting>, client: &Client) -> Result<Vec<&'static str>, SetupError> {
    match client_proof(setting, client).await {
        Err(error) if error.crashed => {
            tokio::time::sleep(SECOND_TRY_AFTER).await;
            client_proof(setting, client).await
        }
        proof => proof,
    }
}

async fn client_proof(setting: &Arc<Setting>, client: &Client) -> Result<Vec<&'static str>, SetupError> {
    let what = format!("client {}", client.id);
    let lab = |cell| Lab::with_client(Arc::clone(setting), cell, client.clone());
    let mut facts = Vec::new();

    if client.may(Grant::ClientCredentials) {
        let lab = lab(Cell::CLIENT_CREDENTIALS);
        let reply = lab.client_credentials().await.map_err(|stop| stopped(&what, &stop))?;
        if reply.tokens().is_some() {
            facts.push("client_credentials");
        } else if right_but_unencoded(&lab, client).await {
            facts.push("client_credentials (only if its id and secret are not form-encoded)");
        } else {
            return Err(refused_token(&what, client, &reply, "client_credentials"));
        }
    }
    facts.extend(extensions_proof(&what, setting, client).await?);
    if setting.target.users.is_empty() {
        return Ok(facts);
    }
    for response_type in ResponseType::ALL.iter().copied().filter(|one| client.may_ask_for(*one)) {
        // What the metadata does not list is not asked for.
        if !setting.target.answers(response_type) && response_type != ResponseType::Code {
            continue;
        }
        let lab = lab(Cell::of(response_type));
        let tokens = browser_proof(&what, &lab, client).await?;
        facts.push(if response_type == ResponseType::Code { "authorization_code" } else { response_type.name() });
        let refreshes = client.may(Grant::RefreshToken) && !facts.contains(&"refresh_token");
        if let Some(tokens) = tokens.filter(|_| refreshes) {
            refresh_proof(&what, &lab, client, tokens).await?;
            facts.push("refresh_token");
        }
    }
    if client.may(Grant::Password) {
        let lab = lab(Cell::PASSWORD);
        let owner = lab.resource_owner().map_err(|stop| stopped(&what, &stop))?;
        let reply = lab.password(owner).await.map_err(|stop| stopped(&what, &stop))?;
        let Some(tokens) = reply.tokens() else {
            return Err(refused_token(&what, client, &reply, "password"));
        };
        facts.push("password");
        if client.may(Grant::RefreshToken) && !facts.contains(&"refresh_token") {
            refresh_proof(&what, &lab, client, tokens).await?;
            facts.push("refresh_token");
        }
    }
    if client.may(Grant::DeviceCode) && setting.target.metadata.device_authorization_endpoint.is_some() {
        let lab = lab(Cell::DEVICE_CODE);
        let tokens = device_proof(&what, &lab, client).await?;
        facts.push(Grant::DeviceCode.short());
        if client.may(Grant::RefreshToken) && !facts.contains(&"refresh_token") {
            refresh_proof(&what, &lab, client, tokens).await?;
            facts.push("refresh_token");
        }
    }
    Ok(facts)
}

/// A device asks, the user types its code and says yes, and the device gets a token.
async fn device_proof(what: &str, lab: &Lab, client: &Client) -> Result<Tokens, SetupError> {
    let name = Grant::DeviceCode.name();
    let (device, reply) = lab.device_naming_itself().await.map_err(|stop| stopped(what, &stop))?;
    let Some(device) = device else {
        return Err(refused_token(what, client, &reply, name));
    };
    let landing = lab.connect(&device, Connect::allowing()).await.map_err(|stop| stopped(what, &stop))?;
    let uri = device.verification_uri.clone();
    let reply = lab.poll_patiently(device).await.map_err(|stop| stopped(what, &stop))?;
    reply.tokens().ok_or_else(|| match reply.text("error").as_deref() {
        Some("authorization_pending" | "slow_down") => SetupError::new(
            what,
            format!("the user came to no end at {uri}: {}", landing.summary()),
            "only plain HTML forms can be filled in; if the page or its login lives at another origin, name it: --login-origin",
        ),
        _ => refused_token(what, client, &reply, name),
    })
}

/// The extension grants that need no user of ours, each in its plainest form. What the target file does not describe is not asked;
/// a token to exchange that does not come is a matter of the grant that it would come by.
async fn extensions_proof(
    what: &str,
    setting: &Arc<Setting>,
    client: &Client,
) -> Result<Vec<&'static str>, SetupError> {
    let mut facts = Vec::new();
    for (grant, cell) in [(Grant::JwtBearer, Cell::JWT_BEARER), (Grant::TokenExchange, Cell::TOKEN_EXCHANGE)] {
        if !client.may(grant) {
            continue;
        }
        let lab = Lab::with_client(Arc::clone(setting), cell, client.clone());
        let request = match lab.grant_request().await {
            Err(Stop::NotApplicable { .. } | Stop::Inconclusive(_)) => continue,
            request => request.map_err(|stop| stopped(what, &stop))?,
        };
        let reply = lab.send(&request).await.map_err(|stop| stopped(what, &stop))?;
        if reply.tokens().is_none() {
            return Err(refused_token(what, client, &reply, grant.short()));
        }
        facts.push(grant.short());
    }
    Ok(facts)
}

/// The response type of the lab, in its plainest form: what it promises comes, and a code of it buys a token.
async fn browser_proof(what: &str, lab: &Lab, client: &Client) -> Result<Option<Tokens>, SetupError> {
    let authorized = lab.authorize(Authorize::valid()).await.map_err(|stop| stopped(what, &stop))?;
    let Ok(granted) = authorized.granted() else {
        let user = lab.target().users.first().map_or("nobody", |user| user.name.as_str());
        return Err(no_answer(&format!("{what}, user {user}"), client, &authorized));
    };
    let Some(code) = granted.code else {
        return Ok(None);
    };
    let reply = lab.redeem(&code).await.map_err(|stop| stopped(what, &stop))?;
    reply.tokens().map(Some).ok_or_else(|| refused_token(what, client, &reply, "authorization_code"))
}

/// The tokens brought a refresh token along, and it works.
async fn refresh_proof(what: &str, lab: &Lab, client: &Client, tokens: Tokens) -> Result<(), SetupError> {
    let Some(refresh_token) = tokens.refresh_token else {
        return Err(SetupError::new(
            what,
            "it is said to have the grant refresh_token, but no refresh token came",
            "many servers want --scope 'openid offline_access' and --authorize-extra prompt=consent; or take refresh_token out of its grants",
        ));
    };
    let reply = lab.refresh(&refresh_token).await.map_err(|stop| stopped(what, &stop))?;
    match reply.tokens() {
        Some(_) => Ok(()),
        None => Err(refused_token(what, client, &reply, "refresh_token")),
    }
}

/// Are id and secret right, and does the server merely not decode them? Then the client is what it is said to be, and the
/// decoding is for a check to judge (RFC 6749 §2.3.1).
async fn right_but_unencoded(lab: &Lab, client: &Client) -> bool {
    let Some(secret) = client.secret.as_deref().filter(|_| client.auth == AuthMethod::Basic) else {
        return false;
    };
    let Ok(mut request) = lab.client_credentials_request() else {
        return false;
    };
    request.credentials = None;
    let mut wire = request.wire();
    let pair = STANDARD.encode(format!("{}:{secret}", client.id));
    wire.headers.push(("authorization", format!("Basic {pair}")));
    lab.send_wire(&wire).await.is_ok_and(|reply| reply.tokens().is_some())
}
