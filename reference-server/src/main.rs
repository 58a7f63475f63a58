//! The reference server as a program.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use grantspec_reference::config::{GRANT_PRESETS, Preset, check_issuer};
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
    /// Clients, users and settings, as a TOML file in the place of the demonstration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What the server is for; changes the configuration, whichever it is
    #[arg(long, value_name = "NAME", default_value = "seven-grants", value_parser = preset)]
    preset: Preset,
    /// List the presets of servers and of sets of grant types, and exit
    #[arg(long)]
    list_presets: bool,
    /// Write the configuration that the other options come to, secrets included, and exit: a file to start from
    #[arg(long)]
    print_config: bool,
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
    if cli.list_presets {
        list_presets();
        return ExitCode::SUCCESS;
    }
    let (file, chosen) = match cli.checked() {
        Ok(checked) => checked,
        Err(problem) => return usage(&problem),
    };
    if cli.print_config {
        return print_config(&cli.settled(file, &format!("http://{}", SocketAddr::new(cli.bind, cli.port))));
    }
    let tls = match cli.tls() {
        Ok(tls) => tls,
        Err(problem) => return usage(&problem.to_string()),
    };
    match run(&cli, file, &chosen, tls).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The faults that were named, if they may be used as asked.
fn chosen_faults(cli: &Cli, control: bool) -> Result<Vec<&'static Fault>, String> {
    let loopback = cli.bind.is_loopback();
    if !loopback && !cli.allow_non_loopback {
        return Err(format!(
            "{} can be reached from other machines; say --allow-non-loopback if that is meant",
            cli.bind
        ));
    }
    if !loopback && (control || !cli.fault.is_empty()) {
        return Err("/_/ and faults are for loopback addresses only".to_owned());
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

/// What there is to choose from.
fn list_presets() {
    say("--preset NAME");
    for (name, _, says) in Preset::ALL {
        say(&format!("  {name:<32} {says}"));
    }
    say("grant_presets of a client in the configuration file");
    for (name, members) in GRANT_PRESETS {
        say(&format!("  {name:<32} {}", members.join(", ")));
    }
}

fn print_config(config: &Config) -> ExitCode {
    match config.to_toml() {
        Ok(text) => {
            say(text.trim_end());
            ExitCode::SUCCESS
        }
        Err(problem) => usage(&problem.to_string()),
    }
}

fn preset(name: &str) -> Result<Preset, String> {
    let known = || Preset::ALL.map(|(known, ..)| known).join(", ");
    Preset::parse(name).ok_or_else(|| format!("the presets are {}", known()))
}

impl Cli {
    /// The configuration file, if there is one, and the faults that were named, if they may be used as asked.
    fn checked(&self) -> Result<(Option<Config>, Vec<&'static Fault>), String> {
        self.issuer.as_deref().map_or(Ok(()), check_issuer).map_err(|error| error.to_string())?;
        let file = self.config.as_deref().map(Config::read).transpose().map_err(|error| error.to_string())?;
        let control = self.control || file.as_ref().is_some_and(|config| config.control);
        Ok((file, chosen_faults(self, control)?))
    }

    /// The file or the demonstration, as the other options change it, for a server that listens at this address.
    fn settled(&self, file: Option<Config>, address: &str) -> Config {
        let address = self.issuer.as_deref().unwrap_or(address);
        let config = file.unwrap_or_else(|| Config::demo(address));
        let issuer = self.issuer.clone().unwrap_or(config.issuer);
        Config { issuer, control: self.control || config.control, ..config }.at(address).preset(self.preset)
    }

    /// What to show to whoever connects, if it is not to be in the clear.
    fn tls(&self) -> Result<Option<Tls>, TlsError> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Tls::read(certificate, key).map(Some),
            _ => Ok(None),
        }
    }
}

async fn run(
    cli: &Cli,
    file: Option<Config>,
    chosen: &[&'static Fault],
    tls: Option<Tls>,
) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(SocketAddr::new(cli.bind, cli.port)).await?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let config = cli.settled(file, &format!("{scheme}://{}", listener.local_addr()?));
    let issuer = config.issuer.clone();

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
