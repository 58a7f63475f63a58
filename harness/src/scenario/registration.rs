//! The steps of a scenario that register a client, read, change and delete it.

use serde_json::Value;
use toml::Spanned;
use toml::de::DeValue;

use super::file::known_value;
use super::named::known_name;
use super::play::{Play, before};
use super::reader::{Reader, Source, leak};
use super::{Change, ScenarioError, Step, Verb};
use crate::check::{Answer, Reason, Stop};
use crate::exchange::Reply;
use crate::lab::{Registered, RegistrationRequest};

/// Whether a client is a native one: a member of OpenID Connect Registration §2. RFC 7591 knows none such, so that a server which does not tell of
/// it goes by that document alone, and took nobody for native or web.
const KIND: &str = "application_type";

/// The clause on the form of a refusal.
pub(super) const ERROR_RESPONSE: &str = "rfc7591/3.2.2/error-response";

/// The clause that defines an error code for the registration endpoint.
pub(super) fn registration_error_clause(code: &str) -> Option<&'static str> {
    Some(match code {
        "invalid_redirect_uri" => "rfc7591/3.2.2/invalid-redirect-uri",
        "invalid_client_metadata" => "rfc7591/3.2.2/invalid-client-metadata",
        _ => return None,
    })
}

/// Members and their values, as they are written: `set` and `metadata`.
pub(super) fn members(
    source: Source<'_>,
    reader: &mut Reader<'_, '_>,
    key: &'static str,
) -> Result<Vec<(&'static str, &'static str)>, ScenarioError> {
    let Some(value) = reader.take(key) else {
        return Ok(Vec::new());
    };
    let DeValue::Table(table) = value.get_ref() else {
        return Err(source.error(value.span().start, format!("`{key}` is a table of names and values")));
    };
    let member = |(name, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        Ok((leak(name.get_ref()), leak(&json(source, value)?.to_string())))
    };
    table.iter().map(member).collect()
}

/// A value of a scenario file as JSON.
pub(super) fn json(source: Source<'_>, value: &Spanned<DeValue<'_>>) -> Result<Value, ScenarioError> {
    let at = value.span().start;
    Ok(match value.get_ref() {
        DeValue::String(text) => {
            known_value(source, text, at)?;
            Value::from(text.as_ref())
        }
        DeValue::Boolean(value) => (*value).into(),
        DeValue::Integer(number) => number.as_str().parse::<i64>().map(Value::from).unwrap_or_default(),
        DeValue::Array(list) => list.iter().map(|one| json(source, one)).collect::<Result<_, _>>()?,
        DeValue::Table(table) => {
            let members = table.iter().map(|(name, value)| Ok((name.get_ref().to_string(), json(source, value)?)));
            Value::Object(members.collect::<Result<_, ScenarioError>>()?)
        }
        DeValue::Float(_) | DeValue::Datetime(_) => {
            return Err(source.error(at, "a member is a string, a number, true or false, a list or a table of them"));
        }
    })
}

