//! Which scope a token has: by the answer that brought it, by introspection, or by the token itself.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Authorize, Authorized, Connect, Device, Lab, random};
use crate::cell::Grant;
use crate::check::{Answer, Reason, Stop};
use crate::exchange::{ErrorCode, Jwt, Reply, Tokens};

/// A set of scope values; RFC 6749 §3.3: their order changes nothing.
pub type Scope = BTreeSet<String>;

/// The clause on a scope that is not the one that was asked for.
const SCOPE_REPORTED: &str = "rfc6749/5.1/scope-reported";

/// What comes of a request for a scope.
enum Came {
    /// The scope that was asked for, and the tokens.
    Tokens(String, Box<Tokens>),
    /// A refusal of the token endpoint.
    Refusal(Box<Reply>),
    /// An error of the authorization endpoint.
    Error(Box<Authorized>),
}

/// Reads a scope.
pub fn scope(text: &str) -> Scope {
    text.split(' ').filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

/// RFC 6749 §3.3: has it a character that no scope has? Then the request is malformed as well (§5.2).
fn is_malformed(scope: &str) -> bool {
    !scope.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '\\')
}

impl Lab {
    /// A scope that exists, and that no client of the target may have.
    pub fn scope_beyond_client(&self) -> Result<&str, Stop> {
        self.target().scopes.beyond_client.as_deref().ok_or_else(|| {
            Stop::not_applicable(
                Reason::NoAbility,
                "the target file names no scope beyond the clients ([scopes] beyond_client)",
            )
        })
    }

    /// Whom an access token stands for: the `sub` by its own word, by introspection, or by the ID token beside it.
    pub async fn stands_for(&self, tokens: &Tokens) -> Result<Option<String>, Stop> {
        if let Some(told) = Jwt::access_token(&tokens.access_token).and_then(|jwt| jwt.text("sub").map(str::to_owned)) {
            return Ok(Some(told));
        }
        if self.target().metadata.introspection_endpoint.is_none() {
            return Ok(tokens.subject());
        }
        Ok(self.introspect(&tokens.access_token).await?.text("sub").or(tokens.subject()))
    }

    /// The scope that the token itself has, whatever the token response said: by introspection, else by its claims.
    pub async fn scope_of_token(&self, tokens: &Tokens) -> Result<Option<Scope>, Stop> {
        self.scope_of(&tokens.access_token).await
    }

    /// The same of an access token that came in another way.
    pub async fn scope_of(&self, access_token: &str) -> Result<Option<Scope>, Stop> {
        if self.target().metadata.introspection_endpoint.is_some() {
            let json = self.introspect(access_token).await?.json().unwrap_or_default();
            if let Some(Value::String(text)) = json.get("scope") {
                return Ok(Some(scope(text)));
            }
        }
        let claims = Jwt::read(access_token).map(|jwt| jwt.claims).unwrap_or_default();
        Ok(match claims.get("scope") {
            Some(Value::String(text)) => Some(scope(text)),
            Some(Value::Array(values)) => Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            _ => None,
        })
    }

    /// Asks for the scope `more` beside the usual one. It may be refused, or left out of what is granted, if the answer says
    /// so; to grant it breaks `beyond`, where it is a scope that the client may not have. Without `beyond` all that is asked is
    /// what the answer says of a scope that was left out.
    pub async fn asks_for_more(&self, more: &str, beyond: Option<&'static str>) -> Answer {
        match self.beside_the_usual(more).await? {
            Came::Tokens(asked, tokens) => self.grants_no(more, &asked, &tokens, beyond).await,
            // RFC 8628 §3.5: a scope that is looked at when the user decides is denied as a whole.
            Came::Refusal(reply)
                if beyond.is_some() && self.cell().grant == Some(Grant::DeviceCode) && is_denied(&reply) =>
            {
                Ok(())
            }
            Came::Refusal(reply) => {
                let refused = reply.refused(beyond.unwrap_or(SCOPE_REPORTED))?;
                if beyond.is_none() {
                    Err(refuses())
                } else {
                    refused.with_error_or(ErrorCode::InvalidScope.clause(), &self.codes_for_too_much(more))
                }
            }
            Came::Error(authorized) => {
                let mut fitting = vec!["invalid_scope", "access_denied", "unauthorized_client"];
                fitting.extend(is_malformed(more).then_some("invalid_request"));
                if beyond.is_none() {
                    return Err(refuses());
                }
                authorized.with_error("rfc6749/4.1.2.1/invalid-scope", &fitting)
            }
        }
    }

