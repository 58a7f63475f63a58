//! `grantspec run`: judge a server.

use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args as ClapArgs;
use grantspec::check::Check;
use grantspec::lab::Setting;
use grantspec::lab::http::Http;
use grantspec::profile::Profile;
use grantspec::report::{counted, json, terminal, timings};
use grantspec::run::{Event, Options, Paths, Selection, Summary, judge};
use grantspec::target::Target;
use grantspec::verdict::Verdict;
use indicatif::{ProgressBar, ProgressStyle};

use super::target::{Found, TargetArgs};
use super::{Checks, Failure, quoted};

/// Judge a server.
#[derive(Debug, ClapArgs)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Args {
    /// The issuer, then what to ask: ids, topics (`pkce`) or patterns (`*/wrong-secret`); everything without any
    #[arg(value_name = "ISSUER|SELECTOR")]
    what: Vec<String>,
    #[command(flatten)]
    target: TargetArgs,
    /// The documents to judge by: oauth2, oidc, bcp or identityserver [default: follows from the metadata]
    #[arg(long, value_name = "NAME", env = "GRANTSPEC_PROFILE")]
    profile: Option<String>,
    /// Cells asked at once
    #[arg(long, value_name = "N", default_value = "16", env = "GRANTSPEC_JOBS")]
    jobs: NonZeroUsize,
    /// The deadline of a request, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "5", env = "GRANTSPEC_TIMEOUT", value_parser = clap::value_parser!(u64).range(1..=300))]
    timeout: u64,
    /// The seed of what is generated; the same seed asks the same
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
    /// Cases that a property generates per cell
    #[arg(long, value_name = "N", default_value = "24", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    cases: u32,
    /// Scenarios of your own: a file, or a folder that is searched for .toml files
    #[arg(long, value_name = "PATH")]
    scenarios: Vec<PathBuf>,
    /// Write a report: json=FILE, or json=- for standard output
    #[arg(long, value_name = "FORMAT=FILE")]
    report: Vec<String>,
    /// Count warnings as findings: exit 1
    #[arg(long)]
    strict: bool,
    /// Findings and the last line only
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Show the exchanges behind each finding
    #[arg(short, long)]
    verbose: bool,
    /// Say what each check costs, in requests and in time
    #[arg(long)]
    timings: bool,
}

/// Runs the command.
pub(super) async fn run(args: Args) -> Result<u8, Failure> {
    let reports = reports(&args.report)?;
    let Checks { all: checks, own } = Checks::with(&args.scenarios)?;
    let (issuer, selectors) = match args.what.split_first() {
        Some((first, rest)) if first.contains("://") => (Some(first.clone()), rest.to_vec()),
        _ => (None, args.what.clone()),
    };
    let selection = Selection::read(&selectors, &checks).map_err(Failure::usage)?;
    let http = Http::new(Duration::from_secs(args.timeout));
    let found = args.target.file()?;
    let wanted = wanted_profile(&args, found.as_ref())?;
    let judged = Box::pin(judged(&args, issuer, found.as_ref(), wanted.as_deref(), &http)).await?;

    let oidc = judged.target.metadata.oidc;
    let profile = wanted.and_then(|name| Profile::named(&name, oidc)).unwrap_or(Profile::of_target(oidc));
    let setting = Arc::new(Setting::new(judged.target, http, args.seed, args.cases));
    let options =
        Options { jobs: args.jobs.get(), profile, selection, paths: Paths::All, policies: selectors.is_empty() };

    let json_on_stdout = reports.iter().any(|path| path.as_os_str() == "-");
    let shows = Shows { heading: !args.quiet && !json_on_stdout, embedded: judged.server.is_some() };
    let (began, summary) = watched(setting, &checks, &options, shows).await?;

    if !json_on_stdout {
        if args.timings {
            anstream::print!("{}", timings::timings(&summary));
        }
        let again = again(std::env::args().skip(1), &selectors);
        let own = own.into_iter().map(|(id, path)| (id, quoted(&path.display().to_string()))).collect();
        let detail = terminal::Detail { quiet: args.quiet, exchanges: args.verbose, again, own };
        anstream::print!("{}", terminal::report(&summary, args.seed, &detail));
    }
    if let Some(began) = began {
        write(&reports, &began, &summary)?;
    }
    ended(&summary, args.strict)
}