impl Play<'_> {
    /// Makes the request of a step about a registration.
    pub(super) async fn register(&mut self, step: &Step) -> Result<Reply, Stop> {
        let lab = self.lab.clone();
        let mut request = match step.verb {
            Verb::Register => lab.registration()?,
            verb => {
                let registered = self.registered.as_ref().ok_or_else(|| before(verb.name(), "register"))?;
                match verb {
                    Verb::UpdateRegistration => lab.updating(registered)?,
                    Verb::DeleteRegistration => lab.deleting(registered)?,
                    _ => lab.reading(registered)?,
                }
            }
        };
        for (name, value) in step.metadata {
            request = request.with(name, self.member(value, None)?);
        }
        for change in step.changes {
            request = self.changed(request, change)?;
        }
        let reply = lab.send_registration(&request).await?;
        self.sent.clone_from(&request.members);
        if step.changes.is_empty() && !self.deleted && step.verb != Verb::Register && matches!(reply.status, 403 | 405)
        {
            // RFC 7592 §2: not every server has every method; §2.1, §2.2: nor lets every client use it.
            let says = format!("the server does not let this client do `{}`: {}", step.verb.name(), reply.summary());
            return Err(Stop::not_applicable(Reason::Policy, says));
        }
        match step.verb {
            Verb::Register => self.deleted = false,
            Verb::DeleteRegistration => self.deleted |= reply.is_success(),
            _ => {}
        }
        if let Some(registered) = self.client_told(step.verb, &request, &reply) {
            // Who is only read stays who it was.
            if step.verb != Verb::ReadRegistration {
                self.lab = lab.acting_as(&registered.client).into();
            }
            self.registered = Some(registered);
        }
        Ok(reply)
    }

    /// What an answer tells of the client. An answer to a deletion tells nothing.
    fn client_told(&self, verb: Verb, request: &RegistrationRequest, reply: &Reply) -> Option<Registered> {
        match (verb, &self.registered) {
            (Verb::Register, _) => self.lab.registered(request, reply),
            (Verb::ReadRegistration | Verb::UpdateRegistration, Some(known)) => known.renewed(request, reply),
            _ => None,
        }
    }

    fn changed(&self, request: RegistrationRequest, change: &Change) -> Result<RegistrationRequest, Stop> {
        Ok(match change {
            Change::Member("token", value) => {
                let value = self.member(value, request.bearer.as_deref())?;
                request.bearing(value.as_str())
            }
            Change::Drop("token") => request.bearing(None),
            Change::Member(name, value) => {
                let current = request.members.as_ref().and_then(|members| members.get(*name)).and_then(Value::as_str);
                let value = self.member(value, current)?;
                request.with(name, value)
            }
            Change::Drop(name) => request.without(name),
            Change::Method(method) => request.by(method),
            _ => return Err(Stop::Error("the scenario changes a registration in a way that is none".to_owned())),
        })
    }

    /// The value that is written, with what its names stand for.
    pub(super) fn member(&self, written: &str, current: Option<&str>) -> Result<Value, Stop> {
        let value = serde_json::from_str(written).map_err(|error| Stop::Error(error.to_string()))?;
        self.resolved(value, current)
    }

    fn resolved(&self, value: Value, current: Option<&str>) -> Result<Value, Stop> {
        Ok(match value {
            Value::String(text) => self.value(&text, current)?.into(),
            Value::Array(list) => {
                list.into_iter().map(|one| self.resolved(one, current)).collect::<Result<Vec<_>, _>>()?.into()
            }
            value => value,
        })
    }

    /// What was asked for is refused, or the answer says that something else is registered: RFC 7591 §2, §3.2.1.
    pub(super) fn is_not_registered(&self, step: &Step, reply: &Reply, clause: &'static str) -> Answer {
        reply.judgeable()?;
        if !reply.is_success() {
            return reply.withheld(clause);
        }
        let told = reply.json().unwrap_or_default();
        if self.sent.as_ref().is_some_and(|sent| sent.contains_key(KIND)) && !told.contains_key(KIND) {
            return Err(Stop::not_applicable(Reason::Policy, "the server keeps no application_type"));
        }
        // What is forbidden to some clients is not forbidden to one that the server made another of (RFC 7591 §2).
        for (name, _) in step.metadata.iter().filter(|(name, _)| !step.changes.iter().any(|change| change.sets(name))) {
            let asked = self.sent.iter().find_map(|sent| sent.get(*name));
            if asked.is_some_and(|asked| told.get(*name).is_some_and(|told| !holds(told, asked))) {
                return Err(Stop::not_applicable(Reason::Policy, format!("the server registered another {name}")));
            }
        }
        let sent = self.sent.iter().flatten();
        for (name, asked) in sent.filter(|(name, _)| step.changes.iter().any(|change| change.sets(name))) {
            match told.get(name) {
                None => return Err(reply.not_the_control(&format!("a refusal, or word of {name}"))),
                Some(value) if holds(value, asked) => {
                    let actual = format!("{} with {name} {value}", reply.actual());
                    return Err(Stop::finding(clause, format!("a refusal, or another {name}"), actual));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// The member of the answer, if it is there, is this JSON; of a list the order means nothing.
pub(super) fn is_value(reply: &Reply, clause: &'static str, member: &str, written: &str) -> Answer {
    let told = reply.json().unwrap_or_default();
    let Some(found) = told.get(member) else {
        return Err(Stop::not_applicable(Reason::Policy, format!("{} says no {member}", reply.asked)));
    };
    let expected: Value = serde_json::from_str(written).map_err(|error| Stop::Error(error.to_string()))?;
    let same = match (found, &expected) {
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len() && expected.iter().all(|one| found.contains(one))
        }
        _ => *found == expected,
    };
    if same {
        return Ok(());
    }
    Err(Stop::finding(clause, format!("{member} {expected}"), format!("{}: {member} {found}", reply.asked)))
}

/// Is what was asked for among what is registered?
fn holds(told: &Value, asked: &Value) -> bool {
    match (told, asked) {
        (Value::Array(told), Value::Array(asked)) => asked.iter().any(|one| told.contains(one)),
        _ => told == asked,
    }
}

/// A refusal of the form of RFC 7591 §3.2.2, with one of these codes.
pub(super) fn refused_with(
    reply: &Reply,
    clause: &'static str,
    codes: &[&str],
    demanded: Option<&'static str>,
) -> Answer {
    reply.withheld(clause)?;
    let Some(error) = reply.text("error").filter(|_| reply.status == 400) else {
        return Err(Stop::finding(ERROR_RESPONSE, "400 and a JSON object with a member `error`", reply.actual()));
    };
    if codes.contains(&error.as_str()) {
        return Ok(());
    }
    let defined = codes.first().and_then(|code| registration_error_clause(code));
    let expected = format!("the error {}", codes.join(" or "));
    Err(Stop::finding(demanded.or(defined).unwrap_or(clause), expected, reply.actual()))
}

/// The plain success of a request about a registration.
pub(super) fn succeeded(verb: Verb, reply: &Reply) -> Answer {
    reply.judgeable()?;
    match verb {
        Verb::DeleteRegistration => reply.is_ok().map(drop),
        _ if reply.is_json()?.contains_key("client_id") => Ok(()),
        _ => Err(reply.not_the_control("a member `client_id`")),
    }
}

/// Names and values, as they stand in the file.
type Members = Vec<(&'static str, &'static str)>;

/// The changes of a step about a registration, and what it is about: `metadata`, `set`, `drop`, `method`.
pub(super) fn changes(
    source: Source<'_>,
    reader: &mut Reader<'_, '_>,
) -> Result<(Members, Vec<Change>), ScenarioError> {
    let metadata = members(source, reader, "metadata")?;
    let mut changes: Vec<Change> =
        members(source, reader, "set")?.into_iter().map(|(name, value)| Change::Member(name, value)).collect();
    changes.extend(reader.texts("drop")?.into_iter().map(|(name, _)| Change::Drop(name)));
    if let Some((method, at)) = reader.maybe_text("method")? {
        known_name(source, method, at, ["DELETE", "GET", "LOCK", "PATCH", "POST", "PUT"].into_iter())?;
        changes.push(Change::Method(method));
    }
    Ok((metadata, changes))
}
