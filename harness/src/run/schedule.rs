//! The schedule: cells in parallel, those that change the server alone and last, every one with a deadline.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{Outcome, Path, Plan, Planned, cell_deadline};
use crate::check::{Answer, Ask, Need, Reason, Stop};
use crate::lab::{Authorize, Gave, Lab, Recorded, Setting};
use crate::profile::Profile;
use crate::target::Target;
use crate::verdict::Verdict;

/// Asks every cell of the plan; the outcomes come back in the order of the plan.
///
/// A cell that ends in a finding or in a control that failed while many were asked is asked again alone: a server may break
/// under the load of this run, or keep one token for each user, and both are no answers to the question. Races are
/// properties, which are asked once.
pub async fn execute(
    setting: &Arc<Setting>,
    plan: &Plan,
    profile: Profile,
    jobs: usize,
    asked: &mut (dyn FnMut(&Outcome) + Send),
) -> Vec<Outcome> {
    let mut outcomes: Vec<Option<Outcome>> = vec![None; plan.cells.len()];
    let gate = Arc::new(Semaphore::new(jobs.max(1)));
    let mut tasks = JoinSet::new();
    let mut doubtful = Vec::new();

    for (at, planned) in plan.cells.iter().copied().enumerate().filter(|(_, planned)| !planned.check.runs_alone()) {
        let (setting, gate) = (Arc::clone(setting), Arc::clone(&gate));
        tasks.spawn(async move {
            let _turn = gate.acquire_owned().await;
            (at, guarded(setting, planned, profile).await)
        });
    }
    while let Some(joined) = tasks.join_next().await {
        if let Ok((at, outcome)) = joined {
            if jobs > 1 && is_doubtful(&outcome) {
                doubtful.push(at);
            } else {
                asked(&outcome);
            }
            outcomes[at] = Some(outcome);
        }
    }
    doubtful.sort_unstable();
    setting.forget_failed_controls();
    for at in doubtful {
        let alone = guarded(Arc::clone(setting), plan.cells[at], profile).await;
        let outcome = match outcomes[at].take() {
            Some(first) => settled(first, alone),
            None => alone,
        };
        asked(&outcome);
        outcomes[at] = Some(outcome);
    }
    for (at, planned) in plan.cells.iter().copied().enumerate().filter(|(_, planned)| planned.check.runs_alone()) {
        let outcome = guarded(Arc::clone(setting), planned, profile).await;
        asked(&outcome);
        outcomes[at] = Some(outcome);
    }
    outcomes.into_iter().flatten().collect()
}

/// Could the outcome owe anything to the cells that were asked beside this one?
fn is_doubtful(outcome: &Outcome) -> bool {
    let failed_control = matches!(outcome.reason, Some((Reason::Prerequisite, _)));
    (outcome.finding.is_some() || failed_control) && !matches!(outcome.check.ask, Ask::Property(_))
}

/// What holds of a cell that was asked beside others and then alone. Load explains that a server broke, or refused what it
/// had to give; it does not explain that it gave something else. Nor is a finding taken back where there was nothing left
/// to ask.
fn settled(first: Outcome, alone: Outcome) -> Outcome {
    let Some(finding) = &first.finding else { return alone };
    let taken_back = match first.transcript.last().map_or(Gave::Broken, |last| last.gave) {
        Gave::Something => false,
        Gave::Nothing => alone.verdict == Verdict::Pass,
        Gave::Broken => true,
    };
    if alone.finding.is_some() {
        return alone;
    }
    if taken_back {
        let note = format!("beside other requests: expected {}; got {}", finding.expected, finding.actual);
        return Outcome { note: Some(note), ..alone };
    }
    Outcome { note: Some(format!("beside other requests; asked alone: {}", alone.verdict)), ..first }
}

/// Asks one cell in a task of its own, so that neither a panic nor a hang of a check touches the others.
async fn guarded(setting: Arc<Setting>, planned: Planned, profile: Profile) -> Outcome {
    let began = Instant::now();
    let deadline = cell_deadline(setting.http.timeout());
    let mut task = tokio::spawn(ask(setting, planned));
    let asked = match tokio::time::timeout(deadline, &mut task).await {
        Ok(Ok(asked)) => asked,
        Ok(Err(panic)) => Asked::nothing(Stop::Error(format!("the check broke: {panic}"))),
        Err(_) => {
            task.abort();
            Asked::nothing(Stop::Error(format!("no verdict within {deadline:?}")))
        }
    };
    let mut outcome = outcome(planned, asked.answer, profile);
    outcome.took = began.elapsed();
    outcome.transcript = asked.transcript;
    outcome.requests = asked.requests;
    outcome
}

/// What came of asking a cell.
struct Asked {
    answer: Answer,
    transcript: Vec<Recorded>,
    requests: usize,
}

impl Asked {
    /// It ended before anything was asked, or nobody knows what was.
    fn nothing(stop: Stop) -> Self {
        Self { answer: Err(stop), transcript: Vec::new(), requests: 0 }
    }

    /// What this lab was told; where all was well, what was said is of no more interest.
    fn of(lab: &Lab, answer: Answer, before: usize) -> Self {
        let requests = before + lab.exchanges();
        let transcript = if answer.is_ok() { Vec::new() } else { lab.take_transcript() };
        Self { answer: lab.without_secrets(answer), transcript, requests }
    }
}

