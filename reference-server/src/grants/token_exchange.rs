//! Token exchange: RFC 8693. Somebody's token for another one in the same name, for other eyes, of less reach and no longer life.

use std::sync::Arc;

use serde_json::{Value, json};

use super::extension::{Approved, Asked, ExtensionGrant, Parameter, ScopeFrom, Subject, once, repeatable};
use crate::error::{Refusal, TokenError};
use crate::model::{Authentication, Grant, Party, Role, SecurityToken, TokenType};
use crate::server::Server;
use crate::store::{BoxFuture, StoreError};
use crate::tokens::jwt::Jwt;
use crate::tokens::secret::Digest;
use crate::tokens::{Map, ring};

/// RFC 8693 §2.1.
pub const NAME: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// A token for another token.
#[derive(Clone, Copy, Debug)]
pub struct TokenExchange;

impl ExtensionGrant for TokenExchange {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parameters(&self) -> &'static [Parameter] {
        const {
            &[
                repeatable("resource"),
                repeatable("audience"),
                once("requested_token_type"),
                once("subject_token"),
                once("subject_token_type"),
                once("actor_token"),
                once("actor_token_type"),
            ]
        }
    }

    fn scope_from(&self) -> ScopeFrom {
        ScopeFrom::RequestOrEarlier
    }

    fn approve<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Approved, TokenError>> {
        Box::pin(approve(asked))
    }
}

/// Neither token is used up (§2.1), and what is issued stays within the subject token: its scope, its life, its lineage.
async fn approve(asked: Asked<'_>) -> Result<Approved, TokenError> {
    let Asked { server, path, client, form, .. } = asked;
    server.rules.client_may_exchange(path, client)?;
    let (requested, format) = (form.optional("requested_token_type"), server.rules.access_token_format(path, client));
    server.rules.requested_token_type_is_supported(path, requested, format)?;
    let (actor_token, actor_token_type) = (form.optional("actor_token"), form.optional("actor_token_type"));
    server.rules.actor_token_has_its_type(path, actor_token, actor_token_type)?;

    let (subject_token, subject_token_type) = (form.required("subject_token")?, form.required("subject_token_type")?);
    let subject = read(&asked, Role::Subject, subject_token, subject_token_type).await?;
    let actor = match (actor_token, actor_token_type) {
        (Some(token), Some(token_type)) => Some(read(&asked, Role::Actor, token, token_type).await?),
        _ => None,
    };
    may_act(&asked, &subject, actor.as_ref()).await?;

    let audience = targets(&asked, &subject).await?;
    let scope = match asked.scope {
        scope if scope.is_empty() => subject.scope.only(|token| client.scopes.contains(token)),
        scope => scope.clone(),
    };
    server.rules.exchange_scope_within_subject(path, &scope, &subject)?;
    server.rules.scope_within_client(path, &scope, client)?;

    let token_type = requested.and_then(TokenType::parse).unwrap_or(TokenType::AccessToken);
    let not_after = actor.iter().map(|actor| actor.expires_at).fold(subject.expires_at, u64::min);
    let approved = Approved::new(in_the_name_of(&subject.party), scope);
    Ok(Approved {
        actor: acting(&subject, actor.as_ref()),
        audience,
        issued_token_type: Some(token_type.as_str()),
        lineage: subject.lineage.unwrap_or(approved.lineage),
        not_after: Some(not_after),
        ..approved
    })
}

/// RFC 8693 §2.1: a token, judged by what it says it is.
async fn read(asked: &Asked<'_>, role: Role, token: &str, token_type: &str) -> Result<SecurityToken, TokenError> {
    let Asked { server, path, client, .. } = *asked;
    let token_type = TokenType::parse(token_type);
    server.rules.exchanged_token_type_is_supported(path, role, token_type)?;

    let found = match token_type {
        Some(TokenType::RefreshToken) => refresh_token(server, token).await?,
        Some(TokenType::IdToken) => id_token(server, token).await?,
        Some(TokenType::Jwt) if Jwt::parse(token).is_err() => None,
        Some(token_type) => access_token(server, token, token_type).await?,
        None => None,
    };
    let token = found.ok_or_else(Refusal::unknown_exchanged_token)?;
    server.rules.exchanged_token_is_live(path, role, &token, server.clock.now())?;
    server.rules.token_may_be_exchanged_by(path, &token, client)?;
    Ok(token)
}

async fn access_token(
    server: &Server,
    value: &str,
    token_type: TokenType,
) -> Result<Option<SecurityToken>, StoreError> {
    let found = server.store.access_token(Digest::of(value)).await?;
    Ok(found.map(|token| granted(server, token_type, token.grant, token.expires_at, token.revoked)))
}

