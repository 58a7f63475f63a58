//! The proof: the strict server and its legal variations pass, every fault is caught, no check is unproven, and no
//! crude fake passes anything.

pub mod grid;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::catalogue::catalogue;
use crate::cell::{Grant, ResponseType};
use crate::check::{Check, Reason};
use crate::embedded::{self, Fake, Fault, Preset, Running, Seam, Variation};
use crate::lab::Setting;
use crate::lab::http::Http;
use crate::profile::Profile;
use crate::run::{Options, Outcome, Paths, Plan, Selection, Summary, execute, judge};
use crate::verdict::Verdict;

/// Against a fake that never answers, this is long enough to be sure.
const FAKE_DEADLINE: Duration = Duration::from_millis(150);

/// How many servers are judged at once.
const AT_ONCE: usize = 4;

/// How many where the whole catalogue is asked of each fault: then some are waited for, that answer late or never.
const AT_ONCE_IN_FULL: usize = 12;

/// How many cells are asked at once of each.
const JOBS: usize = 8;

/// How many cases a property generates per cell.
pub const CASES: u32 = 24;

/// How many it generates where a cell is asked on one path only.
const CASES_IN_TURN: u32 = CASES / 3;

/// How the proof is made.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Only these faults, variations and fakes; everything without any.
    pub only: Vec<String>,
    /// Is every fault asked by the whole catalogue too, each cell on one path in turn, and not only by the checks that claim it;
    /// and every variation on each path?
    pub full: bool,
    /// The seed of what is generated.
    pub seed: u64,
}

/// What the proof showed.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// Each fault, in the order of the catalogue of faults.
    pub faults: Vec<FaultProof>,
    /// The strict server under each profile, as it is meant for it, then each variation: name and what was found.
    pub clean: Vec<(String, Vec<String>)>,
    /// Each crude fake, and the checks that passed against it.
    pub fakes: Vec<(String, Vec<String>)>,
    /// Checks that no fault claims.
    pub unproven: Vec<&'static str>,
    /// How long each server took, the slowest first.
    pub took: Vec<(String, Duration)>,
}

/// What became of a fault.
#[derive(Clone, Debug)]
pub struct FaultProof {
    /// The fault.
    pub id: &'static str,
    /// What is wrong with the server.
    pub says: &'static str,
    /// The checks that must catch it.
    pub expected: &'static [&'static str],
    /// The checks that did, at the level of the fault's clause.
    pub killed_by: BTreeSet<&'static str>,
    /// Why the server could not be judged, if so.
    pub setup: Option<String>,
}

impl FaultProof {
    /// Did every claimed check catch it?
    pub fn killed(&self) -> bool {
        !self.expected.is_empty() && self.expected.iter().all(|check| self.killed_by.contains(check))
    }
}

impl Proof {
    /// Is everything shown?
    pub fn holds(&self) -> bool {
        self.faults.iter().all(FaultProof::killed)
            && self.clean.iter().all(|(_, found)| found.is_empty())
            && self.fakes.iter().all(|(_, passed)| passed.is_empty())
            && self.unproven.is_empty()
    }
}

