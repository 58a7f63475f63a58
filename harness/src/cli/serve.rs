//! `grantspec serve`: the reference server, for people who write clients or study the grants.

use clap::Args as ClapArgs;
use grantspec::embedded::{Running, Seam, faults};
use grantspec::suggest;

use super::Failure;

/// Start the reference server.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value = "9400")]
    port: u16,
    /// A fault to start with; may be given more than once (`grantspec prove --list` shows them)
    #[arg(long, value_name = "ID")]
    fault: Vec<String>,
}

/// Runs the command until it is interrupted.
pub(super) async fn serve(args: Args) -> Result<u8, Failure> {
    let mut seams: Vec<&Seam> = Vec::new();
    for id in &args.fault {
        let fault = faults().iter().find(|fault| fault.id == *id).ok_or_else(|| {
            let hint = suggest::hint(id, faults().iter().map(|fault| fault.id));
            Failure::usage(format!("there is no fault `{id}`{hint}; `grantspec prove --list` shows them all"))
        })?;
        seams.extend(fault.seams);
        anstream::eprintln!("WARNING: the server is broken on purpose: {}: {}", fault.id, fault.says);
    }
    let server = Running::start(args.port, &seams)
        .await
        .map_err(|error| Failure::setup(format!("127.0.0.1:{}: {error}; --port 0 takes a free port", args.port)))?;
    anstream::println!("Issuer   {}", server.issuer);
    anstream::println!("         for learning and tests only; Ctrl-C stops it");
    for user in server.users() {
        anstream::println!("User     {} / {}", user.name, user.password);
    }
    for client in server.clients() {
        let secret = client.secret.as_deref().unwrap_or("no secret");
        anstream::println!("Client   {} / {secret} ({}): {}", client.id, client.auth.name(), client.grants.join(", "));
    }
    anstream::println!("Try      curl -s {}/.well-known/openid-configuration", server.issuer);
    anstream::println!("         open {}", server.issuer);
    let _ = tokio::signal::ctrl_c().await;
    server.stop().await;
    Ok(0)
}