async fn ask(setting: Arc<Setting>, planned: Planned) -> Asked {
    if setting.is_dead() {
        return Asked::nothing(Stop::Error("not asked: the server stopped answering".to_owned()));
    }
    if let Some(need) = planned.check.needs.iter().find(|need| !setting.target.meets(**need)) {
        return Asked::nothing(unmet(*need, &setting.target));
    }
    let lab = match Lab::for_check(Arc::clone(&setting), &planned.check, planned.cell) {
        Ok(lab) => lab,
        Err(stop) => return Asked::nothing(stop),
    };
    for need in planned.check.needs.iter().filter(|need| need.is_registration()) {
        if let Err(stop) = lab.registers(*need).await {
            return Asked::of(&lab, Err(stop), 0);
        }
    }
    if planned.check.needs.contains(&Need::Pkce)
        && let Err(stop) = lab.speaks_pkce().await
    {
        return Asked::of(&lab, Err(stop), 0);
    }
    let only = planned.only.filter(|_| has_several_paths(&planned));
    if only.is_some_and(|path| path != Path::Login)
        && let Err(stop) = lab.authorize(Authorize::valid()).await
    {
        return Asked::of(&lab, Err(stop), 0);
    }
    if only == Some(Path::Post)
        && let Some(posting) = lab.posting().await
    {
        let answer = and_discriminates(planned.check.ask(&posting).await, &setting).await;
        return Asked::of(&posting, answer, lab.exchanges());
    }
    let mut answer = planned.check.ask(&lab).await;
    let mut posted = 0;
    if only.is_none() && answer.is_ok() && has_several_paths(&planned) {
        answer = once_more(planned.check.ask(&lab).await);
        if answer.is_ok()
            && let Some(posting) = lab.posting().await
        {
            let asked = once_more(planned.check.ask(&posting).await);
            if asked.is_err() {
                return Asked::of(&posting, asked, lab.exchanges());
            }
            posted = posting.exchanges();
        }
    }
    Asked::of(&lab, and_discriminates(answer, &setting).await, posted)
}

/// A pass of a server that does not tell good from bad is none.
async fn and_discriminates(answer: Answer, setting: &Setting) -> Answer {
    match answer {
        Ok(()) => setting.discriminates().await,
        Err(stop) => Err(stop),
    }
}

/// What cannot be asked once more was answered the first time.
fn once_more(answer: Answer) -> Answer {
    match answer {
        Err(stop @ (Stop::Finding(_) | Stop::Error(_))) => Err(stop),
        Ok(()) | Err(Stop::NotApplicable { .. } | Stop::Inconclusive(_)) => Ok(()),
    }
}

/// An authorization request goes through a login the first time, finds a session the second time, and comes by POST the
/// third time, through a login or into a session. A property goes its own ways.
fn has_several_paths(planned: &Planned) -> bool {
    planned.cell.response_type.is_some()
        && !planned.check.runs_alone()
        && !matches!(planned.check.ask, Ask::Property(_))
}

fn unmet(need: Need, target: &Target) -> Stop {
    match need {
        Need::Management | Need::Registration if target.metadata.registration_endpoint.is_some() => {
            Stop::not_applicable(
                Reason::NoAbility,
                "what is registered there may stay, so somebody has to allow it: [abilities] register = true",
            )
        }
        Need::AdvanceTime | Need::DisableUser | Need::Interval | Need::RotateKeys => Stop::not_applicable(
            Reason::NoAbility,
            format!("the target file grants no ability {} ([abilities])", need.name()),
        ),
        Need::DisposableUser => Stop::not_applicable(
            Reason::NoAbility,
            "no user may come to harm by wrong passwords ([[user]] disposable = true)",
        ),
        Need::SecondRedirectUri => Stop::not_applicable(
            Reason::NoClient,
            "no client has a second redirect URI in the target file (redirect_uris)",
        ),
        Need::SecondUser => Stop::not_applicable(Reason::NoUser, "the target file names no second user ([[user]])"),
        Need::Resources => Stop::not_applicable(
            Reason::NoAbility,
            "the target file names no resource that tokens can be for ([resources] known)",
        ),
        Need::ClaimsParameter
        | Need::FormPost
        | Need::Introspection
        | Need::Logout
        | Need::Management
        | Need::OpenId
        | Need::Pkce
        | Need::PushedRequests
        | Need::Registration
        | Need::RequestObjects
        | Need::Revocation
        | Need::Userinfo => {
            Stop::not_applicable(Reason::NotAdvertised, format!("the server does not advertise {}", need.name()))
        }
    }
}

/// From the answer of a check to the verdict of its cell.
fn outcome(planned: Planned, answer: Answer, profile: Profile) -> Outcome {
    let Planned { check, cell, .. } = planned;
    let mut outcome = Outcome {
        check,
        cell,
        verdict: Verdict::Pass,
        level: None,
        finding: None,
        reason: None,
        error: None,
        note: None,
        transcript: Vec::new(),
        took: std::time::Duration::ZERO,
        requests: 0,
    };
    match answer {
        Ok(()) => {}
        Err(Stop::Finding(finding)) if !check.may_name(finding.clause) => {
            outcome.verdict = Verdict::Error;
            outcome.error =
                Some(format!("{finding}: this breaks {}, by which this check does not judge", finding.clause));
        }
        Err(Stop::Finding(finding)) => {
            outcome.verdict = profile.verdict(finding.clause);
            outcome.level = profile.level(finding.clause);
            outcome.finding = Some(finding);
        }
        Err(Stop::NotApplicable { reason, says }) => {
            outcome.verdict = Verdict::Skip;
            outcome.reason = Some((reason, says));
        }
        Err(Stop::Inconclusive(says)) => {
            outcome.verdict = Verdict::Skip;
            outcome.reason = Some((Reason::Prerequisite, says));
        }
        Err(Stop::Error(says)) => {
            outcome.verdict = Verdict::Error;
            outcome.error = Some(says);
        }
    }
    outcome
}
