//! `grantspec run`: judge a server.

use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args as ClapArgs;
use grantspec::catalogue;
use grantspec::check::Check;
use grantspec::lab::Setting;
use grantspec::lab::http::Http;
use grantspec::profile::Profile;
use grantspec::report::{json, terminal};
use grantspec::run::{Event, Options, Selection, Summary, judge};
use grantspec::target::Target;
use grantspec::verdict::Verdict;
use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;
use super::target::TargetArgs;

/// Judge a server.
#[derive(Debug, ClapArgs)]
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
}

/// Runs the command.
pub(super) async fn run(args: Args) -> Result<u8, Failure> {
    let reports = reports(&args.report)?;
    let mut checks = catalogue::catalogue().to_vec();
    for path in &args.scenarios {
        checks.extend(catalogue::own(path).map_err(|error| Failure::scenarios(&error))?);
    }
    unique(&checks)?;
    let (issuer, selectors) = match args.what.split_first() {
        Some((first, rest)) if first.contains("://") => (Some(first.clone()), rest.to_vec()),
        _ => (None, args.what.clone()),
    };
    let selection = Selection::read(&selectors, &checks).map_err(Failure::usage)?;
    let http = Http::new(Duration::from_secs(args.timeout));
    let found = args.target.file()?;
    let file = found.as_ref().map(|found| &found.file);
    let wanted = args.profile.clone().or_else(|| file.and_then(|file| file.profile.clone()));
    if let Some(name) = &wanted
        && !Profile::NAMES.contains(&name.as_str())
    {
        let hint = grantspec::suggest::hint(name, Profile::NAMES.iter().copied());
        return Err(Failure::usage(format!("there is no profile `{name}`{hint}")));
    }

    let named = issuer.or_else(|| file.and_then(|file| file.issuer.clone()));
    let endpoints = file.is_some_and(|file| file.endpoints.is_some());
    let embedded = named.is_none() && !endpoints && !args.target.describes_a_target();
    let (target, _server) = if embedded {
        if let Some(found) = &found {
            return Err(Failure::usage(format!(
                "{}: no issuer and no [endpoints]: whom shall I judge?",
                found.path.display()
            )));
        }
        own_server(&http).await?
    } else {
        let Some(issuer) = named.or_else(|| Some(file?.endpoints.as_ref()?.token.clone())) else {
            return Err(Failure::usage(
                "clients, users and scopes are given, but no issuer: grantspec run ISSUER --client-id …",
            ));
        };
        if let Err(error) = url::Url::parse(&issuer) {
            let from = found.as_ref().filter(|found| found.file.issuer.as_ref() == Some(&issuer));
            let place = from.map_or(String::new(), |found| format!("{}: ", found.path.display()));
            return Err(Failure::usage(format!(
                "{place}the issuer {issuer} is not a URL ({error}); give it with its scheme: https://as.example"
            )));
        }
        (args.target.target(&http, &issuer, found.as_ref()).await?, None)
    };

    let oidc = target.metadata.oidc;
    let profile = wanted.and_then(|name| Profile::named(&name, oidc)).unwrap_or(Profile::of_target(oidc));
    let setting = Arc::new(Setting::new(target, http, args.seed, args.cases));
    let options = Options { jobs: args.jobs.get(), profile, selection };

    let json_on_stdout = reports.iter().any(|path| path.as_os_str() == "-");
    let bar = progress();
    let mut began = None;
    let summary = judge(setting, &checks, &options, &mut |event| match event {
        Event::Began { cells, .. } => {
            if !args.quiet && !json_on_stdout {
                if embedded {
                    bar.suspend(|| {
                        anstream::println!("No issuer is given: judging the reference server in this process.\n");
                    });
                }
                bar.suspend(|| anstream::print!("{}", terminal::heading(event)));
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

    if !json_on_stdout {
        let again = again(std::env::args().skip(1), &selectors);
        let detail = terminal::Detail { quiet: args.quiet, exchanges: args.verbose, again };
        anstream::print!("{}", terminal::report(&summary, args.seed, &detail));
    }
    if let Some(began) = began {
        write(&reports, &began, &summary)?;
    }
    match (summary.exit_code(args.strict), summary.count(Verdict::Error)) {
        (3, 0) => Err(Failure::setup(
            "nothing was judged: no question came to a verdict\n  remedy: give what the reasons of the skips name, such as a client, a user or an ability",
        )),
        (3, errors) => Err(Failure::setup(format!(
            "{errors} cells ended in an error, which says nothing of the server\n  remedy: mend what the errors name; a slow server may need --timeout, a busy one fewer --jobs"
        ))),
        (code, _) => Ok(code),
    }
}

/// This command without its selectors and its wish for detail, as it would be typed.
fn again(typed: impl Iterator<Item = String>, selectors: &[String]) -> String {
    let plain = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=,@+".contains(c));
    let quoted = |word: String| if plain(&word) { word } else { format!("'{}'", word.replace('\'', "'\\''")) };
    let kept = typed
        .filter(|word| !selectors.contains(word) && !["-v", "--verbose", "-q", "--quiet"].contains(&word.as_str()));
    std::iter::once("grantspec".to_owned()).chain(kept.map(quoted)).collect::<Vec<_>>().join(" ")
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

fn unique(checks: &[Check]) -> Result<(), Failure> {
    let mut ids: Vec<&str> = checks.iter().map(|check| check.id).collect();
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Failure::usage(format!("two checks are called `{}`; give yours another id", pair[0]))),
        None => Ok(()),
    }
}

/// A bar on standard error where a person watches; nothing elsewhere.
pub(super) fn progress() -> ProgressBar {
    if !std::io::stderr().is_terminal() || std::env::var_os("CI").is_some() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} {wide_msg}").expect("a fixed template");
    ProgressBar::new(0).with_style(style)
}

#[cfg(feature = "embedded")]
type Server = Option<grantspec::embedded::Running>;
#[cfg(not(feature = "embedded"))]
type Server = Option<()>;

/// The reference server inside the process, as a target.
#[cfg(feature = "embedded")]
async fn own_server(http: &Http) -> Result<(Target, Server), Failure> {
    let server = grantspec::embedded::Running::start(0, &[])
        .await
        .map_err(|error| Failure::setup(format!("the reference server did not start: {error}")))?;
    let target = server.target(http).await.map_err(Failure::setup)?;
    Ok((target, Some(server)))
}

/// Without the reference server there has to be an issuer.
#[cfg(not(feature = "embedded"))]
async fn own_server(_http: &Http) -> Result<(Target, Server), Failure> {
    Err(Failure::usage("give an issuer: this program was built without the reference server"))
}
