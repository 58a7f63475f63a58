//! The faults: what they name exists, every check is claimed, and the seams are all used.

use std::collections::BTreeSet;

use grantspec::catalogue::catalogue;
use grantspec::check::Ask;
use grantspec::clause::clause;
use grantspec::embedded::{Fault, Seam, fakes, faults, variations};
use grantspec::profile::Profile;
use grantspec::scenario::Expect;
use grantspec::verdict::Verdict;

use super::none;

/// What a fault names that does not exist.
fn dangling(fault: &Fault) -> Vec<String> {
    let mut wrong = Vec::new();
    if clause(fault.clause).is_none() {
        wrong.push(format!("{}: there is no clause {}", fault.id, fault.clause));
    }
    if Profile::named(fault.profile, true).is_none() {
        wrong.push(format!("{}: there is no profile {}", fault.id, fault.profile));
    }
    if fault.caught_by.is_empty() {
        wrong.push(format!("{}: no check claims it", fault.id));
    }
    for check in fault.caught_by {
        if !catalogue().iter().any(|known| known.id == *check) {
            wrong.push(format!("{}: there is no check {check}", fault.id));
        }
    }
    wrong
}

#[test]
fn every_clause_and_check_that_a_fault_names_exists() {
    none(
        &faults().iter().flat_map(dangling).collect::<Vec<_>>(),
        "a fault names a clause, a profile and checks by their ids",
    );
    let choices = variations().iter().filter(|variation| clause(variation.clause).is_none());
    none(
        &choices.map(|v| format!("{}: there is no clause {}", v.id, v.clause)).collect::<Vec<_>>(),
        "a variation is legal by a clause",
    );
}

#[test]
fn a_fault_that_names_nothing_is_noticed() {
    let bad = Fault { clause: "rfc6749/0/none", profile: "none", caught_by: &["code/none"], ..faults()[0] };
    assert_eq!(dangling(&bad).len(), 3);
    assert_eq!(dangling(&Fault { caught_by: &[], ..faults()[0] }).len(), 1);
}

#[test]
fn every_check_is_claimed_by_a_fault() {
    let claimed: BTreeSet<&str> = faults().iter().flat_map(|fault| fault.caught_by).copied().collect();
    let unclaimed: Vec<String> =
        catalogue().iter().map(|check| check.id).filter(|id| !claimed.contains(id)).map(str::to_owned).collect();
    none(&unclaimed, "a check that no fault can fail is not in the catalogue");
}

/// What a document of the profile merely permits is told, and no more is asked of its check.
#[test]
fn a_fault_breaks_something_under_its_profile() {
    let is_harmless = |profile: Profile, clause| profile.verdict(clause) < Verdict::Warn && !profile.tells(clause);
    let harmless = faults()
        .iter()
        .filter(|fault| Profile::named(fault.profile, true).is_none_or(|profile| is_harmless(profile, fault.clause)));
    let told = harmless
        .map(|fault| format!("{}: {} is no more than information under {}", fault.id, fault.clause, fault.profile));
    none(&told.collect::<Vec<_>>(), "what breaks nothing is no fault");
}

#[test]
fn the_catalogue_of_faults_covers_every_way_of_being_wrong() {
    let with =
        |reaches_in: fn(&Seam) -> bool| faults().iter().filter(|fault| fault.seams.iter().any(reaches_in)).count();
    #[rustfmt::skip]
    let enough = [
        ("faults",                                 faults().len(),                                   45),
        ("faults that skip a rule on one path",    with(|seam| matches!(seam, Seam::Gate(_, Some(_)))), 12),
        ("faults of the rules",                    with(|seam| matches!(seam, Seam::Gate(..) | Seam::Rules(_))), 12),
        ("faults of the claims",                   with(|seam| matches!(seam, Seam::Claims(_))),     6),
        ("faults of the store",                    with(|seam| matches!(seam, Seam::Store(_))),      6),
        ("faults of the wire",                     with(|seam| matches!(seam, Seam::Wire(_))),       6),
        ("faults that refuse something legal",     faults().iter().filter(|fault| refuses_legal(fault)).count(), 5),
        ("variations",                             variations().len(),                               5),
        ("crude fakes",                            fakes().len(),                                    5),
    ];
    let short = enough.iter().filter(|(_, there, least)| there < least);
    none(
        &short.map(|(what, there, least)| format!("{there} {what}, of at least {least}")).collect::<Vec<_>>(),
        "a catalogue with a gap",
    );
}

/// Is the fault caught by a scenario that expects nothing but success?
fn refuses_legal(fault: &Fault) -> bool {
    let succeeds = |expect: &Expect| matches!(expect, Expect::Active | Expect::Code | Expect::Ok | Expect::Token);
    let claims = catalogue().iter().filter(|check| fault.caught_by.contains(&check.id));
    claims.into_iter().any(|check| match check.ask {
        Ask::Steps(steps) => steps.iter().all(|step| step.expect.as_ref().is_none_or(succeeds)),
        Ask::Code(_) | Ask::Property(_) => false,
    })
}