/// The profile that the call or the target file names.
fn wanted_profile(args: &Args, found: Option<&Found>) -> Result<Option<String>, Failure> {
    let wanted = args.profile.clone().or_else(|| found.and_then(|found| found.file.profile.clone()));
    match &wanted {
        Some(name) if !Profile::NAMES.contains(&name.as_str()) => {
            let hint = grantspec::suggest::hint(name, Profile::NAMES.iter().copied());
            Err(Failure::usage(format!("there is no profile `{name}`{hint}")))
        }
        _ => Ok(wanted),
    }
}

/// Who is judged, and the server of this process if it is that one: it lives as long as this does.
struct Judged {
    target: Target,
    server: Server,
}

/// The server that the call or the target file names; without any the reference server in this process, as it is meant for
/// the profile.
async fn judged(
    args: &Args,
    issuer: Option<String>,
    found: Option<&Found>,
    profile: Option<&str>,
    http: &Http,
) -> Result<Judged, Failure> {
    let file = found.map(|found| &found.file);
    let token = file.and_then(|file| file.endpoints.as_ref()?.token.clone());
    let named = issuer.or_else(|| file.and_then(|file| file.issuer.clone()));
    let Some(issuer) = named.or(token) else {
        return match found {
            _ if args.target.describes_a_target() => Err(Failure::usage(
                "clients, users and scopes are given, but no issuer: grantspec run ISSUER --client-id …",
            )),
            Some(found) => Err(Failure::usage(format!(
                "{}: no issuer, and no token under [endpoints]: whom shall I judge?",
                found.path.display()
            ))),
            None => own_server(profile, http).await,
        };
    };
    if let Err(error) = url::Url::parse(&issuer) {
        let from = found.filter(|found| found.file.issuer.as_ref() == Some(&issuer));
        let place = from.map_or(String::new(), |found| format!("{}: ", found.path.display()));
        return Err(Failure::usage(format!(
            "{place}the issuer {issuer} is not a URL ({error}); give it with its scheme: https://as.example"
        )));
    }
    Ok(Judged { target: Box::pin(args.target.target(http, &issuer, found)).await?, server: None })
}

/// What is shown while the run goes on.
#[derive(Clone, Copy)]
struct Shows {
    heading: bool,
    embedded: bool,
}

/// Judges under the eyes of a person: the heading first, then a bar.
async fn watched(
    setting: Arc<Setting>,
    checks: &[Check],
    options: &Options,
    shows: Shows,
) -> Result<(Option<Event>, Summary), Failure> {
    let bar = progress();
    let mut began = None;
    let summary = judge(setting, checks, options, &mut |event| match event {
        Event::Began { cells, .. } => {
            if shows.heading {
                bar.suspend(|| {
                    if shows.embedded {
                        anstream::println!("No issuer is given: judging the reference server in this process.\n");
                    }
                    anstream::print!("{}", terminal::heading(event));
                });
            }
            bar.set_length(u64::try_from(*cells).unwrap_or(u64::MAX));
            began = Some(event.clone());
        }
        Event::Asked(outcome) => {
            bar.set_message(outcome.check.id);
            bar.inc(1);
        }
        Event::Ended(_) => bar.finish_and_clear(),
    })
    .await
    .map_err(|errors| {
        bar.finish_and_clear();
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::setup(format!("the set-up could not be proven, so nothing was judged\n{}", told.join("\n")))
    })?;
    Ok((began, summary))
}

