//! The machine form of a run: stable members, one object.

use serde_json::{Value, json};

use crate::lab::CleanUp;
use crate::policy::Learned;
use crate::profile;
use crate::run::{Event, Outcome, Summary};
use crate::verdict::Verdict;

/// The form of the document; it changes only when a member changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// The report of a run, from the events `Began` and `Ended`.
pub fn report(began: &Event, summary: &Summary) -> Value {
    let Event::Began { issuer, profile, proven, learned, seed, .. } = began else {
        return Value::Null;
    };
    let counts = Verdict::ALL.into_iter().map(|verdict| (verdict.name().to_owned(), summary.count(verdict).into()));
    json!({
        "schema_version": SCHEMA_VERSION,
        "tool": { "name": "grantspec", "version": env!("CARGO_PKG_VERSION") },
        "target": issuer,
        "profile": { "name": profile.name(), "edition": profile::EDITION, "documents": profile.documents() },
        "proven": proven,
        "policies": learned.iter().map(policy).collect::<Vec<_>>(),
        "seed": seed,
        "took_ms": u64::try_from(summary.took.as_millis()).unwrap_or(u64::MAX),
        "requests": summary.requests,
        "registered": registered(&summary.clean_up),
        "summary": counts.collect::<serde_json::Map<_, _>>(),
        "results": summary.outcomes.iter().map(result).collect::<Vec<_>>(),
    })
}

/// A choice of the server, or why it is not known.
fn policy(learned: &Learned) -> Value {
    json!({
        "policy": learned.policy.name,
        "client": learned.client,
        "answer": learned.answer.as_ref().ok().map(|choice| choice.name),
        "reason": learned.answer.as_ref().err().map(ToString::to_string),
    })
}

/// The clients that the run registered, and those of them that it could not delete.
fn registered(clean_up: &CleanUp) -> Value {
    let left = clean_up.left.iter().map(|left| {
        let uri = left.configuration.as_ref().map(|configuration| configuration.uri.as_str());
        json!({ "client_id": left.client_id, "registration_client_uri": uri })
    });
    json!({ "clients": clean_up.made, "left": left.collect::<Vec<_>>() })
}

fn result(outcome: &Outcome) -> Value {
    let mut result = json!({
        "check": outcome.check.id,
        "cell": outcome.cell.to_string(),
        "grant": outcome.cell.grant.map(super::super::cell::Grant::name),
        "verdict": outcome.verdict.name(),
        "level": outcome.level.map(super::super::clause::Level::name),
        "clauses": outcome.check.clauses,
        "reason": outcome.reason.as_ref().map(|(reason, _)| reason.name()),
        "took_ms": u64::try_from(outcome.took.as_millis()).unwrap_or(u64::MAX),
        "requests": outcome.requests,
    });
    if let Some((_, says)) = &outcome.reason {
        result["says"] = says.as_str().into();
    }
    if let Some(error) = &outcome.error {
        result["says"] = error.as_str().into();
    }
    if let Some(finding) = &outcome.finding {
        result["finding"] = json!({ "clause": finding.clause, "expected": finding.expected, "actual": finding.actual });
    }
    if let Some(note) = &outcome.note {
        result["note"] = note.as_str().into();
    }
    if !outcome.transcript.is_empty() {
        result["transcript"] = json!(outcome.transcript);
    }
    result
}
