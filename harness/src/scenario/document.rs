//! What tokens say of themselves, and how a member of an answer stands to what is known from elsewhere.

use http::HeaderMap;
use serde_json::{Map, Value};

use super::Relation;
use super::form::form;
use super::play::Play;
use crate::check::{Answer, Reason, Stop};
use crate::exchange::{Jwt, Reply};
use crate::lab::{Authorized, Landing};

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

    /// The iss of the newest ID token.
    pub(super) fn issuer(&self) -> Option<String> {
        Jwt::read(self.id_token.as_deref()?)?.text("iss").map(str::to_owned)
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
        // A member without a value is another matter: OpenID Connect Core §5.3.2 and §13.3 would only rather not see it.
        let says_nothing =
            |value: &Value| value.is_null() || (relation == Relation::Like && value.as_str() == Some(""));
        let Some(found) = json.get(member).filter(|value| !says_nothing(value)) else {
            return Err(Stop::not_applicable(Reason::Policy, format!("{} says no {member}", reply.asked)));
        };
        if relation == Relation::Like {
            return has_form(reply, clause, member, found, value);
        }
        let value = self.value(value, None)?;
        // RFC 7519 §4.1.3: one audience may stand alone or in a list.
        let one = found.as_array().filter(|list| member == "aud" && list.len() == 1).and_then(|list| list.first());
        let is = one.unwrap_or(found).as_str() == Some(&value);
        let holds = match relation {
            Relation::Hashes => {
                let jwt = self.id_token.as_deref().and_then(Jwt::read).ok_or_else(|| before("id-token"))?;
                let half = jwt.half_hash_of(&value).ok_or_else(|| {
                    Stop::not_applicable(Reason::Policy, "the algorithm of the ID token names no hash")
                })?;
                found.as_str() == Some(&half)
            }
            Relation::Holds => found
                .as_array()
                .is_some_and(|list| list.iter().filter_map(Value::as_str).any(|one| same_words(one, &value))),
            Relation::Is => is,
            Relation::IsNot => {
                !is && !found.as_array().is_some_and(|list| list.iter().any(|one| one == value.as_str()))
            }
            Relation::Like => false,
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

/// Are these the same words, in whatever order? OAuth 2.0 Multiple Response Types §1.2.
fn same_words(one: &str, other: &str) -> bool {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    words(one) == words(other)
}

/// The member has this form; otherwise `clause` is broken.
fn has_form(reply: &Reply, clause: &'static str, member: &str, found: &Value, name: &str) -> Answer {
    let form = form(name).ok_or_else(|| Stop::Error(format!("there is no form `{name}`")))?;
    if (form.fits)(found) {
        return Ok(());
    }
    Err(Stop::finding(clause, format!("{member}: {}", form.says), format!("{}: {member} {found}", reply.asked)))
}

/// The parameters of an authorization response as a document, after the control that everything came.
pub(super) fn response(authorized: &Authorized) -> Result<Reply, Stop> {
    authorized.granted()?;
    let Landing::Client { params, .. } = &authorized.landing else {
        return Err(Stop::Inconclusive(format!("expected a response; got {}", authorized.landing.summary())));
    };
    let members = params.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    Ok(document("the response", members))
}

impl Reply {
    /// A JSON object none of whose members is null, or an empty string where that is no value either; otherwise `clause` is
    /// broken.
    pub(super) fn has_no_blanks(&self, clause: &'static str, strings: bool) -> Answer {
        let json = self.json().unwrap_or_default();
        let blank = |value: &Value| value.is_null() || (strings && value.as_str() == Some(""));
        match json.iter().find(|(_, value)| blank(value)) {
            None => Ok(()),
            Some((name, value)) => {
                Err(Stop::finding(clause, format!("{name} left out, or with a value"), format!("{name} is {value}")))
            }
        }
    }

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