/// The exit code, with the reason where the server could not be judged.
fn ended(summary: &Summary, strict: bool) -> Result<u8, Failure> {
    match (summary.exit_code(strict), summary.count(Verdict::Error)) {
        (3, 0) => Err(Failure::setup(
            "nothing was judged: no question came to a verdict\n  remedy: give what the reasons of the skips name, such as a client, a user or an ability",
        )),
        (3, errors) => Err(Failure::setup(format!(
            "{} ended in an error, which says nothing of the server\n  remedy: mend what the errors name; a slow server may need --timeout, a busy one fewer --jobs",
            counted(errors, "cell")
        ))),
        (code, _) => Ok(code),
    }
}

/// This command without its selectors and its wish for detail, as it would be typed.
fn again(typed: impl Iterator<Item = String>, selectors: &[String]) -> String {
    let kept = typed
        .filter(|word| !selectors.contains(word) && !["-v", "--verbose", "-q", "--quiet"].contains(&word.as_str()));
    std::iter::once("grantspec".to_owned()).chain(kept.map(|word| quoted(&word))).collect::<Vec<_>>().join(" ")
}

fn reports(wanted: &[String]) -> Result<Vec<PathBuf>, Failure> {
    let path = |report: &String| match report.split_once('=') {
        Some(("json", path)) if !path.is_empty() => writable(PathBuf::from(path)),
        _ => Err(Failure::usage(format!("--report {report}: write json=FILE"))),
    };
    wanted.iter().map(path).collect()
}

/// A report that cannot be written is known before anything is asked.
fn writable(path: PathBuf) -> Result<PathBuf, Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let says = match folder {
        _ if path.is_dir() => "that is a folder; name a file in it".to_owned(),
        Some(folder) if !folder.is_dir() => {
            format!("there is no folder {}; make it, or write elsewhere", folder.display())
        }
        _ => return Ok(path),
    };
    Err(Failure::usage(format!("--report json={}: {says}", path.display())))
}

fn write(paths: &[PathBuf], began: &Event, summary: &Summary) -> Result<(), Failure> {
    for path in paths {
        let text = format!("{:#}\n", json::report(began, summary));
        if path.as_os_str() == "-" {
            anstream::print!("{text}");
        } else {
            std::fs::write(path, text)
                .map_err(|error| Failure::usage(format!("--report {}: {error}", path.display())))?;
        }
    }
    Ok(())
}

/// A bar on standard error where a person watches; nothing elsewhere.
pub(super) fn progress() -> ProgressBar {
    if !std::io::stderr().is_terminal() || std::env::var_os("CI").is_some() {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("{bar:32} {pos}/{len} {wide_msg}").expect("a fixed template is well formed");
    ProgressBar::new(0).with_style(style)
}

/// How far it is: done, of how many.
#[cfg(feature = "embedded")]
pub(super) fn tell(bar: &ProgressBar, done: usize, total: usize) {
    bar.set_length(u64::try_from(total).unwrap_or(u64::MAX));
    bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
}

#[cfg(feature = "embedded")]
type Server = Option<grantspec::embedded::Running>;
#[cfg(not(feature = "embedded"))]
type Server = Option<()>;

/// The reference server inside the process, as a target.
#[cfg(feature = "embedded")]
async fn own_server(profile: Option<&str>, http: &Http) -> Result<Judged, Failure> {
    let profile = profile.and_then(|name| Profile::named(name, true)).unwrap_or(Profile::Oidc);
    let server = grantspec::embedded::Running::judged(grantspec::proof::preset(profile), &[])
        .await
        .map_err(|error| Failure::setup(format!("the reference server did not start: {error}")))?;
    let target = server.target(http).await.map_err(Failure::setup)?;
    Ok(Judged { target, server: Some(server) })
}

/// Without the reference server there has to be an issuer.
#[cfg(not(feature = "embedded"))]
async fn own_server(_profile: Option<&str>, _http: &Http) -> Result<Judged, Failure> {
    Err(Failure::usage("give an issuer: this program was built without the reference server"))
}
