//! The tables of the README: they name every client and every option that there is, and no other.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use grantspec_reference::config::AccessTokenFormat;
use grantspec_reference::grants::extension::Extensions;
use grantspec_reference::transport::Limits;
use grantspec_reference::{ClientConfig, Config};

use crate::sessions::README;
use crate::shell::usage;

/// How to start a server of one's own, and what it bears.
const RUNNING: &str = include_str!("../../../docs/running.md");

/// A client as a row of the table.
fn row(client: &ClientConfig) -> String {
    let named = |name: &str| match name {
        "authorization_code" => "authorization code".to_owned(),
        "client_credentials" => "client credentials".to_owned(),
        "refresh_token" => "refresh token".to_owned(),
        "implicit" | "hybrid" | "password" => name.to_owned(),
        extension => format!("`{extension}`"),
    };
    let grants: Vec<String> = client.grant_types.iter().map(|name| named(name)).collect();
    let opaque = if client.access_token == AccessTokenFormat::Opaque { ", opaque access tokens" } else { "" };
    let secret = client.secret.as_ref().map_or(String::new(), |secret| format!("`{secret}` "));
    format!("| `{}` | `{}`{opaque} | {secret}| {} |", client.client_id, client.auth_method.as_str(), grants.join(", "))
}

/// The rows of the table whose heading begins so.
fn rows(heading: &str) -> BTreeSet<&'static str> {
    let table = README.lines().skip_while(|line| !line.starts_with(heading));
    let rows: BTreeSet<&str> = table.skip(2).take_while(|line| line.starts_with('|')).collect();
    assert!(!rows.is_empty(), "the page has no table {heading}");
    rows
}

#[track_caller]
fn same(written: &BTreeSet<&str>, true_ones: &BTreeSet<String>, table: &str) {
    let lacking: Vec<&String> = true_ones.iter().filter(|row| !written.contains(row.as_str())).collect();
    let wrong: Vec<&&str> = written.iter().filter(|row| !true_ones.contains(**row)).collect();
    assert!(lacking.is_empty() && wrong.is_empty(), "{table}: it lacks {lacking:#?}, and says {wrong:#?}");
}

#[test]
fn the_table_of_clients_is_the_demonstration() {
    let clients = Config::demo("http://127.0.0.1:9400").clients;
    same(&rows("| client |"), &clients.iter().map(row).collect(), "the clients in README.md");
}

#[test]
fn the_page_names_every_user_scope_and_redirect_uri_of_the_demonstration() {
    let config = Config::demo("http://127.0.0.1:9400");
    let users = config.users.iter().map(|user| format!("`{}` with `{}`", user.name, user.password));
    let redirect_uris = config.clients.iter().flat_map(|client| &client.redirect_uris).map(|uri| format!("`{uri}`"));
    let is_given = |scope: &&str| config.clients.iter().any(|client| client.scopes.iter().any(|given| given == *scope));
    let (given, kept): (Vec<&str>, Vec<&str>) = config.scopes.iter().map(String::as_str).partition(is_given);
    let scopes = format!("Scopes: `{}`; `{}` exists and nobody may have it.", given.join(" "), kept.join(" "));
    for words in users.chain(redirect_uris).chain([scopes]) {
        assert!(README.contains(&words), "README.md does not name {words}");
    }
}

#[test]
fn the_table_of_options_is_the_command_line() {
    let usage = usage();
    let options = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        words.filter(|word| word.starts_with("--")).map(str::to_owned).collect()
    };
    let mut written: Vec<String> = rows("| option |").iter().flat_map(|row| options(row)).collect();
    written.sort();
    let real: BTreeSet<String> =
        options(&usage).into_iter().filter(|own| own != "--help" && own != "--version").collect();
    assert_eq!(written, Vec::from_iter(real), "the options in README.md, and those of the program");
}

#[test]
fn the_configuration_of_the_page_is_one() {
    let block = RUNNING.split_once("```toml\n").and_then(|(_, rest)| rest.split_once("```")).map(|(block, _)| block);
    let config = Config::from_toml(Path::new("running.md"), block.expect("the page has a configuration"));
    let config = config.expect("it can be read").at("http://127.0.0.1:9400");
    let clients = config.parse_clients(&Extensions::standard()).expect("its clients may be what they say");
    assert_eq!((clients.len(), config.users.len()), (1, 1));
}

#[test]
fn the_table_of_limits_says_what_the_limits_are() {
    let limits = Limits::default();
    let seconds = |time: Duration| format!("{} s", time.as_secs());
    let said = [
        ("connections", format!("{} at a time", limits.connections)),
        ("connections", format!("{} of silence", seconds(limits.silence))),
        (
            "head",
            format!("{} KiB and {} headers, within {}", limits.head / 1024, limits.headers, seconds(limits.head_time)),
        ),
        ("body", format!("{} KiB within {}", limits.body / 1024, seconds(limits.body_time))),
        ("an answer", format!("{} to be taken", seconds(limits.delivery_time))),
        ("HTTP/2", format!("{} requests at a time", limits.streams)),
        ("TLS handshake", seconds(limits.handshake_time)),
        ("stopping", seconds(limits.drain_time)),
    ];
    for (row, figure) in said {
        let line = RUNNING.lines().find(|line| line.starts_with(&format!("| {row} | ")));
        assert!(line.is_some_and(|line| line.contains(&figure)), "the row {row} does not say {figure}");
    }
    assert_eq!((limits.answer_time, limits.connection_time), (Duration::from_secs(60), Duration::from_secs(3600)));
}
