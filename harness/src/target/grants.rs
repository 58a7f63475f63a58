//! The grants of a client: as they are given, else learned from the server.

use std::sync::Arc;

use serde_json::Value;

use super::{Client, Target};
use crate::cell::{Cell, ClientKind, Grant, ResponseType};
use crate::check::Stop;
use crate::lab::http::Http;
use crate::lab::{Authorize, Lab, Setting};
use crate::suggest;

/// The grant types whose names are no URIs.
const NAMES: [&str; 6] =
    ["authorization_code", "client_credentials", "hybrid", "implicit", "password", "refresh_token"];

/// The scope of OpenID Connect Core §11 for refresh tokens.
const OFFLINE_ACCESS: &str = "offline_access";

/// Is this the name of a grant type? Extension grants are named by absolute URIs (RFC 6749 §4.5).
///
/// # Errors
/// Says what is wrong with the name, with a suggestion.
pub fn known(name: &str) -> Result<(), String> {
    if NAMES.contains(&name) || url::Url::parse(name).is_ok() {
        return Ok(());
    }
    Err(format!("there is no grant `{name}`{}", suggest::hint(name, NAMES)))
}

/// The grants that begin with an authorization request, and so need a redirect URI.
pub const THROUGH_BROWSER: [&str; 3] = [Grant::AuthorizationCode.name(), Grant::Implicit.name(), Grant::Hybrid.name()];

/// The response type of that name; the order of its words means nothing.
///
/// # Errors
/// Says what is wrong with the name, with a suggestion.
pub fn response_type(name: &str) -> Result<ResponseType, String> {
    let known = ResponseType::ALL.iter().find(|known| known.is_named(name));
    known.copied().ok_or_else(|| {
        let hint = suggest::hint(name, ResponseType::ALL.iter().map(|known| known.name()));
        format!("there is no response type `{name}`{hint}")
    })
}

/// The target, with the grants of every client. A client without any is tried in each grant that it could use, and keeps
/// those that the server does not say it may not have; whatever else goes wrong is for the set-up proof to tell. Who may ask
/// for codes is not tried in the grants that are weaker: that they are served may be what is wrong. Where no refresh token comes and nobody said what to ask for, OpenID Connect Core §11 is tried: `offline_access`, with consent.
pub async fn learned(target: Target, http: &Http) -> Target {
    let wider = asking_for_offline_access(&target);
    let learned = with_grants(target, http).await;
    match wider {
        Some(wider) if !may_refresh(&learned) => {
            let wider = with_grants(wider, http).await;
            if may_refresh(&wider) { wider } else { learned }
        }
        _ => learned,
    }
}

fn may_refresh(target: &Target) -> bool {
    target.clients.iter().any(|client| client.may(Grant::RefreshToken))
}

/// The target with the scope and the prompt that OpenID Connect wants for a refresh token, if it is ours to choose.
fn asking_for_offline_access(target: &Target) -> Option<Target> {
    let scopes = target.metadata.document.get("scopes_supported").and_then(Value::as_array)?;
    let ours = target.clients.iter().any(|client| client.grants.is_empty())
        && target.scopes.authorization_code.is_none()
        && target.authorize_extra.iter().all(|(name, _)| name != "prompt");
    if !ours || !target.metadata.oidc || !scopes.iter().any(|scope| scope == OFFLINE_ACCESS) {
        return None;
    }
    let mut target = target.clone();
    target.scopes.authorization_code = Some(format!("openid {OFFLINE_ACCESS}"));
    target.authorize_extra.push(("prompt".to_owned(), "consent".to_owned()));
    Some(target)
}

async fn with_grants(target: Target, http: &Http) -> Target {
    let setting = Arc::new(Setting::new(target.clone(), http.clone(), 0, 0));
    let mut clients = Vec::new();
    for client in target.clients {
        clients.push(if client.grants.is_empty() { learn(&setting, client).await } else { client });
    }
    Target { clients, ..setting.target.clone() }
}

async fn learn(setting: &Arc<Setting>, client: Client) -> Client {
    let mut grants = Vec::new();
    let lab = |cell: Cell| {
        let grants = cell.needs().map(str::to_owned).collect();
        Lab::with_client(Arc::clone(setting), cell, Client { grants, ..client.clone() })
    };
    if client.kind() == ClientKind::Confidential && !refuses_client_credentials(&lab(Cell::CLIENT_CREDENTIALS)).await {
        grants.push("client_credentials".to_owned());
    }
    if !client.redirect_uris.is_empty() && !setting.target.users.is_empty() {
        match code_grants(&lab(Cell::CODE)).await {
            Ok([]) => grants.extend(weaker_grants(setting, lab).await.iter().map(|&name| name.to_owned())),
            Ok(learned) => grants.extend(learned.iter().map(|&name| name.to_owned())),
            // Why not is told by the set-up proof, which asks the same again.
            Err(_) => grants.push("authorization_code".to_owned()),
        }
    }
    Client { grants, ..client }
}

/// The grants of a client that may not ask for codes alone: hybrid, else implicit, else the password.
async fn weaker_grants(setting: &Setting, lab: impl Fn(Cell) -> Lab) -> &'static [&'static str] {
    for response_type in ResponseType::ALL.iter().copied().filter(|one| *one != ResponseType::Code) {
        if !setting.target.answers(response_type) {
            continue;
        }
        let asked = lab(Cell::of(response_type)).authorize(Authorize::valid()).await;
        if asked.is_ok_and(|authorized| authorized.granted().is_ok()) {
            return match response_type.grant() {
                Grant::Hybrid => &["hybrid"],
                _ => &["implicit"],
            };
        }
    }
    let password = lab(Cell::PASSWORD);
    match password.first_tokens().await {
        Ok(tokens) if tokens.refresh_token.is_some() => &["password", "refresh_token"],
        Ok(_) => &["password"],
        Err(_) => &[],
    }
}

async fn refuses_client_credentials(lab: &Lab) -> bool {
    lab.client_credentials().await.is_ok_and(|reply| is_refusal(reply.text("error").as_deref()))
}

/// The code grant, unless the client may not have it; the refresh token too, if one came.
async fn code_grants(lab: &Lab) -> Result<&'static [&'static str], Stop> {
    let authorized = lab.authorize(Authorize::valid()).await?;
    if is_refusal(authorized.landing.param("error")) {
        return Ok(&[]);
    }
    let reply = lab.redeem(&authorized.code()?).await?;
    if is_refusal(reply.text("error").as_deref()) {
        return Ok(&[]);
    }
    match reply.is_token()?.refresh_token {
        Some(_) => Ok(&["authorization_code", "refresh_token"]),
        None => Ok(&["authorization_code"]),
    }
}

/// Does the server say that this client may not have the grant?
fn is_refusal(error: Option<&str>) -> bool {
    matches!(error, Some("unauthorized_client" | "unsupported_grant_type" | "unsupported_response_type"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_misspelt_grant_is_named_with_a_suggestion() {
        let error = super::known("authorisation_code").unwrap_err();
        assert_eq!(error, "there is no grant `authorisation_code`; did you mean `authorization_code`?");
        assert!(super::known("urn:ietf:params:oauth:grant-type:device_code").is_ok());
    }
}
