//! Plays the steps of a scenario in a lab, after a control without their deviations.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::judge::judge;
use super::{Change, Expect, Step, Verb};
use crate::check::{Answer, Check, Reason, Stop};
use crate::exchange::{Assertion, Deviation, Exchange, Reply, Tokens, Via, now};
use crate::lab::granted::{Scope, text};
use crate::lab::{Authorize, Authorized, Code, Lab, PROPAGATION, Pushed, Registered, random};

/// Far beyond what the clocks of two machines may differ by, in seconds.
const HOUR: u64 = 60 * 60;

/// More than the few minutes that RFC 7519 §4.1.4 leaves for two clocks, in seconds.
const QUARTER: u64 = 15 * 60;

/// Servers that nobody here is: the names are reserved for examples (RFC 2606).
const STRANGERS: [&str; 2] = ["https://attacker.example", "https://other.example/token"];

/// What a scenario has captured so far.
pub(super) struct Play<'l> {
    /// Who asks: the client of the cell, until one is registered.
    pub lab: Acting<'l>,
    /// The newest registered client.
    pub registered: Option<Registered>,
    /// Was it deleted?
    pub deleted: bool,
    /// The members of the newest request about a registration.
    pub sent: Option<Map<String, Value>>,
    pub code: Option<Code>,
    pub access_token: Option<String>,
    pub refresh_token: Option<String>,
    pub id_token: Option<String>,
    /// How many seconds the newest access token lives, by the answer that brought it.
    pub lifetime: Option<u64>,
    /// The nonce of the newest authorization request.
    pub nonce: Option<String>,
    /// The scope of the newest access token: what the answer says, else what was asked for.
    pub scope: Option<String>,
    /// The scope that came with the newest code, by the answer.
    pub granted: Option<Scope>,
    /// The scope that the token showed which came with the newest code.
    pub shown: Option<Scope>,
    /// The scope that the newest token request, or the authorization request before it, asked for.
    pub asked: Option<String>,
    /// The newest request that was pushed.
    pub pushed: Option<Pushed>,
    /// A verifier that is too short, the same for a whole scenario.
    pub short_verifier: String,
}

/// A lab of the run, or one of the scenario's own.
#[derive(Clone)]
pub(super) enum Acting<'l> {
    Given(&'l Lab),
    Own(Arc<Lab>),
}

impl std::ops::Deref for Acting<'_> {
    type Target = Lab;

    fn deref(&self) -> &Lab {
        match self {
            Self::Given(lab) => lab,
            Self::Own(lab) => lab,
        }
    }
}

impl From<Lab> for Acting<'_> {
    fn from(lab: Lab) -> Self {
        Self::Own(Arc::new(lab))
    }
}

/// What came of a step.
pub(super) enum Came {
    Authorized(Box<Authorized>),
    Reply(Reply),
    /// What was pushed, if it was taken.
    Pushed(Reply, Option<Box<Pushed>>),
    /// Time has passed, and nobody said anything.
    Time,
}

/// Plays a check that is written as steps.
///
/// If a step changes anything, the same steps are played first without any change, and must succeed: a server that
/// refuses everything earns nothing. That control is asked once per run for each cell and sequence of steps.
pub async fn play(lab: &Lab, check: &Check, steps: &[Step]) -> Answer {
    if let Some(last) = steps.iter().rposition(|step| !step.changes.is_empty()) {
        let plain: Vec<Step> = steps[..=last].iter().map(Step::undeviated).collect();
        let verbs: Vec<String> = plain.iter().map(|step| format!("{} {:?}", step.verb.name(), step.metadata)).collect();
        let key = format!("{}: {}: {}", lab.cell(), lab.client().id, verbs.join(", "));
        lab.setting().control(key, Box::pin(run(lab, check, &plain))).await.map_err(as_control)?;
    }
    run(lab, check, steps).await
}

/// In a control nothing is a finding.
fn as_control(stop: Stop) -> Stop {
    match stop {
        Stop::Finding(finding) => Stop::Inconclusive(finding.to_string()),
        other => other,
    }
}

