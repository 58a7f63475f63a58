//! What a session prints, with `…` for what is different each time.

use serde_json::{Deserializer, Value};

/// What stands for anything but nothing.
const ANYTHING: char = '…';

/// What a page says that a block prints.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Documents, one after the other; the order of members and the space between them say nothing.
    Json(Vec<Value>),
    /// Lines.
    Text(String),
}

impl Outcome {
    /// The outcome in a block of this language.
    pub fn parse(language: &str, block: &str) -> Outcome {
        if language == "json" {
            let values = documents(block).unwrap_or_else(|error| panic!("the page holds bad JSON: {error}\n{block}"));
            return Outcome::Json(values);
        }
        Outcome::Text(block.to_owned())
    }

    /// The same with every string changed.
    pub fn with(&self, change: impl Fn(&str) -> String) -> Outcome {
        match self {
            Outcome::Text(text) => Outcome::Text(change(text)),
            Outcome::Json(values) => {
                let changed = values.iter().map(|value| change(&value.to_string()).parse());
                Outcome::Json(changed.collect::<Result<_, _>>().expect("an issuer has no character to escape"))
            }
        }
    }

    /// Whether this is what was printed; if not, where it differs.
    pub fn matches(&self, printed: &str) -> Result<(), String> {
        match self {
            Outcome::Text(expected) => text("the text", expected.trim(), printed.trim()),
            Outcome::Json(expected) => {
                let values = documents(printed).map_err(|error| format!("no JSON: {error}"))?;
                if values.len() != expected.len() {
                    return Err(format!("{} documents, not {}", values.len(), expected.len()));
                }
                expected.iter().zip(&values).try_for_each(|(expected, value)| document(expected, value))
            }
        }
    }
}

fn documents(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    Deserializer::from_str(text).into_iter().collect()
}

/// A member of this name stands for all that are not named.
const OTHERS: &str = "…";

/// The members of one document: all of them and no others, unless it says that there are some.
fn document(expected: &Value, value: &Value) -> Result<(), String> {
    let (Value::Object(expected), Value::Object(members)) = (expected, value) else {
        return member("the document", expected, value);
    };
    if let Some(name) = members.keys().find(|name| !expected.contains_key(*name))
        && !expected.contains_key(OTHERS)
    {
        return Err(format!("{name} is a member too"));
    }
    for (name, expected) in expected.iter().filter(|(name, _)| *name != OTHERS) {
        member(name, expected, members.get(name).ok_or_else(|| format!("{name} is not a member"))?)?;
    }
    Ok(())
}

fn member(name: &str, expected: &Value, value: &Value) -> Result<(), String> {
    match (expected, value) {
        (Value::String(expected), Value::String(value)) => text(name, expected, value),
        (Value::String(expected), Value::Number(number)) if expected.contains(ANYTHING) => {
            text(name, expected, &number.to_string())
        }
        (expected, value) if expected == value => Ok(()),
        (expected, value) => Err(format!("{name} is {value}, not {expected}")),
    }
}

fn text(name: &str, expected: &str, value: &str) -> Result<(), String> {
    if fits(expected, value) { Ok(()) } else { Err(format!("{name} is {value:?}, not {expected:?}")) }
}

/// Whether what stands between the `…` is found in this order, with something for each of them.
fn fits(pattern: &str, value: &str) -> bool {
    let Some((before, after)) = pattern.split_once(ANYTHING) else {
        return pattern == value;
    };
    let Some(rest) = value.strip_prefix(before) else { return false };
    let starts = rest.char_indices().skip(1).map(|(at, _)| at).chain([rest.len()]);
    !rest.is_empty() && starts.into_iter().any(|at| fits(after, &rest[at..]))
}

#[test]
fn an_outcome_allows_only_what_it_leaves_open() {
    assert!(fits("a=…&b=…", "a=1&b=23") && fits("plain", "plain"));
    assert!(
        !fits("a=…&b=…", "a=&b=23") && !fits("a=…", "b=1") && !fits("a=…&c", "a=1&cd") && !fits("plain", "plainer")
    );

    let tokens = Outcome::parse("json", "{\"a\": \"…\", \"n\": 1}\n{\"b\": \"https://i/…\"}");
    assert_eq!(tokens.matches("{\"n\":1,\"a\":\"x\"}{\"b\":\"https://i/x\"}"), Ok(()));
    let open = Outcome::parse("json", "{\"a\": 1, \"…\": \"…\"}");
    assert_eq!((open.matches("{\"a\":1,\"b\":2}"), open.matches("{\"a\":1}")), (Ok(()), Ok(())));
    assert!(open.matches("{\"b\":2}").is_err());
    for wrong in [
        "",
        "{\"n\":1,\"a\":\"x\"}",
        "{\"n\":1,\"a\":\"\"}{\"b\":\"https://i/x\"}",
        "{\"n\":2,\"a\":\"x\"}{\"b\":\"https://i/x\"}",
        "{\"n\":1,\"a\":\"x\"}{\"b\":\"https://j/x\"}",
        "{\"n\":1,\"a\":\"x\",\"m\":1}{\"b\":\"https://i/x\"}",
        "{\"a\":\"x\"}{\"b\":\"https://i/x\"}",
        "{\"n\":1,\"a\":\"x\"}{\"b\":null}",
        "curl: (7)",
    ] {
        assert!(tokens.matches(wrong).is_err(), "{wrong}");
    }
}
