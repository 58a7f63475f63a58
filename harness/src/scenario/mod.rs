//! Checks written as data: TOML cases become steps, and the steps are played in a lab.

mod document;
mod exchanged;
mod expected;
mod file;
mod form;
mod granted;
mod judge;
mod named;
mod play;
mod pushed;
mod reader;
mod registration;
mod verb;

pub use file::{ScenarioError, read};
pub use named::{NAMED_CLIENTS, NAMED_VALUES};
pub use play::play;
pub use verb::Verb;

use crate::cell::AuthMethod;
use crate::exchange::Via;

/// One step of a scenario: a valid exchange, what is changed in it, and what must come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The valid exchange.
    pub verb: Verb,
    /// The members that a registration is about; they belong to the valid exchange. Values are JSON.
    pub metadata: &'static [(&'static str, &'static str)],
    /// What is changed in it.
    pub changes: &'static [Change],
    /// What must come of it; without an expectation it must simply succeed.
    pub expect: Option<Expect>,
    /// The clause that a finding of this step names, if not the first of the case.
    pub clause: Option<&'static str>,
}

/// One change of a valid exchange, as the file names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// `as`: another client asks.
    As(&'static str),
    /// `claims`: a claim of the assertion, or of the request object, has another value, or is added.
    Claim(&'static str, &'static str),
    /// `drop-claims`: a claim of it is left out.
    DropClaim(&'static str),
    /// `also`: the credentials are presented a second time, by another method.
    Also(AuthMethod),
    /// `drop`: a parameter is left out.
    Drop(&'static str),
    /// `set` of a registration: a member has another value, written as JSON, or is added.
    Member(&'static str, &'static str),
    /// `method`: another request method.
    Method(&'static str),
    /// `repeat`: a parameter is sent twice, the second time with this value.
    Repeat(&'static str, &'static str),
    /// `set`: a parameter has another value, or is added.
    Set(&'static str, &'static str),
    /// `via`: the parameters travel another way.
    Via(Via),
    /// `via = "query-credentials"`: the credentials travel in the query.
    CredentialsInQuery,
}

/// What must come of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// `"active"`: introspection says that the token lives.
    Active,
    /// `"anything"`: whatever is answered; what counts is what follows.
    Anything,
    /// `"basic-challenge"`: 401 with `WWW-Authenticate: Basic`.
    BasicChallenge,
    /// `"bearer-challenge"`: 401 or 400 or 403 with `WWW-Authenticate: Bearer`.
    BearerChallenge,
    /// `"code"`: the browser is sent to the client with a code.
    Code,
    /// `{ error = …, or = […], clause = … }`: a refusal with one of these codes; another code breaks `clause`, which is
    /// the definition of the first of them unless a text demands it.
    Error(&'static [&'static str], Option<&'static str>),
    /// `{ header = …, has = … }`: a success whose header holds this value.
    Header(&'static str, &'static str),
    /// `{ header = …, lacks = … }`: a success whose header does not hold this value.
    HeaderLacks(&'static str, &'static str),
    /// `"granted"`: the browser is sent to the client with everything that the response type names.
    Granted,
    /// `"inactive"`: introspection says that the token is dead.
    Inactive,
    /// `"no-empty-members"`: a success none of whose members is null or an empty string.
    NoEmptyMembers,
    /// `"no-nulls"`: a success none of whose members is null.
    NoNulls,
    /// `{ absent = … }`: a success without this member.
    Absent(&'static str),
    /// `{ present = … }`: a success with these members.
    Present(&'static [&'static str]),
    /// `{ member = …, is = … }` and its kin: a success in which this member, if it is there, stands so to this value.
    Member(&'static str, Relation, &'static str),
    /// `{ member = …, is = … }` with a list, a number or true or false: it is the same JSON.
    Value(&'static str, &'static str),
    /// `"not-registered"`: a refusal, or an answer by which what was asked for is not registered.
    NotRegistered,
    /// `"ok"`: a 2xx answer.
    Ok,
    /// `"posted"`: everything that the response type names comes to the client in a form that is posted.
    Posted,
    /// `"refused"`: no code, no token, no data.
    Refused,
    /// `{ scope = … }`: a token response, and how its scope stands to another.
    Scope(Extent),
    /// `"shown"`: the browser is not sent away from the server, and a page says something to whoever sits there.
    Shown,
    /// `{ status = …, or = […] }`: an answer with one of these statuses.
    Status(&'static [u16]),
    /// `"stays"`: the browser is not sent away from the server.
    Stays,
    /// `"token"`: a token response.
    Token,
}

/// How a member of an answer stands to a value that is known from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `hashes`: it is the left half of the hash of the value, by the algorithm of the ID token (OpenID Connect Core §3.1.3.6).
    Hashes,
    /// `holds`: it is a list in which the value is, its words in whatever order.
    Holds,
    /// `is`: it is the same string.
    Is,
    /// `is-not`: it is another string, or a list without it.
    IsNot,
    /// `like`: it has the form of that name.
    Like,
    /// `within`: of its words none is missing there.
    Within,
}

impl Relation {
    /// For a reader.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Hashes => "is the hash of",
            Self::Holds => "holds",
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::Like => "has the form of",
            Self::Within => "is within",
        }
    }
}