/// Makes the proof, telling `tell` how far it is: done, of how many.
pub async fn prove(scope: Scope, tell: &(dyn Fn(usize, usize) + Sync)) -> Proof {
    let mut tasks: Vec<Task> = embedded::faults().iter().map(Task::Fault).collect();
    tasks.extend(Profile::NAMES.iter().copied().map(Task::Strict));
    tasks.extend(embedded::variations().iter().map(Task::Variation));
    tasks.extend(embedded::fakes().iter().map(Task::Fake));
    let everything = scope.only.is_empty();
    tasks.retain(|task| everything || task.id().is_some_and(|id| scope.only.iter().any(|only| only == id)));

    let total = tasks.len();
    let gate = Arc::new(Semaphore::new(if scope.full { AT_ONCE_IN_FULL } else { AT_ONCE }));
    let mut running = JoinSet::new();
    for (at, task) in tasks.into_iter().enumerate() {
        let (gate, scope) = (Arc::clone(&gate), scope.clone());
        running.spawn(async move {
            let _turn = gate.acquire_owned().await;
            let began = Instant::now();
            (at, task.run(&scope).await, began.elapsed())
        });
    }
    let mut shown = Vec::new();
    while let Some(joined) = running.join_next().await {
        shown.push(joined.unwrap_or_else(|panic| {
            let broken = Shown::Clean("the proof itself".to_owned(), vec![panic.to_string()]);
            (usize::MAX, broken, Duration::ZERO)
        }));
        tell(shown.len(), total);
    }
    shown.sort_by_key(|(at, ..)| *at);

    let mut proof = Proof { unproven: if everything { unproven() } else { Vec::new() }, ..Proof::default() };
    for (_, shown, took) in shown {
        proof.took.push((shown.name().to_owned(), took));
        match shown {
            Shown::Fault(fault) => proof.faults.push(fault),
            Shown::Clean(name, found) => proof.clean.push((name, found)),
            Shown::Fake(name, passed) => proof.fakes.push((name, passed)),
        }
    }
    proof.took.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
    proof
}

/// Checks that no fault claims.
fn unproven() -> Vec<&'static str> {
    let claimed: BTreeSet<&str> = embedded::faults().iter().flat_map(|fault| fault.caught_by).copied().collect();
    catalogue().iter().map(|check| check.id).filter(|id| !claimed.contains(id)).collect()
}