    /// Asks for `other`, which is `value` in another case, in place of it: neither is granted. A server that grants `value`
    /// to whoever asks for anything has answered another question.
    pub async fn asks_in_another_case(&self, value: &str, other: &str, clause: &'static str) -> Answer {
        let instead = |name: &str| {
            let name = name.to_owned();
            let fits = |one: &&str| !one.is_empty() && !one.eq_ignore_ascii_case(value);
            move |usual: Option<&str>| {
                usual.unwrap_or_default().split(' ').filter(fits).chain([name.as_str()]).collect::<Vec<_>>().join(" ")
            }
        };
        if let Came::Tokens(_, tokens) = self.asking(instead(&unknown_scope())).await?
            && self.all_scopes(&tokens).await?.contains(value)
        {
            return Err(Stop::not_applicable(Reason::Policy, "the server grants more than it is asked for"));
        }
        match self.asking(instead(other)).await? {
            Came::Tokens(_, tokens) => {
                let granted = self.all_scopes(&tokens).await?;
                match [value, other].into_iter().find(|one| granted.contains(*one)) {
                    Some(one) => Err(Stop::finding(
                        clause,
                        format!("no scope for {other}, which is not {value}"),
                        format!("a token with the scope {one}"),
                    )),
                    None => Ok(()),
                }
            }
            Came::Refusal(reply) => reply.refused(clause).map(drop),
            Came::Error(authorized) => authorized.refused(clause).map(drop),
        }
    }

    /// What the answer and the token itself say together.
    async fn all_scopes(&self, tokens: &Tokens) -> Result<Scope, Stop> {
        let told = tokens.scope.as_deref().map(scope);
        Ok(self.scope_of_token(tokens).await?.into_iter().chain(told).flatten().collect())
    }

