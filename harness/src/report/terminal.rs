//! The report for a person: by grant, every cell with its verdict, findings in full.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::cell::Grant;
use crate::check::Finding;
use crate::clause::{self, Level};
use crate::lab::CleanUp;
use crate::policy;
use crate::profile;
use crate::report::counted;
use crate::run::{Event, Outcome, Summary};
use crate::verdict::Verdict;

/// How much a person wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// Findings and the last line only.
    pub quiet: bool,
    /// The exchanges behind each finding, and every cell behind a reason.
    pub exchanges: bool,
    /// The command of this run without its selectors; with the id of a check it asks that check again.
    pub again: String,
    /// The checks of the caller's own scenarios, and the path of each as it would be typed.
    pub own: Vec<(&'static str, String)>,
}

/// What stands above the cells: the target, the profile, what was proven of the set-up.
pub fn heading(began: &Event) -> String {
    let Event::Began { issuer, profile, proven, learned, cells, .. } = began else {
        return String::new();
    };
    let mut text = format!(
        "grantspec {}: {issuer}, profile {} ({})\n",
        env!("CARGO_PKG_VERSION"),
        profile.name(),
        profile::EDITION
    );
    for fact in proven {
        let _ = writeln!(text, "  proven: {fact}");
    }
    if let Some(sentence) = policy::sentence(learned) {
        let _ = writeln!(text, "  chosen: {sentence}");
    }
    let _ = writeln!(text, "  {} to ask", counted(*cells, "cell"));
    text
}

/// The report of a run.
pub fn report(summary: &Summary, seed: u64, detail: &Detail) -> String {
    let mut text = String::new();
    if !detail.quiet {
        by_grant(&mut text, summary);
    }
    findings(&mut text, summary, detail);
    reasons(&mut text, summary, detail);
    only_alone(&mut text, summary, detail);
    left_behind(&mut text, &summary.clean_up, detail);
    last_line(&mut text, summary, seed);
    text
}

/// The grants in their order; the server as a whole comes first.
fn by_grant(text: &mut String, summary: &Summary) {
    for grant in std::iter::once(None).chain(Grant::ALL.iter().copied().map(Some)) {
        let of_grant: Vec<&Outcome> = summary.outcomes.iter().filter(|outcome| outcome.cell.grant == grant).collect();
        if of_grant.is_empty() {
            continue;
        }
        let bold = Style::new().bold();
        let _ = writeln!(text, "\n{bold}{}{bold:#}  {}", grant.map_or("server", Grant::short), counts(&of_grant));
        let mut rest = of_grant.as_slice();
        while let Some(first) = rest.first() {
            let code = |outcome: &Outcome| outcome.reason.as_ref().map(|(reason, _)| reason.name());
            let same = |outcome: &&&Outcome| {
                outcome.check.id == first.check.id && outcome.verdict == first.verdict && code(outcome) == code(first)
            };
            let run = rest.iter().take_while(same).count();
            let cells: Vec<String> = rest[..run]
                .iter()
                .map(|outcome| outcome.cell.axes().join(" "))
                .filter(|axes| !axes.is_empty())
                .collect();
            let style = style(first.verdict);
            let word = format!("{} {}", first.verdict.glyph(), first.verdict);
            let line = format!(
                "  {style}{word:<7}{style:#} {:<44} {:<40} {}",
                first.check.id,
                cells.join(", "),
                code(first).unwrap_or_default()
            );
            let _ = writeln!(text, "{}", line.trim_end());
            rest = &rest[run..];
        }
    }
    text.push('\n');
}

fn counts(outcomes: &[&Outcome]) -> String {
    let count = |verdict: Verdict| outcomes.iter().filter(|outcome| outcome.verdict == verdict).count();
    let counted = Verdict::ALL.into_iter().map(|verdict| (verdict, count(verdict))).filter(|(_, count)| *count > 0);
    counted.map(|(verdict, count)| format!("{count} {verdict}")).collect::<Vec<_>>().join(", ")
}

/// Findings in full; what is the same in several cells is told once.
fn findings(text: &mut String, summary: &Summary, detail: &Detail) {
    let mut told: Vec<(&Outcome, &Finding, Vec<String>)> = Vec::new();
    for outcome in &summary.outcomes {
        let Some(finding) = &outcome.finding else { continue };
        let cell = outcome.cell.to_string();
        match told.iter_mut().find(|(first, known, _)| first.check.id == outcome.check.id && *known == finding) {
            Some((_, _, cells)) => cells.push(cell),
            None => told.push((outcome, finding, vec![cell])),
        }
    }
    for (outcome, found, cells) in told {
        finding(text, outcome, found, &cells, detail);
    }
}

fn finding(text: &mut String, outcome: &Outcome, finding: &Finding, cells: &[String], detail: &Detail) {
    let style = style(outcome.verdict).bold();
    let id = outcome.check.id;
    let word = outcome.verdict.name().to_uppercase();
    let _ = writeln!(text, "{style}{} {word}{style:#}  {id}: {}", outcome.verdict.glyph(), outcome.check.title);
    let _ = writeln!(text, "  in        {}", cells.join("; "));
    if let Some(clause) = clause::clause(finding.clause) {
        let level = outcome.level.map_or("outside the profile", Level::name);
        let _ = writeln!(text, "  clause    {} ({level}): {}", clause.id, clause.says);
        if outcome.level == Some(Level::Security) {
            let _ = writeln!(text, "            no text demands this; here is why it matters:");
        }
    }
    let _ = writeln!(text, "  why       {}", outcome.check.why);
    let _ = writeln!(text, "  expected  {}", finding.expected);
    let _ = writeln!(text, "  actual    {}", finding.actual);
    if let Some(note) = &outcome.note {
        let _ = writeln!(text, "  when      {note}");
    }
    if detail.exchanges {
        for exchange in &outcome.transcript {
            let _ = writeln!(text, "  > {}", exchange.request);
            for line in exchange.sent.iter().flat_map(|sent| sent.lines()) {
                let _ = writeln!(text, "  >   {line}");
            }
            let _ = writeln!(text, "  < {}", exchange.answer);
            for line in exchange.came.iter().flat_map(|came| came.lines()) {
                let _ = writeln!(text, "  <   {line}");
            }
        }
    }
    let _ = writeln!(text, "  again     {} {id} -v", detail.again);
    let own = detail.own.iter().find(|(own, _)| *own == id).map(|(_, path)| format!(" --scenarios {path}"));
    let _ = writeln!(text, "  more      grantspec explain {id}{}\n", own.unwrap_or_default());
}

