//! The curl sessions of the manual: read from its pages, run by a shell against the program, compared with what the pages say they print.

use std::fmt::Write as _;

use crate::outcome::Outcome;
use crate::shell::{Program, missing, run};

pub const README: &str = include_str!("../../README.md");

/// The pages with sessions, in the order in which they are run: the last of them passes an hour.
const PAGES: [&str; 2] = [README, include_str!("../../../docs/curl.md")];

/// The issuer that the pages speak of; the server of a test listens elsewhere.
const ISSUER: &str = "http://127.0.0.1:9400";

/// What every session begins with.
const PREPARATIONS: [&str; 2] = ["Getting ready", "Ready to sign"];

/// RFC 6749 §1.3, §4.5, OpenID Connect Core §3.3: a session for each.
const GRANTS: [&str; 7] = [
    "Authorization code",
    "Implicit",
    "Hybrid",
    "Client credentials",
    "Resource owner password",
    "Refresh token",
    "Extension",
];

/// The code blocks below one heading.
#[derive(Debug)]
struct Session {
    heading: String,
    steps: Vec<Step>,
}

/// A block for the shell, and the block below it, which says what it prints.
#[derive(Debug)]
struct Step {
    script: String,
    prints: Option<Outcome>,
}

/// The headings of the page that have something for the shell.
fn sessions(page: &str) -> Vec<Session> {
    let mut sessions: Vec<Session> = Vec::new();
    let mut lines = page.lines();
    let mut heading = String::new();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix('#') {
            title.trim_start_matches('#').trim().clone_into(&mut heading);
        }
        let Some(language) = line.strip_prefix("```") else { continue };
        let block = lines.by_ref().take_while(|line| *line != "```").fold(String::new(), |mut block, line| {
            let _ = writeln!(block, "{line}");
            block
        });
        match language {
            "sh" => {
                if sessions.last().is_none_or(|session| session.heading != heading) {
                    sessions.push(Session { heading: heading.clone(), steps: Vec::new() });
                }
                let session = sessions.last_mut().expect("one was pushed if there was none");
                session.steps.push(Step { script: block, prints: None });
            }
            "json" | "text" => {
                let step = sessions.last_mut().and_then(|session| session.steps.last_mut());
                let step = step.unwrap_or_else(|| panic!("below {heading}: an outcome of nothing: {block}"));
                assert!(step.prints.is_none(), "below {heading}: a second outcome of one block: {block}");
                step.prints = Some(Outcome::parse(language, &block));
            }
            _ => {}
        }
    }
    sessions
}

#[test]
fn each_of_the_seven_grants_has_a_session_and_every_session_prints_what_the_page_says() {
    if let Some(program) = missing(&["sh", "curl", "openssl", "sed", "awk"]) {
        crate::shell::say(&format!("skipped: {program} not found, and the curl sessions of the manual need it"));
        return;
    }
    for grant in GRANTS {
        assert!(
            sessions(README).iter().any(|session| session.heading == grant),
            "the README has no session for {grant}"
        );
    }
    let mut sessions: Vec<Session> = PAGES.into_iter().flat_map(sessions).collect();
    let prepares = |session: &Session| PREPARATIONS.contains(&session.heading.as_str());
    let preparations: Vec<Session> = sessions.extract_if(.., |session| prepares(session)).collect();
    assert_eq!(preparations.len(), PREPARATIONS.len(), "the pages say how to get ready");
    let preparation: String =
        preparations.into_iter().flat_map(|session| session.steps).map(|step| step.script).collect();

    let server = Program::start(&["--control"]);
    let here = |text: &str| text.replace(ISSUER, &server.issuer).replace(&quoted(ISSUER), &quoted(&server.issuer));
    for session in &sessions {
        let heading = &session.heading;
        let scripts: Vec<String> = session.steps.iter().map(|step| here(&step.script)).collect();
        let printed = run(heading, &here(&preparation), &scripts);
        for (step, printed) in session.steps.iter().zip(&printed) {
            let Some(outcome) = &step.prints else { continue };
            if let Err(problem) = outcome.with(here).matches(printed) {
                panic!("below {heading}: {problem}\n\n{}\nprinted\n\n{printed}", step.script);
            }
        }
        crate::shell::say(&format!("curl session as in the manual: {heading}"));
    }
}

/// As in a query.
fn quoted(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[test]
fn blocks_belong_to_the_heading_above_them_and_outcomes_to_the_block_above_them() {
    let page = "# A\n```sh\none\n```\ntext\n```sh\ntwo\n```\n```text\n2\n```\n## B\n```console\nnot run\n```\n```sh\n# three\n```\n";
    let sessions = sessions(page);
    assert_eq!(sessions.len(), 2);
    let scripts = |at: usize| sessions[at].steps.iter().map(|step| step.script.as_str()).collect::<Vec<_>>();
    assert_eq!((sessions[0].heading.as_str(), scripts(0)), ("A", vec!["one\n", "two\n"]));
    assert_eq!((sessions[1].heading.as_str(), scripts(1)), ("B", vec!["# three\n"]));
    assert!(sessions[0].steps[0].prints.is_none() && sessions[0].steps[1].prints.is_some());
}