impl Step {
    /// Is the request sent in a way in which no token request is sent?
    pub(super) fn is_no_token_request(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::Method(_) | Change::Via(Via::Json | Via::Text)))
    }

    /// The step as it is without its changes: a valid exchange that must succeed.
    fn undeviated(&self) -> Self {
        let expect = self.expect.clone().filter(|_| self.changes.is_empty());
        Self { verb: self.verb, metadata: self.metadata, changes: &[], expect, clause: self.clause }
    }
}

async fn run(lab: &Lab, check: &Check, steps: &[Step]) -> Answer {
    let mut play = Play::new(lab);
    for (at, step) in steps.iter().enumerate() {
        let mut came = play.make(step).await?;
        let clause = step.clause.unwrap_or_else(|| check.clause_in(lab.cell()));
        let mut judged = judge(&play, step, &came, clause);
        // RFC 7009 §2.1: some servers may learn of a revocation later than others.
        let revoked = steps[..at].iter().any(|step| matches!(step.verb, Verb::Revoke | Verb::RevokeRefresh));
        let is_dead = match step.expect {
            Some(Expect::Inactive) => true,
            Some(Expect::Refused) => step.verb == Verb::Userinfo,
            _ => step.verb == Verb::Refresh,
        };
        if revoked && is_dead && matches!(judged, Err(Stop::Finding(_))) {
            // A token that came of it all the same is of the grant that was revoked.
            play.capture(&came);
            tokio::time::sleep(PROPAGATION).await;
            came = play.make(step).await?;
            judged = judge(&play, step, &came, clause);
        }
        judged?;
        play.judge_scope(step, &came, clause).await?;
        if !step.verb.is_exchange() {
            play.capture(&came);
        }
    }
    Ok(())
}

impl<'l> Play<'l> {
    fn new(lab: &'l Lab) -> Self {
        let short_verifier = random()[..42].to_owned();
        Self {
            lab: Acting::Given(lab),
            registered: None,
            deleted: false,
            sent: None,
            code: None,
            access_token: None,
            refresh_token: None,
            id_token: None,
            lifetime: None,
            nonce: None,
            scope: None,
            granted: None,
            shown: None,
            asked: None,
            pushed: None,
            short_verifier,
        }
    }

