//! What a step of a scenario file expects, as it is written.

use toml::Spanned;
use toml::de::DeValue;

use super::file::{known_clause, known_value};
use super::form::FORMS as VALUE_FORMS;
use super::named::ERROR_CODES;
use super::reader::{NamedCodes, Reader, Source, leak, string};
use super::registration::json;
use super::{Expect, Extent, Relation, ScenarioError};
use crate::suggest;

/// How a table can be written.
const FORMS: &str = "an expectation is { error = …, or = […] }, { header = …, has = … }, { header = …, lacks = … }, \
                     { absent = … }, { present = […] }, { member = …, is = … }, { member = …, is-not = … }, \
                     { member = …, within = … }, { member = …, hashes = … }, { member = …, holds = … }, { member = …, like = … }, { scope = … } or { status = … }";

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
        "no-empty-members" => Expect::NoEmptyMembers,
        "no-nulls" => Expect::NoNulls,
        "not-registered" => Expect::NotRegistered,
        "ok" => Expect::Ok,
        "posted" => Expect::Posted,
        "refused" => Expect::Refused,
        "shown" => Expect::Shown,
        "stays" => Expect::Stays,
        "token" => Expect::Token,
        _ => return None,
    })
}

/// A word of the file, and where it stands.
type Word = (&'static str, usize);

/// One expectation, and no second one beside it. Every form is read, so that its keys are known to the reader.
fn table_expected(source: Source<'_>, reader: &mut Reader<'_, '_>) -> Result<Option<Expect>, ScenarioError> {
    let or = reader.texts("or")?;
    let forms = [
        error(source, reader, &or)?,
        header(reader)?,
        reader.maybe_text("absent")?.map(|(member, _)| Expect::Absent(member)),
        present(reader)?,
        member(source, reader)?,
        scope(source, reader)?,
        status(source, reader, &or)?,
    ];
    if !or.is_empty() && !matches!(forms, [Some(_), ..] | [.., Some(_)]) {
        return Err(reader.error(FORMS));
    }
    let mut named = forms.into_iter().flatten();
    Ok(named.next().filter(|_| named.next().is_none()))
}

/// `[codes]`, at the head of a file: lists of error codes, by the name that `or` knows them by.
pub(super) fn named_codes(source: Source<'_>, file: &mut Reader<'_, '_>) -> Result<Vec<NamedCodes>, ScenarioError> {
    let Some(value) = file.take("codes") else {
        return Ok(Vec::new());
    };
    let DeValue::Table(table) = value.get_ref() else {
        return Err(source.error(value.span().start, "`codes` is a table of names and lists: [codes]"));
    };
    let list = |value: &Spanned<DeValue<'_>>| {
        let DeValue::Array(items) = value.get_ref() else {
            return Err(source.error(value.span().start, "a name in [codes] stands for a list of error codes"));
        };
        let code = |item| {
            let (code, at) = string(source, "codes", item)?;
            error_code(source, code, at)?;
            Ok(code)
        };
        items.iter().map(code).collect()
    };
    table.iter().map(|(name, value)| Ok((leak(name.get_ref()), list(value)?))).collect()
}

/// An error code, or with an @ those that the file gives this name.
fn codes_of(source: Source<'_>, word: &'static str, at: usize) -> Result<Vec<&'static str>, ScenarioError> {
    let Some(name) = word.strip_prefix('@') else {
        error_code(source, word, at)?;
        return Ok(vec![word]);
    };
    let known = source.codes.iter().find(|(known, _)| *known == name).map(|(_, codes)| codes.clone());
    known.ok_or_else(|| {
        let hint = suggest::hint(name, source.codes.iter().map(|(known, _)| *known));
        source.error(at, format!("[codes] gives no error codes the name `{name}`{hint}"))
    })
}

/// `{ error = …, or = […], clause = … }`
fn error(source: Source<'_>, reader: &mut Reader<'_, '_>, or: &[Word]) -> Result<Option<Expect>, ScenarioError> {
    let (first, clause) = (reader.maybe_text("error")?, reader.maybe_text("clause")?);
    let Some((first, first_at)) = first else {
        return if clause.is_none() { Ok(None) } else { Err(reader.error(FORMS)) };
    };
    if let Some((id, at)) = clause {
        known_clause(source, id, at)?;
    }
    error_code(source, first, first_at)?;
    let mut codes = vec![first];
    for (word, at) in or {
        codes.extend(codes_of(source, word, *at)?);
    }
    Ok(Some(Expect::Error(Vec::leak(codes), clause.map(|(id, _)| id))))
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

/// `{ member = …, is = … }`, or with `is-not`, `within`, `hashes`, `holds` or `like`.
fn member(source: Source<'_>, reader: &mut Reader<'_, '_>) -> Result<Option<Expect>, ScenarioError> {
    let member = reader.maybe_text("member")?;
    if let Some(value) = reader.take("is").filter(|value| !matches!(value.get_ref(), DeValue::String(_))) {
        let (member, _) = member.ok_or_else(|| reader.error(FORMS))?;
        return Ok(Some(Expect::Value(member, leak(&json(source, value)?.to_string()))));
    }
    let mut relations = Vec::new();
    let keys = [
        ("is", Relation::Is),
        ("is-not", Relation::IsNot),
        ("within", Relation::Within),
        ("hashes", Relation::Hashes),
        ("holds", Relation::Holds),
    ];
    for (key, relation) in keys {
        if let Some((value, at)) = reader.maybe_text(key)? {
            known_value(source, value, at)?;
            relations.push((relation, value));
        }
    }
    if let Some((form, at)) = reader.maybe_text("like")? {
        let known = VALUE_FORMS.iter().map(|form| form.name);
        if !known.clone().any(|name| name == form) {
            let hint = suggest::hint(form, known);
            return Err(source.error(at, format!("there is no form `{form}`{hint}")));
        }
        relations.push((Relation::Like, form));
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

/// `{ status = …, or = […] }`
fn status(source: Source<'_>, reader: &mut Reader<'_, '_>, or: &[Word]) -> Result<Option<Expect>, ScenarioError> {
    let Some(first) = reader.maybe_text("status")? else {
        return Ok(None);
    };
    let code = |(status, at): &Word| match status.parse() {
        Ok(code @ 200..600) => Ok(code),
        _ => Err(source.error(*at, format!("`{status}` is no status of an answer, such as \"200\""))),
    };
    let codes = std::iter::once(&first).chain(or).map(code).collect::<Result<Vec<u16>, _>>()?;
    Ok(Some(Expect::Status(Vec::leak(codes))))
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
