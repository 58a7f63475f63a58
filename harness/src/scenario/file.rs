//! The form of a scenario file: a closed language, every mistake with file, line, column and a suggestion.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::named::{NAMED_CLIENTS, NAMED_VALUES};
use super::play::USERINFO_ERROR;
use super::reader::{Reader, Source, leak};
use super::{Change, Expect, Extent, Relation, Step, Verb};
use crate::cell::{AuthMethod, Cells};
use crate::check::{Ask, Check, Need};
use crate::clause;
use crate::exchange::Via;
use crate::lab::landing::{authorization_error_clause, token_error_clause};
use crate::suggest;

/// A mistake in a scenario file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {says}")]
pub struct ScenarioError {
    /// File, line and column.
    pub place: String,
    /// What is wrong, with a suggestion where there is one.
    pub says: String,
}

/// Reads the cases of a scenario file; `name` stands in messages.
pub fn read(name: &str, text: &str) -> Result<Vec<Check>, ScenarioError> {
    let source = Source { name, text };
    let document = DeTable::parse(text)
        .map_err(|error| source.error(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
    let mut file = Reader::new(source, "a scenario file", 0..0, document.get_ref());
    file.text("title")?;
    let cases = match file.take("case").map(|value| (value.get_ref(), value.span())) {
        Some((DeValue::Array(cases), _)) => cases,
        Some((_, span)) => {
            return Err(source.error(span.start, "`case` is written [[case]], once for each"));
        }
        None => return Err(source.error(0, "the file has no [[case]]")),
    };
    file.done()?;
    cases.iter().map(|value| case(source, value)).collect()
}

fn case(source: Source<'_>, value: &Spanned<DeValue<'_>>) -> Result<Check, ScenarioError> {
    let DeValue::Table(table) = value.get_ref() else {
        return Err(source.error(value.span().start, "a case is a table: [[case]]"));
    };
    let mut reader = Reader::new(source, "a case", value.span(), table);
    let (id, id_at) = reader.text("id")?;
    if id.split('/').count() != 2
        || id.chars().any(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || "/-".contains(c)))
    {
        return Err(source.error(id_at, format!("`{id}` is no id: write topic/what-is-at-stake in kebab-case")));
    }
    let (title, _) = reader.text("title")?;
    let (why, _) = reader.text("why")?;
    let clauses = reader.texts("clauses")?;
    for (id, at) in &clauses {
        known_clause(source, id, *at)?;
    }
    if clauses.is_empty() {
        return Err(source.error(value.span().start, "a case names the clauses that it is about: clauses = [\"…\"]"));
    }
    let (cells, cells_at) = reader.text("cells")?;
    let cells = Cells::named(cells).ok_or_else(|| {
        let hint = suggest::hint(cells, Cells::ALL.iter().map(|cells| cells.name));
        source.error(cells_at, format!("there are no cells `{cells}`{hint}"))
    })?;
    let needs =
        reader.texts("needs")?.into_iter().map(|(name, at)| need(source, name, at)).collect::<Result<Vec<_>, _>>()?;
    let steps = match reader.take("step").map(|value| (value.get_ref(), value.span())) {
        Some((DeValue::Array(steps), _)) if !steps.is_empty() => steps,
        Some((_, span)) => {
            return Err(source.error(span.start, "`step` is a list of steps: step = [ { do = \"…\" }, … ]"));
        }
        None => return Err(source.error(value.span().start, "the case has no `step`")),
    };
    let steps = steps.iter().map(|value| step(source, value)).collect::<Result<Vec<_>, _>>()?;
    reader.done()?;

    if !steps.iter().any(|step| step.expect.is_some()) {
        return Err(source.error(value.span().start, "no step of the case expects anything, so that it could not fail"));
    }
    let clauses = with_error_clauses(clauses.into_iter().map(|(id, _)| id).collect(), &steps);
    Ok(Check {
        id,
        title,
        why,
        clauses: Vec::leak(clauses),
        cells,
        needs: Vec::leak(needs),
        ask: Ask::Steps(Vec::leak(steps)),
    })
}

/// A refusal brings along the clauses on its form and its code.
fn with_error_clauses(mut clauses: Vec<&'static str>, steps: &[Step]) -> Vec<&'static str> {
    let mut add = |id: &'static str| {
        if !clauses.contains(&id) {
            clauses.push(id);
        }
    };
    for step in steps {
        if let Some(clause) = step.clause {
            add(clause);
        }
        let at_authorization = step.verb == Verb::Authorize;
        if let Some(Expect::Error(codes, clause)) = &step.expect
            && let Some(code) = codes.first()
        {
            let defined = if at_authorization { authorization_error_clause(code) } else { token_error_clause(code) };
            clause.or(defined).into_iter().for_each(&mut add);
        }
        if matches!(step.expect, Some(Expect::Error(..) | Expect::Refused | Expect::BasicChallenge))
            && matches!(
                step.verb,
                Verb::Token
                    | Verb::Redeem
                    | Verb::Refresh
                    | Verb::Introspect
                    | Verb::IntrospectRefresh
                    | Verb::Revoke
                    | Verb::RevokeRefresh
            )
        {
            add("rfc6749/5.2/error-response");
        }
        if step.verb == Verb::Userinfo && matches!(step.expect, Some(Expect::Refused | Expect::BearerChallenge)) {
            add(USERINFO_ERROR);
        }
    }
    clauses
}

fn step(source: Source<'_>, value: &Spanned<DeValue<'_>>) -> Result<Step, ScenarioError> {
    let DeValue::Table(table) = value.get_ref() else {
        return Err(source.error(value.span().start, "a step is a table: { do = \"…\" }"));
    };
    let mut reader = Reader::new(source, "a step", value.span(), table);
    let (verb, verb_at) = reader.text("do")?;
    let verb = Verb::ALL.iter().copied().find(|known| known.name() == verb).ok_or_else(|| {
        let hint = suggest::hint(verb, Verb::ALL.iter().map(|verb| verb.name()));
        source.error(verb_at, format!("there is no exchange `{verb}`{hint}"))
    })?;

    let mut changes = Vec::new();
    if let Some((client, at)) = reader.maybe_text("as")? {
        known_name(source, client, at, NAMED_CLIENTS.iter().map(|(name, _)| *name))?;
        changes.push(Change::As(client));
    }
    for (name, value, at) in reader.pairs("set")? {
        if value.starts_with('@') {
            known_name(source, value, at, NAMED_VALUES.iter().map(|(name, _)| *name))?;
        }
        changes.push(Change::Set(name, value));
    }
    for (name, _) in reader.texts("drop")? {
        changes.push(Change::Drop(name));
    }
    for (name, value, at) in reader.pairs("repeat")? {
        if value.starts_with('@') {
            known_name(source, value, at, NAMED_VALUES.iter().map(|(name, _)| *name))?;
        }
        changes.push(Change::Repeat(name, value));
    }
    if let Some((method, at)) = reader.maybe_text("also")? {
        let method = AuthMethod::parse(method).ok_or_else(|| {
            source.error(at, format!("there is no authentication method `{method}`; known are basic, post"))
        })?;
        changes.push(Change::Also(method));
    }
    if let Some((method, at)) = reader.maybe_text("method")? {
        if !["GET", "POST", "PUT"].contains(&method) {
            return Err(source.error(at, format!("there is no method `{method}` here; known are GET, POST, PUT")));
        }
        changes.push(Change::Method(method));
    }
    if let Some((via, at)) = reader.maybe_text("via")? {
        changes.push(match via {
            "json" => Change::Via(Via::Json),
            "query" => Change::Via(Via::Query),
            "query-credentials" => Change::CredentialsInQuery,
            "text" => Change::Via(Via::Text),
            _ => {
                return Err(source
                    .error(at, format!("there is no way `{via}`; known are json, query, query-credentials, text")));
            }
        });
    }
    let expect = reader.take("expect").map(|value| expect(source, value)).transpose()?;
    let clause = reader.maybe_text("clause")?;
    if let Some((id, at)) = clause {
        known_clause(source, id, at)?;
    }
    reader.done()?;
    Ok(Step { verb, changes: Vec::leak(changes), expect, clause: clause.map(|(id, _)| id) })
}

fn expect(source: Source<'_>, value: &Spanned<DeValue<'_>>) -> Result<Expect, ScenarioError> {
    let at = value.span().start;
    match value.get_ref() {
        DeValue::String(word) => Ok(match word.as_ref() {
            "active" => Expect::Active,
            "anything" => Expect::Anything,
            "basic-challenge" => Expect::BasicChallenge,
            "bearer-challenge" => Expect::BearerChallenge,
            "code" => Expect::Code,
            "inactive" => Expect::Inactive,
            "ok" => Expect::Ok,
            "refused" => Expect::Refused,
            "stays" => Expect::Stays,
            "token" => Expect::Token,
            other => {
                let hint = suggest::hint(other, Expect::WORDS.iter().copied());
                return Err(source.error(at, format!("nothing is expected by the word `{other}`{hint}")));
            }
        }),
        DeValue::Table(table) => {
            let mut reader = Reader::new(source, "an expectation", value.span(), table);
            let error = reader.maybe_text("error")?;
            let others = reader.texts("or")?;
            let clause = reader.maybe_text("clause")?;
            if let Some((id, at)) = clause {
                known_clause(source, id, at)?;
            }
            let header = reader.maybe_text("header")?;
            let has = reader.maybe_text("has")?;
            let lacks = reader.maybe_text("lacks")?;
            let absent = reader.maybe_text("absent")?;
            let present = reader.texts("present")?;
            let member = member(source, &mut reader)?;
            let alone = alone(source, &mut reader)?.or(member);
            reader.done()?;
            let present: Vec<&'static str> = present.into_iter().map(|(member, _)| member).collect();
            let alone = alone.or((!present.is_empty()).then(|| Expect::Present(Vec::leak(present))));
            if let (Some(alone), None, None, None) = (alone, error, header, absent) {
                return Ok(alone);
            }
            match (error, header, has.or(lacks), absent) {
                (Some((error, _)), None, None, None) => {
                    let codes = std::iter::once(error).chain(others.into_iter().map(|(code, _)| code)).collect();
                    Ok(Expect::Error(Vec::leak(codes), clause.map(|(id, _)| id)))
                }
                (None, Some((header, _)), Some((value, _)), None) if has.is_some() != lacks.is_some() => {
                    Ok(if has.is_some() { Expect::Header(header, value) } else { Expect::HeaderLacks(header, value) })
                }
                (None, None, None, Some((member, _))) => Ok(Expect::Absent(member)),
                _ => Err(source.error(
                    at,
                    "an expectation is { error = …, or = […] }, { header = …, has = … }, { header = …, lacks = … }, \
                     { absent = … }, { present = […] }, { member = …, is = … }, { member = …, is-not = … }, \
                     { member = …, within = … }, { scope = … } or { status = … }",
                )),
            }
        }
        _ => Err(source.error(at, "an expectation is a word or a table")),
    }
}

/// `{ member = …, is = … }`, or with `is-not` or `within`.
fn member(source: Source<'_>, reader: &mut Reader<'_, '_>) -> Result<Option<Expect>, ScenarioError> {
    let member = reader.maybe_text("member")?;
    let mut relations = Vec::new();
    for (key, relation) in [("is", Relation::Is), ("is-not", Relation::IsNot), ("within", Relation::Within)] {
        if let Some((value, at)) = reader.maybe_text(key)? {
            if value.starts_with('@') {
                known_name(source, value, at, NAMED_VALUES.iter().map(|(name, _)| *name))?;
            }
            relations.push((relation, value));
        }
    }
    Ok(match (member, relations.as_slice()) {
        (Some((member, _)), [(relation, value)]) => Some(Expect::Member(member, *relation, value)),
        _ => None,
    })
}

/// `{ scope = … }` and `{ status = … }`: tables of one key.
fn alone(source: Source<'_>, reader: &mut Reader<'_, '_>) -> Result<Option<Expect>, ScenarioError> {
    if let Some((word, at)) = reader.maybe_text("scope")? {
        let extent = Extent::ALL.iter().copied().find(|extent| extent.name() == word).ok_or_else(|| {
            let hint = suggest::hint(word, Extent::ALL.iter().map(|extent| extent.name()));
            source.error(at, format!("a scope is not held against `{word}`{hint}"))
        })?;
        return Ok(Some(Expect::Scope(extent)));
    }
    let Some((status, at)) = reader.maybe_text("status")? else {
        return Ok(None);
    };
    match status.parse() {
        Ok(code @ 200..600) => Ok(Some(Expect::Status(code))),
        _ => Err(source.error(at, format!("`{status}` is no status of an answer, such as \"200\""))),
    }
}

fn need(source: Source<'_>, name: &str, at: usize) -> Result<Need, ScenarioError> {
    Need::ALL.iter().copied().find(|need| need.name() == name).ok_or_else(|| {
        let hint = suggest::hint(name, Need::ALL.iter().map(|need| need.name()));
        source.error(at, format!("there is no need `{name}`{hint}"))
    })
}

fn known_clause(source: Source<'_>, id: &str, at: usize) -> Result<(), ScenarioError> {
    if clause::clause(id).is_some() {
        return Ok(());
    }
    let hint = suggest::hint(id, clause::clauses().keys().copied());
    Err(source.error(at, format!("there is no clause `{id}`{hint}")))
}

fn known_name<'k>(
    source: Source<'_>,
    name: &str,
    at: usize,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Result<(), ScenarioError> {
    if known.clone().any(|known| known == name) {
        return Ok(());
    }
    Err(source.error(at, format!("there is no `{}`{}", leak(name), suggest::hint(name, known))))
}