    /// Makes the exchange of a step, with its changes.
    async fn make(&mut self, step: &Step) -> Result<Came, Stop> {
        if step.verb.is_registration() {
            return self.register(step).await.map(Came::Reply);
        }
        let lab = self.lab.clone();
        let exchange = match step.verb {
            Verb::Authorize => {
                let verifier = random();
                let asked = lab.authorization_request(lab.client(), &verifier)?;
                let mut authorize = Authorize::valid().verifier(verifier);
                for change in step.changes {
                    authorize = match change {
                        Change::As(name) => authorize.by(&self.client(name)?),
                        Change::Set("prompt", "none") => authorize.with("prompt", "none").untouched(),
                        change => authorize.deviating(self.deviation(change, &asked)?),
                    };
                }
                return Ok(Came::Authorized(Box::new(lab.authorize(authorize).await?)));
            }
            Verb::AuthorizeObject => return self.authorize_object(step).await,
            Verb::AuthorizePushed => return self.authorize_pushed(step).await,
            Verb::Push => return self.push(step).await,
            Verb::PushObject => return self.push_object(step).await,
            Verb::Redeem => lab.redemption(self.code.as_ref().ok_or_else(|| before("redeem", "authorize"))?)?,
            Verb::Refresh => lab.refreshing(self.refresh_token.as_ref().ok_or_else(|| before("refresh", "redeem"))?)?,
            Verb::Token => self.token_request().await?,
            Verb::TokenWithActor => lab.delegation_request().await?,
            Verb::Exchange | Verb::ExchangeIdToken | Verb::ExchangeJwt | Verb::ExchangeRefresh => {
                self.exchange(step.verb)?
            }
            Verb::Expire | Verb::ExpireIdToken => return self.pass(step.verb).await,
            Verb::Device => lab.device_authorization()?,
            Verb::Introspect => lab.introspection(self.newest("introspect")?)?,
            Verb::IntrospectRefresh => {
                lab.introspection(self.refresh_token.as_ref().ok_or_else(|| before("introspect-refresh", "redeem"))?)?
            }
            Verb::Revoke => lab.revocation(self.newest("revoke")?)?,
            Verb::RevokeRefresh => {
                lab.revocation(self.refresh_token.as_ref().ok_or_else(|| before("revoke-refresh", "redeem"))?)?
            }
            Verb::Userinfo => lab.userinfo_request(self.newest("userinfo")?)?,
            Verb::AccessToken => return self.access_token_claims().map(Came::Reply),
            Verb::IdToken => return self.id_token_claims().map(Came::Reply),
            Verb::Metadata => return lab.metadata().await.map(Came::Reply),
            Verb::Jwks => return lab.jwks().await.map(Came::Reply),
            Verb::DeleteRegistration | Verb::ReadRegistration | Verb::Register | Verb::UpdateRegistration => {
                return Err(Stop::Error("a registration is made elsewhere".to_owned()));
            }
        };
        let mut deviating = exchange.clone();
        for change in step.changes {
            deviating = deviating.deviating(&self.deviation(change, &exchange)?);
        }
        if step.verb.asks_for_tokens() {
            // RFC 6749 §6: a refresh that names no scope asks for what was granted.
            let granted = self.granted.as_ref().filter(|_| step.verb == Verb::Refresh).map(text);
            let of_code = || self.code.as_ref().and_then(|code| code.scope.clone());
            self.asked = deviating.value("scope").map(str::to_owned).or(granted).or_else(of_code);
        }
        lab.send(&deviating).await.map(Came::Reply)
    }

    /// The token request of the cell's grant; what it needs is captured on the way.
    async fn token_request(&mut self) -> Result<Exchange, Stop> {
        let exchange = self.lab.grant_request().await?;
        self.refresh_token = exchange.value("refresh_token").map(str::to_owned);
        Ok(exchange)
    }

    fn newest(&self, verb: &str) -> Result<&str, Stop> {
        self.access_token.as_deref().ok_or_else(|| before(verb, "token"))
    }

    pub(super) fn deviation(&self, change: &Change, exchange: &Exchange) -> Result<Deviation, Stop> {
        let current = |name: &str| match (name, &exchange.credentials, &exchange.bearer) {
            ("client_id", Some(credentials), _) => credentials.client_id.clone(),
            ("client_secret", Some(credentials), _) => credentials.secret.clone(),
            ("client_assertion", Some(credentials), _) => {
                credentials.fresh_assertion().map(|assertion| assertion.signed())
            }
            ("token", _, Some(bearer)) => Some(bearer.clone()),
            _ => exchange.value(name).map(str::to_owned),
        };
        Ok(match change {
            Change::As(name) => Deviation::As(Box::new(self.client(name)?)),
            Change::Claim(..) | Change::DropClaim(_) => return self.other_claims(change, exchange),
            // Without a secret there is nothing to send a second time.
            Change::Also(_) | Change::CredentialsInQuery if !can_be_sent(exchange, change) => {
                return Err(Stop::not_applicable(
                    Reason::NoClient,
                    "the client has no credentials that it could send so",
                ));
            }
            Change::Also(method) => Deviation::Also(*method),
            Change::CredentialsInQuery => Deviation::CredentialsInQuery,
            Change::Drop(name) => Deviation::Drop((*name).to_owned()),
            Change::Member(..) => return Err(Stop::Error("only a registration has members".to_owned())),
            Change::Method(method) => Deviation::Method(method),
            Change::Repeat(name, value) => {
                Deviation::Repeat((*name).to_owned(), self.value(value, current(name).as_deref())?)
            }
            Change::Set(name, "@critical") => return self.critical(name, exchange),
            Change::Set(name, value) => {
                Deviation::Set((*name).to_owned(), self.value(value, current(name).as_deref())?)
            }
            Change::Via(via) => Deviation::Via(*via),
        })
    }

