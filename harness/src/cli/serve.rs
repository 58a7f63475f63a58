//! `grantspec serve`: the reference server, for people who write clients or study the grants.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;
use grantspec::embedded::{Preset, Running, Seam, faults, variations};
use grantspec::exchange::SigningKey;
use grantspec::lab::http::Http;
use grantspec::suggest;
use grantspec::target::Target;
use serde_json::Value;

use super::Failure;

/// Start the reference server.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value = "9400")]
    port: u16,
    /// What the server is for: `seven-grants`, `bcp` or `oidc-certification`
    #[arg(long, value_name = "NAME", default_value = "seven-grants")]
    preset: String,
    /// A fault to start with; may be given more than once (`grantspec prove --list` shows them all)
    #[arg(long, value_name = "ID")]
    fault: Vec<String>,
    /// A legal variation to start with: what other servers do, and may do; may be given more than once
    #[arg(long, value_name = "ID")]
    variation: Vec<String>,
    /// Write a target file, so that `grantspec run --config FILE` judges this server from another terminal
    #[arg(long, value_name = "FILE")]
    target: Option<PathBuf>,
}

/// Runs the command until it is interrupted.
pub(super) async fn serve(args: Args) -> Result<u8, Failure> {
    let seams = chosen(&args)?;
    let server = Running::start_as(preset(&args.preset)?, args.port, &seams)
        .await
        .map_err(|error| Failure::setup(format!("127.0.0.1:{}: {error}; --port 0 takes a free port", args.port)))?;
    if let Some(path) = &args.target {
        let target = server.target(&Http::new(DEADLINE)).await.map_err(Failure::setup)?;
        std::fs::write(path, target_file(&target))
            .map_err(|error| Failure::usage(format!("--target {}: {error}", path.display())))?;
        anstream::println!("Judge    grantspec run --config {}", path.display());
    }
    anstream::println!("Issuer   {}", server.issuer);
    anstream::println!("         for learning and tests only; Ctrl-C stops it");
    for user in server.users() {
        anstream::println!("User     {} / {}", user.name, user.password);
    }
    for client in server.clients() {
        let without = if client.key.is_some() { "a key" } else { "no secret" };
        let secret = client.secret.as_deref().unwrap_or(without);
        anstream::println!("Client   {} / {secret} ({}): {}", client.id, client.auth.name(), client.grants.join(", "));
    }
    anstream::println!("Try      curl -s {}/.well-known/openid-configuration", server.issuer);
    anstream::println!("         open {}", server.issuer);
    let _ = tokio::signal::ctrl_c().await;
    server.stop().await;
    Ok(0)
}

/// The seams of the faults and variations that were named; faults are told loudly.
fn chosen(args: &Args) -> Result<Vec<&'static Seam>, Failure> {
    let mut seams: Vec<&Seam> = Vec::new();
    for id in &args.fault {
        let unknown = || unknown("fault", id, faults().iter().map(|fault| fault.id));
        let fault = faults().iter().find(|fault| fault.id == *id).ok_or_else(unknown)?;
        seams.extend(fault.seams);
        anstream::eprintln!("WARNING: the server is broken on purpose: {}: {}", fault.id, fault.says);
    }
    for id in &args.variation {
        let unknown = || unknown("variation", id, variations().iter().map(|variation| variation.id));
        let variation = variations().iter().find(|variation| variation.id == *id).ok_or_else(unknown)?;
        seams.extend(variation.seams);
        anstream::eprintln!("{}: {}", variation.id, variation.says);
    }
    Ok(seams)
}

fn preset(name: &str) -> Result<Preset, Failure> {
    Preset::parse(name).ok_or_else(|| {
        let known = Preset::ALL.map(|(known, ..)| known);
        let hint = suggest::hint(name, known);
        Failure::usage(format!("there is no preset `{name}`{hint}"))
    })
}

fn unknown(kind: &str, id: &str, known: impl IntoIterator<Item = &'static str> + Clone) -> Failure {
    let hint = suggest::hint(id, known);
    Failure::usage(format!("there is no {kind} `{id}`{hint}\n  remedy: `grantspec prove --list` shows them all"))
}

/// How long the server may take to answer itself.
const DEADLINE: Duration = Duration::from_secs(5);

/// What a stranger would have to write about this server.
fn target_file(target: &Target) -> String {
    let list = |values: &[String]| values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", ");
    let mut text = format!("# The reference server, while it runs.\nissuer = {}\n", quoted(&target.issuer));
    for client in &target.clients {
        let _ = write!(text, "\n[[client]]\nid = {}\n", quoted(&client.id));
        if let Some(secret) = &client.secret {
            let _ = writeln!(text, "secret = {}", quoted(secret));
        }
        if let Some(key) = &client.key {
            text.push_str(&key_lines(key));
        }
        let _ = writeln!(text, "auth = {}\ngrants = [{}]", quoted(client.auth.name()), list(&client.grants));
        if !client.redirect_uris.is_empty() {
            let _ = writeln!(text, "redirect_uris = [{}]", list(&client.redirect_uris));
        }
        if !client.post_logout_redirect_uris.is_empty() {
            let _ = writeln!(text, "post_logout_redirect_uris = [{}]", list(&client.post_logout_redirect_uris));
        }
    }
    for user in &target.users {
        let _ = write!(text, "\n[[user]]\nname = {}\npassword = {}\n", quoted(&user.name), quoted(&user.password));
        let _ = writeln!(text, "disposable = {}", user.disposable);
    }
    if let Some(issuer) = &target.assertion_issuer {
        let _ = write!(text, "\n[assertion]\nissuer = {}\n", quoted(&issuer.issuer));
        let _ = writeln!(text, "subject = {}", quoted(&issuer.subject));
        text.push_str(&key_lines(&issuer.key));
    }
    let _ = write!(text, "\n[resources]\nknown = [{}]\n", list(&target.resources.known));
    let scopes = &target.scopes;
    text.push_str("\n[scopes]\n");
    for (name, scope) in [
        ("authorization_code", &scopes.authorization_code),
        ("client_credentials", &scopes.client_credentials),
        ("jwt_bearer", &scopes.jwt_bearer),
        ("token_exchange", &scopes.token_exchange),
        ("beyond_client", &scopes.beyond_client),
    ] {
        text.extend(scope.as_deref().map(|scope| format!("{name} = {}\n", quoted(scope))));
    }
    text.push_str("\n[abilities]\n");
    for (name, hook) in [
        ("advance_time", &target.abilities.advance_time),
        ("disable_user", &target.abilities.disable_user),
        ("rotate_keys", &target.abilities.rotate_keys),
    ] {
        text.extend(
            hook.as_ref()
                .map(|hook| format!("{name} = {{ url = {}, body = {} }}\n", quoted(&hook.url), quoted(&hook.body))),
        );
    }
    text
}

/// A private key, and the name of its public half.
fn key_lines(key: &SigningKey) -> String {
    let lines = [("key", key.pem()), ("key_id", key.kid())];
    lines.into_iter().filter_map(|(name, value)| Some(format!("{name} = {}\n", quoted(value?)))).collect()
}

/// A TOML string; the escapes of JSON are those of TOML.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
