//! The report for a person: by grant, every cell with its verdict, findings in full.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::cell::{Cell, Grant};
use crate::clause;
use crate::profile;
use crate::run::{Event, Outcome, Summary};
use crate::verdict::Verdict;

/// How much a person wants to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// Findings and the last line only.
    pub quiet: bool,
    /// The exchanges behind each finding, too.
    pub exchanges: bool,
}

/// What stands above the cells: the target, the profile, what was proven of the set-up.
pub fn heading(began: &Event) -> String {
    let Event::Began { issuer, profile, proven, cells, .. } = began else {
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
    let _ = writeln!(text, "  {cells} cells to ask");
    text
}

/// The report of a run.
pub fn report(summary: &Summary, issuer: &str, seed: u64, detail: Detail) -> String {
    let mut text = String::new();
    if !detail.quiet {
        by_grant(&mut text, summary);
    }
    for outcome in &summary.outcomes {
        if outcome.finding.is_some() {
            finding(&mut text, outcome, issuer, detail);
        }
    }
    reasons(&mut text, summary);
    last_line(&mut text, summary, seed);
    text
}

/// The grants in the order of the report; the server as a whole comes first.
const GRANTS: [Option<Grant>; 4] =
    [None, Some(Grant::AuthorizationCode), Some(Grant::ClientCredentials), Some(Grant::RefreshToken)];

fn by_grant(text: &mut String, summary: &Summary) {
    for grant in GRANTS {
        let of_grant: Vec<&Outcome> = summary.outcomes.iter().filter(|outcome| outcome.cell.grant == grant).collect();
        if of_grant.is_empty() {
            continue;
        }
        let bold = Style::new().bold();
        let _ = writeln!(text, "\n{bold}{}{bold:#}  {}", grant.map_or("server", Grant::name), counts(&of_grant));
        let mut rest = of_grant.as_slice();
        while let Some(first) = rest.first() {
            let same = |outcome: &&&Outcome| outcome.check.id == first.check.id && outcome.verdict == first.verdict;
            let run = rest.iter().take_while(same).count();
            let cells: Vec<String> = rest[..run].iter().filter_map(|outcome| axes(outcome.cell)).collect();
            let style = style(first.verdict);
            let word = format!("{} {}", first.verdict.glyph(), first.verdict);
            let _ = writeln!(text, "  {style}{word:<7}{style:#} {:<40} {}", first.check.id, cells.join(", "));
            rest = &rest[run..];
        }
    }
    text.push('\n');
}

/// What varies within a grant.
fn axes(cell: Cell) -> Option<String> {
    let name =
        cell.auth.map(super::super::cell::AuthMethod::name).or(cell.kind.map(super::super::cell::ClientKind::name));
    name.map(str::to_owned)
}

fn counts(outcomes: &[&Outcome]) -> String {
    let count = |verdict: Verdict| outcomes.iter().filter(|outcome| outcome.verdict == verdict).count();
    let counted = Verdict::ALL.into_iter().map(|verdict| (verdict, count(verdict))).filter(|(_, count)| *count > 0);
    counted.map(|(verdict, count)| format!("{count} {verdict}")).collect::<Vec<_>>().join(", ")
}

fn finding(text: &mut String, outcome: &Outcome, issuer: &str, detail: Detail) {
    let Some(finding) = &outcome.finding else { return };
    let style = style(outcome.verdict).bold();
    let _ = writeln!(
        text,
        "{style}{} {}{style:#}  {} [{}]  {}",
        outcome.verdict.glyph(),
        outcome.verdict.name().to_uppercase(),
        outcome.check.id,
        outcome.cell,
        outcome.check.title
    );
    if let Some(clause) = clause::clause(finding.clause) {
        let level = outcome.level.map_or("outside the profile", |level| level.name());
        let _ = writeln!(text, "  clause    {} ({level}): {}", clause.id, clause.says);
        if level == "security" {
            let _ = writeln!(text, "            no text demands this; here is why it matters:");
        }
    }
    let _ = writeln!(text, "  why       {}", outcome.check.why);
    let _ = writeln!(text, "  expected  {}", finding.expected);
    let _ = writeln!(text, "  actual    {}", finding.actual);
    if detail.exchanges {
        for exchange in &outcome.transcript {
            let _ = writeln!(text, "  > {}", exchange.request);
            for line in &exchange.sent {
                let _ = writeln!(text, "  >   {line}");
            }
            let _ = writeln!(text, "  < {}", exchange.answer);
            for line in &exchange.came {
                let _ = writeln!(text, "  <   {line}");
            }
        }
    }
    let _ = writeln!(
        text,
        "  again     grantspec run {issuer} {id} -v      more: grantspec explain {id}\n",
        id = outcome.check.id
    );
}

/// Why cells were skipped or ended in an error: each reason once.
fn reasons(text: &mut String, summary: &Summary) {
    for verdict in [Verdict::Skip, Verdict::Error] {
        let mut told: Vec<(String, Vec<String>)> = Vec::new();
        for outcome in summary.outcomes.iter().filter(|outcome| outcome.verdict == verdict) {
            let reason = outcome.reason.as_ref().map(|(reason, says)| format!("{}: {says}", reason.name()));
            let says = reason.or_else(|| outcome.error.clone()).unwrap_or_default();
            let cell = format!("{} [{}]", outcome.check.id, outcome.cell);
            match told.iter_mut().find(|(known, _)| *known == says) {
                Some((_, cells)) => cells.push(cell),
                None => told.push((says, vec![cell])),
            }
        }
        for (says, cells) in told {
            let style = style(verdict);
            let _ = writeln!(text, "{style}{} {verdict}{style:#} {says}", verdict.glyph());
            let _ = writeln!(text, "    {}", cells.join(", "));
        }
    }
}

fn last_line(text: &mut String, summary: &Summary, seed: u64) {
    let worst = [Verdict::Error, Verdict::Fail, Verdict::Warn].into_iter().find(|verdict| summary.count(*verdict) > 0);
    let style = style(worst.unwrap_or(Verdict::Pass)).bold();
    let counts: Vec<String> =
        Verdict::ALL.into_iter().map(|verdict| format!("{} {verdict}", summary.count(verdict))).collect();
    let _ = writeln!(
        text,
        "{style}{} cells: {}{style:#} in {:.2} s, {} requests, seed {seed}",
        summary.outcomes.len(),
        counts.join(", "),
        summary.took.as_secs_f64(),
        summary.requests
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