/// What the scope of a token is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// `"asked"`: nothing beyond what was asked for.
    Asked,
    /// `"granted"`: nothing beyond what came with the code.
    Granted,
    /// `"told"`: the answer tells the scope that the token has.
    Told,
}

impl Extent {
    /// All of them, in alphabetical order.
    pub const ALL: &'static [Self] = &[Self::Asked, Self::Granted, Self::Told];

    /// The word in a scenario file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Granted => "granted",
            Self::Told => "told",
        }
    }
}

impl Expect {
    /// The words of the expectations that are written as a word.
    pub const WORDS: &'static [&'static str] = &[
        "active",
        "anything",
        "basic-challenge",
        "bearer-challenge",
        "code",
        "granted",
        "inactive",
        "no-empty-members",
        "no-nulls",
        "not-registered",
        "ok",
        "posted",
        "refused",
        "shown",
        "stays",
        "token",
    ];

    /// For a reader.
    pub fn says(&self) -> String {
        match self {
            Self::Active => "the token is active".to_owned(),
            Self::Anything => "any answer".to_owned(),
            Self::BasicChallenge => "refused with 401 and a Basic challenge".to_owned(),
            Self::BearerChallenge => "refused with a Bearer challenge".to_owned(),
            Self::Code => "a code".to_owned(),
            Self::Error(codes, _) => format!("refused with {}", codes.join(" or ")),
            Self::Header(name, value) => format!("{name}: {value}"),
            Self::HeaderLacks(name, value) => format!("no {value} in {name}"),
            Self::Granted => "everything that the response type names".to_owned(),
            Self::Inactive => "the token is not active".to_owned(),
            Self::NoEmptyMembers => "no member that is null or empty".to_owned(),
            Self::NoNulls => "no member that is null".to_owned(),
            Self::Absent(member) => format!("no {member} in the answer"),
            Self::Present(members) => format!("{} in the answer", members.join(", ")),
            Self::Member(member, relation, value) => format!("{member} {} {value}", relation.says()),
            Self::Value(member, value) => format!("{member} is {value}"),
            Self::NotRegistered => "refused, or something else is registered".to_owned(),
            Self::Ok => "success".to_owned(),
            Self::Posted => "everything that the response type names, in a form that is posted".to_owned(),
            Self::Refused => "refused".to_owned(),
            Self::Scope(Extent::Asked) => "no scope beyond what was asked for".to_owned(),
            Self::Scope(Extent::Granted) => "no scope beyond what was granted at first".to_owned(),
            Self::Scope(Extent::Told) => "the scope that the token has".to_owned(),
            Self::Shown => "no redirect away from the server, and a page that is not blank".to_owned(),
            Self::Status(fitting) => statuses(fitting),
            Self::Stays => "no redirect away from the server".to_owned(),
            Self::Token => "a token response".to_owned(),
        }
    }
}

/// The statuses that fit, in words.
fn statuses(fitting: &[u16]) -> String {
    let fitting: Vec<String> = fitting.iter().map(u16::to_string).collect();
    format!("the status {}", fitting.join(" or "))
}

impl Change {
    /// Does it give this member another value?
    fn sets(&self, member: &str) -> bool {
        matches!(self, Self::Member(name, _) if *name == member)
    }

    /// For a reader.
    pub fn says(&self) -> String {
        match self {
            Self::As(client) => format!("as {client}"),
            Self::Also(method) => format!("credentials also by {}", method.name()),
            Self::Claim(name, value) => format!("the claim {name} = {value}"),
            Self::DropClaim(name) => format!("without the claim {name}"),
            Self::Drop(name) => format!("without {name}"),
            Self::Method(method) => format!("by {method}"),
            Self::Repeat(name, value) => format!("{name} a second time, {value}"),
            Self::Set(name, "") => format!("{name} empty"),
            Self::Member(name, value) | Self::Set(name, value) => format!("{name} = {value}"),
            Self::Via(Via::Body) => "in the body".to_owned(),
            Self::Via(Via::Json) => "as JSON".to_owned(),
            Self::Via(Via::Query) => "in the query".to_owned(),
            Self::Via(Via::Text) => "as text/plain".to_owned(),
            Self::CredentialsInQuery => "credentials in the query".to_owned(),
        }
    }
}

impl Step {
    /// For a reader: what is done, what is changed, what must come.
    pub fn says(&self) -> String {
        let mut says = self.verb.says().to_owned();
        for (name, value) in self.metadata {
            for part in [", ", name, " = ", value] {
                says.push_str(part);
            }
        }
        for change in self.changes {
            says.push_str(", ");
            says.push_str(&change.says());
        }
        if let Some(expect) = &self.expect {
            says.push_str(" → ");
            says.push_str(&expect.says());
        }
        says
    }
}