async fn refresh_token(server: &Server, value: &str) -> Result<Option<SecurityToken>, StoreError> {
    let found = server.store.refresh_token(Digest::of(value)).await?;
    Ok(found.map(|token| {
        let expires_at = token.expires_at.min(token.family_expires_at);
        granted(server, TokenType::RefreshToken, token.grant, expires_at, token.revoked || token.rotated)
    }))
}

/// What is remembered of a token of this server.
fn granted(server: &Server, token_type: TokenType, grant: Arc<Grant>, expires_at: u64, revoked: bool) -> SecurityToken {
    let grant = Arc::unwrap_or_clone(grant);
    let subject = grant.subject().to_owned();
    SecurityToken {
        token_type,
        client_id: grant.client_id,
        party: grant.user.map_or(Party::Client(subject), Party::User),
        scope: grant.scope,
        audience: if grant.audience.is_empty() { vec![server.config.audience.clone()] } else { grant.audience },
        actor: grant.actor,
        lineage: Some(grant.lineage),
        expires_at,
        revoked,
    }
}

/// OpenID Connect Core §2: an ID token says who somebody is and not what they allowed, so that is looked up.
async fn id_token(server: &Server, value: &str) -> Result<Option<SecurityToken>, StoreError> {
    let Some(claims) = server.keys.read_id_token(value) else { return Ok(None) };
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| claims.get(name).and_then(Value::as_u64);
    let (Some(sub), Some(client_id), Some(expires_at)) = (text("sub"), ring::issued_to(&claims), number("exp")) else {
        return Ok(None);
    };
    if text("iss").as_ref() != Some(&server.config.issuer) {
        return Ok(None);
    }
    let client_id = client_id.to_owned();
    Ok(Some(SecurityToken {
        token_type: TokenType::IdToken,
        scope: server.store.consent(&sub, &client_id).await?,
        party: Party::User(Authentication { sub, auth_time: number("auth_time").unwrap_or_default() }),
        audience: vec![client_id.clone()],
        client_id,
        actor: None,
        lineage: None,
        expires_at,
        revoked: false,
    }))
}

/// RFC 8693 §4.4: whether the subject lets this party act for it; and nobody acts who is disabled.
async fn may_act(asked: &Asked<'_>, subject: &SecurityToken, actor: Option<&SecurityToken>) -> Result<(), TokenError> {
    let Asked { server, path, client, .. } = *asked;
    if let Some(Party::User(actor)) = actor.map(|actor| &actor.party) {
        let person = server.store.user_by_sub(&actor.sub).await?;
        server.rules.user_is_active(path, person.as_deref())?;
    }
    let Party::User(user) = &subject.party else { return Ok(()) };
    let person = server.store.user_by_sub(&user.sub).await?;
    let acts = actor.map_or(client.client_id.as_str(), |actor| actor.party.sub());
    server.rules.actor_may_act(path, person.as_ref().and_then(|person| person.may_act.as_deref()), acts)?;
    Ok(())
}

/// RFC 8693 §2.1: where the new token is to be used: resources of this server, or clients by name; left out, wherever the old one is. What an ID token
/// is for is its client, so that its successor is for the default resource.
async fn targets(asked: &Asked<'_>, subject: &SecurityToken) -> Result<Vec<String>, TokenError> {
    let Asked { server, path, form, .. } = *asked;
    let (resources, audiences): (Vec<&str>, Vec<&str>) =
        (form.all("resource").collect(), form.all("audience").collect());
    let mut known = server.config.all_resources();
    server.rules.targets_are_known(path, &resources, &known)?;
    for name in &audiences {
        if server.store.client(name).await?.is_some() {
            known.push(name);
        }
    }
    server.rules.targets_are_known(path, &audiences, &known)?;

    if resources.is_empty() && audiences.is_empty() {
        let inherited = if subject.token_type == TokenType::IdToken { Vec::new() } else { subject.audience.clone() };
        return Ok(inherited);
    }
    let mut targets: Vec<String> = Vec::new();
    for target in resources.into_iter().chain(audiences) {
        if !targets.iter().any(|known| known == target) {
            targets.push(target.to_owned());
        }
    }
    Ok(targets)
}

/// RFC 8693 §4.1: the new actor, around those who acted before; without one, whoever acts already goes on.
fn acting(subject: &SecurityToken, actor: Option<&SecurityToken>) -> Option<Map> {
    let Some(actor) = actor else { return subject.actor.clone() };
    let mut act = Map::from_iter([("sub".to_owned(), json!(actor.party.sub()))]);
    if let Some(before) = &subject.actor {
        act.insert("act".to_owned(), before.clone().into());
    }
    Some(act)
}

fn in_the_name_of(party: &Party) -> Subject {
    match party {
        Party::User(user) => Subject::User(user.clone()),
        Party::Client(client_id) => Subject::AnotherClient(client_id.clone()),
    }
}
