//! The reference server as a program.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use grantspec_reference::faults::{self, Fault, Seam};
use grantspec_reference::transport::{Listening, Tls, TlsError};
use grantspec_reference::{Config, Keys};
use tokio::net::TcpListener;
use tracing::level_filters::LevelFilter;

/// A strict OAuth 2.0 and OpenID Connect server to test against and to read.
#[derive(Parser)]
#[command(name = "reference-server", version)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
struct Cli {
    /// Port to listen on; 0 takes any free one
    #[arg(long, default_value_t = 9400)]
    port: u16,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Listen on an address that other machines can reach; the demo passwords are public
    #[arg(long)]
    allow_non_loopback: bool,
    /// Serve TLS with the certificate in this PEM file, its chain behind it
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The issuer, when it is not http://BIND:PORT, or https:// with TLS
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// Write the issuer to this file once the server listens
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Serve /_/, which moves the clock, disables users and registers clients (loopback only)
    #[arg(long)]
    control: bool,
    /// Start with a named defect (loopback only; may be repeated)
    #[arg(long, value_name = "ID")]
    fault: Vec<String>,
    /// List the defects and exit
    #[arg(long)]
    list_faults: bool,
    /// Log every request to stderr
    #[arg(long, short)]
    verbose: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let level = if cli.verbose { LevelFilter::DEBUG } else { LevelFilter::INFO };
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level).init();
    if cli.list_faults {
        for fault in faults::faults() {
            say(&format!("{:<24} {}", fault.id, fault.says));
        }
        return ExitCode::SUCCESS;
    }
    let checked = cli.issuer.as_deref().map_or(Ok(()), check_issuer).and_then(|()| chosen_faults(&cli));
    let chosen = match checked {
        Ok(chosen) => chosen,
        Err(problem) => return usage(&problem),
    };
    let tls = match cli.tls() {
        Ok(tls) => tls,
        Err(problem) => return usage(&problem.to_string()),
    };
    match run(&cli, &chosen, tls).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The faults that were named, if they may be used as asked.
fn chosen_faults(cli: &Cli) -> Result<Vec<&'static Fault>, String> {
    let loopback = cli.bind.is_loopback();
    if !loopback && !cli.allow_non_loopback {
        return Err(format!(
            "{} can be reached from other machines; say --allow-non-loopback if that is meant",
            cli.bind
        ));
    }
    if !loopback && (cli.control || !cli.fault.is_empty()) {
        return Err("--control and --fault are for loopback addresses only".to_owned());
    }
    cli.fault
        .iter()
        .map(|id| faults::faults().iter().find(|fault| fault.id == id).ok_or_else(|| unknown_fault(id)))
        .collect()
}

fn unknown_fault(id: &str) -> String {
    let shares_a_word = |known: &&str| known.split('-').any(|word| id.split('-').any(|asked| asked == word));
    let close: Vec<&str> = faults::faults().iter().map(|fault| fault.id).filter(shares_a_word).collect();
    match close.as_slice() {
        [] => format!("there is no fault {id}; --list-faults names them all"),
        close => format!("there is no fault {id}; did you mean {}?", close.join(" or ")),
    }
}

impl Cli {
    /// What to show to whoever connects, if it is not to be in the clear.
    fn tls(&self) -> Result<Option<Tls>, TlsError> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Tls::read(certificate, key).map(Some),
            _ => Ok(None),
        }
    }
}

async fn run(cli: &Cli, chosen: &[&'static Fault], tls: Option<Tls>) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(SocketAddr::new(cli.bind, cli.port)).await?;
    let issuer = match &cli.issuer {
        Some(issuer) => issuer.clone(),
        None => format!("{}://{}", if tls.is_some() { "https" } else { "http" }, listener.local_addr()?),
    };
    let mut config = Config::demo(issuer.clone());
    config.control = cli.control;

    for fault in chosen {
        tracing::warn!("THIS SERVER IS BROKEN ON PURPOSE: {}: {}", fault.id, fault.says);
    }
    let seams: Vec<&Seam> = chosen.iter().flat_map(|fault| fault.seams).collect();
    let server = faults::server(config, Arc::new(Keys::generate()), &seams)?;

    say(&issuer);
    if let Some(file) = &cli.ready_file {
        write_atomically(file, &issuer)?;
    }
    let listening = Listening { tls, ..Listening::default() };
    listening.serve(listener, Arc::new(server), asked_to_stop()).await?;
    Ok(())
}

/// RFC 8414 §2: neither query nor fragment; this server also wants to be at the root.
fn check_issuer(issuer: &str) -> Result<(), String> {
    let is_origin = url::Url::parse(issuer).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if is_origin && !issuer.ends_with('/') {
        return Ok(());
    }
    Err(format!("{issuer} cannot be the issuer: it has to be scheme://host:port, with nothing after it"))
}

/// Whoever waits for the file finds it whole.
fn write_atomically(file: &Path, issuer: &str) -> std::io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let beside = file.with_file_name(name);
    std::fs::write(&beside, format!("{issuer}\n"))?;
    std::fs::rename(beside, file)
}

async fn asked_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

/// The one line that goes to stdout, for whoever started the program.
#[allow(clippy::print_stdout, reason = "a program says where it listens")]
fn say(line: &str) {
    println!("{line}");
}

#[allow(clippy::print_stderr, reason = "a wrong command line is answered on stderr")]
fn usage(problem: &str) -> ExitCode {
    eprintln!("error: {problem}");
    ExitCode::from(2)
}