    /// The codes that fit a scope which goes too far. What vouches for somebody may be said not to reach so far (RFC 7521 §4.1), and
    /// an exchange may be refused with any code that is appropriate (RFC 8693 §2.2.2).
    fn codes_for_too_much(&self, more: &str) -> Vec<&'static str> {
        let mut codes = vec!["invalid_scope", "unauthorized_client"];
        match self.cell().grant {
            Some(Grant::JwtBearer) => codes.extend(["invalid_grant", "invalid_request"]),
            Some(Grant::TokenExchange) => {
                codes.extend(["invalid_grant", "invalid_request", "invalid_target", "access_denied"]);
            }
            _ => codes.extend(is_malformed(more).then_some("invalid_request")),
        }
        codes
    }

    /// Does the server grant a scope that it cannot know?
    pub async fn grants_unknown_scopes(&self) -> Result<bool, Stop> {
        let unknown = unknown_scope();
        let Came::Tokens(_, tokens) = self.beside_the_usual(&unknown).await? else {
            return Ok(false);
        };
        let has = self.scope_of_token(&tokens).await?;
        Ok(has.or(tokens.scope.as_deref().map(scope)).is_some_and(|has| has.contains(&unknown)))
    }

    /// What comes of a request for the usual scope and `more`.
    async fn beside_the_usual(&self, more: &str) -> Result<Came, Stop> {
        self.asking(|usual| beside(usual, more)).await
    }

    /// What comes of a request for a scope that is made of the usual one, after a request for that, which is the control.
    async fn asking(&self, scope: impl Fn(Option<&str>) -> String) -> Result<Came, Stop> {
        let at_token_endpoint = [Grant::ClientCredentials, Grant::Password, Grant::JwtBearer, Grant::TokenExchange];
        if self.cell().grant.is_some_and(|grant| at_token_endpoint.contains(&grant)) {
            let request = self.grant_request().await?;
            let asked = scope(request.value("scope"));
            self.send(&request).await?.is_token()?;
            // What vouches for somebody may be good for one request (RFC 7523 §3).
            let reply = self.send(&self.grant_request().await?.with("scope", &asked)).await?;
            return Ok(match reply.tokens() {
                Some(tokens) => Came::Tokens(asked, Box::new(tokens)),
                None => Came::Refusal(Box::new(reply)),
            });
        }
        if self.cell().grant == Some(Grant::DeviceCode) {
            return self.device_asking(scope).await;
        }
        self.user_tokens().await?;
        let asked = scope(self.target().authorization_scope());
        let authorized = self.authorize(Authorize::valid().with("scope", &asked)).await?;
        if authorized.landing.param("error").is_some() {
            return Ok(Came::Error(Box::new(authorized)));
        }
        let tokens = self.redeem(&authorized.code()?).await?.is_token()?;
        Ok(Came::Tokens(asked, Box::new(tokens)))
    }

    /// The same for a device, which is refused before its user has anything to decide, or when it polls.
    async fn device_asking(&self, scope: impl Fn(Option<&str>) -> String) -> Result<Came, Stop> {
        self.device_works().await?;
        let request = self.device_authorization()?;
        let asked = scope(request.value("scope"));
        let reply = self.send(&request.with("scope", &asked)).await?;
        let Some(mut device) = Device::read(&reply) else {
            return Ok(Came::Refusal(Box::new(reply)));
        };
        self.connect(&device, Connect::allowing()).await?;
        let reply = self.poll(&device).await?;
        if device.goes_on(&reply) {
            return Err(Stop::Inconclusive("the user allowed the device, and it is told to go on waiting".to_owned()));
        }
        Ok(match reply.tokens() {
            Some(tokens) => Came::Tokens(asked, Box::new(tokens)),
            None => Came::Refusal(Box::new(reply)),
        })
    }

    /// Tokens came for a request of the scope `asked`, in which `more` stands. Introspection may tell less than the token has
    /// (RFC 7662 §2.2), and a JWT names what its audience knows (RFC 9068 §2.2.3): that it lacks `more` counts only where it
    /// has all the rest.
    async fn grants_no(&self, more: &str, asked: &str, tokens: &Tokens, beyond: Option<&'static str>) -> Answer {
        let said = tokens.scope.as_deref();
        if said.is_some_and(|said| !scope(said).contains(more)) {
            return Ok(());
        }
        let has = self.scope_of_token(tokens).await?;
        let mut rest = said.map_or_else(|| scope(asked), scope);
        rest.remove(more);
        match (has, said, beyond) {
            (Some(has), ..) if has == rest => Err(Stop::finding(
                SCOPE_REPORTED,
                format!("a scope without {more}, or a refusal"),
                said.map_or("no scope in the answer, and a token without it".to_owned(), |said| {
                    format!("scope {said:?}, and a token without it")
                }),
            )),
            (Some(has), _, Some(clause)) if has.contains(more) => {
                Err(Stop::finding(clause, format!("no {more} in the scope"), "a token that has it"))
            }
            (_, Some(_), Some(clause)) => {
                Err(Stop::finding(clause, format!("no {more} in the scope"), "an answer that grants it"))
            }
            // A server without a list of its scopes grants whatever it is asked for, and says so.
            (_, Some(_), None) => Err(leaves_nothing_out()),
            (Some(has), _, None) if has.contains(more) => Err(leaves_nothing_out()),
            (_, None, _) => {
                Err(Stop::Inconclusive("neither the answer nor the token says which scope was granted".to_owned()))
            }
        }
    }
}

fn is_denied(reply: &Reply) -> bool {
    reply.text("error").as_deref() == Some("access_denied")
}

fn refuses() -> Stop {
    Stop::not_applicable(Reason::Policy, "the server refuses a scope that it does not know, and leaves none out")
}

fn leaves_nothing_out() -> Stop {
    Stop::not_applicable(Reason::Policy, "the server grants a scope that it does not know, and leaves none out")
}

/// The scope that an answer grants: what it says, else what was asked for, for it may be left out only where the two are the
/// same (RFC 6749 §5.1). What the token itself shows is no measure: it may be less.
pub fn granted_scope(tokens: &Tokens, asked: Option<&str>) -> Option<Scope> {
    tokens.scope.as_deref().or(asked).map(scope)
}

/// What stays of a scope when all is left out that can be, in its order: without these values some servers issue no refresh
/// token, or no ID token.
pub fn narrowed(whole: &str) -> String {
    whole.split(' ').filter(|value| ["openid", "offline_access"].contains(value)).collect::<Vec<_>>().join(" ")
}

/// The usual scope and one more. What `more` almost is stays out: a server that cannot tell the two apart would take them for
/// one.
pub fn beside(usual: Option<&str>, more: &str) -> String {
    let differs = |value: &&str| !value.starts_with(more) && !more.starts_with(value);
    let rest = usual.unwrap_or_default().split(' ').filter(|value| !value.is_empty()).filter(differs);
    rest.chain([more]).collect::<Vec<_>>().join(" ")
}

/// A scope that no server knows.
pub fn unknown_scope() -> String {
    format!("grantspec-{}", random()[..8].to_lowercase())
}

/// A scope as it is written.
pub fn text(scope: &Scope) -> String {
    scope.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}
