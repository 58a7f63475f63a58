//! The start page: what runs here, who is registered, and a way into each grant.

use std::sync::Arc;

use askama::Template;

use super::render;
use super::tries::{Try, tries};
use crate::config::{AccessTokenFormat, RefreshTokenUse};
use crate::model::{Client, GrantType, User};
use crate::rules::Rule;
use crate::server::Server;

/// More than these are counted, not shown: anybody may register where registration is open.
const MOST_CLIENTS: usize = 60;

#[derive(Template)]
#[template(path = "landing.html")]
struct Landing<'a> {
    issuer: &'a str,
    rules: usize,
    grant_types: Vec<&'static str>,
    response_types: Vec<&'static str>,
    scopes: &'a [String],
    tries: Vec<Try>,
    users: Vec<Person<'a>>,
    clients: Vec<Registered<'a>>,
    more_clients: usize,
}

/// A user, with the password where that is public.
struct Person<'a> {
    name: &'a str,
    full_name: &'a str,
    password: Option<&'a str>,
    disabled: bool,
}

/// A client and its settings, in words.
struct Registered<'a> {
    id: &'a str,
    grant_types: Vec<&'static str>,
    settings: Vec<(&'static str, String)>,
}

/// Tell who runs here. Secrets, passwords and ready requests are for a demonstration alone.
pub fn landing(server: &Server, clients: &[Arc<Client>], users: &[Arc<User>]) -> String {
    let config = &server.config;
    render(&Landing {
        issuer: &config.issuer,
        rules: Rule::ALL.len(),
        grant_types: server.offer.grant_types.iter().map(|grant_type| grant_type.as_str()).collect(),
        response_types: server.offer.response_types.iter().map(|response_type| response_type.as_str()).collect(),
        scopes: &config.scopes,
        tries: if config.demo { tries(server) } else { Vec::new() },
        users: users.iter().map(|user| person(server, user)).collect(),
        clients: clients.iter().take(MOST_CLIENTS).map(|client| registered(server, client)).collect(),
        more_clients: clients.len().saturating_sub(MOST_CLIENTS),
    })
}

fn person<'a>(server: &'a Server, user: &'a User) -> Person<'a> {
    let mut known = server.config.users.iter().filter(|known| server.config.demo && known.name == user.name);
    let password = known.find(|known| user.has_password(&known.password)).map(|known| known.password.as_str());
    Person { name: &user.name, full_name: &user.full_name, password, disabled: user.disabled }
}

fn registered<'a>(server: &'a Server, client: &'a Client) -> Registered<'a> {
    let yes_or_no = |yes| if yes { "yes" } else { "no" }.to_owned();
    let listed = |names: Vec<&str>| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let mut settings = Vec::new();
    if let Some(name) = &client.name {
        settings.push(("Name", name.clone()));
    }
    settings.push(("Authentication", client.auth_method.as_str().to_owned()));
    settings.extend(public_secret(server, client).map(|secret| ("Secret", secret.to_owned())));
    if !client.redirect_uris.is_empty() {
        let names = client.response_types.iter().map(|response_type| response_type.as_str()).collect();
        settings.extend([
            ("Response types", listed(names)),
            ("Redirect URIs", listed(client.redirect_uris.iter().map(String::as_str).collect())),
            ("PKCE required", yes_or_no(client.require_pkce)),
            ("PKCE with plain", yes_or_no(client.allow_plain_pkce)),
            ("Tokens through the browser", yes_or_no(client.browser_tokens)),
            ("Consent remembered", yes_or_no(client.remember_consent && !client.is_public())),
        ]);
    }
    let format = match client.access_token {
        AccessTokenFormat::Jwt => "JWT (RFC 9068)",
        AccessTokenFormat::Opaque => "opaque",
    };
    let refresh = match client.refresh_token {
        RefreshTokenUse::OneTime => "for one use",
        RefreshTokenUse::Reusable => "for any number of uses",
    };
    settings.extend([
        ("Scopes", listed(client.scopes.iter().collect())),
        ("Access tokens", format!("{format}, for {} s", client.lifetimes.access_token)),
    ]);
    if client.may_use(GrantType::RefreshToken) {
        settings.push(("Refresh tokens", refresh.to_owned()));
    }
    let grant_types = client.grant_types.iter().map(GrantType::as_str).collect();
    Registered { id: &client.client_id, grant_types, settings }
}

/// The secret of a client of the demonstration, as long as it is still that one.
fn public_secret<'a>(server: &'a Server, client: &Client) -> Option<&'a str> {
    let mut known =
        server.config.clients.iter().filter(|known| server.config.demo && known.client_id == client.client_id);
    let secret = known.next()?.secret.as_deref()?;
    client.secret.as_ref().is_some_and(|digest| digest.matches(secret)).then_some(secret)
}
