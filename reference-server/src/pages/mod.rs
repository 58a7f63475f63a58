//! Pages for people: no script, nothing from elsewhere, every input labelled.

use std::sync::Arc;

use askama::Template;

use crate::error::Refusal;
use crate::model::{Client, Interaction, User};
use crate::rules::Rule;

/// How the pages look.
pub const STYLE: &str = include_str!("../../templates/style.css");

/// The one script: it submits the form of the page that it is on.
pub const FORM_POST_SCRIPT: &str = include_str!("../../templates/form-post.js");

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    id: &'a str,
    csrf: &'a str,
    client_id: &'a str,
    message: Option<&'a str>,
}

/// Ask who the user is.
pub fn login(id: &str, interaction: &Interaction, message: Option<&str>) -> String {
    render(&Login { id, csrf: &interaction.csrf, client_id: &interaction.request.client_id, message })
}

#[derive(Template)]
#[template(path = "consent.html")]
struct Consent<'a> {
    id: &'a str,
    csrf: &'a str,
    client_id: &'a str,
    user: &'a str,
    scopes: Vec<(&'a str, &'static str)>,
}

/// Ask what the user allows.
pub fn consent(id: &str, interaction: &Interaction, user: &str) -> String {
    let request = &interaction.request;
    let scopes = request.scope.iter().map(|token| (token, meaning(token))).collect();
    render(&Consent { id, csrf: &interaction.csrf, client_id: &request.client_id, user, scopes })
}

#[rustfmt::skip]
fn meaning(scope: &str) -> &'static str {
    match scope {
        "openid"         => "know who you are",
        "profile"        => "see your name",
        "email"          => "see your e-mail address",
        "offline_access" => "act for you when you are away",
        "api:read"       => "read your data",
        "api:write"      => "change your data",
        _                => "use what this scope stands for",
    }
}

#[derive(Template)]
#[template(path = "form_post.html")]
struct FormPost<'a> {
    action: &'a str,
    fields: &'a [(String, String)],
}

/// Form Post Response Mode §2: the response as a form, sent by a script or by the user.
pub fn form_post(action: &str, fields: &[(String, String)]) -> String {
    render(&FormPost { action, fields })
}

#[derive(Template)]
#[template(path = "error.html")]
struct Error<'a> {
    code: &'static str,
    says: &'a str,
    rule: Option<Rule>,
}

/// Tell the user what is wrong.
pub fn error(refusal: &Refusal) -> String {
    render(&Error { code: refusal.code.as_str(), says: &refusal.says, rule: refusal.rule })
}

#[derive(Template)]
#[template(path = "landing.html")]
struct Landing<'a> {
    issuer: &'a str,
    clients: &'a [Arc<Client>],
    users: &'a [Arc<User>],
}

/// Tell who runs here.
pub fn landing(issuer: &str, clients: &[Arc<Client>], users: &[Arc<User>]) -> String {
    render(&Landing { issuer, clients, users })
}

#[derive(Template)]
#[template(path = "rules.html")]
struct Rules {
    rules: &'static [Rule],
}

/// All rules.
pub fn rules() -> String {
    render(&Rules { rules: Rule::ALL })
}

#[derive(Template)]
#[template(path = "rule.html")]
struct OneRule {
    rule: Rule,
}

/// One rule and its clause.
pub fn rule(rule: Rule) -> String {
    render(&OneRule { rule })
}

fn render(page: &impl Template) -> String {
    page.render().expect("writing to a string does not fail, and no template calls anything that can")
}
