//! What a step of a scenario file expects, as it is written.

use toml::Spanned;
use toml::de::DeValue;

use super::file::{known_clause, known_value};
use super::named::ERROR_CODES;
use super::reader::{Reader, Source, leak};
use super::registration::json;
use super::{Expect, Extent, Relation, ScenarioError};
use crate::suggest;

/// How a table can be written.
const FORMS: &str = "an expectation is { error = …, or = […] }, { header = …, has = … }, { header = …, lacks = … }, \
                     { absent = … }, { present = […] }, { member = …, is = … }, { member = …, is-not = … }, \
                     { member = …, within = … }, { member = …, hashes = … }, { scope = … } or { status = … }";

/// Reads what a step expects: a word, or a table of one expectation.
pub(super) fn expect(source: Source<'_>, value: &Spanned<DeValue<'_>>) -> Result<Expect, ScenarioError> {
    let at = value.span().start;
    match value.get_ref() {
        DeValue::String(word) => word_expected(word).ok_or_else(|| {
            let hint = suggest::hint(word, Expect::WORDS.iter().copied());
            source.error(at, format!("nothing is expected by the word `{word}`{hint}"))
        }),
        DeValue::Table(table) => {
            let mut reader = Reader::new(source, "an expectation", value.span(), table);
            let expected = table_expected(source, &mut reader)?;
            reader.done()?;
            expected.ok_or_else(|| source.error(at, FORMS))
        }
        _ => Err(source.error(at, "an expectation is a word or a table")),
    }
}

fn word_expected(word: &str) -> Option<Expect> {
    Some(match word {
        "active" => Expect::Active,
        "anything" => Expect::Anything,
        "basic-challenge" => Expect::BasicChallenge,
        "bearer-challenge" => Expect::BearerChallenge,
        "code" => Expect::Code,
        "granted" => Expect::Granted,
        "inactive" => Expect::Inactive,
        "not-registered" => Expect::NotRegistered,
        "ok" => Expect::Ok,
        "posted" => Expect::Posted,
        "refused" => Expect::Refused,
        "stays" => Expect::Stays,
        "token" => Expect::Token,
        _ => return None,
    })
}

/// One expectation, and no second one beside it. Every form is read, so that its keys are known to the reader.
fn table_expected(source: Source<'_>, reader: &mut Reader<'_, '_>) -> Result<Option<Expect>, ScenarioError> {
    let forms = [
        error(source, reader)?,
        header(reader)?,
        reader.maybe_text("absent")?.map(|(member, _)| Expect::Absent(member)),
        present(reader)?,
        member(source, reader)?,
        scope(source, reader)?,
        status(source, reader)?,
    ];
    let mut named = forms.into_iter().flatten();
    Ok(named.next().filter(|_| named.next().is_none()))
}

/// `{ error = …, or = […], clause = … }`
fn error(source: Source<'_>, reader: &mut Reader<'_, '_>) -> Result<Option<Expect>, ScenarioError> {
    let first = reader.maybe_text("error")?;
    let codes: Vec<_> = first.into_iter().chain(reader.texts("or")?).collect();
    let clause = reader.maybe_text("clause")?;
    if first.is_none() && (!codes.is_empty() || clause.is_some()) {
        return Err(reader.error(FORMS));
    }
    if let Some((id, at)) = clause {
        known_clause(source, id, at)?;
    }
    for (code, at) in &codes {
        error_code(source, code, *at)?;
    }
    let codes = codes.into_iter().map(|(code, _)| code).collect();
    Ok(first.map(|_| Expect::Error(Vec::leak(codes), clause.map(|(id, _)| id))))
}

/// `{ header = …, has = … }`, or with `lacks`.
fn header(reader: &mut Reader<'_, '_>) -> Result<Option<Expect>, ScenarioError> {
    let name = reader.maybe_text("header")?;
    let values = (reader.maybe_text("has")?, reader.maybe_text("lacks")?);
    match (name, values) {
        (Some((name, _)), (Some((value, _)), None)) => Ok(Some(Expect::Header(name, value))),
        (Some((name, _)), (None, Some((value, _)))) => Ok(Some(Expect::HeaderLacks(name, value))),
        (None, (None, None)) => Ok(None),
        _ => Err(reader.error(FORMS)),
    }
}

/// `{ present = […] }`
fn present(reader: &mut Reader<'_, '_>) -> Result<Option<Expect>, ScenarioError> {
    let members: Vec<&'static str> = reader.texts("present")?.into_iter().map(|(member, _)| member).collect();
    Ok((!members.is_empty()).then(|| Expect::Present(Vec::leak(members))))
}

/// `{ member = …, is = … }`, or with `is-not`, `within` or `hashes`.
fn member(source: Source<'_>, reader: &mut Reader<'_, '_>) -> Result<Option<Expect>, ScenarioError> {
    let member = reader.maybe_text("member")?;
    if let Some(value) = reader.take("is").filter(|value| !matches!(value.get_ref(), DeValue::String(_))) {
        let (member, _) = member.ok_or_else(|| reader.error(FORMS))?;
        return Ok(Some(Expect::Value(member, leak(&json(source, value)?.to_string()))));
    }
    let mut relations = Vec::new();
    let keys =
        [("is", Relation::Is), ("is-not", Relation::IsNot), ("within", Relation::Within), ("hashes", Relation::Hashes)];
    for (key, relation) in keys {
        if let Some((value, at)) = reader.maybe_text(key)? {
            known_value(source, value, at)?;
            relations.push((relation, value));
        }
    }
    match (member, relations.as_slice()) {
        (Some((member, _)), [(relation, value)]) => Ok(Some(Expect::Member(member, *relation, value))),
        (None, []) => Ok(None),
        _ => Err(reader.error(FORMS)),
    }
}

/// `{ scope = … }`
fn scope(source: Source<'_>, reader: &mut Reader<'_, '_>) -> Result<Option<Expect>, ScenarioError> {
    let Some((word, at)) = reader.maybe_text("scope")? else {
        return Ok(None);
    };
    let extent = Extent::ALL.iter().copied().find(|extent| extent.name() == word).ok_or_else(|| {
        let hint = suggest::hint(word, Extent::ALL.iter().map(|extent| extent.name()));
        source.error(at, format!("a scope is not held against `{word}`{hint}"))
    })?;
    Ok(Some(Expect::Scope(extent)))
}

/// `{ status = … }`
fn status(source: Source<'_>, reader: &mut Reader<'_, '_>) -> Result<Option<Expect>, ScenarioError> {
    let Some((status, at)) = reader.maybe_text("status")? else {
        return Ok(None);
    };
    match status.parse() {
        Ok(code @ 200..600) => Ok(Some(Expect::Status(code))),
        _ => Err(source.error(at, format!("`{status}` is no status of an answer, such as \"200\""))),
    }
}

/// RFC 6749 §5.2: visible characters and spaces, without quotes and backslashes. What is two letters off a known code is that
/// code misspelt.
fn error_code(source: Source<'_>, code: &str, at: usize) -> Result<(), ScenarioError> {
    let legal = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    if code.is_empty() || !code.chars().all(legal) {
        return Err(source.error(at, format!("`{code}` is no error code")));
    }
    match suggest::misspelt(code, ERROR_CODES.iter().copied()) {
        Some(meant) => {
            Err(source.error(at, format!("no document defines the error `{code}`; did you mean `{meant}`?")))
        }
        None => Ok(()),
    }
}
