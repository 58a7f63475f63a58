//! Policies: what the documents leave open. A server chooses; it is asked once what it chose, or the target file says it, and then it is held to
//! that.

mod ask;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cell::{Cell, Cells, ClientKind};
use crate::check::{BoxFuture, Reason, Stop};
use crate::lab::{Lab, Setting};
use crate::suggest;
use crate::target::doctor::SetupError;
use crate::target::{Client, Target};

/// A question whose answer is the server's choice.
#[derive(Clone, Copy)]
pub struct Policy {
    /// Its name in `[policies]` and in reports.
    pub name: &'static str,
    /// What is asked, in a sentence.
    pub question: &'static str,
    /// What may be answered.
    pub answers: &'static [Choice],
    /// Where it is asked: of a client in the first of these that it fits.
    pub cells: Cells,
    /// How to find out; the name of the answer.
    pub ask: for<'a> fn(&'a Lab) -> BoxFuture<'a, Result<&'static str, Stop>>,
}

/// One possible answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name in `[policies]` and in reports.
    pub name: &'static str,
    /// What the server does, after the words "this server".
    pub says: &'static str,
}

/// What a client was answered.
#[derive(Clone, Debug)]
pub struct Learned {
    /// The question.
    pub policy: &'static Policy,
    /// The client in whose name it was asked.
    pub client: String,
    /// Whether the client can keep a secret.
    pub kind: ClientKind,
    /// The answer, or why there is none.
    pub answer: Result<Choice, Stop>,
}

#[rustfmt::skip]
macro_rules! choices {
    ($( $name:literal $says:literal )*) => { &[$( Choice { name: $name, says: $says } ),*] };
}

/// RFC 6749 §6: the server may issue a new refresh token.
pub const ROTATION: Policy = Policy {
    name: "rotation",
    question: "Does a refresh replace the refresh token?",
    answers: choices!["replaced" "replaces refresh tokens" "kept" "keeps refresh tokens"],
    cells: Cells::REFRESH,
    ask: |lab| Box::pin(ask::rotation(lab)),
};

/// RFC 6749 §6, RFC 9700 §4.14.2: the old token may be revoked.
pub const REPLACED_TOKEN: Policy = Policy {
    name: "replaced-token",
    question: "Does a refresh token that was just replaced still work?",
    answers: choices!["refused" "gives a replaced refresh token no grace" "honoured" "honours a replaced refresh token for a while"],
    cells: Cells::REFRESH,
    ask: |lab| Box::pin(ask::replaced_token(lab)),
};

/// RFC 6749 §4.1.3 says what makes a redemption fail, and not what becomes of the code.
pub const FAILED_ATTEMPT: Policy = Policy {
    name: "code-after-failed-attempt",
    question: "What becomes of a code that was tried with a wrong code_verifier?",
    answers: choices!["kept" "keeps a code after a wrong code_verifier" "burnt" "burns a code with the first wrong code_verifier"],
    cells: Cells::CODE_BEARING,
    ask: |lab| Box::pin(ask::failed_attempt(lab)),
};

/// RFC 6749 §4.1.2: after a replay the tokens of the code should be revoked.
pub const AFTER_REPLAY: Policy = Policy {
    name: "tokens-after-replay",
    question: "What becomes of the tokens of a code that is redeemed again?",
    answers: choices!["revoked" "revokes the tokens of a code that comes twice" "living" "lets the tokens of a code live that comes twice"],
    cells: Cells::CODE,
    ask: |lab| Box::pin(ask::after_replay(lab)),
};

/// RFC 6749 §3.3: a request without a scope gets a default one, or fails.
pub const SCOPE_DEFAULT: Policy = Policy {
    name: "scope-default",
    question: "What does a client get that names no scope?",
    answers: choices!["granted" "grants a default scope" "refused" "wants a scope to be named"],
    cells: Cells::CLIENT_CREDENTIALS,
    ask: |lab| Box::pin(ask::scope_default(lab)),
};

/// RFC 6749 §3.3: a server may ignore what was asked for, in full or in part.
pub const UNKNOWN_SCOPE: Policy = Policy {
    name: "unknown-scope",
    question: "What does a client get that names a scope which does not exist, beside others?",
    answers: choices!["refused" "refuses a scope that it does not know" "left-out" "leaves out a scope that it does not know"],
    cells: Cells::CLIENT_CREDENTIALS,
    ask: |lab| Box::pin(ask::unknown_scope(lab)),
};

