//! The shape of a check, and of the answer that it returns.

use std::future::Future;
use std::pin::Pin;

use crate::cell::{Cell, Cells, Grant};
use crate::lab::Lab;
use crate::scenario::{self, Step};

/// A future on the heap, borrowed from the lab.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One question put to a server.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// `topic/what-is-at-stake`; never renumbered, never reused.
    pub id: &'static str,
    /// What a good server does, in one clause of a sentence.
    pub title: &'static str,
    /// What it would cost if the server did not.
    pub why: &'static str,
    /// The clauses that a finding of this check may name; the first is the one at stake.
    pub clauses: &'static [&'static str],
    /// The combinations in which the question is asked.
    pub cells: Cells,
    /// What the target has to let us do.
    pub needs: &'static [Need],
    /// How to ask.
    pub ask: Ask,
}

/// How a check asks its question.
#[derive(Clone, Copy)]
pub enum Ask {
    /// In Rust.
    Code(for<'a> fn(&'a Lab) -> BoxFuture<'a, Answer>),
    /// By the steps of a scenario file.
    Steps(&'static [Step]),
    /// In Rust, over generated inputs or interleavings.
    Property(for<'a> fn(&'a Lab) -> BoxFuture<'a, Answer>),
}

impl std::fmt::Debug for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}

impl Ask {
    /// The word for this way of asking: `check`, `scenario` or `property`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Code(_) => "check",
            Self::Steps(_) => "scenario",
            Self::Property(_) => "property",
        }
    }
}

/// What a check needs of the target beyond the clients of its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Need {
    /// The clock of the server can be advanced. Such a check runs alone.
    AdvanceTime,
    /// The server lists support for the `claims` parameter.
    ClaimsParameter,
    /// A user can be disabled. Such a check runs alone.
    DisableUser,
    /// There is a user whose account may come to harm by wrong passwords.
    DisposableUser,
    /// The server lists the response mode `form_post`.
    FormPost,
    /// Time passes between two requests: on the clock of the server where that can be advanced, else in truth. Such a check
    /// runs alone.
    Interval,
    /// The server publishes an introspection endpoint.
    Introspection,
    /// The server publishes an endpoint for logouts.
    Logout,
    /// Who registers a client is told how to read, change and delete it (RFC 7592).
    Management,
    /// The server speaks OpenID Connect.
    OpenId,
    /// The server lists PKCE in its metadata, or verifies what nobody has to know of (RFC 7636 §5).
    Pkce,
    /// The server publishes an endpoint for pushed requests.
    PushedRequests,
    /// Clients can be registered, and may be (RFC 7591).
    Registration,
    /// The server says that it takes request objects. The client of the cell is one that can sign them.
    RequestObjects,
    /// The target file names a resource that access tokens can be for.
    Resources,
    /// The server publishes a revocation endpoint.
    Revocation,
    /// The server can be made to sign with new keys. Such a check runs alone.
    RotateKeys,
    /// A client of the cell has a second registered redirect URI.
    SecondRedirectUri,
    /// There is a second user, who may allow what they allowed to nobody so far. Such a check runs alone: others count on
    /// a user who has allowed nothing.
    SecondUser,
    /// The server publishes a userinfo endpoint.
    Userinfo,
}

impl Need {
    /// The name used in scenario files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AdvanceTime => "advance-time",
            Self::ClaimsParameter => "claims-parameter",
            Self::DisableUser => "disable-user",
            Self::DisposableUser => "disposable-user",
            Self::FormPost => "form-post",
            Self::Interval => "interval",
            Self::Introspection => "introspection",
            Self::Logout => "logout",
            Self::Management => "management",
            Self::OpenId => "openid",
            Self::Pkce => "pkce",
            Self::PushedRequests => "pushed-requests",
            Self::Registration => "registration",
            Self::RequestObjects => "request-objects",
            Self::Resources => "resources",
            Self::Revocation => "revocation",
            Self::RotateKeys => "rotate-keys",
            Self::SecondRedirectUri => "second-redirect-uri",
            Self::SecondUser => "second-user",
            Self::Userinfo => "userinfo",
        }
    }

    /// All needs, in alphabetical order.
    pub const ALL: &'static [Self] = &[
        Self::AdvanceTime,
        Self::ClaimsParameter,
        Self::DisableUser,
        Self::DisposableUser,
        Self::FormPost,
        Self::Interval,
        Self::Introspection,
        Self::Logout,
        Self::Management,
        Self::OpenId,
        Self::Pkce,
        Self::PushedRequests,
        Self::Registration,
        Self::RequestObjects,
        Self::Resources,
        Self::Revocation,
        Self::RotateKeys,
        Self::SecondRedirectUri,
        Self::SecondUser,
        Self::Userinfo,
    ];

    /// Does it take the registration of a client to know?
    pub const fn is_registration(self) -> bool {
        matches!(self, Self::Management | Self::Registration)
    }

    /// Does a check with this need change the server for others, so that it must run alone?
    pub const fn changes_server(self) -> bool {
        matches!(self, Self::AdvanceTime | Self::DisableUser | Self::Interval | Self::RotateKeys | Self::SecondUser)
    }
}