    /// The assertion of the request, made and signed anew with one claim changed.
    fn other_claims(&self, change: &Change, exchange: &Exchange) -> Result<Deviation, Stop> {
        let (name, assertion) = self.assertion_in(exchange)?;
        let assertion = match change {
            Change::Claim(claim, value) => {
                let value = self.claim(value, assertion.claim(claim))?;
                assertion.with(claim, value)
            }
            Change::DropClaim(claim) => assertion.without(claim),
            _ => assertion,
        };
        Ok(Deviation::Set(name.to_owned(), assertion.signed()))
    }

    /// The same with an extension in the header that has to be understood.
    fn critical(&self, name: &str, exchange: &Exchange) -> Result<Deviation, Stop> {
        match self.assertion_in(exchange)? {
            (known, assertion) if known == name => Ok(Deviation::Set(name.to_owned(), assertion.critical().signed())),
            (known, _) => Err(Stop::Error(format!("@critical is a value of {known} here, and not of {name}"))),
        }
    }

    /// The assertion of the request, and the parameter that it stands in.
    fn assertion_in(&self, exchange: &Exchange) -> Result<(&'static str, Assertion), Stop> {
        self.lab
            .assertion_in(exchange)?
            .ok_or_else(|| Stop::Error("the scenario changes the assertion of a request without one".to_owned()))
    }

    /// The value of a claim, which may be a time.
    pub(super) fn claim(&self, value: &str, current: Option<&str>) -> Result<Value, Stop> {
        Ok(match value {
            "@an-hour-ago" => now().saturating_sub(HOUR).into(),
            "@a-quarter-ago" => now().saturating_sub(QUARTER).into(),
            "@in-a-quarter" => (now() + QUARTER).into(),
            "@in-an-hour" => (now() + HOUR).into(),
            "@strangers" => STRANGERS.as_slice().into(),
            value => self.value(value, current)?.into(),
        })
    }

    fn capture(&mut self, came: &Came) {
        match came {
            Came::Authorized(authorized) => {
                if let Ok(granted) = authorized.granted() {
                    self.nonce = authorized.request.value("nonce").map(str::to_owned);
                    self.code = granted.code.or(self.code.take());
                    self.id_token = granted.id_token.or(self.id_token.take());
                    if granted.access_token.is_some() {
                        self.access_token = granted.access_token;
                        self.lifetime = authorized.landing.param("expires_in").and_then(|seconds| seconds.parse().ok());
                        self.scope = granted.scope.or_else(|| authorized.request.value("scope").map(str::to_owned));
                    }
                }
            }
            Came::Pushed(_, pushed) => self.pushed = pushed.as_deref().cloned().or(self.pushed.take()),
            Came::Time => {}
            Came::Reply(reply) => {
                if let Some(tokens) = reply.tokens() {
                    self.lifetime = tokens.expires_in();
                }
                if let Some(Tokens { access_token, refresh_token, id_token, scope, .. }) = reply.tokens() {
                    self.access_token = Some(access_token);
                    self.id_token = id_token.or(self.id_token.take());
                    self.scope = scope.or(self.asked.clone());
                    self.refresh_token = refresh_token.or(self.refresh_token.take());
                }
            }
        }
    }
}

pub(super) fn before(verb: &str, needed: &str) -> Stop {
    Stop::Error(format!("the scenario has `{verb}` before `{needed}` gave it anything"))
}

/// Does the client have something that this change can send a second time, or elsewhere? An assertion can only stand elsewhere.
fn can_be_sent(exchange: &Exchange, change: &Change) -> bool {
    exchange.credentials.as_ref().is_some_and(|credentials| match change {
        Change::Also(method) => credentials.secret.is_some() && *method != credentials.method,
        _ => credentials.secret.is_some() || credentials.method.is_jwt(),
    })
}