/// RFC 7636 §4.2: plain is for clients that can do no better; RFC 9700 §2.1.1 advises against it.
pub const PLAIN: Policy = Policy {
    name: "plain-challenge",
    question: "Is a code_challenge taken by the method plain?",
    answers: choices!["accepted" "takes plain code_challenges" "refused" "refuses plain code_challenges"],
    cells: Cells::CODE_BEARING,
    ask: |lab| Box::pin(ask::plain(lab)),
};

/// RFC 6749 §4.1.2.1 speaks of redirects and of pages; for a malformed request both have been read into it.
pub const REPEATED_PARAMETER: Policy = Policy {
    name: "error-of-repeated-parameter",
    question: "Where does an authorization request end that has a parameter twice?",
    answers: choices!["redirect" "tells the client of a repeated parameter" "page" "shows a page for a repeated parameter" "ignored" "overlooks a repeated parameter"],
    cells: Cells::EVERY_RESPONSE_TYPE,
    ask: |lab| Box::pin(ask::repeated_parameter(lab)),
};

/// The same of a response type.
pub const UNKNOWN_RESPONSE_TYPE: Policy = Policy {
    name: "error-of-unknown-response-type",
    question: "Where does an authorization request end whose response type does not exist?",
    answers: choices!["redirect" "tells the client of an unknown response type" "page" "shows a page for an unknown response type"],
    cells: Cells::CODE,
    ask: |lab| Box::pin(ask::unknown_response_type(lab)),
};

/// RFC 7662 §4: who may ask about whose tokens is the server's choice.
pub const CROSS_CLIENT_INTROSPECTION: Policy = Policy {
    name: "cross-client-introspection",
    question: "What does a client learn of the access token of another?",
    answers: choices!["told" "tells a client of the tokens of others" "inactive" "calls the tokens of others inactive" "refused" "refuses to speak of the tokens of others"],
    cells: Cells::CLIENT_CREDENTIALS,
    ask: |lab| Box::pin(ask::cross_client_introspection(lab)),
};

/// All of them, in the order of the report.
pub const ALL: &[&Policy] = &[
    &ROTATION,
    &REPLACED_TOKEN,
    &FAILED_ATTEMPT,
    &AFTER_REPLAY,
    &SCOPE_DEFAULT,
    &UNKNOWN_SCOPE,
    &PLAIN,
    &REPEATED_PARAMETER,
    &UNKNOWN_RESPONSE_TYPE,
    &CROSS_CLIENT_INTROSPECTION,
];

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Policy {
    /// The answer of that name.
    fn choice(&self, name: &str) -> Option<Choice> {
        self.answers.iter().copied().find(|choice| choice.name == name)
    }

    /// Where a client is asked: in the first cell that it fits, of those that the server answers.
    fn cell_of(&self, target: &Target, client: &Client) -> Option<Cell> {
        let answered = |cell: &Cell| cell.response_type.is_none_or(|response_type| target.answers(response_type));
        self.cells.list.iter().copied().find(|cell| client.fits(*cell) && answered(cell))
    }
}

impl Lab {
    /// What the server chose for the client of this lab: asked once in a run.
    pub async fn policy(&self, policy: &'static Policy) -> Result<Choice, Stop> {
        learn(self.shared(), policy, self.client()).await
    }
}

/// Asks in the name of a client, unless that was done already.
async fn learn(setting: &Arc<Setting>, policy: &'static Policy, client: &Client) -> Result<Choice, Stop> {
    let cell = policy.cell_of(&setting.target, client).ok_or_else(|| {
        Stop::not_applicable(Reason::NoClient, format!("the client {} is never asked about {}", client.id, policy.name))
    })?;
    let asking = Lab::with_client(Arc::clone(setting), cell, client.clone());
    let answer = setting.learned(format!("{} for {}", policy.name, client.id), (policy.ask)(&asking)).await?;
    policy.choice(answer).ok_or_else(|| Stop::Error(format!("{} is no answer to {}", answer, policy.name)))
}

/// Learns every policy: of the first client of each kind that it concerns, and of each client where the target file declares it.
pub async fn learn_all(setting: &Arc<Setting>) -> Vec<Learned> {
    let mut learned = Vec::new();
    for policy in ALL.iter().copied() {
        let declared = setting.target.policies.contains_key(policy.name);
        let mut kinds = Vec::new();
        for client in &setting.target.clients {
            let cell = policy.cell_of(&setting.target, client);
            if cell.is_none() || (!declared && kinds.contains(&client.kind())) {
                continue;
            }
            kinds.push(client.kind());
            let answer = learn(setting, policy, client).await;
            learned.push(Learned { policy, client: client.id.clone(), kind: client.kind(), answer });
        }
    }
    learned
}