impl Check {
    /// Asks, in the cell of the lab.
    pub async fn ask(&self, lab: &Lab) -> Answer {
        match self.ask {
            Ask::Code(ask) | Ask::Property(ask) => ask(lab).await,
            Ask::Steps(steps) => scenario::play(lab, self, steps).await,
        }
    }

    /// Must this check run while no other does?
    pub fn runs_alone(&self) -> bool {
        self.needs.iter().any(|need| need.changes_server())
    }

    /// The part of the id before the slash.
    pub fn topic(&self) -> &'static str {
        self.id.split_once('/').map_or(self.id, |(topic, _)| topic)
    }

    /// The clause at stake in a cell.
    pub fn clause_in(&self, cell: Cell) -> &'static str {
        clause_in(cell, self.clauses)
    }

    /// May a finding of this check name `clause`? Only one of its own.
    pub fn may_name(&self, clause: &str) -> bool {
        self.clauses.contains(&clause)
    }
}

/// The first of `clauses` that speaks of the cell's grant or of all grants; the first of them all if none does. RFC 6749
/// lays many duties down once for each grant, and a finding names the one that was broken.
pub fn clause_in(cell: Cell, clauses: &'static [&'static str]) -> &'static str {
    let fits = |id: &&&'static str| {
        let grants = Grant::of_clause(id);
        grants.is_empty() || cell.grant.is_some_and(|grant| grants.contains(&grant))
    };
    clauses.iter().find(fits).unwrap_or(&clauses[0])
}

/// What a check returns: nothing to say, or a stop.
pub type Answer = Result<(), Stop>;

/// Why a check ended before its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// The server is wrong.
    #[error("{0}")]
    Finding(Finding),
    /// The question does not arise for this target.
    #[error("not applicable: {says}")]
    NotApplicable {
        /// The reason code of the report.
        reason: Reason,
        /// The reason for a person.
        says: String,
    },
    /// The control failed, so that the question could not be put.
    #[error("the control failed: {0}")]
    Inconclusive(String),
    /// The network, or the harness itself.
    #[error("{0}")]
    Error(String),
}

/// A broken clause, with what was expected and what came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}; got {actual}")]
pub struct Finding {
    /// The clause that the server breaks.
    pub clause: &'static str,
    /// What a good server answers.
    pub expected: String,
    /// What this one answered.
    pub actual: String,
}

/// The reason code of a skip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The target file grants no ability of this kind.
    NoAbility,
    /// No client of the target fits the cell.
    NoClient,
    /// The target file names no user.
    NoUser,
    /// The server does not advertise what the check is about.
    NotAdvertised,
    /// The server chose otherwise where the texts leave the choice, so that the question does not arise.
    Policy,
    /// The control of the check failed.
    Prerequisite,
}

impl Reason {
    /// The code in the report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoAbility => "no-ability",
            Self::NoClient => "no-client",
            Self::NoUser => "no-user",
            Self::NotAdvertised => "not-advertised",
            Self::Policy => "policy",
            Self::Prerequisite => "prerequisite",
        }
    }
}

impl Stop {
    /// A finding against `clause`.
    pub fn finding(clause: &'static str, expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self::Finding(Finding { clause, expected: expected.into(), actual: actual.into() })
    }

    /// The question does not arise.
    pub fn not_applicable(reason: Reason, says: impl Into<String>) -> Self {
        Self::NotApplicable { reason, says: says.into() }
    }

    /// The same stop; a finding says in which case it was made.
    pub fn in_case(self, case: impl std::fmt::Display) -> Self {
        match self {
            Self::Finding(finding) => {
                Self::Finding(Finding { actual: format!("{} ({case})", finding.actual), ..finding })
            }
            stop => stop,
        }
    }

    /// The same stop in other words: each text of it as `word` writes it.
    pub fn worded(self, word: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Finding(Finding { clause, expected, actual }) => {
                Self::Finding(Finding { clause, expected: word(&expected), actual: word(&actual) })
            }
            Self::NotApplicable { reason, says } => Self::NotApplicable { reason, says: word(&says) },
            Self::Inconclusive(says) => Self::Inconclusive(word(&says)),
            Self::Error(says) => Self::Error(word(&says)),
        }
    }
}
