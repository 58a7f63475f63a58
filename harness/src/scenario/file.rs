//! The form of a scenario file: a closed language, every mistake with file, line, column and a suggestion.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::expected::{expect, named_codes};
use super::judge::USERINFO_ERROR;
use super::named::{NAMED_CLIENTS, NAMED_VALUES, known_name};
use super::reader::{Reader, Source};
use super::registration::{self, registration_error_clause};
use super::{Change, Expect, Step, Verb};
use crate::cell::{AuthMethod, Cells};
use crate::check::{Ask, Check, Need};
use crate::clause;
use crate::exchange::Via;
use crate::lab::error_clause::{authorization_error_clause, token_error_clause};
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
    let source = Source { name, text, codes: &[] };
    let document = DeTable::parse(text)
        .map_err(|error| source.error(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
    let mut file = Reader::new(source, "the file", 0..0, document.get_ref());
    file.text("title")?;
    let codes = named_codes(source, &mut file)?;
    let source = Source { codes: &codes, ..source };
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
    let steps = steps(source, value, &mut reader)?;
    reader.done()?;

    if !steps.iter().any(|step| step.expect.is_some()) {
        return Err(source.error(value.span().start, "no step of the case expects anything, so that it could not fail"));
    }
    if steps.iter().any(|step| step.verb.is_time()) && !needs.contains(&Need::AdvanceTime) {
        let says = "time passes in the case, so that it needs to: needs = [\"advance-time\", …]";
        return Err(source.error(value.span().start, says));
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

fn steps(
    source: Source<'_>,
    case: &Spanned<DeValue<'_>>,
    reader: &mut Reader<'_, '_>,
) -> Result<Vec<Step>, ScenarioError> {
    match reader.take("step").map(|value| (value.get_ref(), value.span())) {
        Some((DeValue::Array(steps), _)) if !steps.is_empty() => {
            steps.iter().map(|value| step(source, value)).collect()
        }
        Some((_, span)) => Err(source.error(span.start, "`step` is a list of steps: step = [ { do = \"…\" }, … ]")),
        None => Err(source.error(case.span().start, "the case has no `step`")),
    }
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
        if let Some(Expect::Error(codes, clause)) = &step.expect
            && let Some(code) = codes.first()
        {
            let defined = match step.verb {
                verb if verb.is_for_browsers() => authorization_error_clause(code),
                verb if verb.is_registration() => registration_error_clause(code),
                _ => token_error_clause(code),
            };
            clause.or(defined).into_iter().for_each(&mut add);
        }
        if matches!(step.expect, Some(Expect::Error(..) | Expect::Refused | Expect::BasicChallenge))
            && (step.verb.asks_for_tokens()
                || matches!(
                    step.verb,
                    Verb::Device
                        | Verb::Push
                        | Verb::PushObject
                        | Verb::Introspect
                        | Verb::IntrospectRefresh
                        | Verb::Revoke
                        | Verb::RevokeRefresh
                ))
        {
            add("rfc6749/5.2/error-response");
        }
        if step.verb.is_registration() && matches!(step.expect, Some(Expect::Error(..))) {
            add(registration::ERROR_RESPONSE);
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
    let (metadata, changes) = if verb.is_registration() {
        registration::changes(source, &mut reader)?
    } else {
        let mut changes = parameters(source, &mut reader)?;
        changes.extend(presentation(source, &mut reader)?);
        (Vec::new(), changes)
    };
    let expect = reader.take("expect").map(|value| expect(source, value)).transpose()?;
    let clause = reader.maybe_text("clause")?;
    if let Some((id, at)) = clause {
        known_clause(source, id, at)?;
    }
    reader.done()?;
    let metadata = Vec::leak(metadata);
    Ok(Step { verb, metadata, changes: Vec::leak(changes), expect, clause: clause.map(|(id, _)| id) })
}

/// Who asks, and for what: `as`, `set`, `claims`, `drop-claims`, `drop`, `repeat`.
fn parameters(source: Source<'_>, reader: &mut Reader<'_, '_>) -> Result<Vec<Change>, ScenarioError> {
    let mut changes = Vec::new();
    if let Some((client, at)) = reader.maybe_text("as")? {
        known_name(source, client, at, NAMED_CLIENTS.iter().map(|(name, _)| *name))?;
        changes.push(Change::As(client));
    }
    for (name, value, at) in reader.pairs("set")? {
        known_value(source, value, at)?;
        changes.push(Change::Set(name, value));
    }
    for (name, value, at) in reader.pairs("claims")? {
        known_value(source, value, at)?;
        changes.push(Change::Claim(name, value));
    }
    for (name, _) in reader.texts("drop-claims")? {
        changes.push(Change::DropClaim(name));
    }
    for (name, _) in reader.texts("drop")? {
        changes.push(Change::Drop(name));
    }
    for (name, value, at) in reader.pairs("repeat")? {
        known_value(source, value, at)?;
        changes.push(Change::Repeat(name, value));
    }
    Ok(changes)
}

/// How it is sent: `also`, `method`, `via`.
fn presentation(source: Source<'_>, reader: &mut Reader<'_, '_>) -> Result<Vec<Change>, ScenarioError> {
    let mut changes = Vec::new();
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
    Ok(changes)
}

fn need(source: Source<'_>, name: &str, at: usize) -> Result<Need, ScenarioError> {
    Need::ALL.iter().copied().find(|need| need.name() == name).ok_or_else(|| {
        let hint = suggest::hint(name, Need::ALL.iter().map(|need| need.name()));
        source.error(at, format!("there is no need `{name}`{hint}"))
    })
}

pub(super) fn known_clause(source: Source<'_>, id: &str, at: usize) -> Result<(), ScenarioError> {
    if clause::clause(id).is_some() {
        return Ok(());
    }
    let hint = suggest::hint(id, clause::clauses().keys().copied());
    Err(source.error(at, format!("there is no clause `{id}`{hint}")))
}

/// A value that stands for itself, or a name that stands for one.
pub(super) fn known_value(source: Source<'_>, value: &str, at: usize) -> Result<(), ScenarioError> {
    if value.starts_with('@') {
        known_name(source, value, at, NAMED_VALUES.iter().map(|(name, _)| *name))?;
    }
    Ok(())
}