/// What the target file declares, by the names of the questions.
pub type Declared = BTreeMap<&'static str, Choice>;

/// Reads `[policies]`.
///
/// # Errors
/// A question or an answer that there is not.
pub fn declared(entries: &BTreeMap<String, String>) -> Result<Declared, String> {
    let read = |(name, answer): (&String, &String)| {
        let policy = ALL.iter().find(|policy| policy.name == name).ok_or_else(|| {
            let names = ALL.iter().map(|policy| policy.name);
            format!("there is no policy `{name}`{}", suggest::hint(name, names))
        })?;
        let choice = policy.choice(answer).ok_or_else(|| {
            let names: Vec<&str> = policy.answers.iter().map(|choice| choice.name).collect();
            format!("{name} is one of {}, and not `{answer}`", names.join(", "))
        })?;
        Ok((policy.name, choice))
    };
    entries.iter().map(read).collect()
}

/// Where the server does otherwise than the target file declares.
pub fn belied(declared: &Declared, learned: &[Learned]) -> Vec<SetupError> {
    let belied = learned.iter().filter_map(|one| {
        let (name, declared) = declared.get_key_value(one.policy.name)?;
        let does = one.answer.as_ref().ok().filter(|answer| *answer != declared)?;
        Some(SetupError::new(
            format!("the policy {name}"),
            format!("[policies] says {}, but for the client {} this server {}", declared.name, one.client, does.says),
            format!("mend the server; or, if that is what it is meant to do: {name} = \"{}\"", does.name),
        ))
    });
    belied.collect()
}

/// What was learned in one sentence: where both kinds of client were answered alike, once for both.
pub fn sentence(learned: &[Learned]) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for policy in ALL.iter().copied() {
        let answers: Vec<(ClientKind, Choice)> = learned
            .iter()
            .filter(|one| one.policy.name == policy.name)
            .filter_map(|one| Some((one.kind, one.answer.as_ref().copied().ok()?)))
            .collect();
        let Some((_, first)) = answers.first() else { continue };
        if answers.iter().all(|(_, answer)| answer == first) {
            parts.push(first.says.to_owned());
            continue;
        }
        parts.extend(answers.iter().map(|(kind, answer)| format!("for {} clients {}", kind.name(), answer.says)));
    }
    (!parts.is_empty()).then(|| format!("this server {}", parts.join(", ")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{ALL, Learned, ROTATION, declared, sentence};
    use crate::cell::ClientKind::{Confidential, Public};

    #[test]
    fn the_names_of_questions_and_answers_are_kebab_case_and_differ() {
        let kebab = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        for (at, policy) in ALL.iter().enumerate() {
            assert!(kebab(policy.name) && policy.question.ends_with('?') && policy.answers.len() > 1, "{policy:?}");
            assert!(ALL[..at].iter().all(|other| other.name != policy.name), "{policy:?}");
            assert!(policy.answers.iter().all(|choice| kebab(choice.name)), "{policy:?}");
        }
    }

    #[test]
    fn what_is_declared_is_a_question_and_one_of_its_answers() {
        let read = |name: &str, answer: &str| declared(&BTreeMap::from([(name.to_owned(), answer.to_owned())]));
        assert_eq!(read("rotation", "kept").unwrap()["rotation"].name, "kept");
        assert!(read("rotatoin", "kept").unwrap_err().ends_with("did you mean `rotation`?"));
        let wrong = read("rotation", "yes").unwrap_err();
        assert_eq!(wrong, "rotation is one of replaced, kept, and not `yes`");
    }

    #[test]
    fn two_kinds_of_client_are_told_apart_only_where_they_differ() {
        let learned = |kind, answer| Learned {
            policy: &ROTATION,
            client: "web".to_owned(),
            kind,
            answer: Ok(ROTATION.choice(answer).unwrap()),
        };
        let alike = [learned(Confidential, "kept"), learned(Public, "kept")];
        assert_eq!(sentence(&alike).as_deref(), Some("this server keeps refresh tokens"));
        let differing = [learned(Confidential, "kept"), learned(Public, "replaced")];
        let expected =
            "this server for confidential clients keeps refresh tokens, for public clients replaces refresh tokens";
        assert_eq!(sentence(&differing).as_deref(), Some(expected));
        assert_eq!(sentence(&[]), None);
    }
}