/// So many checks are named behind a reason; the others are counted.
const NAMED: usize = 6;

/// Why cells were skipped or ended in an error: each reason once, with the checks that it kept from asking.
fn reasons(text: &mut String, summary: &Summary, detail: &Detail) {
    for verdict in [Verdict::Skip, Verdict::Error] {
        let mut told: Vec<(String, Vec<&Outcome>)> = Vec::new();
        for outcome in summary.outcomes.iter().filter(|outcome| outcome.verdict == verdict) {
            let reason = outcome.reason.as_ref().map(|(reason, says)| format!("{}: {says}", reason.name()));
            let says = reason.or_else(|| outcome.error.clone()).unwrap_or_default();
            match told.iter_mut().find(|(known, _)| *known == says) {
                Some((_, outcomes)) => outcomes.push(outcome),
                None => told.push((says, vec![outcome])),
            }
        }
        for (says, outcomes) in told {
            let style = style(verdict);
            let cells = counted(outcomes.len(), "cell");
            let _ = writeln!(text, "{style}{} {verdict}{style:#} {says} ({cells})", verdict.glyph());
            if detail.exchanges {
                for outcome in outcomes {
                    let _ = writeln!(text, "    {} [{}]", outcome.check.id, outcome.cell);
                }
            } else {
                let _ = writeln!(text, "    {}", names(&outcomes));
            }
        }
    }
}

/// What passed, but only when it was asked alone: the server broke or refused while it was asked much else.
fn only_alone(text: &mut String, summary: &Summary, detail: &Detail) {
    let outcomes: Vec<&Outcome> =
        summary.outcomes.iter().filter(|outcome| outcome.note.is_some() && outcome.verdict == Verdict::Pass).collect();
    if outcomes.is_empty() {
        return;
    }
    let cells = if outcomes.len() == 1 { "1 cell".to_owned() } else { format!("{} cells", outcomes.len()) };
    let _ = writeln!(text, "i {cells} passed only when asked alone (--jobs 1 asks everything so)");
    if detail.exchanges {
        for outcome in outcomes {
            let note = outcome.note.as_deref().unwrap_or_default();
            let _ = writeln!(text, "    {} [{}] {note}", outcome.check.id, outcome.cell);
        }
    } else {
        let _ = writeln!(text, "    {}", names(&outcomes));
    }
}

/// The clients that were registered and could not be deleted: where somebody has to do it by hand.
fn left_behind(text: &mut String, clean_up: &CleanUp, detail: &Detail) {
    if clean_up.left.is_empty() {
        return;
    }
    let clients = counted(clean_up.left.len(), "client");
    let _ = writeln!(
        text,
        "! {clients} of {} that were registered could not be deleted again; delete them in the administration of the server:",
        clean_up.made
    );
    let shown = if detail.exchanges { clean_up.left.len() } else { NAMED };
    let ids: Vec<&str> = clean_up.left.iter().take(shown).map(|left| left.client_id.as_str()).collect();
    let more = clean_up.left.len() - ids.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more (-v names them)") };
    let _ = writeln!(text, "    {}{more}", ids.join(", "));
}

/// The checks of these outcomes, each once; the first few by name.
fn names(outcomes: &[&Outcome]) -> String {
    let mut ids: Vec<&str> = outcomes.iter().map(|outcome| outcome.check.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let more = ids.len().saturating_sub(NAMED);
    ids.truncate(NAMED);
    let named = ids.join(", ");
    if more == 0 { named } else { format!("{named} and {more} more (-v names them)") }
}

fn last_line(text: &mut String, summary: &Summary, seed: u64) {
    let worst = [Verdict::Error, Verdict::Fail, Verdict::Warn].into_iter().find(|verdict| summary.count(*verdict) > 0);
    let style = style(worst.unwrap_or(Verdict::Pass)).bold();
    let counts: Vec<String> =
        Verdict::ALL.into_iter().map(|verdict| format!("{} {verdict}", summary.count(verdict))).collect();
    let _ = writeln!(
        text,
        "{style}{}: {}{style:#} in {:.2} s, {}, seed {seed}",
        counted(summary.outcomes.len(), "cell"),
        counts.join(", "),
        summary.took.as_secs_f64(),
        counted(usize::try_from(summary.requests).unwrap_or(usize::MAX), "request"),
    );
}

/// The colour of a verdict; the word beside it says the same.
pub fn style(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Pass => AnsiColor::Green,
        Verdict::Skip => AnsiColor::BrightBlack,
        Verdict::Info => AnsiColor::Cyan,
        Verdict::Warn => AnsiColor::Yellow,
        Verdict::Fail | Verdict::Error => AnsiColor::Red,
    };
    Style::new().fg_color(Some(colour.into()))
}
