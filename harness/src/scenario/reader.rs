//! A table of a scenario file, read key by key, so that every mistake has its place and a suggestion.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ScenarioError;
use crate::suggest;

/// A table that is being read; what is left at the end is unknown.
pub(super) struct Reader<'a, 'i> {
    source: Source<'a>,
    what: &'a str,
    span: Range<usize>,
    table: &'a DeTable<'i>,
    known: Vec<&'static str>,
}

/// The file, for places, and what it gives names to.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
    pub codes: &'a [NamedCodes],
}

/// Error codes that a file gives a name, because several of its cases allow them.
pub(super) type NamedCodes = (&'static str, Vec<&'static str>);

impl Source<'_> {
    pub fn error(self, at: usize, says: impl Into<String>) -> ScenarioError {
        ScenarioError { place: suggest::place(self.name, self.text, at), says: says.into() }
    }
}

impl<'a, 'i> Reader<'a, 'i> {
    pub fn new(source: Source<'a>, what: &'a str, span: Range<usize>, table: &'a DeTable<'i>) -> Self {
        Self { source, what, span, table, known: Vec::new() }
    }

    /// A mistake in the table as a whole.
    pub fn error(&self, says: &str) -> ScenarioError {
        self.source.error(self.span.start, says)
    }

    /// The value of a key, if it is there.
    pub fn take(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.known.push(key);
        self.table.iter().find(|(known, _)| known.get_ref().as_ref() == key).map(|(_, value)| value)
    }

    /// A string that must be there.
    pub fn text(&mut self, key: &'static str) -> Result<(&'static str, usize), ScenarioError> {
        self.maybe_text(key)?.ok_or_else(|| self.source.error(self.span.start, format!("{} has no `{key}`", self.what)))
    }

    /// A string that may be there, with its place.
    pub fn maybe_text(&mut self, key: &'static str) -> Result<Option<(&'static str, usize)>, ScenarioError> {
        self.take(key).map(|value| string(self.source, key, value)).transpose()
    }

    /// A list of strings; a single string is a list of one.
    pub fn texts(&mut self, key: &'static str) -> Result<Vec<(&'static str, usize)>, ScenarioError> {
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(value) => match value.get_ref() {
                DeValue::Array(list) => list.iter().map(|item| string(self.source, key, item)).collect(),
                _ => Ok(vec![string(self.source, key, value)?]),
            },
        }
    }

    /// A table of strings.
    pub fn pairs(&mut self, key: &'static str) -> Result<Vec<(&'static str, &'static str, usize)>, ScenarioError> {
        let Some(value) = self.take(key) else {
            return Ok(Vec::new());
        };
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.source.error(value.span().start, format!("`{key}` is a table of names and values")));
        };
        table
            .iter()
            .map(|(name, value)| {
                let (text, at) = string(self.source, key, value)?;
                Ok((leak(name.get_ref()), text, at))
            })
            .collect()
    }

    /// Nothing unknown may be left.
    pub fn done(self) -> Result<(), ScenarioError> {
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if !self.known.contains(&name) {
                let hint = suggest::hint(name, self.known.iter().copied());
                return Err(self.source.error(key.span().start, format!("{} knows no key `{name}`{hint}", self.what)));
            }
        }
        Ok(())
    }
}

pub(super) fn string(
    source: Source<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
) -> Result<(&'static str, usize), ScenarioError> {
    match value.get_ref() {
        DeValue::String(text) => Ok((leak(text), value.span().start)),
        other => Err(source.error(value.span().start, format!("`{key}` is a string, not {}", kind(other)))),
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The catalogue lives as long as the process, and so does every string in it.
pub(super) fn leak(text: &str) -> &'static str {
    String::leak(text.to_owned())
}