#[derive(Clone, Copy)]
enum Task {
    Fault(&'static Fault),
    Strict(&'static str),
    Variation(&'static Variation),
    Fake(&'static Fake),
}

enum Shown {
    Fault(FaultProof),
    Clean(String, Vec<String>),
    Fake(String, Vec<String>),
}

impl Shown {
    fn name(&self) -> &str {
        match self {
            Self::Fault(fault) => fault.id,
            Self::Clean(name, _) | Self::Fake(name, _) => name,
        }
    }
}

impl Task {
    /// The name of the server; the strict one has none of its own.
    const fn id(self) -> Option<&'static str> {
        match self {
            Self::Fault(fault) => Some(fault.id),
            Self::Strict(_) => None,
            Self::Variation(variation) => Some(variation.id),
            Self::Fake(fake) => Some(fake.id),
        }
    }

    async fn run(self, scope: &Scope) -> Shown {
        match self {
            Self::Fault(fault) => Shown::Fault(fault_proof(fault, scope).await),
            Self::Strict(profile) => {
                Shown::Clean(format!("strict, {profile}"), unclean(&[], profile, scope, Paths::All, deserved).await)
            }
            Self::Variation(variation) => {
                // A legal choice may take away what a check needs, and may be none of a document outside the profile.
                let no_finding =
                    |_, outcome: &Outcome| matches!(outcome.verdict, Verdict::Pass | Verdict::Skip | Verdict::Info);
                let paths = if scope.full { Paths::All } else { Paths::InTurn };
                Shown::Clean(variation.id.to_owned(), unclean(variation.seams, "oidc", scope, paths, no_finding).await)
            }
            Self::Fake(fake) => Shown::Fake(fake.id.to_owned(), passes(fake, scope).await),
        }
    }
}

async fn fault_proof(fault: &'static Fault, scope: &Scope) -> FaultProof {
    let (claimed, others): (Vec<Check>, Vec<Check>) =
        catalogue().iter().partition(|check| fault.caught_by.contains(&check.id));
    let mut asked = vec![(claimed, Paths::All)];
    if scope.full {
        asked.push((others, Paths::InTurn));
    }
    let mut proof = FaultProof {
        id: fault.id,
        says: fault.says,
        expected: fault.caught_by,
        killed_by: BTreeSet::new(),
        setup: None,
    };
    for (checks, paths) in asked {
        match kills(fault, &checks, scope, paths).await {
            Ok(kills) => proof.killed_by.extend(kills),
            Err(says) => proof.setup = Some(says),
        }
    }
    proof
}

/// Which of these checks come to a finding about a server with the fault, at the level of its clause.
async fn kills(
    fault: &'static Fault,
    checks: &[Check],
    scope: &Scope,
    paths: Paths,
) -> Result<Vec<&'static str>, String> {
    let profile = named(fault.profile);
    let summary = judged(fault.seams, checks, profile, scope, paths).await?;
    // What a document of the profile merely permits is told, and that is all that can come of it; outside the profile nothing is a kill.
    let least =
        if profile.tells(fault.clause) { Verdict::Info } else { profile.verdict(fault.clause).max(Verdict::Warn) };
    let counts = |clause| profile.verdict(clause) > Verdict::Info || profile.tells(clause);
    let kills = summary.outcomes.iter().filter(|outcome| {
        outcome.finding.as_ref().is_some_and(|finding| counts(finding.clause)) && outcome.verdict >= least
    });
    Ok(kills.map(|outcome| outcome.check.id).collect())
}

/// The server that a profile is meant for: RFC 9700 forbids what the seven grants are complete with.
pub const fn preset(profile: Profile) -> Preset {
    match profile {
        Profile::OAuth2 | Profile::Oidc => Preset::SevenGrants,
        Profile::Bcp { .. } | Profile::IdentityServer { .. } => Preset::Bcp,
    }
}

/// Questions that a choice of the strict server takes away: it refuses what it could grant in part, registers whoever asks, lets no
/// secret expire, demands neither that requests are pushed nor that they are signed, signs no metadata, has no key to encrypt
/// for it, tells its demonstration clients of a user in plain JSON, refreshes without `offline_access`, takes no software
/// statements, has one subject for all clients, answers neither WebFinger nor the response type `none`, keeps neither
/// pictures nor the claims of others, and has no scopes that belong to one resource and not to another. The faults that prove them choose otherwise.
#[rustfmt::skip]
const TAKEN_AWAY: &[(&str, Reason)] = &[
    ("metadata/signed",                             Reason::NotAdvertised),
    ("jwks/key-use",                                Reason::NotAdvertised),
    ("password/scope-reduction-reported",           Reason::Policy),
    ("client-credentials/scope-reduction-reported", Reason::Policy),
    ("pushed/required",                             Reason::Policy),
    ("request-object/required",                     Reason::Policy),
    ("userinfo/signed",                             Reason::Policy),
    ("refresh/offline-access-consent",              Reason::Policy),
    ("refresh/offline-access-consent",              Reason::NoClient),
    ("registration/initial-access-token",           Reason::Policy),
    ("registration/initial-token-challenge",        Reason::Policy),
    ("registration/secret-expires",                 Reason::Policy),
    ("registration/statement-counts",               Reason::Policy),
    ("registration/pairwise-subjects",              Reason::NotAdvertised),
    ("metadata/webfinger",                          Reason::NotAdvertised),
    ("jwks/max-age",                                Reason::NotAdvertised),
    ("authorize/none",                              Reason::NotAdvertised),
    ("userinfo/picture-is-image",                   Reason::Policy),
    ("userinfo/claim-sources",                      Reason::Policy),
    ("access-token/mixed-scopes",                   Reason::Policy),
];

/// Is this what the strict server deserves? A pass; or word of a document outside the profile, which the server does not
/// mean to follow, or of a clause that the profile takes back; or, under a profile that does without a grant, no question about that grant; or one that its choice took away.
pub fn deserved(profile: Profile, outcome: &Outcome) -> bool {
    let outside = outcome
        .finding
        .as_ref()
        .is_some_and(|finding| profile.level(finding.clause).is_none() || profile.takes_back(finding.clause));
    let left_out = preset(profile) == Preset::Bcp
        && match outcome.reason {
            Some((Reason::NoClient, _)) => outcome.cell.first_grant() == Some(Grant::Password),
            Some((Reason::NotAdvertised, _)) => {
                outcome.cell.first_grant() == Some(Grant::Password)
                    || outcome.cell.response_type.is_some_and(ResponseType::has_token)
            }
            _ => false,
        };
    let taken_away =
        outcome.reason.as_ref().is_some_and(|(reason, _)| TAKEN_AWAY.contains(&(outcome.check.id, *reason)));
    match outcome.verdict {
        Verdict::Pass => true,
        Verdict::Info => outside,
        Verdict::Skip => left_out || taken_away,
        _ => false,
    }
}

/// What the whole catalogue has to say of a server that should be clean: every cell whose verdict is not `allowed`.
async fn unclean(
    seams: &'static [Seam],
    profile: &str,
    scope: &Scope,
    paths: Paths,
    allowed: fn(Profile, &Outcome) -> bool,
) -> Vec<String> {
    let profile = named(profile);
    match judged(seams, catalogue(), profile, scope, paths).await {
        Ok(summary) => summary.outcomes.iter().filter(|outcome| !allowed(profile, outcome)).map(line).collect(),
        Err(says) => vec![says],
    }
}

/// The checks that pass against a crude fake. It is asked in the name of the strict server, whose metadata, clients and
/// users are borrowed: nothing of a fake can be proven or discovered.
async fn passes(fake: &'static Fake, scope: &Scope) -> Vec<String> {
    let target = async {
        let strict = Running::start(0, &[]).await.map_err(|error| error.to_string())?;
        let seams: Vec<&Seam> = fake.seams.iter().collect();
        let running = Running::start(0, &seams).await.map_err(|error| error.to_string())?;
        let target = strict.target(&Http::new(Duration::from_secs(5))).await.map_err(|error| error.to_string())?;
        strict.stop().await;
        Ok::<_, String>((target.moved_to(&running.issuer), running))
    };
    let (target, running) = match target.await {
        Ok(target) => target,
        Err(says) => return vec![says],
    };
    let mut setting = Setting::new(target, Http::new(FAKE_DEADLINE), scope.seed, CASES);
    setting.gives_up = false;
    let plan = Plan::of(catalogue(), &Selection::default(), Paths::All);
    let outcomes = execute(&Arc::new(setting), &plan, Profile::Oidc, JOBS * 4, &mut |_| {}).await;
    running.stop().await;
    let broken = |outcome: &&Outcome| {
        outcome
            .error
            .as_deref()
            .is_some_and(|error| error.starts_with("the check broke") || error.starts_with("no verdict"))
    };
    outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Pass || broken(outcome)).map(line).collect()
}

async fn judged(
    seams: &[Seam],
    checks: &[Check],
    profile: Profile,
    scope: &Scope,
    paths: Paths,
) -> Result<Summary, String> {
    let seams: Vec<&Seam> = seams.iter().collect();
    let running = Running::judged(preset(profile), &seams).await;
    let running = running.map_err(|error| format!("the server did not start: {error}"))?;
    let http = Http::new(Duration::from_secs(10));
    let target = running.target(&http).await.map_err(|error| error.to_string())?;
    let cases = if paths == Paths::All { CASES } else { CASES_IN_TURN };
    let setting = Arc::new(Setting::new(target, http, scope.seed, cases));
    let options = Options { jobs: JOBS, profile, selection: Selection::default(), paths, policies: false };
    let summary = judge(setting, checks, &options, &mut |_| {}).await;
    running.stop().await;
    summary.map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}

fn named(profile: &str) -> Profile {
    Profile::named(profile, true).unwrap_or(Profile::Oidc)
}

fn line(outcome: &Outcome) -> String {
    let finding = outcome.finding.as_ref().map(ToString::to_string);
    let reason = outcome.reason.as_ref().map(|(reason, says)| format!("{}: {says}", reason.name()));
    let says = finding.or(reason).or(outcome.error.clone()).unwrap_or_default();
    format!("{} {} [{}] {says}", outcome.verdict, outcome.check.id, outcome.cell)
}
