//! What tokens say of themselves, and how a member of an answer stands to what is known from elsewhere.

use http::HeaderMap;
use serde_json::{Map, Value};

use super::Relation;
use super::play::Play;
use crate::check::{Answer, Reason, Stop};
use crate::exchange::{Jwt, Reply};

impl Play<'_> {
    /// The claims of the newest access token: a question of RFC 9068 only where the token says that it is of that profile.
    pub(super) fn access_token_claims(&self) -> Result<Reply, Stop> {
        let token = self.access_token.as_deref().ok_or_else(|| before("access-token"))?;
        Jwt::access_token(token).map(|jwt| document("the access token", jwt.claims)).ok_or_else(|| {
            Stop::not_applicable(
                Reason::Policy,
                "the access token does not declare itself a JWT of RFC 9068 (typ at+jwt)",
            )
        })
    }

    /// The claims of the newest ID token.
    pub(super) fn id_token_claims(&self) -> Result<Reply, Stop> {
        let token = self.id_token.as_deref().ok_or_else(|| before("id-token"))?;
        Jwt::read(token)
            .map(|jwt| document("the ID token", jwt.claims))
            .ok_or_else(|| Stop::not_applicable(Reason::Policy, "the ID token is encrypted"))
    }

    /// The sub of the newest ID token.
    pub(super) fn subject(&self) -> Option<String> {
        Jwt::read(self.id_token.as_deref()?)?.text("sub").map(str::to_owned)
    }

    /// The member, if the answer has it, stands so to the value; otherwise `clause` is broken.
    pub(super) fn stands_to(
        &self,
        reply: &Reply,
        clause: &'static str,
        member: &str,
        relation: Relation,
        value: &str,
    ) -> Answer {
        let json = reply.json().unwrap_or_default();
        let Some(found) = json.get(member) else {
            return Err(Stop::not_applicable(Reason::Policy, format!("{} says no {member}", reply.asked)));
        };
        let value = self.value(value, None)?;
        let is = found.as_str() == Some(&value);
        let holds = match relation {
            Relation::Hashes => {
                let jwt = self.id_token.as_deref().and_then(Jwt::read).ok_or_else(|| before("id-token"))?;
                let half = jwt.half_hash_of(&value).ok_or_else(|| {
                    Stop::not_applicable(Reason::Policy, "the algorithm of the ID token names no hash")
                })?;
                found.as_str() == Some(&half)
            }
            Relation::Is => is,
            Relation::IsNot => {
                !is && !found.as_array().is_some_and(|list| list.iter().any(|one| one == value.as_str()))
            }
            Relation::Within => found.as_str().is_some_and(|words| {
                words.split(' ').all(|word| word.is_empty() || value.split(' ').any(|known| known == word))
            }),
        };
        if holds {
            return Ok(());
        }
        let expected = format!("{member} {} {value:?}", if relation == Relation::Is { "of" } else { relation.says() });
        Err(Stop::finding(clause, expected, format!("{}: {member} {found}", reply.asked)))
    }
}

impl Reply {
    /// A JSON object with these members, none of them null; otherwise `clause` is broken.
    pub(super) fn has_members(&self, clause: &'static str, members: &[&str]) -> Answer {
        let json = self.json().unwrap_or_default();
        match members.iter().find(|member| json.get(**member).is_none_or(Value::is_null)) {
            None => Ok(()),
            Some(missing) => Err(Stop::finding(clause, format!("the member {missing}"), self.actual())),
        }
    }
}

/// A document that was not fetched, as if it had been.
fn document(name: &str, claims: Map<String, Value>) -> Reply {
    Reply { asked: name.to_owned(), status: 200, headers: HeaderMap::new(), body: Value::Object(claims).to_string() }
}

fn before(verb: &str) -> Stop {
    Stop::not_applicable(Reason::Policy, format!("no token came that `{verb}` could read"))
}
